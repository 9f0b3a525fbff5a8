"""Whether the monitor sees: its last good run, what is under way, and what is wrong with the machine."""

import json
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from storage.runs import is_gone
from storage.times import parse_or_none
from storage.upkeep.clock import AHEAD

GOOD_STATES = ("completed", "completed-with-errors")
LEAST_ROOM = 200_000_000  # bytes free beside the database; a busy day writes about 100 MB
USUAL_PAUSE = timedelta(minutes=15)  # between runs, in prefect.yaml and `serve`
MISSED = 2  # after so many pauses without a good run the monitor is blind


@dataclass(frozen=True, slots=True)
class Liveness:
    """`good_id` is the last run that ended well; `bad_id` the last that did not, when it is newer."""

    good_id: int | None
    good_at: datetime | None
    first_at: datetime | None  # when the first run began
    bad_id: int | None
    bad_state: str
    last_started_at: datetime | None
    running_since: datetime | None
    faults: tuple[str, ...]  # of rules and feeds that the last run left out

    def silent_for(self, now: datetime) -> timedelta | None:
        """Time since the last good run, or since the first began; None before any run."""
        since = self.good_at or self.first_at
        return None if since is None else now - since

    def ahead_of(self, now: datetime) -> bool:
        """Whether the last run began after `now`: the clock went back, or was wrong then."""
        return self.last_started_at is not None and self.last_started_at - now > AHEAD


def liveness(conn: sqlite3.Connection, flow: str = "watch") -> Liveness:
    good = conn.execute(
        "SELECT id, finished_at FROM runs WHERE flow = ? AND state IN (?, ?) ORDER BY id DESC LIMIT 1",
        (flow, *GOOD_STATES),
    ).fetchone() or (None, None)
    bad = conn.execute(
        "SELECT id, state FROM runs WHERE flow = ? AND state IN ('failed', 'crashed') AND id > ? ORDER BY id DESC LIMIT 1",
        (flow, good[0] or 0),
    ).fetchone() or (None, "")
    first = conn.execute("SELECT min(started_at) FROM runs WHERE flow = ?", (flow,)).fetchone()[0]
    last = conn.execute(
        "SELECT started_at, state, id, pid, host FROM runs WHERE flow = ? ORDER BY id DESC LIMIT 1",
        (flow,),
    ).fetchone() or (None, "", None, None, None)
    running = last[1] == "running"
    if running and is_gone(conn, flow, *last[3:]):  # the next run will note it
        running, bad = False, (last[2], "crashed")
    return Liveness(
        good[0], parse_or_none(good[1]), parse_or_none(first), bad[0], bad[1],
        parse_or_none(last[0]), parse_or_none(last[0]) if running else None,
        tuple(map(fault_line, standing_faults(conn, flow))),
    )  # fmt: skip


RECENT_RUNS = 10
FEWEST_RUNS = 4  # before that a rhythm is a guess
FUTURE = "the last run lies in the future"
OVERDUE = "the next run is overdue"
LATE = 3  # times the usual pause
LEAST_PAUSE, UNKNOWN_PAUSE = timedelta(hours=1), timedelta(days=1)


def longest_pause(conn: sqlite3.Connection, flow: str = "watch") -> timedelta:
    """After how long without a run the monitor is overdue: three times its own usual pause."""
    rows = conn.execute(
        "SELECT started_at FROM runs WHERE flow = ? ORDER BY id DESC LIMIT ?", (flow, RECENT_RUNS)
    )
    begun = sorted(at for (text,) in rows if (at := parse_or_none(text)) is not None)
    if len(begun) < FEWEST_RUNS:
        return UNKNOWN_PAUSE
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(begun)]
    return max(LATE * timedelta(seconds=median(pauses)), LEAST_PAUSE)


def blind_spots(
    conn: sqlite3.Connection, now: datetime, share: float | None, least_share: float
) -> tuple[str, ...]:
    """Why the monitor cannot be relied on just now, one phrase each; none when all is well.

    `share` is that of the feed hours seen in the last day; it counts once a day has been watched.
    """
    alive = liveness(conn)
    silence = None if alive.last_started_at is None else now - alive.last_started_at
    watched = alive.first_at is not None and now - alive.first_at > UNKNOWN_PAUSE
    return tuple(
        words
        for words, holds in (
            ("no run has finished yet", alive.good_at is None and alive.bad_id is None),
            (f"the last run {alive.bad_state}", alive.bad_id is not None),
            (OVERDUE, silence is not None and silence > longest_pause(conn)),
            (FUTURE, alive.ahead_of(now)),
            (f"only {share or 0:.0%} of feed hours were seen in 24 h",
             watched and share is not None and share < least_share),
        )
        if holds
    )  # fmt: skip


def next_due(conn: sqlite3.Connection) -> tuple[str, str, str] | None:
    """The feed that is polled next: its name, when, and why then."""
    row = conn.execute(
        """SELECT f.name, f.next_poll_at, coalesce((SELECT why_next FROM polls WHERE feed_id = f.id ORDER BY polled_at DESC LIMIT 1), '')
           FROM feeds f WHERE f.listed AND f.enabled AND f.next_poll_at IS NOT NULL ORDER BY f.next_poll_at LIMIT 1"""
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def standing_faults(conn: sqlite3.Connection, flow: str = "watch") -> list[dict[str, object]]:
    """What the last run found wrong with rules, word lists and feed entries."""
    row = conn.execute(
        "SELECT faults_json FROM runs WHERE flow = ? ORDER BY id DESC LIMIT 1", (flow,)
    ).fetchone()
    faults: list[dict[str, object]] = json.loads(row[0] or "[]") if row else []
    return faults


def fault_line(fault: dict[str, object]) -> str:
    where = ":".join(str(fault[part]) for part in ("path", "line") if fault.get(part))
    return f"{where}: {fault.get('why', '')}".strip(": ")


def room(database: Path) -> int:
    """Bytes free where the database lies."""
    return shutil.disk_usage(database.absolute().parent).free


def oldest_unread(conn: sqlite3.Connection, now: datetime) -> timedelta | None:
    """Age of the oldest article that was never tried."""
    oldest = conn.execute("SELECT min(first_seen_at) FROM articles WHERE state = 'unread'").fetchone()[0]  # fmt: skip
    at = parse_or_none(oldest)
    return None if at is None else now - at
