"""Hits of entries that speak for themselves: the words of a feed that is not of the article's outlet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from model import EntryMatch
from storage.database.connection import write_txn
from storage.ingest import hits
from storage.ingest.grouping import story_members
from storage.ingest.transaction import StoredHit, TouchedRows, finish, follow_up
from storage.times import iso


@dataclass(frozen=True, slots=True)
class EntryBefore:
    """The entry and its article as the match finds them."""

    id: int
    text_sha256: str
    matched_sha256: str | None
    title: str
    first_seen_at: str
    article_id: int
    story_id: int | None
    day: str
    article_seen_at: str
    language: str | None
    feed_id: int
    region: str | None


ENTRY = """SELECT e.id, e.content_sha256, e.matched_sha256, e.title, e.first_seen_at, a.id, a.story_id, a.day, a.first_seen_at,
  coalesce(f.language, a.language), f.id, f.region
  FROM entries e JOIN articles a ON a.id = e.article_id JOIN feeds f ON f.id = e.feed_id WHERE e.id = ?"""


def record_entries(
    db: Database, run_id: int | None, matches: Sequence[EntryMatch], now: datetime
) -> tuple[StoredHit, ...]:
    """Those of entries whose article is not read anew. One short transaction."""
    with write_txn(db):
        touched = TouchedRows.of(db, run_id)
        store_entry_matches(db, matches, now, touched)
        return finish(db, touched, iso(now))


def store_entry_matches(
    db: Database,
    matches: Sequence[EntryMatch],
    now: datetime,
    touched: TouchedRows,
    origin: Literal["watch", "rematch"] = "watch",
) -> int:
    """Returns how many were left for later, because the feed changed its words meanwhile."""
    return sum(not store_one(db, match, iso(now), touched, origin) for match in matches)


def store_one(
    db: Database,
    match: EntryMatch,
    moment: str,
    touched: TouchedRows,
    origin: Literal["watch", "rematch"],
) -> bool:
    row = db.execute(ENTRY, [match.entry_id]).fetchone()
    if row is None or row[1] != match.text_sha256:
        return False
    before = EntryBefore(*row)
    db.execute(
        """UPDATE entries SET matched_sha256 = content_sha256, ruleset_sha256 = coalesce(?, ruleset_sha256)
           WHERE id = ?""",
        (touched.ruleset_sha256, before.id),
    )
    story_id = before.story_id
    if story_id is None and match.hits:
        story_id = begin_entry_story(db, before, touched)
    if story_id is None:
        return True
    matched_before = before.matched_sha256
    matched = hits.MatchedText(
        before.article_id, story_id, before.feed_id, before.day, before.language, before.region,
        before.text_sha256, partial=False, edited=matched_before not in (None, before.text_sha256),
        previous_read_at=before.first_seen_at if matched_before else None, run_id=touched.run_id,
        moment=moment, origin=origin, entry_id=before.id, threshold=touched.threshold,
    )  # fmt: skip
    follow_up(matched, hits.store_hits(db, matched, match.hits), 0.0, touched)
    return True


def begin_entry_story(db: Database, before: EntryBefore, touched: TouchedRows) -> int:
    """For an article whose page was not read: nothing but this entry's words is known of it."""
    story_id = story_members.begin_story(
        db, before.article_id, before.title, before.language, before.article_seen_at
    )
    db.execute("UPDATE articles SET story_id = ? WHERE id = ?", (story_id, before.article_id))
    touched.grouped.add(story_id)
    return story_id
