"""When to poll again: feeds adapt to how much was new, and failures back off. Pure.

The constants are Media Cloud's (rss-fetcher) where it has them; the floors and the gap are ours.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from extractors.fetch.urls import host_group
from model import FeedHistory, FeedPoll, FeedSpec, NextPoll, Outcome

MINUTE, HOUR, DAY = 60, 3600, 86_400
FLOOR = 10 * MINUTE
FLOOR_WITHOUT_VALIDATORS = 30 * MINUTE
CEILING = DAY
DORMANT = 7 * DAY  # how often a feed that answered 410 is looked at
NEW_SHARE, SEEN_SHARE = 0.33, 0.67  # of entries seen before: below is faster, above is slower
FASTER, SLOWER, SLOWER_WHEN_SILENT = HOUR, 10 * MINUTE, HOUR
SILENT = timedelta(days=31)
ON_TIME = timedelta(minutes=20)  # polls further off their plan do not change the interval
MANY_FAILURES, LONGEST_BACKOFF = 30, 30 * DAY
JITTER = 0.05

ANSWERED_WELL = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.EMPTY})
HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
_SOFT = frozenset({
    Outcome.CONNECT, Outcome.DNS, Outcome.EXTRACTION_TIMEOUT, Outcome.MALFORMED, Outcome.NOT_FOUND,
    Outcome.NOT_A_FEED,  # maintenance pages look like this
    Outcome.PROTOCOL, Outcome.RATE_LIMITED, Outcome.SERVER_ERROR, Outcome.TIMEOUT, Outcome.TLS,
})  # fmt: skip
_TEMPORARY = frozenset({Outcome.CANCELLED, Outcome.PENDING})

_CUT_SENTENCE = "; not all of it was read, so some entries were probably missed"


class Addressed(Protocol):
    @property
    def url(self) -> str: ...


Item = TypeVar("Item", bound=Addressed)


def next_poll(
    history: FeedHistory, poll: FeedPoll, *, spec: FeedSpec, now: datetime, rng: random.Random
) -> NextPoll:
    """When to poll again, and why. `history` is from before this poll."""
    if is_usable(poll):
        gap = has_gap(history, poll)
        decision = _after_success(history, poll, spec, now, rng, gap=gap)
        if not gap or poll.cut:
            return decision
        return replace(decision, if_known=_after_success(history, poll, spec, now, rng, gap=None))
    return _after_failure(history, poll, spec, now, rng)


def is_usable(poll: FeedPoll) -> bool:
    """Whether the feed itself was seen, if only to say that nothing is new."""
    return poll.outcome in ANSWERED_WELL or (
        poll.outcome is Outcome.MALFORMED and bool(poll.entries)
    )


def is_held_back(outcome: Outcome, status: int | None) -> bool:
    """Not asked, because of a 429 to someone else or of a proxy that is set wrongly here: neither a
    failure nor an attempt.

    `status` is None then, or that of the redirect that led to the host that wants to be left alone.
    """
    return outcome is Outcome.PROXY or (outcome is Outcome.RATE_LIMITED and status != 429)


def has_gap(history: FeedHistory, poll: FeedPoll) -> bool:
    """Two successful polls in a row share no entry: some were probably missed in between."""
    last_keys = history.last_keys
    return bool(poll.entries and last_keys) and last_keys.isdisjoint(
        entry.key for entry in poll.entries
    )


def _after_success(
    history: FeedHistory,
    poll: FeedPoll,
    spec: FeedSpec,
    now: datetime,
    rng: random.Random,
    *,
    gap: bool | None,
) -> NextPoll:
    """`gap`: None where the entries are under new marks, but known."""
    if spec.interval_minutes is not None:
        interval, why = spec.interval_minutes * MINUTE, "fixed in feeds.yaml"
        wait = interval
    else:
        validators = poll.cache.etag or poll.cache.last_modified
        floor = FLOOR if validators else FLOOR_WITHOUT_VALIDATORS
        interval, why = _adapted(history, poll, now, gap=gap)
        interval = min(max(interval, floor), CEILING)
        wait = interval
        if poll.hint_seconds and not gap and poll.hint_seconds > interval:
            wait, why = min(poll.hint_seconds, CEILING), f"{why}; the feed asks for this pause"
        wait = max(round(wait * (1 + rng.uniform(-JITTER, JITTER))), floor)
    return NextPoll(
        next_poll_at=_not_before(now + timedelta(seconds=wait), poll.retry_after),
        interval_seconds=interval,
        failure_weight=0.0,
        failures=0,
        dormant=False,
        gap=bool(gap) or poll.cut,
        why=f"In {_spoken(wait)}: {why}{_CUT_SENTENCE if poll.cut else ''}.",
    )


def _adapted(
    history: FeedHistory, poll: FeedPoll, now: datetime, *, gap: bool | None
) -> tuple[int, str]:
    """The new interval before its limits, and what speaks for it."""
    interval = history.interval_seconds
    if gap:
        return interval // 2, "no entry was there last time, so some were probably missed"
    if history.last_ok_at is None:
        return interval, "read once so far"
    planned = history.next_poll_at or now
    if history.failures or abs(now - planned) > ON_TIME:
        return interval, "not polled at the planned time, so the interval stays"
    if gap is None:
        return interval, "most entries are known, under new ids, so the interval stays"
    if poll.entries:
        old = sum(entry.key in history.last_keys for entry in poll.entries)
        share, new_of_all = (
            old / len(poll.entries),
            f"{len(poll.entries) - old} of {len(poll.entries)}",
        )
        if share < NEW_SHARE:
            return interval - FASTER, f"{new_of_all} entries were new"
        if share < SEEN_SHARE:
            return interval, f"{new_of_all} entries were new"
    if history.last_entry_at is not None and now - history.last_entry_at > SILENT:
        return interval + SLOWER_WHEN_SILENT, "nothing new for a month"
    return interval + SLOWER, "little or nothing was new"


def _after_failure(
    history: FeedHistory, poll: FeedPoll, spec: FeedSpec, now: datetime, rng: random.Random
) -> NextPoll:
    interval = spec.interval_minutes * MINUTE if spec.interval_minutes else history.interval_seconds
    never_asked = is_held_back(poll.outcome, poll.http_status)
    weight = history.failure_weight + (0.0 if never_asked else _weight(poll))
    failures = history.failures + (0 if never_asked else 1)
    dormant = poll.outcome is Outcome.GONE or (history.dormant and never_asked)
    longest = LONGEST_BACKOFF if failures > MANY_FAILURES else CEILING
    wait = DORMANT if dormant else min(interval * max(weight, 1.0), longest)
    wait = round(wait * (1 + rng.uniform(0, JITTER)))
    if never_asked and poll.retry_after is not None:
        wait = 0
    at = _not_before(now + timedelta(seconds=wait), poll.retry_after)
    if poll.outcome is Outcome.PROXY:
        why = "the proxy lets nothing through"
    else:
        why = "its host asked to wait" if never_asked else _backoff_why(failures, dormant=dormant)
    return NextPoll(
        next_poll_at=at,
        interval_seconds=history.interval_seconds,
        failure_weight=weight,
        failures=failures,
        dormant=dormant,
        gap=False,
        why=f"In {_spoken(round((at - now).total_seconds()))}: {why}.",
    )


def _weight(poll: FeedPoll) -> float:
    if poll.outcome is Outcome.UNAUTHORIZED and poll.http_status is None:
        return 0.0  # its secret is not set here: nobody was asked, so nobody need be spared
    if poll.outcome in _TEMPORARY:
        return TEMPORARY
    return SOFT if poll.outcome in _SOFT else HARD


def _backoff_why(failures: int, *, dormant: bool) -> str:
    if dormant:
        return "gone, says its server, so it is polled once a week"
    return "it failed" if failures == 1 else f"it failed {failures} times in a row"


def _not_before(planned: datetime, asked_for: datetime | None) -> datetime:
    return planned if asked_for is None else max(planned, asked_for)


def _spoken(seconds: float) -> str:
    if seconds < 2 * HOUR:
        return f"{max(round(seconds / MINUTE), 1)} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} d"


def due(
    specs: Iterable[FeedSpec], histories: Mapping[str, FeedHistory], now: datetime
) -> tuple[FeedSpec, ...]:
    """Enabled feeds whose time has come, the longest waiting first.

    A run every 15 minutes must not turn a feed's 15 minutes into 30 because it started some seconds
    early: a healthy feed is due up to a tenth of its interval (at most 5 min) ahead of its plan.
    """
    waiting: list[tuple[float, int, FeedSpec]] = []
    clock = now.timestamp()
    for place, spec in enumerate(specs):
        if not spec.enabled:
            continue
        history = histories.get(spec.id)
        if history is None or history.next_poll_at is None:
            waiting.append((0.0, place, spec))
            continue
        planned = history.next_poll_at.timestamp()
        slack = 0.0 if history.failure_weight else min(history.interval_seconds / 10, 300.0)
        if planned - slack <= clock:
            waiting.append((planned, place, spec))
    waiting.sort()
    return tuple(spec for _, _, spec in waiting)


def batches(items: Iterable[Item], size: int) -> tuple[tuple[Item, ...], ...]:
    """Items cut into batches of at most `size`; what is on one host group stays together if it can."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(group_of(item.url), []).append(item)
    cut: list[list[Item]] = [[]]
    for group in groups.values():
        if len(cut[-1]) + len(group) > size and cut[-1]:
            cut.append([])
        for item in group:
            if len(cut[-1]) == size:
                cut.append([])
            cut[-1].append(item)
    return tuple(tuple(batch) for batch in cut if batch)


def group_of(url: str) -> str:
    """The host group; asks for the origin only, of which there are few."""
    return host_group(url[:end] if (end := url.find("/", 8)) > 0 else url)
