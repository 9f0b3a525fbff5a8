"""Odd but common content types over HTML: every browser reads the bytes, and so do we."""

import asyncio

import pytest

from extractors.articles.extract import extract_article
from extractors.feeds.parsing.parse import parse_feed
from extractors.fetch.answer.content_types import ends_early, media_type, not_a_page
from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from model import Outcome, Response
from tests.extractors.fetch.transport.servers import client, once

WORDS = "The county board met on Monday and counted the ballots again in public view. " * 8
HTML = (
    f"<!doctype html><html><head><title>Board meets</title></head><body><article><h1>Board</h1>"
    f"<p>{WORDS}</p><p>{WORDS}</p></article></body></html>"
).encode()
FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><title>A</title>'
    b"<link>http://paper.example/a</link></item></channel></rss>"
)
TYPES = (
    "text/html",
    "TEXT/HTML",
    "Text/Html; Charset=UTF-8",
    "text/html,charset=utf-8",
    "text/html, text/html; charset=utf-8",
    "text/html;;",
    "text/html; charset",
    "text/html; charset=",
    "text/html ; charset = utf-8",
    "text/html charset=utf-8",
    '"text/html"',
    "'text/html'; charset='utf-8'",
    'text/html; charset="utf-8',
    "text/html; charset=utf8mb4",
    "text/html; charset=utf-8; charset=iso-8859-1",
    "html",
    "text",
    "text/",
    "/html",
    "*/*",
    "text/plain",
    "text/plain; charset=us-ascii",
    "application/octet-stream",
    "application/x-httpd-php",
    "application/xhtml+xml",
    "application/json",
    "application/force-download",
    "image/jpeg",
    "unknown/unknown",
    "",
    None,
)


def served(body: bytes, lines: list[str], kind: str = "page") -> Response:
    head = "HTTP/1.1 200 OK\r\nConnection: close\r\n" + "".join(f"{line}\r\n" for line in lines)

    async def story() -> Response:
        async with once(head.encode() + b"\r\n" + body) as server, client() as ours:
            return await ours.get(f"{server.url}/a", kind=kind)  # type: ignore[arg-type]

    return asyncio.run(story())


@pytest.mark.parametrize("kind", TYPES)
def test_html_is_read_under_any_type(kind: str | None) -> None:
    lines = [] if kind is None else [f"Content-Type: {kind}", "X-Content-Type-Options: nosniff"]
    response = served(HTML, lines)
    article = extract_article(
        response.body, url=response.final_url, content_type=response.headers.get("content-type")
    )

    assert response.outcome is Outcome.OK, response.sentence
    assert article.outcome is Outcome.OK, article.problem
    assert "counted the ballots" in article.body


@pytest.mark.parametrize("kind", TYPES)
def test_a_feed_is_read_under_any_type(kind: str | None) -> None:
    response = served(FEED, [] if kind is None else [f"Content-Type: {kind}"], "feed")
    parsed = parse_feed(
        response.body, url=response.final_url, content_type=response.headers.get("content-type")
    )

    assert response.outcome is Outcome.OK
    assert len(parsed.entries) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Type: text/html", "Content-Type: text/html"],
        ["Content-Type: text/plain", "Content-Type: text/html; charset=utf-8"],
        ["Content-Type: image/png", "content-type: text/html"],
    ],
)
def test_html_is_read_under_two_types(lines: list[str]) -> None:
    assert served(HTML, lines).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7 and more of it", "text/html"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "text/html"),
        (b"PK\x03\x04" + bytes(200), "text/html; charset=utf-8"),
        (b"\x00\x01\x02\x03" * 200, ""),
        (b'"json without any text in it"', "application/json"),
        (b"word " * 400, "video/mp4"),
    ],
)
def test_what_is_no_page_is_none_under_any_type(body: bytes, kind: str) -> None:
    response = served(body, [f"Content-Type: {kind}"])

    assert response.outcome is Outcome.UNSUPPORTED_TYPE, response.sentence


def test_a_pdf_is_not_fetched_to_its_end() -> None:
    async def story() -> Response:
        body = b"%PDF-1.7 " + b"x" * 4_000_000
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
        async with once(head + body) as server, client() as ours:
            return await ours.get(f"{server.url}/a")

    response = asyncio.run(story())

    assert response.outcome is Outcome.UNSUPPORTED_TYPE
    assert response.bytes_received < 1_000_000


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Text/HTML; charset=x", "text/html"),
        ('"text/html"', "text/html"),
        ("text/html charset=utf-8", "text/html"),
        ("text/plain, text/html", "text/plain"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_first_type_counts(header: str | None, kind: str) -> None:
    assert media_type(header) == kind


def test_utf_16_markup_is_a_page() -> None:
    assert not_a_page(HTML.decode().encode("utf-16"), "application/octet-stream") is None
    assert not_a_page(HTML.decode().encode("utf-16-le"), None) is None


STORY = b"<p>The clerk said that the logs of a scanner had been altered.</p>" * 40
WHOLE = b"<!doctype html><html><head><title>Logs</title></head><body><div><div>%s</div></div></body></html>"


@pytest.mark.parametrize("share", [0.05, 0.25, 0.5, 0.75, 0.95])
def test_a_page_that_breaks_off_is_told_from_a_whole_one(share: float) -> None:
    page = WHOLE % STORY

    assert not ends_early(page)
    assert ends_early(page[: int(len(page) * share)])


@pytest.mark.parametrize(
    "page",
    [
        b"<!doctype html><title>Logs</title>" + STORY,  # every end tag left out by right
        b"<!doctype html><title>Logs</title><div><div>" + STORY + b"</div></div>",
        b"<html lang=en><body class=a><main>" + STORY + b"</main>",
        b"The clerk said that the logs",
        b'{"headline": "Logs", "body": "<div><div><div>"',
    ],
)
def test_a_page_that_leaves_its_end_tags_out_is_whole(page: bytes) -> None:
    assert not ends_early(page)


def test_a_length_that_is_too_short_gives_a_page_that_broke_off() -> None:
    page = WHOLE % STORY
    short = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"

    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(short % (len(page) // 2) + page)
        await writer.drain()
        writer.close()

    async def fetch() -> Response:
        server = await asyncio.start_server(half, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        gate = HostGate(seconds_between=0)
        async with (
            server,
            Client(user_agent="test", gate=gate, allow=["127.0.0.1/32"]) as client,
        ):
            return await client.get(f"http://127.0.0.1:{port}/a", kind="page")

    response = asyncio.run(fetch())

    assert response.partial
    assert "broke off before the end" in response.sentence
