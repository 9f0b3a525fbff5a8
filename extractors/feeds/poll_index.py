"""A poll that brought a sitemap index: which of its sitemaps are asked for, and what they hold."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from model import Entry, FeedCache, FeedPoll, Outcome, ParsedFeed, Response

MOST_CHILDREN = 50  # sitemaps asked for in one poll
ALWAYS = 2  # of the newest, whatever the index says of their age
STILL_CHANGING = timedelta(days=2)  # a sitemap of yesterday may still get pages of yesterday
READABLE = frozenset({Outcome.OK, Outcome.MALFORMED, Outcome.EMPTY})  # of what a parser says

Parse = Callable[[bytes, str, str | None], Awaitable[ParsedFeed]]
Ask = Callable[[str], Awaitable[Response]]


async def with_children(
    poll: FeedPoll, index: ParsedFeed, last_ok_at: datetime | None, ask: Ask, parse: Parse
) -> FeedPoll:
    """The sitemaps that an index lists, read one after another. The index itself is not cached:

    many give no dates, so that it stays the same while the sitemaps change.
    """
    asked, unread = to_ask(index, last_ok_at)
    entries: dict[str, Entry] = {entry.key: entry for entry in poll.entries}
    failed: list[Response] = []
    received, took = poll.bytes_received, poll.duration_ms
    for url in asked:
        response = await ask(url)
        received, took = received + response.bytes_received, took + response.duration_ms
        if response.outcome is not Outcome.OK:
            failed.append(response)
            continue
        content_type = response.headers.get("content-type")
        parsed = await parse(response.body, response.final_url, content_type)
        if parsed.outcome not in READABLE:
            said = f"{response.sentence} {parsed.problem or ''}"
            failed.append(replace(response, outcome=parsed.outcome, sentence=said))
        for entry in parsed.entries:
            entries.setdefault(entry.key, entry)
    poll = replace(
        poll,
        entries=tuple(entries.values()),
        cache=FeedCache(last_full_at=poll.cache.last_full_at),
        bytes_received=received,
        duration_ms=took,
        cut=index.cut or unread > 0,
    )
    return _judged(poll, len(asked), failed, unread)


def to_ask(index: ParsedFeed, last_ok_at: datetime | None) -> tuple[tuple[str, ...], int]:
    """The sitemaps to ask for, the newest first, and how many are left out though they may have
    changed. One that ended before the last good poll is not asked again."""
    until = index.children_until or (None,) * len(index.children)
    may_be_new = [
        url
        for place, (url, last) in enumerate(zip(index.children, until, strict=True))
        if place < ALWAYS
        or last is None
        or last_ok_at is None
        or last >= last_ok_at - STILL_CHANGING
    ]
    return tuple(may_be_new[:MOST_CHILDREN]), max(len(may_be_new) - MOST_CHILDREN, 0)


def _judged(poll: FeedPoll, asked: int, failed: list[Response], unread: int) -> FeedPoll:
    rest = f" {unread} older sitemaps of the index were not read." if unread else ""
    if not failed:
        outcome = Outcome.OK if poll.entries else Outcome.EMPTY
        said = f"{len(poll.entries)} entries in {asked} sitemaps.{rest}"
        return replace(poll, outcome=outcome, sentence=said)
    said = f"{len(failed)} of {asked} sitemaps could not be read: {failed[0].sentence}{rest}"
    if poll.entries:
        return replace(poll, outcome=Outcome.MALFORMED, sentence=said)
    return replace(
        poll, outcome=failed[0].outcome, sentence=said, retry_after=failed[0].retry_after
    )
