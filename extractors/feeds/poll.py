"""One poll of one feed: a conditional GET, the parser, and what the poll says of the feed."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from extractors.feeds.parsing.entries import with_voice
from extractors.feeds.parsing.parse import parse_feed
from extractors.feeds.poll_index import READABLE, Parse, with_children
from extractors.fetch.answer.headers import distrusts_validators
from extractors.fetch.answer.walls import of_a_feed, wall_by_answer
from extractors.fetch.client import Client
from extractors.fetch.urls import mask, same_origin
from model import FeedCache, FeedHistory, FeedPoll, FeedSpec, Outcome, ParsedFeed, Response

FULL_EVERY = timedelta(hours=12)  # some servers answer 304 for ever; TT-RSS asks in full as often
SMALL_FEED = 200_000  # bytes that parse too quickly to be worth a thread

LONGEST_ENTRY = 1_000_000  # bytes
LONGEST_NAMED = 200  # characters of an address in a sentence
_ENTRY_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:item|entry|url|sitemap)\s{0,20}>", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


async def poll_feed(
    client: Client,
    spec: FeedSpec,
    history: FeedHistory,
    *,
    now: datetime,
    auth: str | None = None,
    headers: Sequence[tuple[str, str]] = (),
    parse: Parse | None = None,
) -> FeedPoll:
    """Poll a feed or sitemap; never raises for what the world does.

    `auth` is the user:password that `spec.auth` points to, `headers` are those of `spec.headers`
    with their secrets in place. `parse` may run elsewhere, such as in a
    worker process; without it large feeds are parsed in a thread.
    """
    poll = await _polled(
        client, spec, history, now=now, auth=auth, headers=headers, parse=parse or _parse
    )
    return replace(poll, entries=with_voice(spec, poll.entries)) if poll.entries else poll


async def _polled(
    client: Client,
    spec: FeedSpec,
    history: FeedHistory,
    *,
    now: datetime,
    auth: str | None,
    headers: Sequence[tuple[str, str]],
    parse: Parse,
) -> FeedPoll:
    if missing := missing_logins(spec, auth, headers):
        return _no_secret(spec, history, now, missing)
    ask_in_full = must_ask_in_full(history, now)
    ask = partial(_ask, client, spec, auth=auth, headers=headers)
    response = await ask(spec.url, None if ask_in_full else history.cache)
    poll = _as_poll(spec, history, response, now, in_full=ask_in_full)
    if response.outcome is Outcome.TOO_LARGE and response.body:
        return await _beginning(poll, response, parse)
    if response.outcome is Outcome.EMPTY or (response.outcome is Outcome.OK and not response.body):
        return _without_content(poll, response)
    if response.outcome is not Outcome.OK:
        return poll
    if response.partial:
        return await _beginning(poll, response, parse)
    cache = _new_cache(history, response, now)
    if _same_bytes(history, cache, now):
        return _unchanged(poll, replace(cache, last_full_at=history.cache.last_full_at))
    parsed = await parse(response.body, response.final_url, response.headers.get("content-type"))
    if parsed.outcome not in READABLE:
        return _no_feed(poll, parsed, response)
    poll = _with_entries(replace(poll, cache=FeedCache() if parsed.cut else cache), parsed)
    if parsed.children:
        return await with_children(poll, parsed, history, ask, parse)
    return poll


def _unchanged(poll: FeedPoll, cache: FeedCache) -> FeedPoll:
    sentence = f"{poll.sentence} The same bytes as last time."
    return replace(poll, outcome=Outcome.NOT_MODIFIED, sentence=sentence, cache=cache)


async def _ask(
    client: Client,
    spec: FeedSpec,
    url: str,
    cache: FeedCache | None = None,
    *,
    auth: str | None,
    headers: Sequence[tuple[str, str]],
) -> Response:
    # Another's server gets none of this feed's secrets.
    own = url == spec.url or same_origin(url, spec.url)
    return await client.get(
        url,
        cache=cache,
        kind="feed",
        auth=auth if own else None,
        headers=headers if own else (),
        user_agent_suffix=spec.user_agent_suffix,
    )


def must_ask_in_full(history: FeedHistory, now: datetime) -> bool:
    """Whether validators are left out this time."""
    full_at = history.cache.last_full_at
    return full_at is None or history.last_ok_at is None or now - full_at >= FULL_EVERY


async def _parse(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
    if len(body) <= SMALL_FEED:
        return parse_feed(body, url=url, content_type=content_type)
    return await asyncio.to_thread(parse_feed, body, url=url, content_type=content_type)


def _as_poll(
    spec: FeedSpec, history: FeedHistory, response: Response, now: datetime, *, in_full: bool
) -> FeedPoll:
    """The poll as far as the response alone tells."""
    cache = history.cache
    if response.outcome is Outcome.NOT_MODIFIED:
        etag, modified = _validators(response)
        etag, modified = etag or cache.etag, modified or cache.last_modified
        if (etag, modified) != (cache.etag, cache.last_modified):
            cache = replace(cache, etag=etag, last_modified=modified)
    elif response.status == 304:
        cache = FeedCache()  # a 304 to a request in full: its validators are worth nothing
    return FeedPoll(
        feed_id=spec.id,
        polled_at=now,
        outcome=response.outcome,
        sentence=response.sentence,
        http_status=response.status,
        cache=cache,
        hint_seconds=response.hint_seconds,
        retry_after=response.retry_after,
        moved_to=response.moved_to,
        duration_ms=response.duration_ms,
        bytes_received=response.bytes_received,
        unconditional=in_full or not (history.cache.etag or history.cache.last_modified),
    )


def missing_logins(
    spec: FeedSpec, auth: str | None, headers: Sequence[tuple[str, str]]
) -> tuple[str, ...]:
    """What of the login and headers that the feed asks for is not at hand, as feeds.yaml names it."""
    names = {name for name, _ in headers}
    login = (spec.auth,) if spec.auth is not None and auth is None else ()
    return (*login, *(value for name, value in spec.headers if name not in names))


def _no_secret(
    spec: FeedSpec, history: FeedHistory, now: datetime, missing: Sequence[str]
) -> FeedPoll:
    return FeedPoll(
        feed_id=spec.id,
        polled_at=now,
        outcome=Outcome.UNAUTHORIZED,
        sentence=f"Not asked: {' and '.join(missing)} of its login or headers cannot be used here.",
        http_status=None,
        cache=history.cache,
    )


def _validators(response: Response) -> tuple[str | None, str | None]:
    """ETag and Last-Modified, byte for byte, unless they could not be sent back as they came."""
    if distrusts_validators(response.headers):
        return None, None
    return (
        _sendable(response.headers.get("etag")),
        _sendable(response.headers.get("last-modified")),
    )


def _sendable(value: str | None) -> str | None:
    return value if value and len(value) <= 1000 and not _CONTROLS.search(value) else None


def _new_cache(history: FeedHistory, response: Response, now: datetime) -> FeedCache:
    etag, modified = _validators(response)
    return FeedCache(etag, modified, hashlib.sha256(response.body).hexdigest(), now)


def _same_bytes(history: FeedHistory, cache: FeedCache, now: datetime) -> bool:
    """Not parsed again, but at least once in 12 h: a newer parser may find more in the same bytes."""
    same = cache.body_sha256 == history.cache.body_sha256
    return same and not must_ask_in_full(history, now)


def _without_content(poll: FeedPoll, response: Response) -> FeedPoll:
    """Nothing at all is how some servers say "nothing new" to a question for news. To one in full it
    is a failure: what the feed lists was not seen, and would not be, however long that goes on."""
    wall = wall_by_answer(response.status, response.headers, b"")
    outcome = Outcome.EMPTY if not poll.unconditional else Outcome.NOT_A_FEED
    outcome, what = of_a_feed(wall) if wall else (outcome, "The body is empty.")
    return replace(poll, outcome=outcome, sentence=f"{response.sentence} {what}", moved_to=None)


def _no_feed(poll: FeedPoll, parsed: ParsedFeed, response: Response) -> FeedPoll:
    """Nothing is kept of such an answer, so that the next one is compared with the last good one."""
    wall = wall_by_answer(response.status, response.headers, response.body)
    outcome, problem = of_a_feed(wall) if wall else (parsed.outcome, parsed.problem or "")
    redirected = response.final_url != response.url
    led = f" It was led to {mask(response.final_url)[:LONGEST_NAMED]}." if redirected else ""
    sentence = f"{response.sentence}{led} {problem}"
    return replace(poll, outcome=outcome, sentence=sentence, moved_to=None)


def _with_entries(poll: FeedPoll, parsed: ParsedFeed) -> FeedPoll:
    hints = [hint for hint in (poll.hint_seconds, parsed.hint_seconds) if hint]
    sentence = f"{poll.sentence} {len(parsed.entries)} entries."
    if parsed.problem is not None:
        sentence = f"{poll.sentence} {parsed.problem}"
    outcome = parsed.outcome
    if outcome is Outcome.OK and not parsed.entries and not parsed.children:
        outcome, sentence = Outcome.EMPTY, f"{poll.sentence} The feed lists no entries."
    return replace(
        poll,
        outcome=outcome,
        sentence=sentence,
        entries=parsed.entries,
        title=parsed.title,
        moved_to=poll.moved_to or parsed.new_address,
        hint_seconds=max(hints, default=None),
        cut=parsed.cut,
    )


async def _beginning(poll: FeedPoll, response: Response, parse: Parse) -> FeedPoll:
    """The entries in as much as came of a feed that is too large or broke off; a failure if there
    are none.

    No validators are kept: a 304 would hide that there is more.
    """
    body = whole_entries(response.body)
    parsed = await parse(body, response.final_url, response.headers.get("content-type"))
    if not parsed.entries:
        outcome = Outcome.PROTOCOL if response.partial else poll.outcome
        return replace(poll, outcome=outcome, moved_to=None)
    sentence = (
        f"{response.sentence} Its first {len(parsed.entries)} entries were read, the rest was not."
    )
    poll = _with_entries(replace(poll, cache=FeedCache()), parsed)
    return replace(poll, outcome=Outcome.MALFORMED, sentence=sentence, cut=True)


def whole_entries(body: bytes) -> bytes:
    """Without what follows the last whole entry: its link may be cut in the middle."""
    ends = [match.end() for match in _ENTRY_END.finditer(body, max(len(body) - LONGEST_ENTRY, 0))]
    return body[: ends[-1]] if ends else body
