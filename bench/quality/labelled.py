"""Reading what the quality report is measured on: labelled texts, and texts without labels."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.articles.extract import extract_article
from extractors.feeds.parsing.parse import parse_feed

PAGES = {".html", ".htm"}
FEEDS = {".xml", ".rss", ".atom", ".rdf", ".json"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text with the label of the people who read it."""

    id: str
    title: str
    text: str
    relevant: bool
    category: str
    confidence: str
    level: str
    stratum: str
    language: str = ""
    reason: str = ""
    weight: float = 1.0  # how many texts of the stream it stands for
    date: str = ""
    source: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """One text that is taken to be about something else."""

    where: str
    title: str
    text: str


def read_labels(path: Path) -> tuple[Labelled, ...]:
    """A JSON Lines file with title, text, label (0 or 1) and what else is known."""
    return tuple(_labelled(json.loads(line), path.stem) for line in _lines(path))


def _labelled(row: dict[str, object], file: str) -> Labelled:
    def text(key: str, missing: str = "") -> str:
        return str(row.get(key) or missing)

    return Labelled(
        id=text("id"),
        title=text("title"),
        text=text("text"),
        relevant=row["label"] == 1,
        category=text("category", "none"),
        confidence=text("confidence", "unknown"),
        level=text("level", "unknown"),
        stratum=text("stratum", "unknown"),
        language=text("language"),
        reason=text("reason"),
        weight=float(str(row.get("weight", 1.0))),
        date=text("date"),
        source=text("source"),
        file=file,
    )


def read_unlabelled(path: Path) -> Iterator[Unlabelled]:
    """A JSON Lines file, a list of `title | summary` lines, or a folder of pages and saved feeds."""
    if path.is_dir():
        for inner in sorted(path.rglob("*")):
            if inner.is_file():
                yield from _from_file(inner)
    elif path.suffix == ".jsonl":
        for number, line in enumerate(_lines(path), 1):
            row = json.loads(line)
            body = str(row.get("text") or row.get("body") or row.get("summary") or "")
            yield Unlabelled(f"{path.name}:{number}", str(row.get("title") or ""), body)
    else:
        for number, line in enumerate(_lines(path), 1):
            title, _, body = line.partition("|")
            yield Unlabelled(f"{path.name}:{number}", title.strip(), body.strip())


def _from_file(path: Path) -> Iterator[Unlabelled]:
    if path.suffix.lower() in PAGES:
        article = extract_article(path.read_bytes(), url=f"https://example.org/{path.name}")
        yield Unlabelled(path.name, article.title, article.body)
    elif path.suffix.lower() in FEEDS:
        feed = parse_feed(path.read_bytes(), url=f"https://example.org/{path.name}")
        for entry in feed.entries:
            yield Unlabelled(path.name, entry.title, entry.content or entry.summary)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                yield line
