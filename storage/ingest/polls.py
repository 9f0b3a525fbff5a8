"""Polls: what each brought, stored with the feed's validators in one transaction.

After it, a 304 can hide nothing: every entry has a row, and an article that is due to be read.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from model import Entry, FeedPoll, NextPoll, Outcome
from storage.connection import write_txn
from storage.times import day, iso, iso_or_none
from storage.wellformed import well_formed

ANSWERED = {Outcome.OK, Outcome.NOT_MODIFIED, Outcome.MALFORMED, Outcome.EMPTY}
KEYS_KEPT = 2000  # of the last poll, to tell a gap; a larger feed is sampled


@dataclass(frozen=True, slots=True)
class RecordedPoll:
    feed_id: str
    entries_seen: int
    entries_new: int
    entries_changed: int


@dataclass(frozen=True, slots=True)
class FeedRow:
    """What an article inherits from the feed that listed it first."""

    id: int
    slug: str
    outlet: str
    owner: str | None
    language: str | None
    region: str | None


def record(
    db: Database, run_id: int | None, polls: Sequence[tuple[FeedPoll, NextPoll]], now: datetime
) -> tuple[RecordedPoll, ...]:
    """One transaction for all of `polls`. Recording a poll again changes nothing."""
    with write_txn(db):
        rows = feed_rows(db, [poll.feed_id for poll, _ in polls])
        return tuple(
            record_one(db, run_id, rows[poll.feed_id], poll, decision, now)
            for poll, decision in polls
        )


def feed_rows(db: Database, slugs: Sequence[str]) -> dict[str, FeedRow]:
    found = db.execute(
        """SELECT slug, id, outlet, owner, language, region FROM feeds
           WHERE slug IN (SELECT value FROM json_each(?))""",
        [json.dumps(slugs)],
    )
    return {slug: FeedRow(feed_id, slug, *rest) for slug, feed_id, *rest in found}


def record_one(
    db: Database,
    run_id: int | None,
    feed: FeedRow,
    poll: FeedPoll,
    decision: NextPoll,
    now: datetime,
) -> RecordedPoll:
    entries: dict[str, Entry] = {}
    for entry in map(well_formed, poll.entries):
        entries.setdefault(entry.key, entry)  # a feed that lists an entry twice means the first
    new, changed = sort_out(db, feed, entries)
    add_entries(db, run_id, feed, new, now)
    change_entries(db, changed, now)
    recorded = RecordedPoll(feed.slug, len(poll.entries), len(new), len(changed))
    add_poll(db, run_id, feed, poll, decision, recorded)
    update_feed(db, feed, poll, decision, found_new=bool(new))
    return recorded


def sort_out(
    db: Database, feed: FeedRow, entries: Mapping[str, Entry]
) -> tuple[list[Entry], list[tuple[int, int, Entry]]]:
    """The entries never seen, and as (entry row, article row, entry) those that say something else
    or that say they were updated since."""
    known = {
        key: (row, article, sha256, updated)
        for key, row, article, sha256, updated in db.execute(
            """SELECT entry_key, id, article_id, content_sha256, updated_at FROM entries
               WHERE feed_id = ? AND entry_key IN (SELECT value FROM json_each(?))""",
            (feed.id, json.dumps(list(entries))),
        )
    }
    new = [entry for key, entry in entries.items() if key not in known]
    changed = [
        (row, article, entries[key])
        for key, (row, article, sha256, updated) in known.items()
        if sha256 != entries[key].content_sha256 or is_later(entries[key].updated, updated)
    ]
    return new, changed


def is_later(updated: datetime | None, known: str | None) -> bool:
    return updated is not None and known is not None and iso(updated) > known


def article_url(feed: FeedRow, entry: Entry) -> str:
    """The canonical URL; an entry without a usable link is its own article, named after its key."""
    return entry.canonical_url or f"feed:{feed.slug}:{entry.key}"


def url_hash(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def add_entries(
    db: Database, run_id: int | None, feed: FeedRow, entries: Sequence[Entry], now: datetime
) -> None:
    hashes = {entry.key: url_hash(article_url(feed, entry)) for entry in entries}
    db.conn.executemany(
        """INSERT INTO articles (title, url, url_canonical, url_hash, feed_id, outlet, owner, authors,
             language, region, published_at, first_seen_at, day, next_attempt_at, run_id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url_hash) DO NOTHING""",
        [article_values(run_id, feed, entry, now) for entry in entries],
    )
    articles = dict(
        db.execute(
            "SELECT url_hash, id FROM articles WHERE url_hash IN (SELECT value FROM json_each(?))",
            [json.dumps(list(hashes.values()))],
        ).fetchall()
    )
    db.conn.executemany(
        """INSERT INTO entries (feed_id, entry_key, article_id, guid, url, title, summary, content,
             authors, published_at, updated_at, content_sha256, first_seen_at, run_id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [entry_values(run_id, feed, articles[hashes[e.key]], e, now) for e in entries],
    )


def article_values(
    run_id: int | None, feed: FeedRow, entry: Entry, now: datetime
) -> tuple[object, ...]:
    url = article_url(feed, entry)
    return (
        entry.title, entry.url if entry.canonical_url else url, url, url_hash(url), feed.id,
        feed.outlet, feed.owner, ", ".join(entry.authors), entry.language or feed.language,
        feed.region, iso_or_none(entry.published), iso(now), day(now), iso(now), run_id,
    )  # fmt: skip


def entry_values(
    run_id: int | None, feed: FeedRow, article_id: int, entry: Entry, now: datetime
) -> tuple[object, ...]:
    return (
        feed.id, entry.key, article_id, entry.guid, entry.url, entry.title, entry.summary,
        entry.content, ", ".join(entry.authors), iso_or_none(entry.published),
        iso_or_none(entry.updated), entry.content_sha256, iso(now), run_id,
    )  # fmt: skip


def change_entries(db: Database, changed: Iterable[tuple[int, int, Entry]], now: datetime) -> None:
    """Keep the feed's new words, and have the page read again: at once for a first change, then
    an hour after the last attempt at the earliest, and after five good reads no more: some feeds
    touch every entry at every poll. An article never tried yet is due anyway."""
    changed = list(changed)
    db.conn.executemany(
        """UPDATE entries SET title = ?, summary = ?, content = ?, authors = ?, url = ?,
             published_at = ?, updated_at = ?, content_sha256 = ?, last_changed_at = ? WHERE id = ?""",
        [
            (
                entry.title, entry.summary, entry.content, ", ".join(entry.authors), entry.url,
                iso_or_none(entry.published), iso_or_none(entry.updated), entry.content_sha256,
                iso(now), row,
            )
            for row, _, entry in changed
        ],
    )  # fmt: skip
    db.conn.executemany(
        """UPDATE articles SET next_attempt_at = min(coalesce(next_attempt_at, '9999'),
             max(?, strftime('%Y-%m-%dT%H:%M:%fZ', attempted_at, iif(reads > 1, '+1 hour', '+0 hour'))))
           WHERE id = ? AND attempted_at IS NOT NULL AND reads <= 5""",
        [(iso(now), article) for _, article, _ in changed],
    )


def add_poll(
    db: Database,
    run_id: int | None,
    feed: FeedRow,
    poll: FeedPoll,
    decision: NextPoll,
    recorded: RecordedPoll,
) -> None:
    db.execute(
        """INSERT INTO polls (feed_id, run_id, polled_at, outcome, sentence, http_status, duration_ms,
             bytes, unconditional, entries_seen, entries_new, entries_changed, gap, next_poll_at, why_next)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (feed_id, polled_at) DO NOTHING""",
        (
            feed.id, run_id, iso(poll.polled_at), poll.outcome, poll.sentence, poll.http_status,
            poll.duration_ms, poll.bytes_received, poll.unconditional, recorded.entries_seen,
            recorded.entries_new, recorded.entries_changed, decision.gap,
            iso(decision.next_poll_at), decision.why,
        ),
    )  # fmt: skip


def update_feed(
    db: Database, feed: FeedRow, poll: FeedPoll, decision: NextPoll, *, found_new: bool
) -> None:
    polled_at = iso(poll.polled_at)
    changes: dict[str, object] = {
        "next_poll_at": iso(decision.next_poll_at), "interval_seconds": decision.interval_seconds,
        "failure_weight": decision.failure_weight, "failures": decision.failures,
        "dormant": decision.dormant, "last_polled_at": polled_at, "last_outcome": poll.outcome,
        "last_sentence": poll.sentence,
    }  # fmt: skip
    if poll.outcome in ANSWERED:
        changes |= {
            "last_ok_at": polled_at, "etag": poll.cache.etag, "moved_to": poll.moved_to,
            "last_modified": poll.cache.last_modified, "body_sha256": poll.cache.body_sha256,
            "last_full_at": iso_or_none(poll.cache.last_full_at),
        }  # fmt: skip
    if poll.entries:
        changes["last_keys_json"] = json.dumps(
            sample({well_formed(entry).key for entry in poll.entries})
        )
    if found_new:
        changes["last_entry_at"] = polled_at
    assigned = ", ".join(f"{column} = ?" for column in changes)
    db.execute(
        f"UPDATE feeds SET {assigned} WHERE id = ?",  # noqa: S608 - the columns named above
        [*changes.values(), feed.id],
    )


def sample(keys: Iterable[str]) -> list[str]:
    """All of them, or those with the smallest hashes, so that two polls sample alike."""
    found = sorted(keys)
    if len(found) <= KEYS_KEPT:
        return found
    return sorted(sorted(found, key=url_hash)[:KEYS_KEPT])
