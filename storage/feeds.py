"""Feeds: what feeds.yaml lists, and what the last polls left behind."""

import gc
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlite_utils import Database

from model import FeedCache, FeedHistory, FeedSpec, Outcome, SitemapTurn
from storage.database.connection import write_txn
from storage.facts import fact, keep_fact
from storage.times import iso, parse_or_none

FEED_COLUMNS = (
    "slug", "name", "url", "outlet", "owner", "category", "language", "region", "notes",
    "kind", "full_text", "enabled", "disabled_reason", "sites_json",
)  # fmt: skip
FORGOTTEN = ("etag", "last_modified", "body_sha256", "last_full_at", "next_poll_at", "moved_to")
values = attrgetter(
    "id", "name", "url", "outlet", "owner", "category", "language", "region", "notes",
    "kind", "full_text", "enabled", "reason",
)  # fmt: skip


def upsert_feeds() -> str:
    """Writes only what differs; a feed under a new URL forgets the validators of the old one."""
    columns = ", ".join(FEED_COLUMNS)
    excluded = ", ".join(f"excluded.{name}" for name in FEED_COLUMNS)
    assigned = ", ".join(f"{name} = excluded.{name}" for name in FEED_COLUMNS[1:])
    validators = ", ".join(
        f"{name} = CASE WHEN url = excluded.url THEN {name} END" for name in FORGOTTEN
    )
    return f"""INSERT INTO feeds ({columns}, added_at) VALUES ({"?, " * len(FEED_COLUMNS)}?)
        ON CONFLICT (slug) DO UPDATE SET {assigned}, {validators}, listed = 1,
          dormant = CASE WHEN url = excluded.url THEN dormant ELSE 0 END
        WHERE NOT listed OR ({columns}) IS NOT ({excluded})"""  # noqa: S608 - our own column names


def sync_feeds(db: Database, feeds: Sequence[FeedSpec], now: datetime) -> None:
    """Make the table say what feeds.yaml says; feeds no longer listed stay, unlisted."""
    rows = [
        (*head[:3], head[3] or head[1], *head[4:], json.dumps(feed.sites))
        for feed, head in zip(feeds, map(values, feeds), strict=True)
    ]
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    if fact(db.conn, "feeds_sha256") == digest:
        return
    with write_txn(db):
        db.conn.executemany(upsert_feeds(), [(*row, iso(now)) for row in rows])
        db.execute(
            "UPDATE feeds SET listed = 0 WHERE listed AND slug NOT IN (SELECT value FROM json_each(?))",
            [json.dumps([row[0] for row in rows])],
        )
        keep_fact(db.conn, "feeds_sha256", digest)


def keep_feed_list(db: Database, text: str) -> None:
    """Keep the feed list as JSON: what a run goes on with while feeds.yaml cannot be read."""
    with write_txn(db):
        keep_fact(db.conn, "feed_list", text)


def kept_list(db: Database) -> str | None:
    return fact(db.conn, "feed_list")


def keep_live_list(db: Database, source: str, text: str) -> None:
    """Keep a live list as JSON: what runs go on with while it cannot be read."""
    with write_txn(db):
        keep_fact(db.conn, f"opml:{source}", text)


def kept_live_list(db: Database, source: str) -> str | None:
    return fact(db.conn, f"opml:{source}")


HISTORY = """SELECT slug, etag, last_modified, body_sha256, last_full_at, interval_seconds, next_poll_at,
  last_polled_at, last_ok_at, failure_weight, failures, dormant, last_entry_at, last_outcome,
  (SELECT value FROM facts WHERE key = 'sitemap_turn:' || slug), last_keys_json
  FROM feeds WHERE listed AND enabled"""
NOT_DUE = "SELECT slug FROM feeds WHERE listed AND enabled AND next_poll_at > ?"
NOT_POLLED = FeedHistory("", next_poll_at=datetime(9999, 1, 1, tzinfo=UTC))
# A feed may be polled as much before its time, as extractors/feeds/schedule.py has it.
DUE_AHEAD = timedelta(minutes=5)


def feed_histories(db: Database, due_at: datetime | None = None) -> dict[str, FeedHistory]:
    """By feed, for feeds that feeds.yaml lists and enables.

    Given `due_at`, all feeds that cannot be due then share `LATER`, a history that says only that:
    of 180,000 feeds, few are due at once.
    """
    with uncollected():
        if due_at is None:
            return full_histories(db.execute(HISTORY).fetchall())
        moment = iso(due_at + DUE_AHEAD)
        histories = {row[0]: NOT_POLLED for row in db.execute(NOT_DUE, [moment])}
        due = f"{HISTORY} AND (next_poll_at IS NULL OR next_poll_at <= ?)"
        histories.update(full_histories(db.execute(due, [moment]).fetchall()))
        return histories


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cyclic collector, which walks all that was made so far again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def full_histories(rows: Sequence[tuple[Any, ...]]) -> dict[str, FeedHistory]:
    keys = json.loads(f"[{','.join(row[-1] for row in rows)}]")  # one parse for all: it is quicker
    return {
        row[0]: full_history(row, frozenset(entry_keys))
        for row, entry_keys in zip(rows, keys, strict=True)
    }


def full_history(row: tuple[Any, ...], last_keys: frozenset[str]) -> FeedHistory:
    return FeedHistory(
        row[0],
        FeedCache(row[1], row[2], row[3], parse_or_none(row[4])),
        interval_seconds=row[5],
        next_poll_at=parse_or_none(row[6]),
        last_polled_at=parse_or_none(row[7]),
        last_ok_at=parse_or_none(row[8]),
        failure_weight=row[9],
        failures=row[10],
        dormant=bool(row[11]),
        last_entry_at=parse_or_none(row[12]),
        last_outcome=Outcome(row[13]),
        last_keys=last_keys,
        sitemap_turn=SitemapTurn(*json.loads(row[14])) if row[14] else None,
    )
