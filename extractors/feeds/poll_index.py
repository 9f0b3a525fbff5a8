"""A poll that brought a sitemap index: which of its sitemaps are asked for, and what they hold."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from model import Entry, FeedCache, FeedPoll, Outcome, ParsedFeed, Response

MOST_SITEMAPS_A_POLL = 50  # sitemaps asked for in one poll
MOST_LEVELS = 3  # an index may list indexes; Google reads one level, some writers nest two
ALWAYS_ASKED = 2  # of the newest, whatever the index says of their age
STILL_CHANGING = timedelta(days=2)  # a sitemap of yesterday may still get pages of yesterday
READABLE = frozenset({Outcome.OK, Outcome.MALFORMED, Outcome.EMPTY})  # of what a parser says

Parse = Callable[[bytes, str, str | None], Awaitable[ParsedFeed]]
Ask = Callable[[str], Awaitable[Response]]


@dataclass(slots=True)
class _Reading:
    """What the sitemaps of an index held so far."""

    entries: dict[str, Entry]
    asked_urls: dict[str, None] = field(default_factory=dict)  # in order
    failed: list[Response] = field(default_factory=list)
    received: int = 0
    took: int = 0
    unread: int = 0
    cut: bool = False


async def with_children(
    poll: FeedPoll, index: ParsedFeed, last_ok_at: datetime | None, ask: Ask, parse: Parse
) -> FeedPoll:
    """The sitemaps that an index lists, read one after another, and those of indexes among them.
    The index itself is not cached:

    many give no dates, so that it stays the same while the sitemaps change.
    """
    reading = _Reading({entry.key: entry for entry in poll.entries}, cut=index.cut)
    indexes = [index]
    for _ in range(MOST_LEVELS):
        children: list[ParsedFeed] = []
        for url in _next(reading, indexes, last_ok_at, poll.polled_at):
            if (nested := await _child(url, reading, ask, parse)) is not None:
                children.append(nested)
        indexes = children
    reading.unread += sum(len(deeper.children) for deeper in indexes)
    poll = replace(
        poll,
        entries=tuple(reading.entries.values()),
        cache=FeedCache(last_full_at=poll.cache.last_full_at),
        bytes_received=poll.bytes_received + reading.received,
        duration_ms=poll.duration_ms + reading.took,
        cut=reading.cut or reading.unread > 0,
    )
    return _judged(poll, reading)


def _next(
    reading: _Reading, indexes: Sequence[ParsedFeed], last_ok_at: datetime | None, now: datetime
) -> list[str]:
    """What these indexes give to ask for, each in its turn, as far as the limit allows."""
    lists = []
    for index in indexes:
        urls, unread = to_ask(index, last_ok_at, now)
        reading.unread += unread
        reading.cut = reading.cut or index.cut
        lists.append(urls)
    fresh = [url for url in dict.fromkeys(_in_turn(*lists)) if url not in reading.asked_urls]
    room = MOST_SITEMAPS_A_POLL - len(reading.asked_urls)
    reading.unread += max(len(fresh) - room, 0)
    reading.asked_urls |= dict.fromkeys(fresh[:room])
    return fresh[:room]


async def _child(url: str, reading: _Reading, ask: Ask, parse: Parse) -> ParsedFeed | None:
    """Reads one sitemap; returns it if it is an index itself."""
    response = await ask(url)
    reading.received += response.bytes_received
    reading.took += response.duration_ms
    if response.outcome is not Outcome.OK:
        reading.failed.append(response)
        return None
    parsed = await parse(response.body, response.final_url, response.headers.get("content-type"))
    if parsed.outcome not in READABLE:
        sentence = f"{response.sentence} {parsed.problem or ''}"
        reading.failed.append(replace(response, outcome=parsed.outcome, sentence=sentence))
    for entry in parsed.entries:
        reading.entries.setdefault(entry.key, entry)
    return parsed if parsed.children else None


def to_ask(
    index: ParsedFeed, last_ok_at: datetime | None, now: datetime
) -> tuple[tuple[str, ...], int]:
    """The sitemaps to ask for, the newest first, and how many are left out though they may have
    changed. One that ended before the last good poll is not asked again.

    Those without a date, or with one yet to come, take turns with the dated ones: either may hold
    the news.
    """
    until = index.children_until or (None,) * len(index.children)
    dates = dict(zip(index.children, until, strict=True))
    dated = {url: last for url, last in dates.items() if last and last <= now + STILL_CHANGING}
    undated = [url for url in dates if url not in dated]
    may_be_new = [
        url
        for place, url in enumerate(_in_turn(undated, list(dated)))
        if place < ALWAYS_ASKED
        or url not in dated
        or last_ok_at is None
        or dated[url] >= last_ok_at - STILL_CHANGING
    ]
    return tuple(may_be_new[:MOST_SITEMAPS_A_POLL]), max(len(may_be_new) - MOST_SITEMAPS_A_POLL, 0)


def _in_turn(*lists: Sequence[str]) -> list[str]:
    """The first of each list, then the second of each, and so on."""
    return [url for row in zip_longest(*lists) for url in row if url is not None]


def _judged(poll: FeedPoll, reading: _Reading) -> FeedPoll:
    unread, failed, count = reading.unread, reading.failed, len(reading.asked_urls)
    rest = f" {unread} older sitemaps of the index were not read." if unread else ""
    if not failed:
        outcome = Outcome.OK if poll.entries else Outcome.EMPTY
        sentence = f"{len(poll.entries)} entries in {count} sitemaps.{rest}"
        return replace(poll, outcome=outcome, sentence=sentence)
    sentence = f"{len(failed)} of {count} sitemaps could not be read: {failed[0].sentence}{rest}"
    if poll.entries:
        return replace(poll, outcome=Outcome.MALFORMED, sentence=sentence)
    return replace(
        poll, outcome=failed[0].outcome, sentence=sentence, retry_after=failed[0].retry_after
    )
