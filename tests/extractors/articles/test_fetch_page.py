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
    ("reply", "named"),
    [
        (answer(b"", "503 Later"), Outcome.SERVER_ERROR),
        (b"", Outcome.CONNECT),
        (b"HTTP/1.1 abc\r\n\r\n", Outcome.PROTOCOL),
        (answer(b"", "429 Slow", retry_after="900"), Outcome.RATE_LIMITED),
    ],
)
def test_while_robots_txt_cannot_be_read_nothing_is_asked(reply: Reply, named: Outcome) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/robots.txt"] = reply
        robots = Robots()

        assert await outcome(stand, ours, "/a", robots) is named
        assert await outcome(stand, ours, "/b", robots) is named
        assert stand.paths == ["/robots.txt"]
        assert robots.fresh() == ()

    run(story)


def test_robots_txt_is_kept_for_a_day_and_between_runs() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/robots.txt"] = robots_txt("User-agent: *\nDisallow: /a\n")
        first = Robots()
        await outcome(stand, ours, "/a", first)
        kept = {file.origin: file for file in first.fresh()}

        assert await outcome(stand, ours, "/a", Robots(kept)) is Outcome.ROBOTS
        assert stand.paths == ["/robots.txt"]

        old = {
            origin: replace(file, expires_at=datetime.now(UTC) - timedelta(seconds=1))
            for origin, file in kept.items()
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


def test_a_page_that_only_sends_on_is_followed() -> None:
    def refresh(to: str, seconds: int = 0) -> bytes:
        tag = f'<html><head><meta http-equiv="refresh" content="{seconds}; url={to}"></head></html>'
        return answer(tag.encode(), content_type="text/html")

    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies |= {
            "/on": refresh("/a?x=1&amp;y=2"),
            "/a?x=1&y=2": page("the real one"),
            "/self": refresh("/self"),
            "/later": refresh("/a", 300),
            "/private": refresh("http://10.0.0.1/"),
        }
        robots = Robots(obey=False)

        followed, _ = await fetch_page(ours, replace(UNREAD, url=f"{stand.url}/on"), robots)

        assert b"the real one" in followed.body
        assert await outcome(stand, ours, "/self", robots) is Outcome.REDIRECT_LOOP
        assert await outcome(stand, ours, "/later", robots) is Outcome.OK
        assert await outcome(stand, ours, "/private", robots) is Outcome.PRIVATE_ADDRESS

    run(story)


@pytest.mark.parametrize(
    ("asked", "target", "wanted"),
    [
        ("/gone", "/", Outcome.BAD_REDIRECT),
        ("/?p=7", "/", Outcome.BAD_REDIRECT),
        ("/gone", "/#top", Outcome.BAD_REDIRECT),
        ("/gone", "/index.html?notfound=1", Outcome.BAD_REDIRECT),
        ("/en/gone", "/en/", Outcome.BAD_REDIRECT),
        ("/gone", "/404.html", Outcome.BAD_REDIRECT),
        ("/gone", "/error/not-found", Outcome.BAD_REDIRECT),
        ("/a/gone", "/news/", Outcome.BAD_REDIRECT),
        ("/local-news/2026/11/gone", "/local-news/2026/", Outcome.BAD_REDIRECT),
        ("/local-news/story/amp", "/local-news/story", Outcome.OK),
        ("/news/4711/", "/news/4711", Outcome.OK),
        ("/clerk-is-asked-again/4711.html", "/clerk-is-asked-again/", Outcome.OK),
        ("/news/gone", "/news/?id=4711", Outcome.OK),
        ("/gone", "/a", Outcome.OK),
        ("/gone", "/?p=7", Outcome.OK),
        ("/", None, Outcome.OK),
    ],
)
def test_the_front_page_is_no_article(asked: str, target: str | None, wanted: Outcome) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies |= {"/": page("News of the day"), "/?p=7": page()}
        stand.replies |= {target: page("News of the day")} if target and "#" not in target else {}
        if target is not None:
            stand.replies[asked] = moved(target)

        assert await outcome(stand, ours, asked, Robots(obey=False)) is wanted

    run(story)


def test_a_redirect_that_may_not_lead_on_in_this_run_is_held_back() -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/a"] = moved("/b")
        there = replace(UNREAD, url=f"{stand.url}/a")
        response, tried = await fetch_page(
            ours, there, Robots(obey=False), lambda url: url.endswith("/a")
        )

        assert (response.outcome, response.status, tried) == (Outcome.RATE_LIMITED, 302, ())
        assert stand.paths == ["/a"]

    run(story)


@pytest.mark.parametrize(
    ("target", "title", "wanted"),
    [
        ("/vote", "Hackers breach county election office | Gazette", Outcome.OK),
        ("/vote", "Votes and elections | Gazette", Outcome.BAD_REDIRECT),
        ("/", "Hackers breach county election office | Gazette", Outcome.BAD_REDIRECT),
    ],
    ids=["the story", "its section", "the front page"],
)
def test_a_story_that_moved_to_a_short_address_is_known_by_its_title(
    target: str, title: str, wanted: Outcome
) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies["/vote/hackers-breach-county-office"] = moved(target)
        stand.replies[target] = answer(f"<html><title>{title}</title><p>Text".encode())
        there = replace(
            UNREAD,
            url=f"{stand.url}/vote/hackers-breach-county-office",
            title="Hackers breach county election office",
        )
        response, _ = await fetch_page(ours, there, Robots(obey=False))
        assert response.outcome is wanted

    run(story)


@pytest.mark.parametrize(
    "shell",
    [
        answer(b"", Refresh="0; url=/real"),
        answer(b"<html><head><script>window.location.replace('/real');</script></head></html>"),
        answer(b'<html><script>if(1){location.href = "\\/real"}</script>Please wait</html>'),
        answer(b"<html><body><h1>x</h1><iframe src='/real' width='100%'></iframe></body></html>"),
    ],
    ids=["header", "script", "escaped", "frame"],
)
def test_a_page_without_words_is_read_where_it_leads(shell: bytes) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies |= {"/shell": shell, "/real": page("the real one")}
        there = replace(UNREAD, url=f"{stand.url}/shell")
        response, _ = await fetch_page(ours, there, Robots(obey=False))
        assert b"the real one" in response.body

    run(story)


@pytest.mark.parametrize(
    "page_of_its_own",
    [
        "<html><script>location.href='/real'</script>" + "<p>The council met on Monday.</p>" * 9,
        "<html><script>location.href='http://other.example/real'</script></html>",
        "<html><iframe src='/_Incapsula_Resource?x=1'></iframe></html>",
        "<html><script>location='/real';location='/other'</script></html>",
        "<html><script>location.href='/shell#top'</script></html>",
        "<html><script>location.href='/.well-known/challenge/1'</script></html>",
        "<html><script>location.href='http://[real'</script></html>",
        "<meta http-equiv=refresh content='0;url=http://[real'>",
    ],
    ids=[
        "words",
        "another site",
        "a wall",
        "a choice",
        "itself",
        "a check",
        "no address",
        "nor here",
    ],
)
def test_any_other_page_is_read_itself(page_of_its_own: str) -> None:
    async def story(stand: Newsstand, ours: Client) -> None:
        stand.replies |= {"/shell": answer(page_of_its_own.encode()), "/real": page("the real one")}
        there = replace(UNREAD, url=f"{stand.url}/shell")
        response, _ = await fetch_page(ours, there, Robots(obey=False))
        assert response.final_url.endswith("/shell")
        assert stand.paths == ["/shell"]

    run(story)
