"""SQL behind "is silence trustworthy": feeds seen and failing, the last run, hits per day."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from storage.queries.coverage import Answering, answering_lately
from storage.queries.feed_health import FAILING
from storage.queries.monitor.liveness import fault_line, standing_faults
from storage.times import iso, parse_time

FEEDS_IN_TROUBLE = f"""
SELECT coalesce(sum({FAILING}), 0) AS failing, coalesce(sum(last_polled_at IS NULL), 0) AS never
FROM feeds WHERE listed AND enabled
"""  # noqa: S608 (words of ours)
GAPS = "SELECT count(DISTINCT feed_id) FROM polls WHERE polled_at >= ? AND gap"
STALLED_HOURS = 26  # a day and a bit: deployments run at least daily
# By number: after a clock that was ahead, the run with the latest time is not the last.
LAST_RUN = "SELECT * FROM runs WHERE flow NOT LIKE 'rematch%' ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class SeenFeeds:
    """What stands beside every count: of how many feeds, seen until when."""

    answering: Answering
    failing: int
    never: int
    gaps: int
    last_run: dict[str, object] | None
    hours_since_run: float | None = None
    faults: tuple[str, ...] = ()  # of rules and feeds, at the last run: file, line, why

    @property
    def stalled(self) -> str | None:
        """A sentence when the pipeline has not run for long, so that the pages are old news."""
        if self.hours_since_run is None or self.hours_since_run < STALLED_HOURS:
            return None
        days = self.hours_since_run / 24
        return (
            f"No run for {days:.0f} days"
            if days >= 2
            else f"No run for {self.hours_since_run:.0f} hours"
        )

    @property
    def state(self) -> str:
        listed, answering = self.answering.listed, self.answering.answering
        if not listed or answering < listed / 2:
            return "bad"
        return "good" if answering == listed and not self.gaps else "partial"

    @property
    def sentence(self) -> str:
        if not self.answering.listed:
            return "No feeds are listed yet, so an empty queue says nothing."
        parts = [self.answering.sentence]
        if self.failing:
            parts.append(f"{self.failing:,} failing")
        if self.never:
            parts.append(f"{self.never:,} never read")
        if self.gaps:
            parts.append(f"{self.gaps:,} with gaps")
        return ", ".join(parts)


def seen_feeds(connection: sqlite3.Connection, now: datetime) -> SeenFeeds:
    """The last 24 hours."""
    since = now - timedelta(hours=24)
    row = connection.execute(FEEDS_IN_TROUBLE).fetchone()
    gaps = connection.execute(GAPS, [iso(since)]).fetchone()
    run = connection.execute(LAST_RUN).fetchone()
    stalled = (now - parse_time(run["started_at"])).total_seconds() / 3600 if run else None
    return SeenFeeds(
        answering_lately(connection, now), row["failing"], row["never"], gaps[0],
        dict(run) if run else None, stalled,
        tuple(map(fault_line, without_folders(standing_faults(connection)))),
    )  # fmt: skip


def without_folders(faults: list[dict[str, object]]) -> list[dict[str, object]]:
    """Readers of the review pages need the file's name; where it lies is the operator's business."""
    return [{**fault, "path": Path(str(fault.get("path", ""))).name} for fault in faults]
