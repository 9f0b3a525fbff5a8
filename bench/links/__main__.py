"""How often a proposed link is right, and how many pairs on one event are found.

    python -m bench.links CORPUS.jsonl...          # lines with id, title, text and date

`pairs.csv` names 300 pairs by id and hash: texts that the shipped rules hit, at most three days apart,
drawn by how like they are (strata a to d) and read blind by GUIDE.md. `weight` is how many pairs of the
pool a pair stands for. The threshold was set on the part `tuning`; `held-out` holds the pairs of other
months.
"""

import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.rules.load import load_rules
from matchers.text.article_text import ArticleText
from storage.stories.content import same_event
from storage.stories.content.same_event import Opening

PAIRS = Path(__file__).parent / "pairs.csv"
RULES = Path(__file__).parents[2] / "rules"
PARTS = ("tuning", "held-out")


@dataclass(frozen=True, slots=True)
class Pair:
    """`labels`: one for each reader, 1 for one event."""

    text: str
    other: str
    hashes: tuple[str, str]
    weight: float
    part: str
    labels: tuple[int, ...]

    @property
    def same(self) -> bool:
        return self.labels[0] == 1


@dataclass(frozen=True, slots=True)
class Text:
    opening: Opening
    words: frozenset[str]
    sha256: str


def read_pairs(path: Path = PAIRS) -> tuple[Pair, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Pair(
                row["one"], row["other"], (row["one_sha256"], row["other_sha256"]), float(row["weight"]), row["part"],
                tuple(int(row[name]) for name in ("reader_1", "reader_2") if row.get(name)),
            )
            for row in csv.DictReader(file)
        )  # fmt: skip


def read_texts(paths: Sequence[Path], paired: frozenset[str]) -> dict[str, Text]:
    """By id. Rules are matched on the texts that are `paired` alone; the others only tell how rare words are."""
    texts, engine = {}, compile_rules(load_rules(RULES))
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if len(row.get("date") or "") == 10:
                rules = rules_hit(engine, row["title"], row["text"]) if row["id"] in paired else ()
                texts[row["id"]] = text_of(row["title"], row["text"], row["date"], rules)
    return texts


def rules_hit(engine: Engine, title: str, body: str) -> tuple[str, ...]:
    return tuple(hit.rule_id for hit in find_hits(engine, ArticleText(title, body)))


def text_of(title: str, body: str, date: str, rules: Sequence[str] = ()) -> Text:
    moment = datetime.fromisoformat(date).replace(tzinfo=UTC)
    opening = same_event.story_opening(title, body, moment, rules)
    return Text(opening, frozenset(same_event.words_of(f"{title} {body}")), digest(title, body))


def digest(title: str, body: str) -> str:
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:16]


def kappa(labels: Sequence[tuple[int, int]]) -> float:
    """Agreement of two readers beyond chance (Cohen 1960)."""
    n = len(labels)
    agreed = sum(a == b for a, b in labels) / n
    first, second = sum(a for a, _ in labels) / n, sum(b for _, b in labels) / n
    chance = first * second + (1 - first) * (1 - second)
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


def precision_and_recall(judged: Sequence[tuple[bool, bool, float]]) -> tuple[float, float]:
    """Of (proposed, same event, weight)."""
    both = sum(weight for proposed, same, weight in judged if proposed and same)
    proposed = sum(weight for proposed, _, weight in judged if proposed)
    same = sum(weight for _, same, weight in judged if same)
    return both / proposed if proposed else 0.0, both / same if same else 0.0


def main(paths: Sequence[Path]) -> None:
    pairs = read_pairs()
    texts = read_texts(paths, frozenset(name for pair in pairs for name in (pair.text, pair.other)))
    for pair in pairs:
        if (texts[pair.text].sha256, texts[pair.other].sha256) != pair.hashes:
            raise SystemExit(f"{pair.text} and {pair.other} are not the texts that were labelled")
    counts = Counter(word for text in texts.values() for word in text.words)
    rarities = {word: same_event.rarity(n / len(texts)) for word, n in counts.items()}
    scores = {pair: same_event.likeness(texts[pair.text].opening, texts[pair.other].opening, rarities).score for pair in pairs}  # fmt: skip
    twice = [(pair.labels[0], pair.labels[1]) for pair in pairs if len(pair.labels) == 2]
    print(f"{len(pairs)} pairs, {sum(pair.same for pair in pairs)} on one event; " + (f"kappa {kappa(twice):.2f} on {len(twice)}" if twice else "one reader only"))  # fmt: skip
    for threshold in (0.30, 0.35, 0.38, same_event.THRESHOLD, 0.45, 0.50):
        for part in PARTS:
            own = [(scores[pair] >= threshold, pair.same, pair.weight) for pair in pairs if pair.part == part]  # fmt: skip
            pool, plain = precision_and_recall(own), precision_and_recall([(a, b, 1.0) for a, b, _ in own])  # fmt: skip
            mark = "*" if threshold == same_event.THRESHOLD else " "
            print(f"{mark} {threshold:.2f} {part:9} pairs as drawn {plain[0]:.2f} / {plain[1]:.2f}   pool {pool[0]:.2f} / {pool[1]:.2f}")  # fmt: skip


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
