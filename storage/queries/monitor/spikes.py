"""Sudden crowds: stories of a rule, category or outlet in an hour against 12, and in a day against 14."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Literal

import privacy
from storage.stories.outward import STORY_CATEGORIES
from storage.times import iso, parse_or_none

What = Literal["rule", "category", "outlet"]
COLUMN_OF: dict[What, str] = {"rule": "r.slug", "category": "h.category", "outlet": "a.outlet"}
# (length, baseline in lengths): after Meltwater's spike alerts, research/peers_2026-11.md.
WINDOWS = ((timedelta(hours=1), 12), (timedelta(days=1), 14))
FEWEST_STORIES = 5  # stories; fewer are not a spike, whatever went before
SPIKE_TIMES = 3  # the mean of the baseline
STORIES_NAMED = 3  # stories in an alert
DEVIATIONS = 3  # counts scatter by their root


@dataclass(frozen=True, slots=True)
class Spike:
    what: What
    name: str
    hours: int
    stories: int
    usual: float  # a window of the same length
    begin: datetime
    headlines: tuple[str, ...] = ()  # of its first stories by relevance, masked as in the queue

    @property
    def sentence(self) -> str:
        span = "the last hour" if self.hours == 1 else f"{self.hours} hours"
        return f"{self.stories} stories of {self.what} {self.name} in {span}, usually {self.usual:.1f}"  # fmt: skip


def spikes(conn: sqlite3.Connection, now: datetime) -> tuple[Spike, ...]:
    """None in a window until the archive is as old as its baseline: a first run is not news. None either
    where no run ended well within as long before the window: then its stories are of more than its time."""
    first = parse_or_none(conn.execute("SELECT min(started_at) FROM runs").fetchone()[0])
    crowds: list[Spike] = []
    for length, baseline in WINDOWS:
        if first is None or now - first < (baseline + 1) * length or catches_up(conn, length, now):
            continue
        for grouping in COLUMN_OF:
            crowds += in_window(conn, grouping, length, baseline, now)
    return tuple(crowds)


def catches_up(conn: sqlite3.Connection, length: timedelta, now: datetime) -> bool:
    """After an outage, or a machine asleep, the first runs bring what was published meanwhile."""
    good = conn.execute(
        """SELECT 1 FROM runs WHERE flow = 'watch' AND state IN ('completed', 'completed-with-errors')
             AND started_at BETWEEN ? AND ? LIMIT 1""",
        (iso(now - 2 * length), iso(now - length)),
    )
    return good.fetchone() is None


def in_window(
    conn: sqlite3.Connection, grouping: What, length: timedelta, baseline: int, now: datetime
) -> list[Spike]:
    rows = conn.execute(
        f"""SELECT {COLUMN_OF[grouping]}, count(DISTINCT CASE WHEN h.created_at >= :begin THEN h.story_id END),
              count(DISTINCT CASE WHEN h.created_at < :begin THEN h.story_id END)
            FROM hits h JOIN rules r ON r.id = h.rule_id JOIN articles a ON a.id = h.article_id
            WHERE h.created_at >= :since AND h.created_at <= :now AND h.shown AND h.origin = 'watch' GROUP BY 1""",  # noqa: S608 (a column of ours)
        {"begin": iso(now - length), "since": iso(now - (baseline + 1) * length), "now": iso(now)},
    )
    hours = int(length / timedelta(hours=1))
    begin = now - length
    return [
        Spike(grouping, name, hours, count, before / baseline, begin, spike_headlines(conn, grouping, name, begin, now))
        for name, count, before in rows.fetchall()
        if is_spike(count, before / baseline)
    ]  # fmt: skip


def spike_headlines(
    conn: sqlite3.Connection, grouping: What, name: str, begin: datetime, now: datetime
) -> tuple[str, ...]:
    rows = conn.execute(
        f"""SELECT s.title, {STORY_CATEGORIES} FROM hits h JOIN rules r ON r.id = h.rule_id JOIN articles a ON a.id = h.article_id
            JOIN stories s ON s.id = h.story_id WHERE h.created_at BETWEEN :begin AND :now AND h.shown AND h.origin = 'watch' AND {COLUMN_OF[grouping]} = :name
            GROUP BY s.id ORDER BY s.relevance DESC, s.id LIMIT :most""",  # noqa: S608 (a column of ours)
        {"begin": iso(begin), "now": iso(now), "name": name, "most": STORIES_NAMED},
    )
    return tuple(
        privacy.masked_for((categories or "").split(","), title) for title, categories in rows
    )


def is_spike(count: int, usual: float) -> bool:
    return count >= FEWEST_STORIES and count >= SPIKE_TIMES * usual and count > usual + DEVIATIONS * sqrt(max(usual, 1))  # fmt: skip
