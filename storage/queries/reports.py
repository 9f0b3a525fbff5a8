"""What happened: runs, the queue, hits per day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.runs import WITHOUT_A_WORD, is_gone
from storage.times import day, iso, parse_or_none, parse_time

MOST_WORKERS_NAMED = 4


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    flow: str
    state: str
    message: str
    started_at: datetime
    finished_at: datetime | None
    stats: dict[str, object]


@dataclass(frozen=True, slots=True)
class RuleHits:
    """New hits of one rule in one run, with the best-scored of them as the example."""

    rule: str
    severity: str
    hits: int
    title: str
    outlet: str
    url: str
    snippet: str


@dataclass(frozen=True, slots=True)
class RunSummary:
    run: Run
    feeds_polled: int
    feeds_unchanged: int
    feeds_failing: int
    entries_new: int
    articles_read: int
    articles_partial: int
    articles_headline: int  # of the partial ones, those of which nothing but the headline is known
    articles_failed: int
    hits: tuple[RuleHits, ...]

    @property
    def new_hits(self) -> int:
        return sum(rule.hits for rule in self.hits)


@dataclass(frozen=True, slots=True)
class Queue:
    """Stories, by where the queue shows them."""

    new: int
    reopened: int
    escalated: int
    confirmed: int
    dismissed: int


@dataclass(frozen=True, slots=True)
class DayHits:
    day: str
    hits: int
    unreviewed: int
    critical: int


def run_of(db: Database, run_id: int | None = None, flow: str = "watch") -> Run | None:
    """This one, or the latest of `flow`."""
    row = db.execute(
        """SELECT id, flow, state, message, started_at, finished_at, stats_json, pid, host FROM runs
           WHERE CASE WHEN :run IS NULL THEN flow = :flow ELSE id = :run END ORDER BY id DESC LIMIT 1""",
        {"run": run_id, "flow": flow},
    ).fetchone()
    if row is None:
        return None
    row_id, name, state, message, started, finished, stats, pid, host = row
    if state == "running" and is_gone(db.conn, name, pid, host):  # the next run will note it
        state, message = "crashed", WITHOUT_A_WORD
    return Run(
        row_id,
        name,
        state,
        message,
        parse_time(started),
        parse_or_none(finished),
        json.loads(stats),
    )


def read_at_sentence(read_at: Mapping[str, int]) -> str:
    """Which workers of a cluster read how much, the busiest first."""
    busiest = sorted(read_at.items(), key=lambda item: (-item[1], item[0]))
    workers = ", ".join(f"{name} ({jobs})" for name, jobs in busiest[:MOST_WORKERS_NAMED])
    more = len(busiest) - MOST_WORKERS_NAMED
    return f"{workers} and {more} more" if more > 0 else workers


def run_summary(db: Database, run_id: int) -> RunSummary:
    run = run_of(db, run_id)
    if run is None:
        raise KeyError(run_id)
    polled = db.execute(
        """SELECT count(*), coalesce(sum(outcome = 'not-modified'), 0),
             coalesce(sum(outcome NOT IN ('ok', 'not-modified', 'malformed', 'empty')), 0),
             coalesce(sum(entries_new), 0) FROM polls WHERE run_id = ?""",
        [run_id],
    ).fetchone()
    states = {
        state: (count, without_body)
        for state, count, without_body in db.execute(
            "SELECT state, count(*), sum(chars = 0) FROM articles WHERE run_id = ? AND attempted_at >= ? GROUP BY state",
            (run_id, started_text(db, run_id)),
        )
    }
    partial, headlines = states.get("partial", (0, 0))
    return RunSummary(
        run=run,
        feeds_polled=polled[0],
        feeds_unchanged=polled[1],
        feeds_failing=polled[2],
        entries_new=polled[3],
        articles_read=states.get("read", (0, 0))[0],
        articles_partial=partial,
        articles_headline=headlines,
        articles_failed=states.get("failed", (0, 0))[0],
        hits=hits_by_rule(db, run_id),
    )


def partial_sentence(partial: int, headlines: int) -> str:
    """Such as "12 partial (10 of them a headline alone)"."""
    return f"{partial} partial" + (f" ({headlines} of them a headline alone)" if headlines else "")


def started_text(db: Database, run_id: int) -> str:
    return str(db.execute("SELECT started_at FROM runs WHERE id = ?", [run_id]).fetchone()[0])


def hits_by_rule(db: Database, run_id: int) -> tuple[RuleHits, ...]:
    """Hits first found in this run. SQLite gives bare columns from the row of the max()."""
    rows = db.execute(
        """SELECT r.slug, h.severity, count(*), coalesce(h.masked_title, a.title), a.outlet, a.url, coalesce(h.masked_snippet, h.snippet), max(h.score)
           FROM hit_evidence e JOIN hits h ON h.id = e.hit_id AND h.created_at = e.matched_at
           JOIN articles a ON a.id = h.article_id JOIN rules r ON r.id = h.rule_id
           WHERE e.run_id = ? GROUP BY h.rule_id ORDER BY h.severity_rank DESC, count(*) DESC, r.slug""",
        [run_id],
    )
    return tuple(RuleHits(*row[:7]) for row in rows)


def queue(db: Database) -> Queue:
    """Stories by tab; `new` holds those that were reopened too."""
    counts = dict(
        db.execute(
            "SELECT tab, count(*) FROM stories WHERE tab IS NOT NULL GROUP BY tab"
        ).fetchall()
    )
    reopened = db.execute("SELECT count(*) FROM stories WHERE reopened AND tab = 'new'").fetchone()[
        0
    ]
    return Queue(
        counts.get("new", 0), reopened, counts.get("escalated", 0), counts.get("confirmed", 0),
        counts.get("dismissed", 0),
    )  # fmt: skip


def articles_waiting(db: Database, now: datetime) -> tuple[int, int]:
    """Articles that are due to be read for the first time, and again: after a failure, or to see edits."""
    first, again = db.execute(
        """SELECT count(*) FILTER (WHERE state = 'unread'), count(*) FILTER (WHERE state <> 'unread')
           FROM articles WHERE next_attempt_at IS NOT NULL AND next_attempt_at <= ?""",
        [iso(now)],
    ).fetchone()
    return int(first), int(again)


def hits_per_day_with_gaps(db: Database, now: datetime, days: int = 30) -> tuple[DayHits, ...]:
    """The last `days` days, those without a hit too."""
    first = now - timedelta(days=days - 1)
    by_day = {
        row[0]: row
        for row in db.execute("SELECT day, hits, unreviewed, critical FROM hits_per_day WHERE day >= ?", [day(first)])
    }  # fmt: skip
    every = (day(first + timedelta(days=n)) for n in range(days))
    return tuple(DayHits(*by_day.get(date, (date, 0, 0, 0))) for date in every)


def hits_of_days(days: Sequence[DayHits]) -> int:
    return sum(each_day.hits for each_day in days)
