"""A poll that brought a sitemap index: which of its sitemaps are asked for, and what they hold."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from model import (
    Entry,
    FeedCache,
    FeedHistory,
    FeedPoll,
    Outcome,
    ParsedFeed,
    Response,
    SitemapTurn,
)

MOST_SITEMAPS_A_POLL = 50  # sitemaps asked for in one poll, beside the newest asked for again
MOST_INDEXES_A_POLL = MOST_SITEMAPS_A_POLL // 2  # so that there is room for what they list
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
    turn: SitemapTurn | None  # where the last poll left off
    asked_urls: dict[str, None] = field(default_factory=dict)  # in order
    failed: list[Response] = field(default_factory=list)
    received: int = 0
    took: int = 0
    unread: int = 0
    waiting: int = 0  # of those without a date: their turn comes at a later poll
    next_turn: SitemapTurn | None = None
    undated: tuple[Sequence[str], int] | None = None  # of the upper level, and where it goes on
    cut: bool = False

    @property
    def room(self) -> int:
        again = ALWAYS_ASKED if self.turn else 0
        return MOST_SITEMAPS_A_POLL + again - len(self.asked_urls)


async def with_children(
    poll: FeedPoll, index: ParsedFeed, history: FeedHistory, ask: Ask, parse: Parse
) -> FeedPoll:
    """The sitemaps that an index lists, read one after another, and those of indexes among them.
    The index itself is not cached:

    many give no dates, so that it stays the same while the sitemaps change.
    """
    reading = _Reading(
        {entry.key: entry for entry in poll.entries}, history.sitemap_turn, cut=index.cut
    )
    indexes = [index]
    for _ in range(MOST_LEVELS):
        children: list[ParsedFeed] = []
        urls = _next(reading, indexes, history.last_ok_at, poll.polled_at)
        for place, url in enumerate(urls):
            if place >= MOST_INDEXES_A_POLL and 2 * len(children) > place:
                _leave(reading, urls[place:])
                break
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
        cut=reading.cut or reading.unread > 0 or not _all_asked(reading),
        sitemap_turn=reading.next_turn,
    )
    return _with_outcome(poll, reading)


def _next(
    reading: _Reading, indexes: Sequence[ParsedFeed], last_ok_at: datetime | None, now: datetime
) -> list[str]:
    """What these indexes give to ask for, as far as the limit allows: what may be new, then what
    gives no date, from where the last poll left off."""
    firsts, others = list[Sequence[str]](), list[Sequence[str]]()
    for index in indexes:
        first, undated = to_ask(index, last_ok_at, now)
        reading.cut = reading.cut or index.cut
        firsts.append(first)
        others.append(undated)
    first, undated = (
        [url for url in dict.fromkeys(_in_turn(*lists)) if url not in reading.asked_urls]
        for lists in (firsts, others)
    )
    undated = [url for url in undated if url not in set(first)]
    first = [*first[:ALWAYS_ASKED], *_from_last(reading.turn, first[ALWAYS_ASKED:])]
    newest = first[: max(reading.room - len(undated), reading.room // 2)]
    reading.unread += len(first) - len(newest)
    rest = _from_turn(reading, undated, reading.room - len(newest))
    urls = [*newest[:ALWAYS_ASKED], *_in_turn(rest, newest[ALWAYS_ASKED:])]
    reading.asked_urls |= dict.fromkeys(urls)
    return urls


def _from_turn(reading: _Reading, undated: Sequence[str], room: int) -> Sequence[str]:
    """As many of them as there is room for; the next poll goes on after them, and begins again at
    the end of the list."""
    before, turned = reading.turn, _from_last(reading.turn, undated)
    start = undated.index(turned[0]) if turned else 0
    reading.undated = reading.undated or (undated, start)
    if len(undated) <= room:
        return turned
    reading.waiting += len(undated) - room
    if room > 0 and reading.next_turn is None:  # of two levels, the upper one's turn goes on
        end = start + room
        all_asked = end >= len(undated) or (before is not None and before.all_asked)
        reading.next_turn = SitemapTurn(undated[end % len(undated)], all_asked)
    return turned[: max(room, 0)]


def _from_last(turn: SitemapTurn | None, urls: Sequence[str]) -> Sequence[str]:
    """All of them, from the one on at which the last poll left off."""
    start = urls.index(turn.url) if turn is not None and turn.url in urls else 0
    return [*urls[start:], *urls[:start]]


def _leave(reading: _Reading, urls: Sequence[str]) -> None:
    """Let these wait for the next poll, which goes on with them: the ones before them were indexes, and
    what those list is read first."""
    undated, start = reading.undated or ((), 0)
    for url in urls:
        del reading.asked_urls[url]
    in_turn = [url for url in urls if url in undated]
    reading.waiting += len(in_turn)
    reading.unread += len(urls) - len(in_turn)  # their dates say whether they are asked for again
    following = (in_turn or urls)[0]
    is_round = following in undated and undated.index(following) < start
    all_asked = is_round or (reading.turn is not None and reading.turn.all_asked)
    reading.next_turn = SitemapTurn(following, all_asked)


def _all_asked(reading: _Reading) -> bool:
    """Whether none of those that wait was never asked for."""
    return not reading.waiting or (reading.next_turn is not None and reading.next_turn.all_asked)


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
) -> tuple[list[str], list[str]]:
    """The sitemaps that may hold something new, the newest first, and the others of which the index
    does not say it. One that ended before the last good poll is in neither.

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
        or (url in dated and (last_ok_at is None or dated[url] >= last_ok_at - STILL_CHANGING))
    ]
    return may_be_new, [url for url in undated if url not in set(may_be_new)]


def _in_turn(*lists: Sequence[str]) -> list[str]:
    """The first of each list, then the second of each, and so on."""
    return [url for row in zip_longest(*lists) for url in row if url is not None]


def _with_outcome(poll: FeedPoll, reading: _Reading) -> FeedPoll:
    unread, failed, count = reading.unread, reading.failed, len(reading.asked_urls)
    rest = f" {unread} older sitemaps of the index were not read." if unread else ""
    if reading.waiting:
        rest += f" {reading.waiting} more give no date; they are asked for in turn, poll by poll."
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
