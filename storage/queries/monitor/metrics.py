"""The figures that a monitoring system asks for, each from the query that the pages show it by."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from storage.database.connection import path_of
from storage.queries.coverage import coverage
from storage.queries.feed_health import count_feeds, feed_health
from storage.queries.monitor.alert_figures import OutboxStatus, outbox_status
from storage.queries.monitor.liveness import liveness, oldest_unread
from storage.times import iso, parse_time
from storage.upkeep.last_upkeep import last_upkeep

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Ages in seconds. `feeds` counts a feed once, by its worst flag; "fine" without one."""

    last_good_run_at: datetime | None
    silent_seconds: float | None
    run_failing: bool
    oldest_unread_seconds: float | None
    feeds: dict[str, int]
    coverage_share: float | None
    feeds_answering: int
    feeds_listed: int
    hits: dict[str, int]  # stories shown in 7 days, by severity
    outbox: OutboxStatus
    queue: dict[str, int]  # stories by tab
    oldest_new_seconds: float | None
    verdict_seconds: tuple[float, ...]  # from shown to the first verdict, of 7 days, sorted
    upkeep_seconds: float | None  # since the last nightly upkeep was done


def metrics(db: Database, now: datetime) -> Metrics:
    conn = db.conn
    alive, day_coverage = liveness(conn), coverage(db, since=now - timedelta(hours=24), now=now)
    silent, unread = alive.silent_for(now), oldest_unread(conn, now)
    feeds = count_feeds(feed_health(db, now))
    kept_up = last_upkeep(conn, Path(path_of(db)), now)
    return Metrics(
        alive.good_at,
        silent.total_seconds() if silent is not None else None,
        alive.bad_id is not None,
        unread.total_seconds() if unread is not None else None,
        feeds.by_state,
        day_coverage.share,
        day_coverage.answering,
        day_coverage.listed,
        new_by_severity(conn, now),
        outbox_status(conn, now),
        dict(conn.execute("SELECT tab, count(*) FROM stories WHERE tab IS NOT NULL GROUP BY tab").fetchall()),
        oldest_new(conn, now),
        verdict_times(conn, now),
        (now - kept_up.done_at).total_seconds() if kept_up.done_at else None,
    )  # fmt: skip


def new_by_severity(conn: sqlite3.Connection, now: datetime) -> dict[str, int]:
    rows = conn.execute(
        "SELECT severity, count(*) FROM stories WHERE shown_at >= ? AND severity IS NOT NULL GROUP BY severity",
        (iso(now - WEEK),),
    )
    return dict(rows.fetchall())


def oldest_new(conn: sqlite3.Connection, now: datetime) -> float | None:
    """Age of the story that waits longest for a verdict."""
    row = conn.execute("SELECT min(coalesce(shown_at, first_seen_at)) FROM stories WHERE tab = 'new'").fetchone()  # fmt: skip
    return (now - parse_time(row[0])).total_seconds() if row[0] else None


def verdict_times(conn: sqlite3.Connection, now: datetime) -> tuple[float, ...]:
    rows = conn.execute(
        """SELECT (julianday(first_verdict_at) - julianday(shown_at)) * 86400 AS seconds FROM stories
           WHERE first_verdict_at >= ? AND shown_at <= first_verdict_at AND (status <> 'new' OR reopened) ORDER BY seconds""",
        (iso(now - WEEK),),
    )
    return tuple(row[0] for row in rows)
