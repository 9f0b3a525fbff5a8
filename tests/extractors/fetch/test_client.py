"""What an answer is called, how redirects are followed, what a request says of us."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from model import FeedCache, Outcome
from tests.extractors.fetch.asking import client, fetched, run
from tests.extractors.newsstand import Newsstand, Reply, Request, answer, moved, page


async def hang(_: Request) -> bytes:
    await asyncio.sleep(30)
    return b""


HTML = b"<html><body>" + b"word " * 1000
ZIPPED = gzip.compress(HTML)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reply", "outcome", "status"),
    [
        (page(), Outcome.OK, 200),
        (answer(b"", "204 No Content"), Outcome.EMPTY, 204),
        (answer(b"  \n", "200 OK"), Outcome.EMPTY, 200),
        (answer(b"no", "401 Unauthorized"), Outcome.UNAUTHORIZED, 401),
        (answer(b"no", "403 Forbidden"), Outcome.FORBIDDEN, 403),
        (answer(b"no", "403 Forbidden", cf_mitigated="challenge"), Outcome.BOT_WALL, 403),
        (answer(b"no", "404 Not Found"), Outcome.NOT_FOUND, 404),
        (answer(b"no", "410 Gone"), Outcome.GONE, 410),
        (answer(b"no", "418 Teapot"), Outcome.HTTP_ERROR, 418),
        (answer(b"no", "429 Slow Down"), Outcome.RATE_LIMITED, 429),
        (answer(b"no", "451 Legal"), Outcome.LEGAL, 451),
        (answer(b"no", "500 Oops"), Outcome.SERVER_ERROR, 500),
        (answer(b"no", "503 Later"), Outcome.SERVER_ERROR, 503),
        (answer(b"no", "600 Odd"), Outcome.HTTP_ERROR, 600),
        (answer(b"no", "999 Request denied"), Outcome.FORBIDDEN, 999),
        (answer(b"", "304 Not Modified"), Outcome.PROTOCOL, 304),
        (answer(b"%PDF-1.4", content_type="application/pdf"), Outcome.UNSUPPORTED_TYPE, 200),
        (answer(b"%PDF-1.4", content_type="text/html"), Outcome.UNSUPPORTED_TYPE, 200),
        (answer(b"x", content_type="video/mp4"), Outcome.UNSUPPORTED_TYPE, 200),
        (answer(HTML, content_type="application/octet-stream"), Outcome.OK, 200),
        (answer(ZIPPED, content_encoding="gzip"), Outcome.OK, 200),
        (answer(b"\x1f\x8b" + HTML, content_encoding="gzip"), Outcome.PROTOCOL, 200),
        (answer(ZIPPED[:8], content_encoding="gzip"), Outcome.PROTOCOL, 200),
        (answer(b"", content_length="99999", connection="close"), Outcome.PROTOCOL, 200),
        (b"HTTP/1.1 abc Nonsense\r\n\r\nhello", Outcome.PROTOCOL, None),
        (answer(HTML, x_big="a" * 1_000_000), Outcome.PROTOCOL, None),
        (answer(HTML, **{f"x{n}": "v" for n in range(5000)}), Outcome.PROTOCOL, None),
        (b"", Outcome.CONNECT, None),
        (hang, Outcome.TIMEOUT, None),
        (moved("/a"), Outcome.REDIRECT_LOOP, 302),
        (moved("/a", set_cookie="seen=1"), Outcome.COOKIE_WALL, 302),
        (answer(b"", "302 Found"), Outcome.BAD_REDIRECT, 302),
        (moved("file:///etc/hostname"), Outcome.BAD_REDIRECT, 302),
        (moved("javascript:alert(1)"), Outcome.BAD_REDIRECT, 302),
        (moved("http://ann:secret@127.0.0.1:9200/"), Outcome.BAD_REDIRECT, 302),
        (moved("http://10.0.0.1/"), Outcome.PRIVATE_ADDRESS, 302),
        (moved("http://169.254.169.254/latest/meta-data/"), Outcome.PRIVATE_ADDRESS, 302),
        (moved("http://2852039166/"), Outcome.PRIVATE_ADDRESS, 302),
        (moved("//[::1]/"), Outcome.PRIVATE_ADDRESS, 302),
        (moved("http://127.0.0.1:22/"), Outcome.PRIVATE_ADDRESS, 302),
    ],
    ids=lambda value: value.value if isinstance(value, Outcome) else "",
)
def test_what_went_wrong_has_a_name(reply: Reply, outcome: Outcome, status: int | None) -> None:
    response = fetched({"/a": reply})

    assert (response.outcome, response.status) == (outcome, status), response.sentence
    assert response.sentence.endswith(".")


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ('Digest realm="x"', "a login by Digest, and Basic is all"),
        ('Basic realm="x"', "it wants a user name and password"),
        ('Negotiate, Basic realm="x"', "it wants a user name and password"),
        (",", "it wants a user name and password"),
    ],
)
def test_a_login_of_another_kind_than_basic_is_named(kind: str, meaning: str) -> None:
    refusal = answer(b"no", "401 Unauthorized", WWW_Authenticate=kind)
    assert meaning in fetched({"/a": refusal}).sentence


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        (b"<title>400 No required SSL certificate was sent</title>", "a certificate of the client"),
        (b"400 The plain HTTP request was sent to HTTPS port", "this port speaks https"),
    ],
)
def test_what_nginx_says_of_a_400_is_passed_on(body: bytes, meaning: str) -> None:
    response = fetched({"/a": answer(body, "400 Bad Request")})
    assert response.outcome is Outcome.HTTP_ERROR
    assert meaning in response.sentence


def test_ten_redirects_are_too_many_and_five_are_not() -> None:
    hops: dict[str, Reply] = {f"/{n}": moved(f"/{n + 1}") for n in range(10)}

    assert fetched({**hops, "/10": page()}, "/0").outcome is Outcome.REDIRECT_LOOP
    assert fetched({**hops, "/10": page()}, "/5").outcome is Outcome.OK


def test_only_an_unbroken_chain_of_permanent_redirects_moves_a_feed() -> None:
    good, temporary = moved("/new", "301 Moved"), moved("/new", "302 Found")
    replies: dict[str, Reply] = {"/a": good, "/b": temporary, "/new": page()}

    response = fetched(replies)

    assert response.moved_to == response.final_url
    assert response.final_url.endswith("/new")
    assert fetched(replies, "/b").moved_to is None
    assert fetched({"/a": good}).moved_to is None


def test_locations_with_spaces_and_letters_beyond_ascii_are_followed() -> None:
    reply = b"HTTP/1.1 302 F\r\nLocation: /caf\xc3\xa9 au lait\r\nContent-Length: 0\r\n\r\n"

    assert fetched({"/a": reply, "/caf%C3%A9%20au%20lait": page()}).outcome is Outcome.OK


def test_the_request_says_who_asks_and_carries_no_cookie() -> None:
    async def story() -> None:
        replies: dict[str, Reply] = {"/a": moved("/b", set_cookie="id=7; Path=/"), "/b": page()}
        async with Newsstand(replies) as stand, client() as ours:
            await ours.get(f"{stand.url}/a", user_agent_suffix="desk\r\nX-Evil: 1")

            headers = stand.requests[-1].headers
            assert (
                headers["user-agent"]
                == "pollwatch/0.1 (+https://monitor.example/contact) desk x-evil: 1"
            )
            assert "x-evil" not in headers
            assert "cookie" not in headers
            assert "referer" not in headers
            assert headers["accept-encoding"] == "gzip, deflate, br, zstd"

    run(story)


def test_validators_go_back_byte_for_byte() -> None:
    async def story() -> None:
        raw = b'HTTP/1.1 200 OK\r\nETag: W/"a\xe9 b"\r\nLast-Modified: yesterday, about 3\r\nContent-Length: 1\r\n\r\nx'
        async with Newsstand({"/f": raw}) as stand, client() as ours:
            first = await ours.get(f"{stand.url}/f", kind="feed")
            cache = FeedCache(first.headers["etag"], first.headers["last-modified"])
            stand.replies["/f"] = answer(b"", "304 Not Modified")

            second = await ours.get(f"{stand.url}/f", kind="feed", cache=cache)

            assert second.outcome is Outcome.NOT_MODIFIED
            assert stand.requests[1].headers["if-none-match"] == 'w/"aé b"'
            assert stand.requests[1].headers["if-modified-since"] == "yesterday, about 3"

    run(story)


def test_a_password_goes_to_its_own_origin_and_into_no_sentence() -> None:
    async def story() -> None:
        async with Newsstand({"/x": page()}) as other:
            replies: dict[str, Reply] = {"/a": moved("/b"), "/b": moved(f"{other.url}/x")}
            async with Newsstand(replies) as stand, client() as ours:
                response = await ours.get(f"{stand.url}/a", kind="feed", auth="ann:s3cret")

                assert response.outcome is Outcome.OK
                assert [r.headers.get("authorization") for r in stand.requests] == [
                    "basic yw5uonmzy3jldA==".lower()
                ] * 2
                assert "authorization" not in other.requests[0].headers

                in_url = stand.url.replace("//", "//ann:s3cret@")
                masked = await ours.get(f"{in_url}/missing?token=abc", kind="feed")
                assert stand.requests[-1].headers["authorization"].startswith("basic ")
                assert "s3cret" not in f"{masked}"
                refused = await ours.get(f"{in_url}/a", kind="page")
                assert refused.outcome is Outcome.BAD_URL
                assert "s3cret" not in f"{refused}"

    run(story)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("30", timedelta(seconds=30)),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), timedelta(seconds=90)),
        ("999999999", timedelta(days=1)),
        ("90, 60", timedelta(seconds=90)),
        ("90.5 seconds", timedelta(seconds=90)),
        ((NOON + timedelta(hours=1)).isoformat(), timedelta(hours=1)),
        ("soon", None),
        ("-5", None),
        ("90 minutes or so", None),
    ],
)
def test_retry_after_is_kept_in_every_form(value: str, wait: timedelta | None) -> None:
    async def story() -> None:
        replies: dict[str, Reply] = {"/a": answer(b"", "503 Later", retry_after=value)}
        async with Newsstand(replies) as stand, client() as ours:
            ours.clock = lambda: NOON
            response = await ours.get(f"{stand.url}/a")

        assert response.retry_after == (None if wait is None else NOON + wait)

    run(story)


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({"cache_control": "public, max-age=1800"}, 1800),
        ({"cache_control": "max-age=1800", "age": "600"}, 1200),
        ({"cache_control": "max-age=9999999"}, 86_400),
        ({"cache_control": "no-cache, max-age=1800"}, None),
        (
            {"date": "Mon, 02 Nov 2026 10:00:00 GMT", "expires": "Mon, 02 Nov 2026 10:30:00 GMT"},
            1800,
        ),
        ({"expires": "0"}, None),
        ({}, None),
    ],
)
def test_cache_headers_are_hints(headers: dict[str, str], hint: int | None) -> None:
    assert fetched({"/a": page(**headers)}).hint_seconds == hint


STALE = FeedCache(etag='"1"', last_modified="Mon, 02 Nov 2026 12:00:00 GMT")


@pytest.mark.parametrize("status", ["400 Bad", "412 Precondition Failed", "500 Oops"])
def test_a_server_that_fails_over_validators_is_asked_once_more_without_them(status: str) -> None:
    def reply(request: Request) -> bytes:
        return answer(b"no", status) if "if-none-match" in request.headers else answer(HTML)

    response = fetched({"/a": reply}, cache=STALE, kind="feed")

    assert (response.outcome, response.body) == (Outcome.OK, HTML)


@pytest.mark.parametrize("status", ["406 Not Acceptable", "415 Unsupported Media Type"])
def test_a_server_that_wants_a_browsers_types_is_asked_once_more_with_them(status: str) -> None:
    def reply(request: Request) -> bytes:
        return answer(HTML) if "text/html" in request.headers["accept"] else answer(b"", status)

    assert fetched({"/a": reply}, kind="feed").outcome is Outcome.OK


def test_a_firewall_that_refuses_a_page_is_asked_once() -> None:
    async def story() -> None:
        refusal = answer(b"no", "406 Not Acceptable")
        async with Newsstand({"/a": refusal}) as stand, client() as ours:
            await ours.get(f"{stand.url}/a", kind="page")
            assert stand.paths == ["/a"]

    run(story)


@pytest.mark.parametrize("status", ["500 Oops", "503 Later", "406 Not Acceptable", "403 Forbidden"])
def test_a_server_that_goes_on_failing_is_asked_no_third_time(status: str) -> None:
    async def story() -> None:
        async with Newsstand({"/a": answer(b"no", status)}) as stand, client() as ours:
            response = await ours.get(f"{stand.url}/a", cache=STALE, kind="feed")
            assert response.status == int(status[:3])
            assert len(stand.paths) == (1 if status[:3] in {"503", "403"} else 2)

    run(story)
