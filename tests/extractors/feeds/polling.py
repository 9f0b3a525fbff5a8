"""Polls of feeds that a loopback newsstand serves."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from model import FeedHistory, FeedPoll, FeedSpec
from tests.extractors.newsstand import Newsstand

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def rss(*numbers: int) -> bytes:
    items = "".join(
        f"<item><title>Story {n}</title><link>https://paper.example/{n}</link><guid>g{n}</guid></item>"
        for n in numbers
    )
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title><ttl>45</ttl>'
        f"<link>https://paper.example/</link><description>d</description>{items}</channel></rss>"
    ).encode()


def sitemap(*numbers: int) -> bytes:
    urls = "".join(
        f"<url><loc>https://paper.example/{n}</loc><news:news><news:publication><news:name>Paper"
        "</news:name><news:language>en</news:language></news:publication><news:publication_date>"
        f"2026-11-03T0{n}:00:00Z</news:publication_date><news:title>Story {n}</news:title>"
        "</news:news></url>"
        for n in numbers
    )
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'
    ).encode()


def client() -> Client:
    gate = HostGate(seconds_between=0)
    return Client(user_agent="Pollwatch", gate=gate, allow=("127.0.0.0/8",))


def after(poll: FeedPoll) -> FeedHistory:
    keys = frozenset(entry.key for entry in poll.entries)
    return FeedHistory("paper", cache=poll.cache, last_ok_at=poll.polled_at, last_keys=keys)


def run(story: Callable[[Newsstand, Client], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with Newsstand({}) as stand, client() as ours:
            await story(stand, ours)

    asyncio.run(whole())


def spec(stand: Newsstand, path: str = "/feed", **changes: object) -> FeedSpec:
    return replace(FeedSpec("paper", "Paper", stand.url + path), **changes)  # type: ignore[arg-type]
