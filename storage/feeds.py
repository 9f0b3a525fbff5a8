"""Feeds: what feeds.yaml lists, and what the last polls left behind."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from sqlite_utils import Database

from model import FeedCache, FeedHistory, FeedSpec, Outcome
from storage.connection import write_txn
from storage.times import iso, parse_or_none

LISTED = (
    "slug", "name", "url", "outlet", "owner", "category", "language", "region", "notes",
    "kind", "full_text", "enabled", "disabled_reason",
)  # fmt: skip
FORGOTTEN = ("etag", "last_modified", "body_sha256", "last_full_at", "next_poll_at", "moved_to")
values = attrgetter(
    "id", "name", "url", "outlet", "owner", "category", "language", "region", "notes",
    "kind", "full_text", "enabled", "reason",
)  # fmt: skip


def upsert() -> str:
    """Writes only what differs; a feed under a new URL forgets the validators of the old one."""
    columns = ", ".join(LISTED)
    excluded = ", ".join(f"excluded.{name}" for name in LISTED)
    assigned = ", ".join(f"{name} = excluded.{name}" for name in LISTED[1:])
    kept = ", ".join(f"{name} = CASE WHEN url = excluded.url THEN {name} END" for name in FORGOTTEN)
    return f"""INSERT INTO feeds ({columns}, added_at) VALUES ({"?, " * len(LISTED)}?)
        ON CONFLICT (slug) DO UPDATE SET {assigned}, {kept}, listed = 1,
          dormant = CASE WHEN url = excluded.url THEN dormant ELSE 0 END
        WHERE NOT listed OR ({columns}) IS NOT ({excluded})"""  # noqa: S608 - our own column names


def sync(db: Database, feeds: Sequence[FeedSpec], now: datetime) -> None:
    """Make the table say what feeds.yaml says; feeds no longer listed stay, unlisted."""
    rows = [(*head[:3], head[3] or head[1], *head[4:]) for head in map(values, feeds)]
    told = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    known = db.execute("SELECT value FROM facts WHERE key = 'feeds_sha256'").fetchone()
    if known and known[0] == told:
        return
    with write_txn(db):
        db.conn.executemany(upsert(), [(*row, iso(now)) for row in rows])
        db.execute(
            "UPDATE feeds SET listed = 0 WHERE listed AND slug NOT IN (SELECT value FROM json_each(?))",
            [json.dumps([row[0] for row in rows])],
        )
        db.execute(
            """INSERT INTO facts (key, value) VALUES ('feeds_sha256', ?)
               ON CONFLICT (key) DO UPDATE SET value = excluded.value""",
            [told],
        )


HISTORY = """SELECT slug, etag, last_modified, body_sha256, last_full_at, interval_seconds, next_poll_at,
  last_polled_at, last_ok_at, failure_weight, failures, dormant, last_entry_at, last_outcome, last_keys_json
  FROM feeds WHERE listed AND enabled"""
NOT_DUE = "SELECT slug, next_poll_at FROM feeds WHERE listed AND enabled AND next_poll_at > ?"
NO_CACHE = FeedCache()


def histories(db: Database, due_at: datetime | None = None) -> dict[str, FeedHistory]:
    """By feed, for feeds that feeds.yaml lists and enables.

    Given `due_at`, a feed that is not due then comes with its `next_poll_at` only.
    """
    if due_at is None:
        return dict(full_histories(db, HISTORY, ()))
    moment = iso(due_at)
    found = {
        slug: FeedHistory(slug, NO_CACHE, next_poll_at=parse_or_none(next_poll_at))
        for slug, next_poll_at in db.execute(NOT_DUE, [moment])
    }
    due = f"{HISTORY} AND (next_poll_at IS NULL OR next_poll_at <= ?)"
    found.update(full_histories(db, due, (moment,)))
    return found


def full_histories(
    db: Database, sql: str, parameters: tuple[str, ...]
) -> Iterator[tuple[str, FeedHistory]]:
    for row in db.execute(sql, parameters):
        slug, etag, last_modified, body_sha256, last_full_at = row[:5]
        yield (
            slug,
            FeedHistory(
                slug,
                FeedCache(etag, last_modified, body_sha256, parse_or_none(last_full_at)),
                interval_seconds=row[5],
                next_poll_at=parse_or_none(row[6]),
                last_polled_at=parse_or_none(row[7]),
                last_ok_at=parse_or_none(row[8]),
                failure_weight=row[9],
                failures=row[10],
                dormant=bool(row[11]),
                last_entry_at=parse_or_none(row[12]),
                last_outcome=Outcome(row[13]),
                last_keys=frozenset(json.loads(row[14])),
            ),
        )
