"""Articles that another program hands in: entries of a feed of its own, read by the next run.

The address that it gives is kept as the entry's guid and nothing more: the article is the token's, so
nobody's outlet gets words that they did not print, and no page is fetched.
"""

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from model import Entry
from storage.database.wellformed import well_formed
from storage.ingest import feed_words
from storage.ingest.feeds.entries import add_entries, change_entries, sort_out
from storage.ingest.feeds.polls import feed_rows


@dataclass(frozen=True, slots=True)
class Pushed:
    """`id` is the sender's own, if it has one: the same id again is an edit."""

    title: str
    body: str
    id: str | None = None
    url: str | None = None
    published: datetime | None = None
    language: str | None = None


def record_pushed(conn: sqlite3.Connection, feed_id: int, pushed: Pushed, now: datetime) -> tuple[str, bool]:  # fmt: skip
    """The entry's key, and whether it is new. The caller holds a transaction."""
    db = Database(conn)
    slug = str(conn.execute("SELECT slug FROM feeds WHERE id = ?", (feed_id,)).fetchone()[0])
    feed = feed_rows(db, [slug])[slug]
    entry = well_formed(as_entry(pushed))
    new, changed = sort_out(db, feed, {entry.key: entry})
    told_articles = add_entries(db, None, feed, new, now=now)
    change_entries(db, None, changed, now)
    feed_words.keep(db, told_articles | {article for _, article, _ in changed})
    return entry.key, bool(new)


def as_entry(pushed: Pushed) -> Entry:
    words = f"{pushed.title}\n\n{pushed.body}"
    sha256 = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
    own = pushed.id or pushed.url or sha256
    return Entry(
        key=hashlib.sha256(own.encode("utf-8", "surrogatepass")).hexdigest()[:40],
        guid=pushed.url or pushed.id,
        url=None,
        canonical_url=None,
        title=pushed.title,
        published=pushed.published,
        updated=None,
        summary="",
        content=pushed.body,
        content_sha256=sha256,
        language=pushed.language,
    )
