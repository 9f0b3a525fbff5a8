"""Whether anything is seen at all. A run judges only the feeds that were due, and these may be few: without
this, a network that is gone looks like some failing feeds for as long as it takes until all were due.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from storage.ingest.feeds.polls import ANSWERED
from storage.queries.feed_health import FAILING
from storage.times import parse_time

FEWEST_FEEDS = 3  # feeds; of fewer that fail, the cause may be theirs
ANSWERED_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in sorted(ANSWERED))
# Whole runs, as feeds of one run are asked side by side: one answer makes it a run that saw something.
LAST = f"SELECT run_id, polled_at FROM polls WHERE outcome IN ({ANSWERED_OUTCOMES}) ORDER BY polled_at DESC LIMIT 1"  # noqa: S608 (words of ours)
# Feeds that were well until then: all their failures in a row came after that run.
FELL = f"""SELECT f.last_sentence FROM feeds f WHERE f.listed AND f.enabled AND {FAILING}
  AND f.failures <= (SELECT count(*) FROM polls p WHERE p.feed_id = f.id AND p.run_id > :run) ORDER BY f.last_polled_at DESC"""  # noqa: S608 (words of ours)
ENABLED = "SELECT count(*) FROM feeds WHERE listed AND enabled"


@dataclass(frozen=True, slots=True)
class Blindness:
    """`feeds` answered before `since`, and failed after it; no other feed answered."""

    since: datetime
    feeds: int
    last: str  # what the last of them met

    @property
    def sentence(self) -> str:
        return f"no feed answered since {self.since:%Y-%m-%d %H:%M} UTC; {self.feeds} that did before failed, the last one: {self.last}"


def blindness(conn: sqlite3.Connection) -> Blindness | None:
    """None while any feed answers, and before one ever did."""
    last = conn.execute(LAST).fetchone()
    if last is None or last[0] is None:
        return None
    fell = conn.execute(FELL, {"run": last[0]}).fetchall()
    enabled = int(conn.execute(ENABLED).fetchone()[0])
    if not fell or len(fell) < min(FEWEST_FEEDS, enabled):
        return None
    return Blindness(parse_time(last[1]), len(fell), str(fell[0][0]))
