"""Near-duplicate grouping on real texts: recall on edited copies, false pairs among distinct articles.

    python -m bench.near_duplicates FILE.jsonl...      # lines with "text", "body" or "expected_body"

Stores all texts, each from the outlet that its line names, and prints every pair that was taken for one
story. Then stores them again with edited copies, from other outlets under other headlines, and counts
which copies joined the story of their original.
"""

import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from model import Reading
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.store import Store
from tests.storage.making import NOON, article, decision, entry, feed, poll

Edit = Callable[[list[str], random.Random, list[str]], list[str]]
ENOUGH = 120  # words; shorter texts are compared whole


def cut(share: float) -> Edit:
    return lambda words, _, __: words[: int(len(words) * share)]


def middle(words: list[str], _: random.Random, __: list[str]) -> list[str]:
    return words[len(words) // 4 : 3 * len(words) // 4]


def reword(share: float) -> Edit:
    def edit(words: list[str], chance: random.Random, other: list[str]) -> list[str]:
        return [chance.choice(other) if chance.random() < share else word for word in words]

    return edit


def replace_runs(share: float) -> Edit:
    """Whole sentences, of twenty words, give way to somebody else's."""

    def edit(words: list[str], chance: random.Random, other: list[str]) -> list[str]:
        out = []
        for start in range(0, len(words), 20):
            own = chance.random() >= share
            source = words if own else other
            at = start if own else chance.randrange(max(1, len(other) - 20))
            out += source[at : at + 20]
        return out

    return edit


def framed(words: list[str], _: random.Random, other: list[str]) -> list[str]:
    half = len(words) // 4
    return other[:half] + words + other[half : 2 * half]


def first(count: int) -> Edit:
    return lambda words, _, __: words[:count]


def carried_on(words: list[str], _: random.Random, other: list[str]) -> list[str]:
    return other[:40] + words[20:]


EDITS: dict[str, Edit] = {
    "same text, other byline": lambda words, _, other: other[:8] + words,
    "cut to 50 %": cut(0.5),
    "middle half": middle,
    "2 % of words changed": reword(0.02),
    "5 % of words changed": reword(0.05),
    "15 % local sentences": replace_runs(0.15),
    "30 % of sentences replaced": replace_runs(0.3),
    "embedded in 1.5 x the text": framed,
    "cut to 25 %": cut(0.25),
    "a feed's summary: 35 words": first(35),
    "carried on under a new beginning": carried_on,
}


@dataclass(frozen=True, slots=True)
class Text:
    """`title`: eight words of the body where the source gives no headline, as its copies have others."""

    outlet: str
    body: str
    title: str


def texts(paths: list[Path]) -> Iterator[Text]:
    """Distinct ones of some length; the outlet is as named, else the URL's host, else the file."""
    bodies = set()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            body = row.get("text") or row.get("body") or row.get("expected_body") or ""
            outlet = row.get("publisher") or urlsplit(row.get("url") or "").hostname or path.name
            if len(body.split()) >= ENOUGH and body not in bodies:
                bodies.add(body)
                yield Text(outlet, body, row.get("title") or " ".join(body.split()[:8]))


def read_all(store: Store, stories: list[Text]) -> list[int]:
    """Their stories, in order."""
    outlets = sorted({text.outlet for text in stories})
    slugs = {outlet: f"feed{n}" for n, outlet in enumerate(outlets)}
    sync_feeds(store.db, [feed(slugs[outlet], outlet=outlet) for outlet in outlets], NOON)
    for n, text in enumerate(stories):
        at, slug = NOON + timedelta(milliseconds=n), slugs[text.outlet]
        url = f"https://{slug}.example/{n}"
        listed = entry(f"k{n}", url=url, canonical_url=url, title=text.title)
        record_polls(store.db, None, [(poll(listed, feed_id=slug, at=at), decision(at))], at)
        (unread,) = unread_articles(store.db, at, limit=9)
        read_article = article(text.body, title=unread.title, language=None)
        record_readings(
            store.db, None, [Reading(unread.article_id, read_article, (), NOON, "read", None)]
        )
    rows = store.db.execute("SELECT story_id FROM articles ORDER BY id").fetchall()
    return [row[0] for row in rows]


def recall(folder: str, originals: list[Text], seed: int = 7) -> Counter[str]:
    chance, joined = random.Random(seed), Counter[str]()
    all_texts, labels = list(originals), [""] * len(originals)
    for n, text in enumerate(originals):
        other = originals[(n + len(originals) // 2) % len(originals)].body.split()
        for name, edit in EDITS.items():
            copy = " ".join(edit(text.body.split(), chance, other))
            words = text.body.split()
            title = " ".join(words[len(words) // 3 :][:8])
            all_texts.append(Text(f"{name} outlet", copy, title))
            labels.append(name)
    with Store.open(Path(folder) / "copies.db", now=NOON) as store:
        stories = read_all(store, all_texts)
    for n, (name, story) in enumerate(
        zip(labels[len(originals) :], stories[len(originals) :], strict=True)
    ):
        joined[name] += story == stories[n // len(EDITS)]
    return joined


def false_pairs(folder: str, originals: list[Text]) -> list[tuple[str, str]]:
    with Store.open(Path(folder) / "distinct.db", now=NOON) as store:
        read_all(store, originals)
        rows = store.db.execute(
            """SELECT a.story_similarity, substr(t.body, 1, 90), substr(u.body, 1, 90) FROM articles a
               JOIN article_texts t ON t.article_id = a.id
               JOIN article_texts u ON u.article_id = a.story_matched_article_id"""
        ).fetchall()
    return [(f"{row[0]:.2f} {row[1]!r}", repr(row[2])) for row in rows]


def main() -> None:
    originals = list(texts([Path(argument) for argument in sys.argv[1:]]))
    if not originals:
        sys.exit("usage: python -m bench.near_duplicates FILE.jsonl...")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        pairs = false_pairs(folder, originals)
        spent = time.perf_counter() - began
        print(
            f"{len(originals)} distinct texts, {spent / len(originals) * 1000:.1f} ms each with all storing"
        )
        joined = recall(folder, originals)
    for name in EDITS:
        print(f"{joined[name] / len(originals):7.1%}  {name}")
    print(f"{len(pairs)} pairs among the distinct texts:")
    for text, other in pairs:
        print(f"  {text}\n       {other}")


if __name__ == "__main__":
    main()
