"""Finding feeds: what a page and a robots.txt name, and a whole site over loopback."""

import asyncio
from collections.abc import Iterator

import pytest

from extractors.feeds.discover import (
    Discovered,
    candidates_in_page,
    discover,
    feeds_in_header,
    sitemaps_in_robots,
)
from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from tests.extractors.loopback import serving

RSS = (
    b'<rss version="2.0"><channel><title>Courier</title><item><guid>1</guid></item></channel></rss>'
)
PAGES: dict[str, dict[str, bytes]] = {
    "linked": {
        "/": b'<html><head><link rel="alternate" type="application/rss+xml" href="news.rss"></head></html>',
        "/news.rss": RSS,
        "/feed/": RSS,
    },
    "usual": {"/": b"<html><a href='/about'>About</a></html>", "/feed/": RSS},
    "robots": {
        "/": b"<html></html>",
        "/robots.txt": b"User-agent: *\nSitemap: /news.xml\n",
        "/news.xml": b"<urlset><url><loc>http://a.example/1</loc></url></urlset>",
    },
    "lying": {"/": b'<html><a href="/rss">RSS</a></html>', "/rss": b"<html>Sorry</html>"},
    "feed": {"/": RSS},
    "xml": {
        "/": b'<html><head><link rel="alternate" type="text/xml" href="news.rss"></head></html>',
        "/news.rss": RSS,
    },
    "marked robots": {
        "/": b"<html></html>",
        "/robots.txt": b"\xef\xbb\xbfSitemap: /news.xml\n",
        "/news.xml": b"<urlset><url><loc>http://a.example/1</loc></url></urlset>",
    },
    "label": {"/": b"<html><a href='/s/1'><img alt='RSS feed' src=i></a></html>", "/s/1": RSS},
    "page of feeds": {
        "/": b"<html><a href='/rss'>RSS feeds</a></html>",
        "/rss": b"<html><a href='/rss/news.xml'>News</a></html>",
        "/rss/news.xml": RSS,
    },
    "refresh": {
        "/": b"<html><head><meta http-equiv=refresh content='0; url=/home'></head></html>",
        "/home": b"<html><head><link rel=alternate href='/s/1.rss'></head></html>",
        "/s/1.rss": RSS,
    },
    "gone": {"/": b"<html><head><link rel=alternate type='text/xml' href='/x'></head></html>"},
    "blogger": {"/": b"<html></html>", "/feeds/posts/default": RSS},
}


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[str]:
    with serving(PAGES[request.param]) as url:
        yield url


def found_at(url: str) -> tuple[tuple[Discovered, ...], str]:
    async def ask() -> tuple[tuple[Discovered, ...], str]:
        gate = HostGate(seconds_between=0)
        async with Client(user_agent="test", gate=gate, allow=["127.0.0.0/8"]) as client:
            return await discover(client, url)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("site", "path", "how"),
    [
        ("linked", "/news.rss", "link tag"),
        ("usual", "/feed/", "usual path"),
        ("robots", "/news.xml", "robots.txt"),
        ("feed", "/", "the address itself"),
        ("xml", "/news.rss", "link tag"),
        ("marked robots", "/news.xml", "robots.txt"),
        ("blogger", "/feeds/posts/default", "usual path"),
        ("label", "/s/1", "anchor"),
        ("page of feeds", "/rss/news.xml", "page of feeds"),
        ("refresh", "/s/1.rss", "link tag"),
    ],
    indirect=["site"],
)
def test_discover(site: str, path: str, how: str) -> None:
    found, why = found_at(f"{site}/")

    assert [(candidate.url, candidate.how) for candidate in found] == [(site + path, how)]
    assert why == ""


@pytest.mark.parametrize("site", ["lying"], indirect=True)
def test_what_only_looks_like_a_feed_is_not_offered(site: str) -> None:
    found, why = found_at(f"{site}/")

    assert found == ()
    assert "names no feed" in why


@pytest.mark.parametrize("site", ["gone"], indirect=True)
def test_a_feed_that_is_named_and_does_not_answer_is_told(site: str) -> None:
    assert found_at(f"{site}/") == (
        (),
        "The page names a feed that could not be read: 127.0.0.1 answered 404 Not Found:"
        " nothing is at this address now.",
    )


def test_feeds_in_a_link_header() -> None:
    header = '</s.css>; rel=preload, </f.xml>; rel="alternate"; type="application/rss+xml"'

    assert [candidate.url for candidate in feeds_in_header(header, "https://a.example/")] == [
        "https://a.example/f.xml"
    ]


def test_candidates_in_page() -> None:
    page = b"""<html><head><base href="https://a.example/x/">
      <link rel="alternate" type="application/atom+xml" title="All" href="atom">
      <link rel="alternate" type="application/rss+xml" href="javascript:x">
      <link rel="alternate" href="feed://a.example/s.rss">
      <link rel="alternate" type="text/html" hreflang="es" href="/es">
      <link rel="alternate" type="application/json" href="https://a.example/wp-json/wp/v2/posts/1">
      </head><a href="/rss.xml">RSS</a><a href="/feedback">Write</a><a href="atom">again</a></html>"""

    found = candidates_in_page(page, "https://a.example/")

    assert [(candidate.url, candidate.how, candidate.title) for candidate in found] == [
        ("https://a.example/x/atom", "link tag", "All"),
        ("https://a.example/s.rss", "link tag", ""),
        ("https://a.example/rss.xml", "anchor", "RSS"),
    ]


@pytest.mark.parametrize("body", [b"", b"\0\xff", b"<" * 5000, b"<a href='http://[x'>rss</a>"])
def test_hostile_pages_name_nothing(body: bytes) -> None:
    assert candidates_in_page(body, "https://a.example/") == ()


def test_sitemaps_in_robots_news_first() -> None:
    text = (
        "User-agent: *\nsitemap: https://a.example/all.xml\nSitemap: /news.xml\nSitemap: ftp://x/\n"
    )

    found = sitemaps_in_robots(text, "https://a.example")

    assert [candidate.url for candidate in found] == [
        "https://a.example/news.xml",
        "https://a.example/all.xml",
    ]
