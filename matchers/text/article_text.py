"""What rules are matched against."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from model import EntryText


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article as rules see it. Offsets of evidence count characters of exactly these strings."""

    title: str = ""
    body: str = ""  # paragraphs separated by line breaks
    source: str = ""
    url: str = ""
    lang: str = ""  # BCP 47; "" when it is not known
    summary: str = ""  # what the outlet's own feed says of it; nothing is near across its border


def entry_text(entry: EntryText) -> ArticleText:
    """A feed's words as its own text: offsets of evidence count in its title, content and summary. A summary
    without a content is what the feed tells of the story, and stands in its place: rules look for it there."""
    return ArticleText(
        title=entry.title,
        body=entry.content or entry.summary,
        source=entry.source,
        url=entry.url,
        lang=entry.language or "",
        summary=entry.summary if entry.content else "",
    )


def without_spans(body: str, spans: Sequence[tuple[int, int]]) -> str:
    """The body with these stretches blank, so that offsets stay those of the stored text."""
    for start, end in spans:
        body = body[:start] + "\n" * (end - start) + body[end:]
    return body


class Words(Protocol):
    """An article that was just read, or one of the archive."""

    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def language(self) -> str | None: ...
    @property
    def summary(self) -> str: ...
    @property
    def boilerplate(self) -> Sequence[tuple[int, int]]: ...


def as_text(words: Words) -> ArticleText:
    """What rules see of it: a run and a rematch match the same text."""
    return ArticleText(
        title=words.title,
        body=without_spans(words.body, words.boilerplate),
        source=words.source,
        url=words.url,
        lang=words.language or "",
        summary=words.summary,
    )
