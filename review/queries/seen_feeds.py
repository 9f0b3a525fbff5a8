"""SQL behind "is silence trustworthy": feeds seen and failing, the last run, hits per day."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from datasette.app import Datasette

from review import database
from review.pages.responses import stamp

COVERAGE = """
SELECT count(*) AS feeds, coalesce(sum(last_ok_at >= :since), 0) AS seen,
  coalesce(sum(failures > 0), 0) AS failing, coalesce(sum(dormant), 0) AS dormant,
  coalesce(sum(last_polled_at IS NULL), 0) AS never, max(last_ok_at) AS until
FROM feeds WHERE listed AND enabled
"""
GAPS = "SELECT count(DISTINCT feed_id) FROM polls WHERE polled_at >= ? AND gap = 1"
LAST_RUN = "SELECT * FROM runs WHERE flow NOT LIKE 'rematch%' ORDER BY started_at DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class SeenFeeds:
    """What stands beside every count: of how many feeds, seen until when."""

    feeds: int
    seen: int
    failing: int
    dormant: int
    never: int
    gaps: int
    until: str | None
    last_run: dict[str, object] | None
    hours: int = 24

    @property
    def state(self) -> str:
        if not self.feeds or self.seen < self.feeds / 2:
            return "bad"
        return "good" if self.seen == self.feeds and not self.gaps else "partial"

    @property
    def sentence(self) -> str:
        if not self.feeds:
            return "No feeds are listed yet, so an empty queue says nothing."
        parts = [f"{self.seen:,} of {self.feeds:,} feeds seen in the last {self.hours} h"]
        if self.failing:
            parts.append(f"{self.failing:,} failing")
        if self.never:
            parts.append(f"{self.never:,} never read")
        if self.gaps:
            parts.append(f"{self.gaps:,} with gaps")
        return ", ".join(parts)


async def coverage(ds: Datasette, now: datetime, hours: int = 24) -> SeenFeeds:
    since = stamp(now - timedelta(hours=hours))
    row = await database.row(ds, COVERAGE.replace(":since", "?"), [since])
    gaps = await database.row(ds, GAPS, [since])
    run = await database.row(ds, LAST_RUN)
    assert row is not None
    assert gaps is not None
    return SeenFeeds(
        row["feeds"], row["seen"], row["failing"], row["dormant"], row["never"], gaps[0], row["until"],
        dict(run) if run else None, hours,
    )  # fmt: skip


async def days(ds: Datasette, first: str) -> list[sqlite3.Row]:
    """Hits per day and category from `first` on, with how many of them wait."""
    sql = """SELECT day, category, count(*) AS hits, sum(status = 'new') AS waiting,
      sum(severity = 'critical') AS critical FROM hits WHERE day >= ? GROUP BY day, category ORDER BY day"""
    return await database.rows(ds, sql, [first])
