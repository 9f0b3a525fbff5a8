"""Extraction against plain trafilatura on pages with known text: `python -m bench.extraction DIR`.

DIR holds index.jsonl, one object a page: "file", "url", "source_dataset", "expected_body" (when
"expected_kind" is "full"), "must_contain", "must_not_contain". F1 is over the multisets of
4-word shingles of a page (a word is a run of letters, digits and underscores), and its mean is
taken over the pages of each data set. Times are CPU seconds, the two ways by turns; plain
trafilatura runs in a process of its own, where none of our shortcuts is in place. The ratio is the
median of the rounds.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from extractors.articles.extract import extract_article

Page = dict[str, Any]
Texts = dict[str, str]  # by file
PLAIN = """
import json, sys, time, trafilatura
from pathlib import Path
folder = Path(sys.argv[1])
pages = [json.loads(line) for line in (folder / "index.jsonl").open(encoding="utf-8")]
bodies = [((folder / page["file"]).read_bytes(), page["url"]) for page in pages]
for _ in range(2):  # the first time warms up
    began = time.process_time()
    texts = [trafilatura.extract(body, url=url) or "" for body, url in bodies]
    took = time.process_time() - began
print(json.dumps([took, dict(zip([page["file"] for page in pages], texts))]))
"""


def ours(folder: Path, pages: list[Page]) -> tuple[float, Texts]:
    bodies = [((folder / page["file"]).read_bytes(), page["url"]) for page in pages]
    began = time.process_time()
    texts = [extract_article(body, url=url).body for body, url in bodies]
    took = time.process_time() - began
    return took, dict(zip([page["file"] for page in pages], texts, strict=True))


def plain(folder: Path) -> tuple[float, Texts]:
    process = subprocess.run(
        [sys.executable, "-c", PLAIN, str(folder)], capture_output=True, text=True, check=True
    )
    took, texts = json.loads(process.stdout)
    return took, texts


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if len(words) < size:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(*(words[start:] for start in range(size)), strict=False))


def scores(extracted: str, reference: str) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    a, b = shingles(extracted), shingles(reference)
    shared = (a & b).total()
    precision, recall = shared / (a.total() or 1), shared / (b.total() or 1)
    return precision, recall, 2 * precision * recall / ((precision + recall) or 1)


def squeeze(text: str) -> str:
    return " ".join(text.split())


def judge(pages: Iterable[Page], texts: Texts) -> dict[str, Any]:
    by_set: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    present, absent = Counter[bool](), Counter[bool]()
    for page in pages:
        text = texts[page["file"]]
        if page.get("expected_kind") == "full":
            by_set[page["source_dataset"]].append(scores(text, page["expected_body"]))
        present.update(squeeze(s) in squeeze(text) for s in page.get("must_contain") or ())
        absent.update(squeeze(s) not in squeeze(text) for s in page.get("must_not_contain") or ())
    return {
        "sets": {
            name: dict(zip(("precision", "recall", "f1"), map(statistics.fmean, zip(*rows, strict=True)), strict=True))
            | {"pages": len(rows)}
            for name, rows in sorted(by_set.items())
        },
        "snippets present": f"{present[True]}/{present.total()}",
        "boilerplate absent": f"{absent[True]}/{absent.total()}",
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    lines = (options.folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [json.loads(line) for line in lines]
    for name, (_, texts) in (
        ("ours", ours(options.folder, pages)),
        ("plain trafilatura", plain(options.folder)),
    ):
        print(name, json.dumps(judge(pages, texts), indent=2))
    rounds = [
        (plain(options.folder)[0], ours(options.folder, pages)[0]) for _ in range(options.rounds)
    ]
    if rounds:
        ratio = statistics.median(mine / theirs for theirs, mine in rounds)
        milliseconds = statistics.median(mine for _, mine in rounds) / len(pages) * 1000
        print(
            f"CPU: {milliseconds:.1f} ms a page; {ratio:.2f} of plain trafilatura's (median of {len(rounds)})"
        )


if __name__ == "__main__":
    main()
