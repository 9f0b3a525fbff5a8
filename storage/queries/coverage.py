"""The coverage ledger: for each feed and hour, whether what it published was seen.

An hour is `seen` once a poll in it or after it was answered and shared entries with the poll before;
`gap` when that poll shared none, so that entries were probably missed; `partial` when it was seen but
some of its articles could not be read whole. Until such a poll, an hour is `late`, or `blocked` while
the feed does not answer. Hours before a feed's first poll are `never`. The hour that is not over yet
counts for a feed once it is polled in it, or its planned poll is overdue.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Literal

from sqlite_utils import Database

from storage.ingest.feeds.polls import ANSWERED
from storage.times import iso, parse_or_none

HourState = Literal["seen", "partial", "gap", "late", "blocked", "never"]
HOUR_STATES: tuple[HourState, ...] = ("seen", "partial", "gap", "late", "blocked", "never")
HOUR = timedelta(hours=1)


ANSWERING = """
SELECT coalesce(sum(enabled AND last_ok_at >= :since), 0), coalesce(sum(enabled), 0),
  coalesce(sum(NOT enabled), 0), max(iif(enabled, last_ok_at, NULL))
FROM feeds WHERE listed
"""
# The same of a time that is over, read off its polls.
ANSWERED_THEN = f"""
SELECT count(DISTINCT p.feed_id), max(p.polled_at) FROM polls p JOIN feeds f ON f.id = p.feed_id
WHERE f.listed AND f.enabled AND p.polled_at >= :since AND p.polled_at <= :until AND p.outcome IN ({", ".join(f"'{outcome}'" for outcome in sorted(ANSWERED))})
"""  # noqa: S608 (words of ours)


@dataclass(frozen=True, slots=True)
class Answering:
    """Of how many feeds what is shown comes, and until when they were seen."""

    answering: int  # answered at least once in the time that was asked for
    listed: int  # and enabled
    disabled: int
    seen_until: datetime | None  # the latest answer

    @property
    def sentence(self) -> str:
        """What must stand beside every count of hits."""
        until = f", seen until {self.seen_until:%Y-%m-%d %H:%M} UTC" if self.seen_until else ""
        return f"from {self.answering} of {self.listed} feeds{until}"


def answering(connection: sqlite3.Connection, *, since: datetime) -> Answering:
    """From the hour of `since` on, as the ledger counts."""
    row = connection.execute(ANSWERING, {"since": iso(hour_before(since))}).fetchone()
    return Answering(row[0], row[1], row[2], parse_or_none(row[3]))


def answering_lately(connection: sqlite3.Connection, now: datetime) -> Answering:
    """Of the last 24 hours, which is what every page, command and report says beside its counts."""
    return answering(connection, since=now - timedelta(hours=24))


def answering_then(
    connection: sqlite3.Connection, *, since: datetime, until: datetime
) -> Answering:
    """As `answering`, of a time that is over; which feeds are listed is of now."""
    today = answering(connection, since=since)
    bounds = {"since": iso(hour_before(since)), "until": iso(until)}
    feeds, seen_until = connection.execute(ANSWERED_THEN, bounds).fetchone()
    return replace(today, answering=feeds, seen_until=parse_or_none(seen_until))


def hour_before(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class FeedHours:
    """One feed's row in the ledger. None: before the feed was listed, or the hour that is not over, while
    no poll of the feed is due."""

    id: str
    name: str
    outcome: str
    sentence: str
    last_ok_at: datetime | None
    hours: tuple[HourState | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Answering):
    """Hours begin at `hours[i]`; `counts` are feed hours; `share` of them was seen, wholly or partly."""

    since: datetime
    until: datetime
    hours: tuple[datetime, ...]
    feeds: tuple[FeedHours, ...]
    counts: dict[str, int]
    share: float | None

    @property
    def missed_hours(self) -> int:
        """Feed hours of which something was certainly or probably missed."""
        return sum(self.counts[state] for state in ("gap", "blocked", "never"))


@dataclass(frozen=True, slots=True)
class PollRow:
    hour: datetime
    answered: bool
    gap: bool


def coverage(db: Database, *, since: datetime, now: datetime, past: bool = False) -> Coverage:
    """The ledger from the hour of `since` to the hour of `now`, for listed and enabled feeds.

    `past`: `now` was some time ago. Polls after it still say which of its hours were seen.
    """
    first = hour_before(since)
    hours = tuple(first + n * HOUR for n in range(int((now - first) / HOUR) + 1))
    polls, unread = polls_by_feed(db, first), unread_hours(db, first)
    rows = db.execute(
        """SELECT id, slug, name, last_outcome, last_sentence, last_ok_at, added_at, next_poll_at,
             (SELECT polled_at FROM polls WHERE feed_id = feeds.id ORDER BY polled_at LIMIT 1)
           FROM feeds WHERE listed AND enabled ORDER BY name"""
    )
    feeds = []
    for feed_id, slug, name, outcome, sentence, ok_at, added_at, planned, first_poll_at in rows:
        states = ledger(
            hours, polls.get(feed_id, ()), unread.get(feed_id, set()), outcome,
            first_poll=first_poll_at, added=added_at,
            overdue=past or planned is None or planned <= iso(now),
        )  # fmt: skip
        feeds.append(FeedHours(slug, name, outcome, sentence, parse_or_none(ok_at), states))
    answered = (
        answering_then(db.conn, since=first, until=now) if past else answering(db.conn, since=first)
    )
    return summed(answered, first, now, hours, feeds)


def ledger(
    hours: Sequence[datetime],
    polls: Sequence[PollRow],
    unread: set[datetime],
    outcome: str,
    *,
    first_poll: str | None,
    added: str,
    overdue: bool,
) -> tuple[HourState | None, ...]:
    """Walks back in time, so that the first answer after each hour is at hand.

    `overdue`: the feed's next poll was planned for a time that has passed.
    """
    states: list[HourState | None] = []
    waiting = list(polls)
    # Of the first answered poll after the hour; None: there is none yet.
    next_gap: bool | None = None
    for hour in reversed(hours):
        answered = _answered_from(hour, waiting)
        if answered:
            next_gap = answered[-1].gap
        gap_within = any(poll.gap and poll.hour == hour for poll in answered)
        end = iso(hour + HOUR)
        if end <= added:
            states.append(None)
        elif first_poll is None or end <= first_poll:
            states.append("never")
        elif next_gap is None:
            states.append(_unanswered(outcome, is_last=hour == hours[-1], overdue=overdue))
        elif next_gap or gap_within:
            states.append("gap")
        else:
            states.append("partial" if hour in unread else "seen")
    return tuple(reversed(states))


def _answered_from(hour: datetime, waiting: list[PollRow]) -> list[PollRow]:
    """Takes the polls of that hour or later off `waiting`; those that were answered, latest first."""
    answered = []
    while waiting and waiting[-1].hour >= hour:
        poll = waiting.pop()
        if poll.answered:
            answered.append(poll)
    return answered


def _unanswered(outcome: str, *, is_last: bool, overdue: bool) -> HourState | None:
    """An hour after which no poll was answered yet. The last one is not over: no poll of it is due."""
    if outcome not in ANSWERED:
        return "blocked"
    return None if is_last and not overdue else "late"


def polls_by_feed(db: Database, first: datetime) -> dict[int, tuple[PollRow, ...]]:
    rows = db.execute(
        """SELECT feed_id, substr(polled_at, 1, 13), outcome, gap FROM polls
           WHERE polled_at >= ? ORDER BY feed_id, polled_at""",
        [iso(first)],
    )
    return {
        feed_id: tuple(PollRow(hour_of(at), outcome in ANSWERED, bool(gap)) for _, at, outcome, gap in group)
        for feed_id, group in groupby(rows, key=lambda row: row[0])
    }  # fmt: skip


def unread_hours(db: Database, first: datetime) -> dict[int, set[datetime]]:
    """Hours in which a feed listed an article that was tried and could not be read whole."""
    hours: dict[int, set[datetime]] = {}
    rows = db.execute(
        """SELECT DISTINCT feed_id, substr(first_seen_at, 1, 13) FROM articles
           WHERE state IN ('partial', 'failed') AND day >= ? AND first_seen_at >= ?""",
        (iso(first)[:10], iso(first)),
    )
    for feed_id, at in rows:
        hours.setdefault(feed_id, set()).add(hour_of(at))
    return hours


def hour_of(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00:00Z")


def summed(
    answered: Answering,
    since: datetime,
    now: datetime,
    hours: tuple[datetime, ...],
    feeds: Iterable[FeedHours],
) -> Coverage:
    feeds = tuple(feeds)
    counted = Counter(state for feed in feeds for state in feed.hours if state)
    total = counted.total()
    return Coverage(
        answered.answering, answered.listed, answered.disabled, answered.seen_until, since=since, until=now,
        hours=hours, feeds=feeds, counts={state: counted[state] for state in HOUR_STATES},
        share=(counted["seen"] + counted["partial"]) / total if total else None,
    )  # fmt: skip
