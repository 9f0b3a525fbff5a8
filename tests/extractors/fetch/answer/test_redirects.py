"""Redirects and the cookies of one chain, by real servers."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from extractors.fetch.cookies import ChainCookies
from extractors.fetch.ssrf import allowlist, checked_url
from model import Outcome
from tests.extractors.fetch.transport.servers import client
from tests.extractors.newsstand import Newsstand, Reply, Request, answer, moved, page

PUBLIC = allowlist(())


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def only_with_cookie(cookie: str, location: str) -> Callable[[Request], bytes]:
    def reply(request: Request) -> bytes:
        if cookie.lower() in request.headers.get("cookie", ""):
            return page("The council met.")
        return moved(location, set_cookie=f"{cookie}; Path=/; HttpOnly")

    return reply


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Same", "308 Same"])
def test_two_locations_alike_count_as_one(status: str) -> None:
    twice = f"HTTP/1.1 {status}\r\nLocation: /b\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"

    async def story() -> None:
        async with Newsstand({"/a": twice.encode(), "/b": page()}) as stand, client() as ours:
            response = await ours.get(f"{stand.url}/a")
            assert (response.outcome, stand.paths) == (Outcome.OK, ["/a", "/b"])

    run(story)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("\\b", "/b"),
        ("\\d\\b?c\\d", "/d/b?c%5Cd"),
        ("//HOST\\b", "/b"),
        ("http:\\\\HOST\\b", "/b"),
        ("http://HOST\\@10.0.0.1/b", "/@10.0.0.1/b"),
    ],
)
def test_a_backslash_is_a_slash_as_browsers_read_it(location: str, path: str) -> None:
    async def story() -> None:
        async with Newsstand({path: page()}) as stand, client() as ours:
            host = stand.url.removeprefix("http://")
            stand.replies["/a"] = moved(location.replace("HOST", host))
            response = await ours.get(f"{stand.url}/a")
            assert response.outcome is Outcome.OK, (response.sentence, stand.paths)
            assert stand.paths == ["/a", path]

    run(story)


def test_two_locations_that_differ_lead_nowhere() -> None:
    two = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nLocation: /c\r\nContent-Length: 0\r\n\r\n"

    async def story() -> None:
        async with Newsstand({"/a": two, "/b": page(), "/c": page()}) as stand, client() as ours:
            response = await ours.get(f"{stand.url}/a")
            assert response.outcome is Outcome.PROTOCOL
            assert "Location" in response.sentence
            assert stand.paths == ["/a"]

    run(story)


def test_a_cookie_set_on_the_way_back_to_the_same_address_is_sent() -> None:
    async def story() -> None:
        replies: dict[str, Reply] = {"/a": only_with_cookie("seen=1", "/a")}
        async with Newsstand(replies) as stand, client() as ours:
            response = await ours.get(f"{stand.url}/a")

            assert response.outcome is Outcome.OK, response.sentence
            assert [request.headers.get("cookie") for request in stand.requests] == [None, "seen=1"]
            assert response.moved_to is None

    run(story)


def test_a_way_round_by_another_address_is_followed_and_forgotten() -> None:
    async def story() -> None:
        replies: dict[str, Reply] = {
            "/a": lambda request: (
                page() if "ok=7" in request.headers.get("cookie", "") else moved("/check")
            ),
            "/check": moved("/a", set_cookie="ok=7"),
        }
        async with Newsstand(replies) as stand, client() as ours:
            for _ in range(2):
                assert (await ours.get(f"{stand.url}/a")).outcome is Outcome.OK
            cookies = [request.headers.get("cookie") for request in stand.requests]

            assert cookies == [None, None, "ok=7"] * 2  # nothing is kept between two chains

    run(story)


def test_a_site_that_wants_ever_new_cookies_is_a_loop() -> None:
    count = iter(range(100))

    async def story() -> None:
        replies: dict[str, Reply] = {"/a": lambda _: moved("/a", set_cookie=f"n={next(count)}")}
        async with Newsstand(replies) as stand, client() as ours:
            response = await ours.get(f"{stand.url}/a")

            assert response.outcome is Outcome.REDIRECT_LOOP
            assert len(stand.requests) == 6

    run(story)


def test_another_host_gets_no_cookie() -> None:
    async def story() -> None:
        async with Newsstand({}) as other:
            replies: dict[str, Reply] = {
                "/a": moved(f"{other.url}/x".replace("127.0.0.1", "127.0.0.2"), set_cookie="id=1")
            }
            async with Newsstand(replies) as stand, client() as ours:
                await ours.get(f"{stand.url}/a")
            assert all("cookie" not in request.headers for request in other.requests)

    run(story)


@pytest.mark.parametrize(
    ("set_by", "line", "sent_to", "is_sent"),
    [
        ("https://www.paper.example/", "a=1", "https://www.paper.example/x", True),
        ("https://www.paper.example/", "a=1", "https://paper.example/", False),
        ("https://www.paper.example/", "a=1; Domain=paper.example", "https://paper.example/", True),
        ("https://www.paper.example/", "a=1; Domain=.PAPER.example", "https://x.paper.example/", True),
        ("https://www.paper.example/", "a=1; Domain=example", "https://other.example/", False),
        ("https://www.paper.example/", "a=1; Domain=other.example", "https://other.example/", False),
        ("https://paper.co.uk/", "a=1; Domain=co.uk", "https://other.co.uk/", False),
        ("https://www.paper.example/", "a=1; Secure", "http://www.paper.example/", False),
        ("https://www.paper.example/", "a=1\x01; Path=/", "https://www.paper.example/", False),
        ("https://www.paper.example/", "no pair", "https://www.paper.example/", False),
    ],
)  # fmt: skip
def test_a_cookie_goes_to_its_own_site_only(
    set_by: str, line: str, sent_to: str, is_sent: bool
) -> None:
    cookies = ChainCookies()
    cookies.keep([line], checked_url(set_by, PUBLIC))

    header = cookies.header(checked_url(sent_to, PUBLIC), back=True)

    assert (header == "a=1") is is_sent
    assert cookies.header(checked_url(set_by, PUBLIC), back=False) is None


def test_no_more_cookies_are_kept_than_browsers_keep() -> None:
    cookies = ChainCookies()
    cookies.keep(
        [f"n{n}={'v' * 100}" for n in range(500)], checked_url("https://a.example/", PUBLIC)
    )

    assert cookies.header(checked_url("https://a.example/", PUBLIC), back=True) is None


@pytest.mark.slow
def test_an_answer_of_a_redirect_may_never_end() -> None:
    """The head is enough; the rest is waited for a moment only."""

    async def story() -> None:
        endless = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 999\r\n\r\nhalf"
        async with Newsstand({"/a": endless, "/b": answer(b"<p>x</p>")}) as stand, client() as ours:
            assert (await ours.get(f"{stand.url}/a")).outcome is Outcome.OK

    run(story)
