"""Feeds as parsers read them, pages as extractors read them."""

import json
import re
from datetime import UTC, datetime, timedelta
from time import struct_time

import feedparser
import pytest
import trafilatura

from demo.newsroom import Newsroom, Outlet
from demo.texts import DemoArticle, read_articles
from tests.demo.conftest import NOW, Get

ARTICLES = {article.slug: article for article in read_articles()}
READABLE = [a for a in ARTICLES.values() if a.state == "read"]
VERSIONS = {"rss": "rss20", "atom": "atom10", "rdf": "rss10"}
BOILERPLATE = (
    *("About the author", "Leave a", "Related", "More from the Courier", "hacked the voting"),
    *("Sign up", "newsletter", "Most read", "Popular now", "You may also", "Read next", "See also"),
    *(
        "Le puede interesar",
        "Boletín",
        "Advertisement",
        "All rights",
        "we use cookies",
        "Post comment",
    ),
)


def outlet(newsroom: Newsroom, slug: str) -> Outlet:
    return next(outlet for outlet in newsroom.outlets if outlet.slug == slug)


def url(newsroom: Newsroom, article: DemoArticle) -> str:
    return next(a.url for a in newsroom.expectations() if a.slug == article.slug)


def printed(newsroom: Newsroom, slug: str, edition: int = 1) -> dict[str, DemoArticle]:
    return {
        url(newsroom, article): article.in_edition(edition)
        for article in ARTICLES.values()
        if article.paper == slug and article.edition <= edition
    }


def moment(parsed: struct_time) -> datetime:
    return datetime(*parsed[:6], tzinfo=UTC)


@pytest.mark.parametrize(
    "slug",
    [
        *("marlow-courier", "port-ellery-ledger", "statehouse-signal"),
        *("diario-del-estuario", "lakeshore-beacon"),
    ],
)
def test_feedparser_reads_the_feed_without_complaint(
    newsroom: Newsroom, get: Get, slug: str
) -> None:
    reply = get(outlet(newsroom, slug).feed_url)
    expected = printed(newsroom, slug)

    headers = {name.lower(): value for name, value in reply.headers.items()}
    feed = feedparser.parse(reply.body, response_headers=headers)

    assert not feed.bozo
    assert feed.version == VERSIONS[outlet(newsroom, slug).format]
    assert feed.feed.title == outlet(newsroom, slug).name
    assert [entry.link.partition("?")[0] for entry in feed.entries] == list(expected)
    for entry, article in zip(feed.entries, expected.values(), strict=True):
        assert entry.title == article.title
        assert re.sub("<[^>]+>", "", entry.get("summary", "")) == article.summary
        dated = entry.get("published_parsed") or entry.updated_parsed
        assert moment(dated) == NOW - timedelta(hours=article.hours_ago)


def test_the_json_feed_carries_whole_texts(newsroom: Newsroom, get: Get) -> None:
    reply = get(outlet(newsroom, "tidewire").feed_url)
    expected = printed(newsroom, "tidewire")

    feed = json.loads(reply.body)

    assert reply.headers["Content-Type"].startswith("application/feed+json")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["url"] for item in feed["items"]] == list(expected)
    for item, article in zip(feed["items"], expected.values(), strict=True):
        assert item["title"] == article.title
        assert item["content_html"].count("<p>") + item["content_html"].count("<h3>") == len(
            article.paragraphs
        )


def test_only_the_courier_tags_its_links(newsroom: Newsroom, get: Get) -> None:
    tagged = [o.slug for o in newsroom.outlets if b"utm_source" in get(o.feed_url).body]

    assert tagged == ["marlow-courier"]


def test_the_second_edition_updates_the_entry(second: Newsroom, get: Get) -> None:
    feed = feedparser.parse(get(outlet(second, "marlow-courier").feed_url).body)

    (entry,) = (e for e in feed.entries if "ransomware" in e.link)
    article = ARTICLES["election-office-ransomware"]
    assert moment(entry.published_parsed) == NOW - timedelta(hours=5.5)
    assert moment(entry.updated_parsed) == NOW - timedelta(hours=0.2)
    assert entry.summary == article.in_edition(2).summary
    assert len(feed.entries) == len(printed(second, "marlow-courier", 2))


@pytest.mark.parametrize("article", READABLE, ids=lambda article: article.slug)
def test_an_extractor_finds_the_text_and_nothing_else(
    second: Newsroom, get: Get, article: DemoArticle
) -> None:
    address, printed_article = url(second, article), article.in_edition(2)

    extracted = trafilatura.bare_extraction(
        get(address).body.decode(), url=address, include_comments=False, with_metadata=True
    )

    text = " ".join(extracted.text.split())
    assert extracted.title == printed_article.title
    assert [p for p in printed_article.text if p not in text] == []
    assert [words for words in BOILERPLATE if words in text] == []
    assert printed_article.note in text


@pytest.mark.parametrize("article", READABLE, ids=lambda article: article.slug)
def test_a_page_has_what_news_pages_have(second: Newsroom, get: Get, article: DemoArticle) -> None:
    address, printed_article = url(second, article), article.in_edition(2)

    page = get(address).body.decode()

    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    data = json.loads(block)
    assert data["headline"] == printed_article.title
    assert data["author"] == [{"@type": "Person", "name": printed_article.author}]
    assert datetime.fromisoformat(data["datePublished"]) == printed_article.published(NOW)
    assert data["isAccessibleForFree"] is True
    assert f'<link rel="canonical" href="{address}">' in page
    for part in ("og:title", "og:image", "<form", "<textarea", "<img", "</html>"):
        assert part in page


def test_the_paywall_shows_the_beginning_only(newsroom: Newsroom, get: Get) -> None:
    article = ARTICLES["audit-lawsuit"]

    page = get(url(newsroom, article)).body.decode()

    assert '"isAccessibleForFree": false' in page
    assert "Subscribe to continue reading" in page
    assert article.passage is not None
    assert article.passage in page
    assert article.text[1][:60] in page
    assert not any(paragraph[:60] in page for paragraph in article.text[2:])


def test_related_headlines_tempt_on_ordinary_pages(newsroom: Newsroom, get: Get) -> None:
    page = get(url(newsroom, ARTICLES["raiders-stolen-bases"])).body.decode()

    assert "Ransomware attack locks computers" in page
    assert "They hacked the voting machines" in page


def test_pictures_and_front_pages_are_there(newsroom: Newsroom, get: Get) -> None:
    for outlet in newsroom.outlets:
        front = get(outlet.home)
        assert front.status == 200
        assert f'<link rel="alternate" href="{outlet.feed_url}"' in front.body.decode()
    picture = get(newsroom.outlets[0].home + "img/budget-potholes.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.body.startswith(b"<svg")
