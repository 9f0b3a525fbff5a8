"""Sitemap indexes: the newest sitemaps are read, and what is not read is said."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from extractors.feeds.parse import parse_feed
from extractors.feeds.poll import poll_feed
from extractors.feeds.schedule import next_poll
from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from model import FeedHistory, FeedPoll, FeedSpec, Outcome, ParsedFeed
from tests.extractors.newsstand import Newsstand, answer

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def index(children: Sequence[tuple[str, str]]) -> bytes:
    listed = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for url, changed in children
    )
    return f"<sitemapindex {NS}>{listed}</sitemapindex>".encode()


def read(*children: tuple[str, str]) -> ParsedFeed:
    listed = [(f"https://gazette.example/{name}.xml", changed) for name, changed in children]
    return parse_feed(index(listed), url="https://gazette.example/index.xml", now=NOW)


def names(parsed: ParsedFeed) -> list[str]:
    return [url.rpartition("/")[2].removesuffix(".xml") for url in parsed.children]


@pytest.mark.parametrize(
    ("children", "wanted"),
    [
        ([("a", "2026-01-01"), ("b", "2026-11-01T10:00:00Z"), ("c", "2026-11-01")], ["b", "c", "a"]),
        ([("map-2018-01", ""), ("map-2026-11", ""), ("map-2026-2", "")], ["map-2026-2", "map-2026-11", "map-2018-01"]),
        ([("2026/11/26", ""), ("2026/11/28", ""), ("2026/11/27", "")], ["28", "27", "26"]),
        ([("post2", ""), ("post10", ""), ("post1", "")], ["post10", "post2", "post1"]),
        ([("x", ""), ("y", ""), ("z", "")], ["z", "y", "x"]),
        ([("old", "2020-01-01"), ("undated", ""), ("new", "2026-11-01")], ["undated", "new", "old"]),
    ],
    ids=["lastmod", "months", "days", "numbers", "nothing", "some dated"],
)  # fmt: skip
def test_the_newest_come_first(children: list[tuple[str, str]], wanted: list[str]) -> None:
    assert names(read(*children)) == wanted


def poll(children: Sequence[tuple[str, str]], history: FeedHistory) -> tuple[FeedPoll, list[str]]:
    """The poll, and the sitemaps that it asked for."""

    async def story() -> tuple[FeedPoll, list[str]]:
        async with Newsstand({}) as stand:
            page = f"<urlset {NS}><url><loc>{stand.url}/a/%s</loc></url></urlset>"
            for name, _ in children:
                stand.replies[f"/{name}.xml"] = answer((page % name).encode())
            listed = [(f"{stand.url}/{name}.xml", changed) for name, changed in children]
            stand.replies["/index.xml"] = answer(index(listed))
            spec = FeedSpec("paper", "Paper", f"{stand.url}/index.xml", kind="sitemap")
            gate = HostGate(seconds_between=0)
            client = Client(user_agent="test", allow=["127.0.0.1/32"], gate=gate)
            async with client:
                found = await poll_feed(client, spec, history, now=NOW)
            asked = [request.path for request in stand.requests]
        return found, [path.strip("/").removesuffix(".xml") for path in asked[1:]]

    return asyncio.run(story())


MONTHS = [f"map-{year}-{month:02}" for year in range(2022, 2027) for month in range(1, 13)][:59]


def test_of_sixty_sitemaps_the_newest_are_read_and_the_rest_is_said_and_a_gap() -> None:
    undated = [(f"part-{n}", "") for n in range(60)]

    found, asked = poll(undated, FeedHistory("paper"))

    assert asked == [f"part-{n}" for n in range(59, 9, -1)]
    assert "10 older sitemaps of the index were not read" in found.sentence
    assert (found.outcome, found.cut) == (Outcome.OK, True)
    spec = FeedSpec("paper", "Paper", "https://gazette.example/i.xml", kind="sitemap")
    after = next_poll(FeedHistory("paper"), found, spec=spec, now=NOW, rng=random.Random(1))
    assert after.gap


def test_sitemaps_that_ended_before_the_last_poll_are_not_asked_again() -> None:
    seen = FeedHistory("paper", last_ok_at=NOW - timedelta(hours=1))
    children = [(name, "") for name in MONTHS]

    found, asked = poll(children, seen)

    assert asked == ["map-2026-11", "map-2026-10"]
    assert not found.cut
    assert "not read" not in found.sentence


def test_a_sitemap_that_changed_since_is_asked_again() -> None:
    seen = FeedHistory("paper", last_ok_at=NOW - timedelta(days=3))
    children = [("a", "2026-01-01"), ("b", "2026-11-27"), ("c", "2026-11-24"), ("d", "2025-01-01")]

    _, asked = poll(children, seen)

    assert asked == ["b", "c"]
