"""Rules against FTS5, tantivy, YARA and a loop of regular expressions, as ratios in one run.

    python -m bench.matching TEXTS.jsonl [--rules 10 100 1000 10000] [--limit 500]

TEXTS.jsonl holds {"title", "text"}; a folder of .txt files will do too. A ratio is the CPU time of
the peer over ours. Ours includes the offsets of every term that matched; the peers give bare hits.
The figure with clause trees and snippets, as they are stored, stands beside it.
"""

import argparse
import gc
import importlib.util
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.matching import peers
from bench.matching.rules import queries, ruleset
from matchers.engine.engine import Engine, compile_rules, find_evidence, find_hits
from matchers.query.ast import Node
from matchers.text.article_text import ArticleText

PEERS: tuple[tuple[str, Callable[[Sequence[Node], int], peers.Peer], int, str | None], ...] = (
    ("FTS5, batch 100", peers.fts5, 100, None),
    ("FTS5, batch 20", peers.fts5, 20, None),
    ("tantivy, batch 100", peers.tantivy, 100, "tantivy"),
    ("yara-python", peers.yara, 1, "yara"),
    ("re per term", peers.regexes, 1, None),
)
MOST_WORK = {"re per term": 3_000, "tantivy, batch 100": 400_000, "yara-python": 4_000_000}


def read(path: Path, limit: int) -> list[ArticleText]:
    if path.is_dir():
        texts = [
            ArticleText("", file.read_text(encoding="utf-8")) for file in sorted(path.glob("*.txt"))
        ]
    else:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        texts = [ArticleText(row.get("title") or "", row.get("text") or "") for row in rows]
    return texts[:limit]


def timed(run: Callable[[], object], rounds: int = 3) -> float:
    """Median CPU seconds."""
    took = []
    for _ in range(rounds):
        started = time.process_time()
        run()
        took.append(time.process_time() - started)
    return statistics.median(took)


def matched(engine: Engine, texts: Sequence[ArticleText]) -> int:
    """Hits with their explanations, counted and let go, as a worker hands them on."""
    return sum(len(find_hits(engine, text)) for text in texts)


def located(engine: Engine, texts: Sequence[ArticleText]) -> int:
    """Hits with the offsets of every term that matched, as `pollwatch match` gives them."""
    return sum(len(find_evidence(engine, text)) for text in texts)


def bare_hits(engine: Engine, texts: Sequence[ArticleText]) -> peers.Hits:
    hits: peers.Hits = set()
    for number, text in enumerate(texts):
        for compiled in engine.matching(engine.evaluate(text)):
            hits.add((number, int(compiled.rule.id.rpartition("-")[2])))
    return hits


def wrong(engine: Engine, texts: Sequence[ArticleText]) -> str:
    """Hits and offsets against the reference evaluator of the tests, on a sample."""
    from tests.matchers.reference import Reference

    pairs = different = 0
    for text in texts:
        reference = Reference(text)
        hits = {hit.rule_id: hit for hit in find_hits(engine, text)}
        for compiled in engine.rules:
            pairs += 1
            expected = reference.holds(compiled.query.node)
            hit = hits.get(compiled.rule.id)
            answer = (
                None if hit is None else {(e.field, e.start, e.end, e.clause) for e in hit.evidence}
            )
            different += answer != expected
    return f"{different} of {pairs} pairs of text and rule differ from the reference"


def measure(number: int, texts: Sequence[ArticleText], *, check: bool) -> None:
    query_texts = queries(number, texts)
    started = time.process_time()
    rules = ruleset(query_texts)
    parsed = time.process_time()
    engine = compile_rules(rules)
    compiled = time.process_time()
    gc.freeze()  # as flows/pipeline/page_job.py does in a worker
    ours = timed(lambda: located(engine, texts)) / len(texts)
    explained = timed(lambda: matched(engine, texts)) / len(texts)
    bare = timed(lambda: bare_hits(engine, texts)) / len(texts)
    plain = compile_rules(rules, native=False)
    slow = timed(lambda: located(plain, texts), 1) / len(texts)
    hits = bare_hits(engine, texts)
    print(f"\n{number} rules: parse {parsed - started:.2f} s, compile {compiled - parsed:.2f} s, "
          f"{len(hits) / len(texts):.2f} hits per article")  # fmt: skip
    print(
        f"  ours            {ours * 1e6:9.0f} us per article with offsets (bare hits {bare * 1e6:.0f}, "
        f"with clauses and snippets {explained * 1e6:.0f}; pure Python {slow / ours:.1f} x)"
    )
    if check:
        print(f"  {wrong(engine, texts[:3])}")
    for name, make, batch, module in PEERS:
        if module is None or importlib.util.find_spec(module) is not None:
            compare(
                name, make, batch, trees=rules.trees, texts=texts, ours=ours, bare=bare, hits=hits
            )
        else:
            print(f"  {name:20} not installed")


def compare(
    name: str,
    make: Callable[[Sequence[Node], int], peers.Peer],
    batch: int,
    *,
    trees: Sequence[tuple[Node, Node | None]],
    texts: Sequence[ArticleText],
    ours: float,
    bare: float,
    hits: peers.Hits,
) -> None:
    most = MOST_WORK.get(name, 10**9) // len(trees)
    part = texts[: max(4, min(len(texts), most))]
    run = make([query for query, _ in trees], batch)
    answers: list[peers.Hits] = []
    took = timed(lambda: answers.append(run(part)), 1 if len(trees) > 100 else 3) / len(part)
    same = {hit for hit in hits if hit[0] < len(part)}
    print(f"  {name:20} {took * 1e6:9.0f} us: ratio {took / ours:8.2f} (to bare hits {took / bare:.2f}), "
          f"{len(part)} texts, {len(answers[-1] ^ same)} of {len(same)} hits differ")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--rules", type=int, nargs="+", default=[10, 100, 1_000, 10_000])
    parser.add_argument("--limit", type=int, default=500)
    options = parser.parse_args()
    texts = read(options.texts, options.limit)
    print(
        f"{len(texts)} texts, {sum(len(t.body) for t in texts) // len(texts)} characters on average"
    )
    for number in options.rules:
        measure(number, texts, check=number <= 100)


if __name__ == "__main__":
    main()
