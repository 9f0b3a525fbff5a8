"""When to ask for a page again: a few tries where it was not read, and later looks at stories. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from model import Outcome

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

_TRIES = (_HOUR, 6 * _HOUR, _DAY)
_ONE_MORE = (_DAY,)  # says for good, but servers err
_PAGE_TRIES: Mapping[Outcome, tuple[timedelta, ...]] = {
    Outcome.BAD_URL: (),
    Outcome.NO_LINK: (),
    Outcome.OK: (),
    Outcome.GONE: _ONE_MORE,
    Outcome.LEGAL: _ONE_MORE,
    Outcome.PRIVATE_ADDRESS: _ONE_MORE,
    Outcome.TOO_LARGE: _ONE_MORE,
    Outcome.UNSUPPORTED_TYPE: _ONE_MORE,
    Outcome.ROBOTS: (_DAY, 7 * _DAY),
}
_ASKED_TO_WAIT = {Outcome.RATE_LIMITED: 20, Outcome.SERVER_ERROR: 6}  # tries, when told how long
_REREADS = (_HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY)
_STUB_AGE, _STUB_WAIT, _STUB_WORDS = 6 * _HOUR, 3 * _HOUR, 200


def next_attempt(
    outcome: Outcome,
    attempts: int,
    retry_after: datetime | None,
    now: datetime,
    *,
    was_asked: bool = True,
) -> datetime | None:
    """When to ask for a page again that was not read well; None: never.

    `attempts` counts those made, this one included. A page that was not asked for is never given up.
    """
    if not was_asked:
        return max(retry_after or now + _HOUR, now)
    if outcome in (Outcome.CANCELLED, Outcome.PENDING):
        return now
    if retry_after is not None and attempts <= _ASKED_TO_WAIT.get(outcome, 0):
        return max(retry_after, now + timedelta(minutes=5) * (attempts - 1))
    return _scheduled(_PAGE_TRIES.get(outcome, _TRIES), attempts - 1, now)


def reread_at(reads: int, now: datetime) -> datetime | None:
    """When to look again at a page that produced a hit; `reads` counts the good reads before this one."""
    return _scheduled(_REREADS, reads, now)


def stub_reread_at(
    text: str, published: datetime | None, reads: int, now: datetime, *, doubtful: bool = False
) -> datetime | None:
    """When to look again at a page without a hit, once: breaking news begins as a few sentences and grows
    under its address, often with no word of it in the feed, and a page whose text is in doubt may have
    held something else for an hour. Such pages are few."""
    young = published is not None and abs(now - published) <= _STUB_AGE
    if reads or not (doubtful or (young and len(text.split()) < _STUB_WORDS)):
        return None
    return now + _STUB_WAIT


def _scheduled(waits: Sequence[timedelta], place: int, now: datetime) -> datetime | None:
    return now + waits[place] if 0 <= place < len(waits) else None
