"""The invented newsroom's outlets and articles, read from outlets.yaml and articles/. No network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import yaml

DEMO_FOLDER = Path(__file__).parent
Format = Literal["rss", "atom", "json", "rdf"]
PlannedFault = Literal["none", "missing", "bot-wall", "paywall"]
FREE_PARAGRAPHS = 2  # what the paywall lets everybody read


@dataclass(frozen=True, slots=True)
class Paper:
    """One outlet as outlets.yaml tells of it; it has no address before a server runs."""

    slug: str
    name: str
    tagline: str
    format: Format
    category: str
    region: str
    language: str
    port: int
    feed_path: str
    article_path: str  # holds "{slug}"
    teasers: tuple[str, ...]  # headlines beside every article, to tempt a careless extractor
    full_text: bool = False  # the feed carries whole articles
    tracking: bool = False  # the feed's links carry utm parameters
    failing: bool = False  # the feed answers 503


@dataclass(frozen=True, slots=True)
class Update:
    """What the second edition makes of an article; its paragraphs go in behind the first."""

    hours_ago: float
    title: str
    summary: str
    note: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One text as its file has it. `hours_ago` is counted back from the newsroom's `now`."""

    slug: str
    paper: str
    title: str
    author: str
    hours_ago: float
    summary: str
    section: str
    caption: str
    paragraphs: tuple[str, ...]  # "## " in front marks a subheading
    relevant: bool  # about election security
    category: str | None = None  # of the ruleset, when relevant
    passage: str | None = None  # words of the text that make it relevant
    wire: str | None = None  # the wire story that this is a copy of
    edition: int = 1
    fault: PlannedFault = "none"
    update: Update | None = None
    note: str = ""
    updated_hours_ago: float | None = None

    def published(self, now: datetime) -> datetime:
        return now - timedelta(hours=self.hours_ago)

    def updated(self, now: datetime) -> datetime:
        ago = self.hours_ago if self.updated_hours_ago is None else self.updated_hours_ago
        return now - timedelta(hours=ago)

    def in_edition(self, edition: int) -> "DemoArticle":
        """The article as that edition prints it."""
        if edition < 2 or self.update is None:
            return self
        return replace(
            self,
            title=self.update.title,
            summary=self.update.summary,
            note=self.update.note,
            paragraphs=self.paragraphs[:1] + self.update.paragraphs + self.paragraphs[1:],
            updated_hours_ago=self.update.hours_ago,
        )

    @property
    def text(self) -> tuple[str, ...]:
        """The paragraphs as readers see them."""
        return tuple(paragraph.removeprefix("## ") for paragraph in self.paragraphs)

    @property
    def state(self) -> Literal["read", "partial", "failed"]:
        """How reading it must end: with its page, with the feed's own text, or with neither."""
        if self.fault == "none":
            return "read"
        return "partial" if self.summary else "failed"


def read_papers(path: Path = DEMO_FOLDER / "outlets.yaml") -> tuple[Paper, ...]:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(Paper(**{**row, "teasers": tuple(row["teasers"])}) for row in rows)


def read_articles(folder: Path = DEMO_FOLDER / "articles") -> tuple[DemoArticle, ...]:
    """Every article, newest first."""
    articles = (read_article(path) for path in folder.rglob("*.md"))
    return tuple(sorted(articles, key=lambda article: (article.hours_ago, article.slug)))


def read_article(path: Path) -> DemoArticle:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields: dict[str, object] = {name: _typeset(v) for name, v in yaml.safe_load(head).items()}
    update = fields.pop("update", None)
    return DemoArticle(
        slug=path.stem,
        paper=path.parent.name,
        paragraphs=_paragraphs(body),
        update=_update(update) if isinstance(update, Mapping) else None,
        **fields,  # type: ignore[arg-type]  # the dataclass refuses unknown keys; tests read all
    )


def _update(fields: Mapping[str, str]) -> Update:
    return Update(
        hours_ago=float(fields["hours_ago"]),
        title=_curled(fields["title"]),
        summary=_curled(fields["summary"]),
        note=_curled(fields["note"]),
        paragraphs=_paragraphs(fields["text"]),
    )


def _paragraphs(body: str) -> tuple[str, ...]:
    return tuple(_curled(" ".join(part.split())) for part in body.split("\n\n") if part.strip())


def _typeset(value: object) -> object:
    return _curled(value) if isinstance(value, str) else value


def _curled(text: str) -> str:
    """With the quotation marks that newspapers print."""
    text = re.sub(r"(?<![^\s(—])'", "‘", re.sub(r'(?<![^\s(—])"', "“", text))
    return text.replace('"', "”").replace("'", "’")
