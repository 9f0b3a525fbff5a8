"""HTTP as RFC 9110 has it: validators, gzip, HEAD, connections that stay open."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from demo.newsroom import Newsroom
from demo.serving import PathAnswer, accepts_gzip, unchanged
from tests.demo.conftest import Get

ANSWER = PathAnswer(200, "text/plain", b"text", modified=datetime(2026, 10, 19, 12, tzinfo=UTC))
STRONG = ANSWER.etag.removeprefix("W/")
SAME, OLDER, NEWER = (f"Mon, 19 Oct 2026 {hour}:00:00 GMT" for hour in (12, 11, 13))


def feed(newsroom: Newsroom) -> str:
    return newsroom.outlets[0].feed_url


def page(newsroom: Newsroom) -> str:
    return next(a.url for a in newsroom.expectations() if a.edition == 1 and a.why == "none")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"If-None-Match": ANSWER.etag}, True),
        ({"If-None-Match": STRONG}, True),
        ({"If-None-Match": f'"other", {ANSWER.etag}'}, True),
        ({"If-None-Match": "*"}, True),
        ({"If-None-Match": '"other"'}, False),
        ({"If-None-Match": '"other"', "If-Modified-Since": NEWER}, False),
        ({"If-None-Match": ANSWER.etag, "If-Modified-Since": OLDER}, True),
        ({"If-Modified-Since": SAME}, True),
        ({"If-Modified-Since": NEWER}, True),
        ({"If-Modified-Since": OLDER}, False),
        ({"If-Modified-Since": "yesterday"}, False),
        ({"If-Modified-Since": "Mon, 19 Oct 2026 13:00:00 -0000"}, False),
    ],
)
def test_tags_go_before_dates(headers: dict[str, str], expected: bool) -> None:
    assert unchanged(ANSWER, headers) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("*", True),
        ("gzip; q=0", False),
        ("identity", False),
        ("", False),
    ],
)
def test_gzip_only_for_those_who_accept_it(header: str | None, expected: bool) -> None:
    headers = {} if header is None else {"Accept-Encoding": header}

    assert accepts_gzip(headers) is expected


@pytest.mark.parametrize("target", [feed, page], ids=["feed", "page"])
def test_a_validator_comes_back_as_304(
    newsroom: Newsroom, get: Get, target: Callable[[Newsroom], str]
) -> None:
    url = target(newsroom)
    full = get(url)

    by_tag = get(url, If_None_Match=full.headers["ETag"], Accept_Encoding="gzip")
    by_date = get(url, If_Modified_Since=full.headers["Last-Modified"])

    assert (full.status, by_tag.status, by_date.status) == (200, 304, 304)
    assert by_tag.body == by_date.body == b""
    assert by_tag.headers["ETag"] == full.headers["ETag"]
    assert by_tag.headers["Content-Encoding"] is None


def test_the_packed_body_is_the_plain_one(newsroom: Newsroom, get: Get) -> None:
    plain, packed = get(page(newsroom)), get(page(newsroom), Accept_Encoding="gzip")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert len(packed.body) == int(packed.headers["Content-Length"]) < len(plain.body)
    assert gzip.decompress(packed.body) == plain.body


def test_head_is_get_without_its_body(newsroom: Newsroom, get: Get) -> None:
    full, head = get(feed(newsroom)), get(feed(newsroom), "HEAD")

    assert head.body == b""
    assert head.headers["Content-Length"] == full.headers["Content-Length"]
    assert head.headers["ETag"] == full.headers["ETag"]


def test_one_connection_carries_many_requests(newsroom: Newsroom) -> None:
    parts = urlsplit(feed(newsroom))
    connection = HTTPConnection(parts.netloc, timeout=10)
    statuses = []

    for path in (parts.path, "/", "/nothing", "/robots.txt", parts.path):
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()

    assert statuses == [200, 200, 404, 200, 200]


def test_a_post_is_refused(newsroom: Newsroom, get: Get) -> None:
    assert get(feed(newsroom), "POST").status == 501
