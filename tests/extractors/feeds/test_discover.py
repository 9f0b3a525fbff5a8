"""Finding feeds: what a page and a robots.txt name, and a whole site over loopback."""

import asyncio
from collections.abc import Iterator

import pytest

from extractors.feeds.discover import Discovered, discover, distinct_feeds
from extractors.feeds.feed_links import (
    beside,
    candidates_in_page,
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
    "named aloud": {"/": b"<html><a href='/n7' aria-label='RSS feed'><svg></svg></a>", "/n7": RSS},
    "drawn": {"/": b"<html><a href='/n7'><i class='fa fa-rss'></i></a>", "/n7": RSS},
    "meetings": {
        "/": b"<html><a href='/ViewPublisherRSS.php?view_id=2'>Agendas</a>",
        "/ViewPublisherRSS.php?view_id=2": RSS,
    },
    "script": {
        "/": b'<html><script>data={"rssUrl":"\\/api\\/rss"}</script></html>',
        "/api/rss": RSS,
    },
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
        ("named aloud", "/n7", "anchor"),
        ("drawn", "/n7", "anchor"),
        ("meetings", "/ViewPublisherRSS.php?view_id=2", "anchor"),
        ("script", "/api/rss", "script"),
    ],
    indirect=["site"],
)
def test_discover(site: str, path: str, how: str) -> None:
    candidates, why = found_at(f"{site}/")

    assert [(candidate.url, candidate.how) for candidate in candidates] == [(site + path, how)]
    assert why == ""


@pytest.mark.parametrize("site", ["lying"], indirect=True)
def test_what_only_looks_like_a_feed_is_not_offered(site: str) -> None:
    candidates, why = found_at(f"{site}/")

    assert candidates == ()
    assert "names no feed" in why


@pytest.mark.parametrize("site", ["gone"], indirect=True)
def test_a_feed_that_is_named_and_does_not_answer_is_told(site: str) -> None:
    assert found_at(f"{site}/") == (
        (),
        "The page names a feed that could not be read: 127.0.0.1 answered 404 Not Found:"
        " nothing is at this address now.",
    )


def test_of_a_site_that_another_answers_for_the_usual_paths_of_both_are_asked() -> None:
    with serving({"/": b"<html><body>Accept all?</body></html>"}) as other:
        forwarding = (
            f'<html><head><meta http-equiv="refresh" content="0; url={other}/"></head></html>'
        )
        with serving({"/": forwarding.encode(), "/feed/": RSS}) as site:
            feeds, _ = found_at(f"{site}/")

    assert [feed.url for feed in feeds] == [f"{site}/feed/"]


def test_of_a_site_whose_front_page_is_not_there_the_usual_paths_are_asked() -> None:
    with serving({"/feed/": RSS}) as site:
        feeds, _ = found_at(f"{site}/")

        assert [feed.url for feed in feeds] == [f"{site}/feed/"]


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

    candidates = candidates_in_page(page, "https://a.example/")

    assert [(candidate.url, candidate.how, candidate.title) for candidate in candidates] == [
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

    candidates = sitemaps_in_robots(text, "https://a.example")

    assert [candidate.url for candidate in candidates] == [
        "https://a.example/news.xml",
        "https://a.example/all.xml",
    ]


def found_feed(path: str, title: str, posts: range) -> Discovered:
    keys = frozenset(f"https://a.example/{n}" for n in posts)
    url = f"https://a.example{path}"
    return Discovered(url, "link tag", title, "rss", len(posts), "feed", None, None, posts=keys)


def test_the_feed_of_the_whole_paper_goes_before_those_of_its_sections() -> None:
    sports, politics = (
        found_feed("/s", "Sports", range(5)),
        found_feed("/p", "Politics", range(20, 25)),
    )
    whole = found_feed("/rss", "All stories", range(30))

    ranked = distinct_feeds([sports, politics, whole])

    assert [(feed.url, feed.same_as) for feed in ranked] == [
        (whole.url, None),
        (sports.url, whole.url),
        (politics.url, whole.url),
    ]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/comentarios/feed/", "Sitio » Feed de los comentarios"),
        ("/feed/2", "Kommentare zu: Zeitung"),
        ("/feed/2", "Reacties voor De Krant"),
        ("/?feed=comments-rss2", ""),
    ],
)
def test_readers_comments_go_last_in_any_language(path: str, title: str) -> None:
    comments, news = found_feed(path, title, range(9)), found_feed("/feed/", "News", range(20, 22))

    assert distinct_feeds([comments, news])[0] == news


def test_a_story_that_names_its_comments_alone_leads_to_the_papers_feed() -> None:
    comments = RSS.replace(b"Courier", b"Comments on: Story")
    pages = {
        "/story": b"<html><head><link rel=alternate type='application/rss+xml' href='/story/feed/'></head></html>",
        "/story/feed/": comments,
        "/feed/": RSS.replace(b"<guid>1", b"<guid>2"),
    }
    with serving(pages) as base:
        feeds, _ = found_at(f"{base}/story")

    assert [feed.title for feed in feeds] == ["Courier", "Comments on: Story"]


def test_a_page_of_feeds_may_call_them_by_their_subjects() -> None:
    pages = {
        "/": b"<html><footer><a href='/sindicacion.html'>RSS</a></footer></html>",
        "/sindicacion.html": b"<html><a href='/servicios/portada.xml'>Portada</a></html>",
        "/servicios/portada.xml": RSS,
    }
    with serving(pages) as base:
        feeds, _ = found_at(f"{base}/")

    assert [feed.url for feed in feeds] == [f"{base}/servicios/portada.xml"]


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/@ann", "/@ann.rss"),
        ("/profile/gazette.example", "/profile/gazette.example/rss"),
        ("/gazette", "/feed/gazette"),
        ("/category/elections/", "/category/elections/feed/"),
        ("/r/elections/", "/r/elections/.rss"),
        ("/news", "/news?format=rss"),
        ("/org/repo/-/releases", "/org/repo/-/releases.atom"),
        ("/search?q=ballots&hl=en", "/rss/search?q=ballots&hl=en"),
    ],
)
def test_platforms_keep_the_feed_of_a_profile_beside_it(page: str, feed: str) -> None:
    assert f"https://a.example{feed}" in [each.url for each in beside(f"https://a.example{page}")]
    assert not beside("https://a.example/")


def test_a_channel_of_videos_has_its_feed_under_its_number() -> None:
    page = b'{"externalId":"UCabcdefghijklmnopqrstuv"}'
    feed = "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"

    assert beside("https://www.youtube.com/@gazette", page)[0].url == feed
    assert beside("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv")[0].url == feed


def test_a_podcast_goes_after_the_news() -> None:
    feeds = [
        Discovered(f"https://a.example/{name}", "link tag", name, "rss", 9, "feed", None, None)
        for name in ("podcast", "news")
    ]

    assert [feed.title for feed in distinct_feeds(feeds)] == ["news", "podcast"]
