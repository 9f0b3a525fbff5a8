"""Feeds and sitemaps as careless makers write them: what readers' trackers report, read all the same."""

from datetime import UTC, datetime

import pytest

from extractors.articles.decoding import decode
from extractors.feeds.parsing.parse import parse_feed
from extractors.feeds.parsing.text import text_digest
from model import Outcome, ParsedFeed

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SITE = "https://gazette.example"


def parsed(body: str | bytes, content_type: str | None = None) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, url=f"{SITE}/feed.xml", content_type=content_type, now=NOW)


def rss(*items: str, declared: str = "UTF-8", language: str = "") -> str:
    listed = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><title>G</title><language>{language}</language>{listed}</channel></rss>'


def urlset(*rows: str) -> str:
    listed = "".join(f"<url>{row}</url>" for row in rows)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'


@pytest.mark.parametrize(
    "item",
    [
        "<title>Count</title><link>&lt;a href=&quot;/a/1&quot;&gt;/a/1&lt;/a&gt;</link>",
        "<title>&lt;a href='/a/1' hreflang='en'&gt;Count&lt;/a&gt;</title>",
        f'<title>Count</title><link>{SITE}/</link><guid isPermaLink="true">{SITE}/a/1</guid>',
        f"<title>Count</title><link>{SITE}</link><guid>{SITE}/a/1</guid>",
    ],
    ids=["markup as link", "link in the title", "link to the site", "guid is the link"],
)
def test_an_item_that_names_its_page_oddly_leads_to_it(item: str) -> None:
    (entry,) = parsed(rss(item)).entries
    assert (entry.title, entry.url) == ("Count", f"{SITE}/a/1")


def test_a_sitemap_that_lists_sitemaps_as_pages_is_an_index() -> None:
    feed = parsed(urlset(f"<loc>{SITE}/s1.xml</loc>", f"<loc>{SITE}/s2.xml.gz</loc>"))
    assert set(feed.children) == {f"{SITE}/s1.xml", f"{SITE}/s2.xml.gz"}
    assert not feed.entries


def test_a_front_page_in_a_sitemap_is_no_article() -> None:
    feed = parsed(urlset(f"<loc>{SITE}/</loc>", f"<loc>{SITE}/es/</loc>", f"<loc>{SITE}/a</loc>"))
    assert [entry.url for entry in feed.entries] == [f"{SITE}/a"]


def test_a_story_in_a_sitemap_that_only_its_query_tells_is_an_article() -> None:
    story = f"{SITE}/?2026/11/recount"
    assert [entry.url for entry in parsed(urlset(f"<loc>{story}</loc>")).entries] == [story]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        (["2026-11-28T10:00:07Z"] * 5, 0),  # the moment at which the list was built
        (["2026-11-28"] * 5, 5),  # a day is not so exact that all would not have it
        ([f"2026-11-28T10:00:0{n}Z" for n in range(5)], 5),
        (["2026-11-28T10:00:07Z"] * 3, 3),
    ],
    ids=["all at once", "days", "each its own", "few"],
)
def test_a_moment_that_all_pages_share_is_no_change_of_theirs(
    stamps: list[str], expected: int
) -> None:
    rows = (f"<loc>{SITE}/{n}</loc><lastmod>{stamp}</lastmod>" for n, stamp in enumerate(stamps))
    assert sum(entry.updated is not None for entry in parsed(urlset(*rows)).entries) == expected


def test_texts_under_other_names_and_chapters_are_content() -> None:
    whole = '<title>T</title><yandex:full-text xmlns:yandex="http://news.yandex.ru">Hackers came.</yandex:full-text>'
    chapters = '<title>E</title><psc:chapters xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter start="0" title="Hackers came"/><psc:chapter start="9" title="Polls"/></psc:chapters>'
    first, second = parsed(rss(whole, chapters)).entries
    assert (first.content, second.content) == ("Hackers came.", "Hackers came\nPolls")


TEXTS = {
    "cp1251": "Хакеры взломали избирательную комиссию города и скопировали базу данных избирателей.",
    "koi8-r": "Хакеры взломали избирательную комиссию города и скопировали базу данных избирателей.",
    "iso8859-7": "Χάκερ παραβίασαν τον διακομιστή της εφορευτικής επιτροπής.",
    "cp1255": "האקרים פרצו לוועדת הבחירות המרכזית והעתיקו את פנקס הבוחרים של המדינה",
    "gb18030": "黑客入侵了选举委员会的服务器并复制了选民数据库，官员周二表示",
}


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1252"])
def test_letters_that_a_western_encoding_cannot_mean_are_read_as_what_they_are(
    encoding: str, declared: str
) -> None:
    title = TEXTS[encoding]
    feed = parsed(rss(f"<title>{title}</title>", declared=declared).encode(encoding))
    assert feed.entries[0].title == title
    assert feed.outcome is Outcome.MALFORMED
    page = f'<html><head><meta charset="{declared}"></head><body><p>{title}</p></body></html>'
    assert title in decode(page.encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        "Élections à Genève: des électeurs étaient déjà là, où l’on votait. Ça va.",
        "Übergröße: Wähler müssen höhere Hürden überwinden, ÄÖÜ und äöüß",
        "Þjóðaratkvæðagreiðsla: kjósendur ræða öðruvísi tillögur",
    ],
)
def test_western_accents_stay(text: str) -> None:
    title = text.replace("’", "'")
    feed = parsed(rss(f"<title>{title}</title>", declared="ISO-8859-1").encode("latin-1"))
    assert feed.entries[0].title == title


@pytest.mark.parametrize(
    "title",
    [
        "Bridge returned error 403! (20424)",
        "This RSS feed has been discontinued",
        "This feed is inactive. Please upgrade your plan",
        "Error 500: the page could not be read",
    ],
)
def test_a_feed_that_lists_nothing_but_what_is_wrong_with_it_has_failed(title: str) -> None:
    feed = parsed(rss(f"<title>{title}</title>"))
    assert feed.outcome is Outcome.NOT_A_FEED
    assert f'nothing but a notice: "{title}"' in (feed.problem or "")


def test_news_beside_or_about_such_a_notice_are_news() -> None:
    assert len(parsed(rss("<title>Error 500</title>", "<title>Polls close</title>")).entries) == 2
    assert parsed(rss("<title>Voters see error 404 on the county page</title>")).entries
    assert parsed(rss("<title>The city feed store has moved to Main Street</title>")).entries
    assert parsed(rss("<title>The trial ended in a hung jury over ballots</title>")).entries
    assert parsed(rss("<title>County was unable to receive or process ballots</title>")).entries


def test_what_xml_says_that_is_no_feed_is_passed_on() -> None:
    problem = parsed("<error><code>9</code><message>Try again later</message></error>").problem
    assert problem == 'This is XML (<error>), but no feed: "9 Try again later".'


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Polls close at 8. Bring a card.", "Polls close at 8. Bring a card."),
        ("Dr. Ames closed the polls. " + "More is said. " * 20, "Dr. Ames closed the polls."),
        ("<p>Polls closed</p><p>Count begins</p>", "Polls closed Count begins"),
        ("word " * 60, "word " * 23 + "word…"),
        ("", ""),
    ],
)
def test_a_post_is_called_by_its_opening_and_known_as_before(text: str, title: str) -> None:
    described = text.replace("<", "&lt;").replace(">", "&gt;")
    (bare,) = parsed(rss(f"<guid>7</guid><description>{described}</description>")).entries
    assert bare.title == title
    (titled,) = parsed(rss(f"<guid>7</guid><title>Named</title><description>{described}</description>")).entries  # fmt: skip
    assert titled.title == "Named"
    assert bare.content_sha256 == text_digest("", " ".join(bare.summary.split()), "")
