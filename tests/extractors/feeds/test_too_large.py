"""Of a feed past its limit the beginning is used, and every poll of it tells that there was more."""

import asyncio
import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from extractors.feeds.poll import poll_feed
from extractors.feeds.schedule import is_usable, next_poll
from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from model import FeedHistory, FeedPoll, FeedSpec, Outcome
from storage.feeds import feed_histories, sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.queries.feed_health import feed_health
from tests.databases import new_store
from tests.extractors.newsstand import Newsstand, answer
from tests.storage.making import NOON, feed

HEAD = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title>'
LIMIT = 10_000_000


@cache
def rss(size: int, *, words: int = 1200) -> bytes:
    """A feed of at least `size` bytes whose texts are no two alike and pack badly."""
    chance = random.Random(size)
    items, total = [HEAD], 0
    while total < size:
        n = len(items)
        text = chance.randbytes(words).hex()
        items.append(
            f"<item><title>Story {n}</title><link>https://paper.example/{n}</link>"
            f"<guid>https://paper.example/guid/{n}</guid><description>{text}</description></item>\n".encode()
        )
        total += len(items[-1])
    return b"".join(items) + b"</channel></rss>"


def chunked(body: bytes) -> bytes:
    """A response that does not say how long it is."""
    pieces = b"".join(
        f"{len(body[at : at + 65_536]):x}\r\n".encode() + body[at : at + 65_536] + b"\r\n"
        for at in range(0, len(body), 65_536)
    )
    return (
        b'HTTP/1.1 200 OK\r\nETag: "1"\r\nTransfer-Encoding: chunked\r\n\r\n'
        + pieces
        + b"0\r\n\r\n"
    )


def packed(body: bytes) -> bytes:
    return answer(gzip.compress(body, 1), content_encoding="gzip", etag='"1"')


def as_file(body: bytes) -> bytes:
    return answer(gzip.compress(body, 1), content_type="application/gzip", etag='"1"')


def plainly(body: bytes) -> bytes:
    return answer(body, etag='"1"', last_modified="Tue, 03 Nov 2026 12:00:00 GMT")


def polled(reply: bytes, history: FeedHistory | None = None) -> FeedPoll:
    async def whole() -> FeedPoll:
        gate = HostGate(seconds_between=0)
        ours = Client(user_agent="Pollwatch", gate=gate, allow=("127.0.0.0/8",))
        async with Newsstand({"/feed": reply}) as stand, ours:
            spec = FeedSpec("gazette", "Gazette", f"{stand.url}/feed")
            return await poll_feed(ours, spec, history or FeedHistory("gazette"), now=NOON)

    return asyncio.run(whole())


@pytest.mark.parametrize("reply", [plainly, chunked, packed, as_file])
@pytest.mark.slow
def test_the_first_ten_megabytes_are_used(reply: Callable[[bytes], bytes]) -> None:
    body = rss(12_000_000)

    poll = polled(reply(body))

    assert poll.outcome is Outcome.MALFORMED
    assert is_usable(poll)
    assert poll.cut
    assert len(poll.entries) >= body[:LIMIT].count(b"</item>") - 1
    assert all(entry.url == f"https://paper.example/{n}" for n, entry in enumerate(poll.entries, 1))
    assert (poll.cache.etag, poll.cache.last_modified, poll.cache.body_sha256) == (None,) * 3
    assert "was not" in poll.sentence


@pytest.mark.slow
def test_every_poll_of_it_shows_in_feed_health(tmp_path: Path) -> None:
    reply, spec = plainly(rss(11_000_000)), feed("gazette")
    with new_store(tmp_path / "watch.db", NOON) as store:
        sync_feeds(store.db, [spec], NOON)
        for hours in (0, 1):
            now = NOON + timedelta(hours=hours)
            history = feed_histories(store.db)["gazette"]
            poll = replace(polled(reply, history), polled_at=now)
            plan = next_poll(history, poll, spec=spec, now=now, rng=random.Random(1))
            record_polls(store.db, None, [(poll, plan)], now)

        (health,) = feed_health(store.db, now)

    assert (health.gaps, health.flags) == (2, ("gap",))
    assert "is too large" in health.sentence
    assert "not all of it was read" in plan.why


@pytest.mark.slow
def test_what_is_no_feed_or_a_bomb_stays_too_large() -> None:
    noise = b"no feed at all " * 750_000
    bomb = answer(gzip.compress(b" " * 50_000_000), content_encoding="gzip")
    vast = b"HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n"

    for reply in (plainly(noise), bomb, vast):
        poll = polled(reply)
        assert (poll.outcome, poll.entries, poll.cut) == (Outcome.TOO_LARGE, (), False)
        assert not is_usable(poll)


def test_a_large_body_waits_while_there_is_no_room_for_it() -> None:
    async def story() -> None:
        gate = HostGate(seconds_between=0)
        ours = Client(user_agent="Pollwatch", gate=gate, allow=("127.0.0.0/8",))
        replies = {"/small": answer(rss(10_000)), "/large": answer(rss(2_000_000))}
        async with Newsstand({**replies}) as stand, ours:
            ours.room.clear()
            large = asyncio.create_task(ours.get(f"{stand.url}/large", kind="feed"))
            small = await ours.get(f"{stand.url}/small", kind="feed")
            await asyncio.sleep(0.2)
            assert (small.outcome, large.done()) == (Outcome.OK, False)
            ours.room.set()
            assert (await large).outcome is Outcome.OK

    asyncio.run(story())
