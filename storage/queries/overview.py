"""What the pages Overview, Sources and Runs show."""

import sqlite3
from datetime import datetime, timedelta

from storage.queries.feed_health import FAILING
from storage.times import iso

SOURCES = """
SELECT f.id, f.slug, f.name, f.outlet, f.owner, f.region, f.language, f.category, f.enabled, f.disabled_reason, f.dormant, f.last_polled_at, f.last_ok_at,
  f.last_entry_at, f.next_poll_at, f.last_outcome, f.last_sentence, f.failures, f.interval_seconds, f.url
FROM feeds f WHERE f.listed AND ({}) AND (:feed IS NULL OR f.slug = :feed) ORDER BY f.enabled DESC, f.failures > 0 DESC, f.last_ok_at IS NULL DESC, f.last_ok_at, f.name LIMIT :size OFFSET :offset
"""
FEED_STATES = {
    "all": "1",
    "failing": f"f.enabled AND {FAILING}",
    "stale": "f.enabled AND (f.last_ok_at IS NULL OR f.last_ok_at < :since)",
    "quiet": f"f.enabled AND NOT {FAILING} AND (f.last_entry_at IS NULL OR f.last_entry_at < :quiet)",
    "disabled": "NOT f.enabled",
}
POLLS = """
SELECT feed_id, polled_at, outcome IN ('ok', 'not-modified', 'malformed', 'empty') AS fine, gap, entries_new
FROM polls WHERE polled_at >= ? AND feed_id IN (SELECT value FROM json_each(?))
"""
READING = """
SELECT feed_id, sum(state = 'read') AS read, sum(state = 'partial') AS partial, sum(state = 'failed') AS failed, sum(state = 'unread') AS waiting
FROM articles WHERE day >= ? AND feed_id IN (SELECT value FROM json_each(?)) GROUP BY feed_id
"""
LATEST_RUNS = "SELECT * FROM runs WHERE id < ? ORDER BY id DESC LIMIT ?"
BY_SEVERITY = "SELECT severity, tab AS status, count(*) AS n FROM stories INDEXED BY stories_severity WHERE tab IN ('new', 'escalated', 'confirmed', 'dismissed') GROUP BY tab, severity"
FAILED_OUTCOMES = """
SELECT outcome, count(*) AS n, max(problem) AS example FROM articles
WHERE state IN ('failed', 'partial') AND day >= ? GROUP BY outcome ORDER BY n DESC LIMIT 20
"""
STATES_OF = "SELECT state, count(*) AS n FROM articles WHERE day >= ? GROUP BY state"
STORY_TIMES = """
SELECT severity, count(*) AS stories, sum(minutes <= :critical) AS within, max(minutes) AS slowest,
  max(iif(place <= (n + 1) / 2, minutes, NULL)) AS median
FROM (SELECT severity, minutes, row_number() OVER (PARTITION BY severity ORDER BY minutes) AS place, count(*) OVER (PARTITION BY severity) AS n
  FROM (SELECT severity, severity_rank, (julianday(first_verdict_at) - julianday(shown_at)) * 1440 AS minutes FROM stories
    WHERE first_verdict_at >= :since AND shown_at IS NOT NULL AND first_verdict_at >= shown_at AND (status <> 'new' OR reopened)))
GROUP BY severity
"""


def source_rows(
    connection: sqlite3.Connection,
    state: str,
    now: datetime,
    size: int,
    offset: int,
    feed: str | None = None,
) -> list[sqlite3.Row]:
    """Those of a state, or the one with this name in feeds.yaml among them."""
    values = {
        "size": size, "offset": offset, "feed": feed, "since": iso(now - timedelta(hours=24)), "quiet": iso(now - timedelta(days=7)),
    }  # fmt: skip
    return connection.execute(SOURCES.format(FEED_STATES[state]), values).fetchall()


def polls(connection: sqlite3.Connection, ids: str, since: str) -> list[sqlite3.Row]:
    return connection.execute(POLLS, [since, ids]).fetchall()


def reading(connection: sqlite3.Connection, ids: str, day: str) -> dict[int, sqlite3.Row]:
    return {row["feed_id"]: row for row in connection.execute(READING, [day, ids])}


def latest_runs(connection: sqlite3.Connection, before: int, size: int) -> list[sqlite3.Row]:
    return connection.execute(LATEST_RUNS, [before, size]).fetchall()


def by_severity(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Stories by severity and verdict, as far as the queue shows them."""
    return connection.execute(BY_SEVERITY).fetchall()


def outcomes(connection: sqlite3.Connection, day: str) -> list[sqlite3.Row]:
    return connection.execute(FAILED_OUTCOMES, [day]).fetchall()


def article_states(connection: sqlite3.Connection, day: str) -> dict[str, int]:
    return {row["state"]: row["n"] for row in connection.execute(STATES_OF, [day])}


def times_to_verdict(
    connection: sqlite3.Connection, since: str, critical_minutes: int = 60
) -> list[sqlite3.Row]:
    """From the queue to the first verdict, in minutes, of stories first judged since then."""
    return connection.execute(
        STORY_TIMES, {"since": since, "critical": critical_minutes}
    ).fetchall()
