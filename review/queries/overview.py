"""SQL behind the pages that show the whole: sources, rules, runs."""

import math
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from datasette.app import Datasette

from review import database
from review.pages.responses import stamp

SOURCES = """
SELECT f.id, f.slug, f.name, f.outlet, f.owner, f.region, f.language, f.category, f.enabled, f.disabled_reason, f.dormant, f.last_polled_at, f.last_ok_at,
  f.last_entry_at, f.next_poll_at, f.last_outcome, f.last_sentence, f.failures, f.interval_seconds, f.url
FROM feeds f WHERE f.listed AND ({}) ORDER BY f.enabled DESC, f.failures > 0 DESC, f.last_ok_at IS NULL DESC, f.last_ok_at, f.name LIMIT ? OFFSET ?
"""
STATES = {
    "all": "1",
    "failing": "f.enabled AND f.failures > 0",
    "stale": "f.enabled AND (f.last_ok_at IS NULL OR f.last_ok_at < :since)",
    "quiet": "f.enabled AND f.failures = 0 AND (f.last_entry_at IS NULL OR f.last_entry_at < :quiet)",
    "disabled": "NOT f.enabled",
}
POLLS = """
SELECT feed_id, polled_at, outcome IN ('ok', 'not-modified', 'malformed', 'empty') AS fine, gap, entries_new
FROM polls WHERE polled_at >= ? AND feed_id IN (SELECT value FROM json_each(?))
"""
UNREAD = """
SELECT feed_id, sum(state = 'read') AS read, sum(state = 'partial') AS partial, sum(state = 'failed') AS failed, sum(state = 'unread') AS waiting
FROM articles WHERE day >= ? AND feed_id IN (SELECT value FROM json_each(?)) GROUP BY feed_id
"""
RULES = """
SELECT r.id, r.slug, r.title, r.severity, r.category, r.status, r.active, r.path, r.line, v.version, v.query, v.unless
FROM rules r LEFT JOIN rule_versions v ON v.id = r.current_version_id ORDER BY r.active DESC, r.title
"""
TALLY = "SELECT rule_id, status, count(*) AS n FROM cards GROUP BY rule_id, status"
REASONS = """
SELECT h.rule_id, rv.reason, count(DISTINCT h.card_id) AS n FROM reviews rv JOIN hits h ON h.id = rv.hit_id
WHERE rv.action = 'dismissed' AND rv.reason <> '' AND h.status = 'dismissed' GROUP BY 1, 2 ORDER BY 3 DESC
"""
FALSE_TERMS = """
SELECT h.rule_id, lower(json_extract(t.value, '$.text')) AS term, count(DISTINCT h.card_id) AS n
FROM (SELECT rule_id, card_id, terms_json FROM hits WHERE status = 'dismissed' ORDER BY id DESC LIMIT 5000) h, json_each(h.terms_json) t
GROUP BY 1, 2 ORDER BY 3 DESC
"""
RUNS = "SELECT * FROM runs WHERE id < ? ORDER BY id DESC LIMIT ?"
BY_SEVERITY = "SELECT severity, status, count(*) AS n FROM cards GROUP BY severity, status"
OUTCOMES = """
SELECT outcome, count(*) AS n, max(problem) AS example FROM articles
WHERE state IN ('failed', 'partial') AND day >= ? GROUP BY outcome ORDER BY n DESC LIMIT 20
"""
READ = "SELECT state, count(*) AS n FROM articles WHERE day >= ? GROUP BY state"


@dataclass(frozen=True, slots=True)
class Rated:
    """One rule with what reviewers said of its cards."""

    rule: dict[str, object]
    new: int
    right: int  # confirmed or escalated
    wrong: int  # dismissed
    precision: float | None
    low: float | None
    high: float | None
    reasons: tuple[tuple[str, int], ...]
    terms: tuple[tuple[str, int], ...]


def wilson(right: int, judged: int, z: float = 1.96) -> tuple[float, float] | None:
    """The 95 % interval for a share of few cases (Wilson 1927)."""
    if not judged:
        return None
    share = right / judged
    middle = share + z * z / (2 * judged)
    spread = z * math.sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged))
    below = 1 + z * z / judged
    return max(0.0, (middle - spread) / below), min(1.0, (middle + spread) / below)


async def rules(ds: Datasette) -> tuple[Rated, ...]:
    tally: dict[tuple[int, str], int] = {
        (row["rule_id"], row["status"]): row["n"] for row in await database.rows(ds, TALLY)
    }
    reasons = _listed(await database.rows(ds, REASONS), "reason")
    terms = _listed(await database.rows(ds, FALSE_TERMS), "term")
    return tuple(
        _rated(dict(row), tally, reasons.get(row["id"], ()), terms.get(row["id"], ()))
        for row in await database.rows(ds, RULES)
    )


def _listed(
    rows: list[sqlite3.Row], column: str, most: int = 5
) -> dict[int, tuple[tuple[str, int], ...]]:
    found: dict[int, tuple[tuple[str, int], ...]] = {}
    for row in rows:
        have = found.get(row["rule_id"], ())
        if len(have) < most:
            found[row["rule_id"]] = (*have, (row[column], row["n"]))
    return found


def _rated(
    rule: dict[str, object], tally: dict[tuple[int, str], int],
    reasons: tuple[tuple[str, int], ...], terms: tuple[tuple[str, int], ...],
) -> Rated:  # fmt: skip
    def n(status: str) -> int:
        return tally.get((int(str(rule["id"])), status), 0)

    right, wrong = n("confirmed") + n("escalated"), n("dismissed")
    bounds = wilson(right, right + wrong)
    share = right / (right + wrong) if right + wrong else None
    low, high = bounds or (None, None)
    return Rated(rule, n("new"), right, wrong, share, low, high, reasons, terms)


async def sources(
    ds: Datasette, state: str, now: datetime, size: int, offset: int
) -> list[sqlite3.Row]:
    condition = STATES[state]
    values: list[str | int | float | None] = []
    if ":since" in condition:
        values.append(stamp(now - timedelta(hours=24)))
    if ":quiet" in condition:
        values.append(stamp(now - timedelta(days=7)))
    sql = SOURCES.format(condition.replace(":since", "?").replace(":quiet", "?"))
    return await database.rows(ds, sql, [*values, size, offset])


async def polls(ds: Datasette, ids: str, since: str) -> list[sqlite3.Row]:
    return await database.rows(ds, POLLS, [since, ids])


async def reading(ds: Datasette, ids: str, day: str) -> dict[int, sqlite3.Row]:
    return {row["feed_id"]: row for row in await database.rows(ds, UNREAD, [day, ids])}


async def runs(ds: Datasette, before: int, size: int) -> list[sqlite3.Row]:
    return await database.rows(ds, RUNS, [before, size])


async def by_severity(ds: Datasette) -> list[sqlite3.Row]:
    return await database.rows(ds, BY_SEVERITY)


async def outcomes(ds: Datasette, day: str) -> list[sqlite3.Row]:
    return await database.rows(ds, OUTCOMES, [day])


async def states(ds: Datasette, day: str) -> dict[str, int]:
    return {row["state"]: row["n"] for row in await database.rows(ds, READ, [day])}
