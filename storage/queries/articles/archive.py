"""Articles as the archive holds them, for the API."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from storage.queries.articles.article_search import WITH_WORDS
from storage.times import parse_or_none, parse_time


@dataclass(frozen=True, slots=True)
class ArchivedArticle:
    """`body` is None in a list of many, and where the text was purged."""

    id: int
    title: str
    url: str
    outlet: str
    authors: str
    language: str | None
    region: str | None
    state: str
    story: int | None
    text_sha256: str | None
    published_at: datetime | None
    first_seen_at: datetime
    body: str | None = None


ARTICLE_COLUMNS = """a.id, a.title, a.url, a.outlet, a.authors, a.language, a.region, a.state, a.story_id, a.text_sha256,
  a.published_at, a.first_seen_at"""


def archived_article(conn: sqlite3.Connection, number: int) -> ArchivedArticle | None:
    row = conn.execute(
        f"SELECT {ARTICLE_COLUMNS}, t.body FROM articles a LEFT JOIN article_texts t ON t.article_id = a.id WHERE a.id = ?",  # noqa: S608
        (number,),
    ).fetchone()
    return None if row is None else as_article(tuple(row[:12]), row[12])


def search(
    conn: sqlite3.Connection, words: str, *, limit: int, before: int
) -> tuple[ArchivedArticle, ...]:
    """Articles whose text, or what feeds alone say of them, matches an FTS5 query; the newest first,
    numbered below `before`."""
    rows = conn.execute(
        f"SELECT {ARTICLE_COLUMNS} FROM ({WITH_WORDS}) f CROSS JOIN articles a ON a.id = f.id ORDER BY a.id DESC",  # noqa: S608
        {"words": words, "before": before, "most": limit},
    )
    return tuple(as_article(tuple(row)) for row in rows)


def as_article(row: tuple[object, ...], body: str | None = None) -> ArchivedArticle:
    *head, published, first = row
    at = parse_or_none(None if published is None else str(published))
    return ArchivedArticle(*head, at, parse_time(str(first)), body)  # type: ignore[arg-type, call-arg]
