"""Source health: how each feed does, and which of them a person should look at.

One rule for the page Sources, `status`, `feeds health`, reports and metrics: a feed without a flag is
fine. One that is broken and gives entries all the same has none; where its document breaks off inside
an entry, the poll is a gap, and the feed has that flag.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import fmean, pstdev

from sqlite_utils import Database

from model import Outcome
from storage.times import day, iso, parse_or_none, parse_time

WEEK, BASELINE = 7, 28  # days: the last week is held against the four weeks before it
LOW, HIGH = 1.5, 2.0  # standard deviations
SILENT_AFTER = timedelta(days=14)
DEAD_AFTER = timedelta(days=14)  # without a single answer
# No failure of the feed, whose interval stays; but it gives nothing, and a person should look.
BEHIND_PROXY = Outcome.PROXY.value
FAILING = f"(failures > 0 OR last_outcome = '{BEHIND_PROXY}')"  # of a row of `feeds`
TROUBLE_FLAGS = frozenset(
    {"dormant", "dead", "failing", "never"}
)  # flags of feeds that give nothing
FEWEST_PAGES, UNREAD_SHARE = 5, 0.8  # of a week's pages: so many, and that share of them, unread


@dataclass(frozen=True, slots=True)
class Volume:
    """New entries a day. `alarm` is "low", "high" or None; no alarm before five weeks of polls."""

    week: float
    baseline: float
    deviation: float
    alarm: str | None


@dataclass(frozen=True, slots=True)
class TriedPages:
    """Articles of a feed whose page was tried; of the unread at most the feed's own text is known."""

    tried: int
    unread: int

    @property
    def hardly_read(self) -> bool:
        return self.unread >= FEWEST_PAGES and self.unread >= UNREAD_SHARE * self.tried

    @property
    def sentence(self) -> str:
        return f"{self.unread} of {self.tried} pages of 7 days could not be read"


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """`flags`, worst first: dormant, dead, failing, never, unread, silent, low, high, gap, moved, disabled.

    Of an `unread` feed nearly all pages of the last week could not be read, as behind a wall.
    """

    id: str
    name: str
    outlet: str
    url: str
    enabled: bool
    reason: str | None
    outcome: str
    sentence: str
    failures: int
    last_polled_at: datetime | None
    last_ok_at: datetime | None
    last_entry_at: datetime | None
    next_poll_at: datetime | None
    interval_seconds: int
    silent_days: float | None
    volume: Volume
    gaps: int  # in the last 7 days
    moved_to: str | None
    pages: TriedPages  # of the last 7 days
    flags: tuple[str, ...]

    @property
    def state(self) -> str:
        """Its flags, or that there are none."""
        return ", ".join(self.flags) or "fine"

    @property
    def needs_a_look(self) -> bool:
        return self.enabled and bool(self.flags)

    @property
    def in_trouble(self) -> bool:
        """Whether it gives nothing: a flag such as `moved` or `gap` is no trouble."""
        return self.enabled and not TROUBLE_FLAGS.isdisjoint(self.flags)

    @property
    def what_happened(self) -> str:
        """Why it has its flags; of a feed that fails, and of one without a flag, what came of the last poll."""
        return "; ".join(self.reasons) or self.sentence or self.outcome

    @property
    def reasons(self) -> tuple[str, ...]:
        """A sentence for each flag that says nothing of failing, in the order of the flags."""
        if self.failures or "failing" in self.flags:
            return ()
        polls = "1 poll" if self.gaps == 1 else f"{self.gaps} polls"
        pace = f"{self.volume.week:.1f} new entries a day in the last week, {self.volume.baseline:.1f} before"
        sentences = {
            "never": "not polled yet",
            "unread": self.pages.sentence,
            "silent": f"nothing new for {self.silent_days or 0:.0f} days",
            "low": pace,
            "high": pace,
            "gap": f"entries were probably missed at {polls} of the last 7 days",
            "moved": f"moved to {self.moved_to}",
        }
        broken = (self.sentence,) if self.gaps and self.outcome == "malformed" else ()
        return (*(sentences[flag] for flag in self.flags if flag in sentences), *broken)


@dataclass(frozen=True, slots=True)
class FeedCounts:
    """How many feeds do how well. `by_state` counts each once, under the worst of its flags or as "fine",
    so that the parts add up to those listed."""

    listed: int
    enabled: int
    fine: int
    need_a_look: int
    in_trouble: int
    by_state: dict[str, int]


def count_feeds(feeds: Sequence[FeedHealth]) -> FeedCounts:
    return FeedCounts(
        listed=len(feeds),
        enabled=sum(feed.enabled for feed in feeds),
        fine=sum(not feed.flags for feed in feeds),
        need_a_look=sum(feed.needs_a_look for feed in feeds),
        in_trouble=sum(feed.in_trouble for feed in feeds),
        by_state=dict(Counter(feed.flags[0] if feed.flags else "fine" for feed in feeds)),
    )


AMONG = " IN (SELECT value FROM json_each(:ids))"
ROWS = """SELECT id, slug, name, outlet, url, enabled, disabled_reason, last_outcome, last_sentence, failures,
  last_polled_at, last_ok_at, last_entry_at, next_poll_at, interval_seconds, moved_to, dormant, added_at
  FROM feeds WHERE listed AND {} ORDER BY name"""


def feed_health(db: Database, now: datetime) -> tuple[FeedHealth, ...]:
    """Every listed feed, those that need a look first."""
    health = health_of_feeds(db.conn, now)
    return tuple(sorted(health, key=lambda feed: (not feed.enabled, not feed.flags)))


def health_of_feeds(
    connection: sqlite3.Connection, now: datetime, ids: Collection[int] | None = None
) -> tuple[FeedHealth, ...]:
    """Listed feeds by name: all, or those with `ids`."""
    among = None if ids is None else json.dumps(sorted(ids))
    volumes, gaps = daily_new(connection, now, among), recent_gaps(connection, now)
    pages, nothing = tried_pages(connection, now, among), TriedPages(0, 0)
    return tuple(
        health_of(
            row, volumes.get(row[0], {}), gaps.get(row[0], 0), pages.get(row[0], nothing), now
        )
        for row in connection.execute(ROWS.format(among_feeds("id", among)), {"ids": among})
    )


def among_feeds(column: str, among: str | None) -> str:
    """A condition of its own where only some feeds are asked for, so that an index serves both cases."""
    return "1" if among is None else column + AMONG


def health_of(
    row: Sequence[str], counts: dict[str, int], gaps: int, pages: TriedPages, now: datetime
) -> FeedHealth:
    _, slug, name, outlet, url, enabled, reason, outcome, sentence, failures = row[:10]
    polled, ok, entry, planned = map(parse_or_none, row[10:14])
    interval, moved_to, dormant, added = row[14], row[15], row[16], parse_time(row[17])
    level = volume(counts, now, known_since=added)
    silent = (now - entry) if entry else None
    is_failing = bool(failures) or outcome == BEHIND_PROXY
    flags = {
        "dormant": dormant,
        "dead": is_failing and now - (ok or added) >= DEAD_AFTER,
        "failing": is_failing,
        "never": polled is None,
        "unread": pages.hardly_read,
        "silent": silent is not None and silent >= SILENT_AFTER,
        "low": level.alarm == "low",
        "high": level.alarm == "high",
        "gap": gaps,
        "moved": moved_to,
    }
    raised = tuple(name for name, flag in flags.items() if flag) if enabled else ("disabled",)
    return FeedHealth(
        slug, name, outlet, url, bool(enabled), reason, outcome, sentence, int(failures), polled, ok,
        entry, planned, int(interval), silent / timedelta(days=1) if silent is not None else None,
        level, gaps, moved_to, pages, raised,
    )  # fmt: skip


def daily_new(
    connection: sqlite3.Connection, now: datetime, among: str | None
) -> dict[int, dict[str, int]]:
    """New entries by feed and day, over the week and its baseline."""
    per_day: dict[int, dict[str, int]] = {}
    since = now - timedelta(days=WEEK + BASELINE)
    rows = connection.execute(
        f"""SELECT feed_id, substr(first_seen_at, 1, 10), count(*) FROM entries
           WHERE first_seen_at >= :since AND {among_feeds("feed_id", among)} GROUP BY 1, 2""",  # noqa: S608 (parts of ours)
        {"since": day(since), "ids": among},
    )
    for feed_id, on, count in rows:
        per_day.setdefault(feed_id, {})[on] = count
    return per_day


def volume(counts: dict[str, int], now: datetime, *, known_since: datetime) -> Volume:
    """Today is left out, it is not over yet. Counts scatter by their root at least."""
    days = [counts.get(day(now - timedelta(days=n)), 0) for n in range(1, WEEK + BASELINE + 1)]
    week, before = fmean(days[:WEEK]), days[WEEK:]
    baseline = fmean(before)
    deviation = max(pstdev(before), sqrt(baseline))
    alarm = None
    if now - known_since >= timedelta(days=WEEK + BASELINE):
        if week < baseline - LOW * deviation:
            alarm = "low"
        elif week > baseline + HIGH * deviation:
            alarm = "high"
    return Volume(week, baseline, deviation, alarm)


def recent_gaps(connection: sqlite3.Connection, now: datetime) -> dict[int, int]:
    rows = connection.execute(
        "SELECT feed_id, count(*) FROM polls WHERE gap AND polled_at >= ? GROUP BY feed_id",
        [iso(now - timedelta(days=WEEK))],
    )
    return dict(rows.fetchall())


def tried_pages(
    connection: sqlite3.Connection, now: datetime, among: str | None
) -> dict[int, TriedPages]:
    """By feed, of the last 7 days; only of feeds with enough unread ones to speak of."""
    since = day(now - timedelta(days=WEEK))
    rows = connection.execute(
        f"""SELECT u.feed_id, (SELECT count(*) FROM articles WHERE feed_id = u.feed_id AND day >= :since AND state <> 'unread'), u.unread
           FROM (SELECT feed_id, count(*) AS unread FROM articles WHERE state IN ('partial', 'failed') AND day >= :since
             AND outcome <> 'no-link' AND {among_feeds("feed_id", among)} GROUP BY feed_id HAVING count(*) >= :fewest) u""",  # noqa: S608 (parts of ours)
        {"since": since, "fewest": FEWEST_PAGES, "ids": among},
    )
    return {feed_id: TriedPages(tried, unread) for feed_id, tried, unread in rows}
