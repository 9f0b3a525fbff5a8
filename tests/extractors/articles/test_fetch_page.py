import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from extractors.articles.fetch_page import Robots, fetch_page
from extractors.fetch.client import Client
from extractors.fetch.request import Limits
from extractors.fetch.throttle import HostGate
from model import Outcome, RobotsFile, Unread
from tests.extractors.newsstand import Newsstand, Reply, answer, moved, page

UNREAD = Unread(1, "", "", "paper", "Paper", "Title", None, "", None, 0, False)


def client(seconds: float = 0) -> Client:
    gate = HostGate(seconds_between=seconds)
    limits = Limits(connect_seconds=1, read_seconds=1, total_seconds=2)
    return Client(user_agent="Pollwatch", gate=gate, allow=("127.0.0.0/8",), limits=limits)


def robots_txt(text: str) -> bytes:
    return answer(text.encode(), content_type="text/plain")


def run(story: Callable[[Newsstand, Client], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with Newsstand({"/a": page(), "/b": page()}) as stand, client() as ours:
            await story(stand, ours)

    asyncio.run(whole())


async def outcome(stand: Newsstand, ours: Client, path: str, robots: Robots) -> Outcome:
    response, _ = await fetch_page(ours, replace(UNREAD, url=stand.url + path), robots)
    return response.outcome


def test_robots_txt_is_asked_once_and_obeyed() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/robots.txt"] = robots_txt("User-agent: *\nDisallow: /a\n")
        robots = Robots()

        outcomes = await asyncio.gather(
            *(outcome(stand, ours, path, robots) for path in ("/a", "/b", "/a", "/b"))
        )

        assert outcomes == [Outcome.ROBOTS, Outcome.OK, Outcome.ROBOTS, Outcome.OK]
        assert sorted(stand.paths) == ["/b", "/b", "/robots.txt"]

    run(story)


def test_rules_for_pollwatch_come_before_rules_for_all() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/robots.txt"] = robots_txt(
            "User-agent: *\nDisallow: /\n\nUser-agent: pollwatch\nAllow: /\nDisallow: /b\n"
        )
        robots = Robots()

        assert await outcome(stand, ours, "/a", robots) is Outcome.OK
        assert await outcome(stand, ours, "/b", robots) is Outcome.ROBOTS
        assert await outcome(stand, ours, "/b", Robots(obey=False)) is Outcome.OK

    run(story)


def test_a_redirect_does_not_lead_around_robots_txt() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        async with Newsstand({"/x": page()}) as other:
            other.replies["/robots.txt"] = robots_txt("User-agent: *\nDisallow: /x\n")
            stand.replies["/a"] = moved(f"{other.url}/x")

            assert await outcome(stand, ours, "/a", Robots()) is Outcome.ROBOTS
            assert other.paths == ["/robots.txt"]

    run(story)


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"Disallow: /", "404 Not Found"),
        answer(b"Disallow: /", "403 Forbidden"),
        answer(b"Disallow: /", "410 Gone"),
        answer(b"no gzip", content_encoding="gzip"),
        answer(b"", "304 Not Modified"),
        moved("/robots.txt"),
        answer(b"<html><body>Welcome!</body></html>"),
        answer(bytes(range(256)) * 10),
    ],
)
def test_without_a_robots_txt_that_can_be_read_all_is_open(reply: bytes) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/robots.txt"] = reply

        assert await outcome(stand, ours, "/a", Robots()) is Outcome.OK

    run(story)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (answer(b"", "503 Later"), Outcome.SERVER_ERROR),
        (b"", Outcome.CONNECT),
        (b"HTTP/1.1 abc\r\n\r\n", Outcome.PROTOCOL),
        (answer(b"", "429 Slow", retry_after="900"), Outcome.RATE_LIMITED),
    ],
)
def test_while_robots_txt_cannot_be_read_nothing_is_asked(reply: Reply, expected: Outcome) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/robots.txt"] = reply
        robots = Robots()

        assert await outcome(stand, ours, "/a", robots) is expected
        assert await outcome(stand, ours, "/b", robots) is expected
        assert stand.paths == ["/robots.txt"]
        assert robots.fresh() == ()

    run(story)


def test_robots_txt_is_kept_for_a_day_and_between_runs() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/robots.txt"] = robots_txt("User-agent: *\nDisallow: /a\n")
        first = Robots()
        await outcome(stand, ours, "/a", first)
        files = {file.origin: file for file in first.fresh()}

        assert await outcome(stand, ours, "/a", Robots(files)) is Outcome.ROBOTS
        assert stand.paths == ["/robots.txt"]

        old = {
            origin: replace(file, expires_at=datetime.now(UTC) - timedelta(seconds=1))
            for origin, file in files.items()
        }
        stand.replies["/robots.txt"] = robots_txt("")
        assert await outcome(stand, ours, "/a", Robots(old)) is Outcome.OK

    run(story)


def test_a_robots_txt_past_its_limit_counts_as_far_as_it_was_read() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/robots.txt"] = robots_txt(
            "User-agent: *\nDisallow: /a\n" + "# filler\n" * 200_000
        )
        robots = Robots()

        assert await outcome(stand, ours, "/a", robots) is Outcome.ROBOTS
        assert len(robots.fresh()[0].body) == 500_000

    run(story)


@pytest.mark.slow
def test_a_crawl_delay_spaces_pages() -> None:
    async def whole() -> None:
        async with Newsstand({"/a": page(), "/b": page()}) as stand, client(0.01) as ours:
            stand.replies["/robots.txt"] = robots_txt("User-agent: *\nCrawl-delay: 0.5\n")
            robots = Robots()
            await asyncio.gather(*(outcome(stand, ours, path, robots) for path in ("/a", "/b")))

            assert stand.requests[2].at - stand.requests[1].at >= 0.5

    asyncio.run(whole())


def test_hostile_wildcards_are_matched_in_bounded_time() -> None:
    now = datetime.now(UTC)
    text = "User-agent: *\nDisallow: /" + "*a" * 60 + "$\n"

    async def story(stand: Newsstand, ours: Client) -> None:
        file = RobotsFile(stand.url, now, now + timedelta(hours=1), 200, text)
        began = asyncio.get_running_loop().time()

        await Robots({stand.url: file}).permission(ours, f"{stand.url}/" + "a" * 1500 + "b")

        assert asyncio.get_running_loop().time() - began < 2

    run(story)


def test_pages_are_never_asked_with_conditions() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        await outcome(stand, ours, "/a", Robots(obey=False))

        assert not {"if-none-match", "if-modified-since"} & stand.requests[0].headers.keys()

    run(story)
