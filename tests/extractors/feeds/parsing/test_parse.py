"""What feeds of every kind say, and that nothing they say goes missing."""

import gzip
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from model import Outcome
from tests.extractors.feeds.parsing.parsed_feeds import NOW, parse, rss

DATA = Path(__file__).parents[3] / "data" / "feeds"


def test_rss() -> None:
    feed = parse((DATA / "rss.xml").read_bytes())

    first, second, third = feed.entries
    assert (feed.outcome, feed.problem, feed.format) == (Outcome.OK, None, "rss")
    assert feed.title == "Lantern County Courier & Times"
    assert (feed.language, feed.site_url) == ("en-US", "https://courier.example/")
    assert first.title == "Clerk tests every tabulator & finds one fault"
    assert first.url == "https://courier.example/2026/11/tabulators?utm_source=rss&id=7"
    assert first.canonical_url == "https://courier.example/2026/11/tabulators?id=7"
    assert first.guid == "courier-7"
    assert first.published == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert first.summary == "One of forty machines was set aside."
    assert first.content == "One of forty machines was set aside.\nThe board meets on Friday."
    assert first.authors == ("Ada Quill",)
    assert second.published == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    assert (third.url, third.canonical_url, third.guid) == (None, None, "9")


def test_atom_resolves_against_its_base_and_reads_xhtml() -> None:
    feed = parse((DATA / "atom.xml").read_bytes(), "https://boletin.example/feed.atom")

    (entry,) = feed.entries
    assert (feed.format, feed.title, feed.language) == ("atom", "El Boletín", "es")
    assert entry.url == "https://boletin.example/noticias/recuento.html"
    assert entry.published == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert entry.summary == "Dos urnas.\nUn acta."
    assert (entry.authors, entry.language) == (("Iria Sol",), "es")


def test_rdf() -> None:
    feed = parse((DATA / "rdf.xml").read_bytes())

    assert (feed.format, feed.entries[0].guid) == ("rdf", "https://old.example/1")
    assert feed.entries[0].updated == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_json_feed_is_read_tolerantly() -> None:
    feed = parse((DATA / "feed.json").read_bytes(), "https://harbour.example/feed.json")

    first, second = feed.entries
    assert (feed.format, feed.outcome, feed.language) == ("json", Outcome.MALFORMED, "en-GB")
    assert feed.problem == "1 of 3 items are not objects."
    assert first.url == "https://harbour.example/a"
    assert first.content == "They came at noon.\nAll sealed."
    assert first.authors == ("The desk",)
    assert (second.guid, second.url, second.title) == (
        "2",
        "https://harbour.example/b",
        "No title here.",
    )
    assert (second.published, second.authors) == (None, ("R. Oar",))


def test_a_json_feed_that_breaks_off_keeps_its_whole_items() -> None:
    body = (DATA / "feed.json").read_bytes()

    feed = parse(body[: body.index(b'"content_text"')])

    assert feed.outcome is Outcome.MALFORMED
    assert [entry.title for entry in feed.entries] == ["Ballots by ferry"]
    assert feed.title == "Harbour Desk"


def test_news_sitemap() -> None:
    feed = parse((DATA / "news-sitemap.xml").read_bytes(), "https://valley.example/news.xml")

    first, second = feed.entries
    assert (feed.format, feed.title, feed.outcome) == ("sitemap", "Valley Sun", Outcome.OK)
    assert first.title == "Recount begins & ends in a day"
    assert first.url == "https://valley.example/news/recount"
    assert first.published == datetime(2026, 11, 23, 14, 15, tzinfo=UTC)
    assert first.language == "en"
    assert second.updated == datetime(2026, 11, 1, tzinfo=UTC)


def test_sitemap_index_lists_its_children_newest_first() -> None:
    feed = parse(
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<sitemap><loc>https://a.example/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>"
        "<sitemap><loc>https://a.example/2.xml</loc><lastmod>2026-11-01</lastmod></sitemap>"
        "</sitemapindex>"
    )

    assert feed.format == "sitemap-index"
    assert feed.children == ("https://a.example/2.xml", "https://a.example/1.xml")


def test_text_sitemap() -> None:
    feed = parse("https://a.example/1\r\nhttps://a.example/2\n")

    assert (feed.format, len(feed.entries)) == ("sitemap", 2)
    assert parse("https://a.example/1\nhello").outcome is Outcome.NOT_A_FEED


def test_gzip_is_known_by_its_first_bytes() -> None:
    body = (DATA / "news-sitemap.xml").read_bytes()

    assert parse(gzip.compress(body)).entries == parse(body).entries
    assert parse(gzip.compress(body)[:-20]).outcome is Outcome.MALFORMED


@pytest.mark.parametrize(
    ("body", "outcome", "words"),
    [
        (b"", Outcome.NOT_A_FEED, "empty"),
        (b" \n\xef\xbb\xbf", Outcome.NOT_A_FEED, "empty"),
        (
            b"<html><title>Account\nSuspended</title></html>",
            Outcome.NOT_A_FEED,
            'web page ("Account Suspended")',
        ),
        (b"error code: 1015", Outcome.NOT_A_FEED, 'not a feed: "error code: 1015"'),
        (b'{"error": "rate limited"}', Outcome.NOT_A_FEED, 'it says "rate limited"'),
        (b'{"errors": [{"message": "no such feed"}]}', Outcome.NOT_A_FEED, "no JSON Feed"),
        (b"<!doctype html><html><body>Hi</body></html>", Outcome.NOT_A_FEED, "web page"),
        (
            b'<html><link rel="alternate" type="application/rss+xml" href="/f"></html>',
            Outcome.NOT_A_FEED,
            "discover",
        ),
        (b'<?xml version="1.0"?><opml><body/></opml>', Outcome.NOT_A_FEED, "feeds import"),
        (b"<note>hello</note>", Outcome.NOT_A_FEED, "<note>"),
        (b'{"status": "ok"}', Outcome.NOT_A_FEED, "JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", Outcome.NOT_A_FEED, "neither"),
        (b"Too many requests", Outcome.NOT_A_FEED, "neither"),
    ],
)
def test_what_is_no_feed_is_told_apart(body: bytes, outcome: Outcome, words: str) -> None:
    feed = parse(body)

    assert feed.outcome is outcome
    assert words in (feed.problem or "")
    assert feed.entries == ()


def test_a_feed_without_entries_is_ok() -> None:
    assert parse(rss()).outcome is Outcome.OK


def test_a_cut_feed_keeps_what_came() -> None:
    feed = parse(rss("<title>One</title><guid>1</guid>", "<title>Two</title><guid>2</guid>")[:-20])

    assert [entry.title for entry in feed.entries] == ["One", "Two"]
    assert feed.outcome is Outcome.MALFORMED
    assert "cut off" in (feed.problem or "")
    assert feed.cut


def test_a_feed_that_only_lacks_its_end_tags_is_not_cut() -> None:
    feed = parse(rss("<title>One</title><guid>1</guid>")[: -len("</channel></rss>")])

    assert (len(feed.entries), feed.outcome, feed.cut) == (1, Outcome.MALFORMED, False)


def test_a_feed_that_is_broken_and_cut_says_both() -> None:
    first = "<title>Knock & talk &nosuch; one</title><guid>1</guid>"
    feed = parse(rss(first, "<title>Two</title><guid>2</guid>")[:-24])

    assert (len(feed.entries), feed.outcome, feed.cut) == (2, Outcome.MALFORMED, True)


@pytest.mark.parametrize(
    "item",
    ["<title>Salt & pepper</title>", "<title>Salt &pepper;</title>", "<foo:title>x</foo:title>"],
)
def test_broken_xml_is_used_and_marked(item: str) -> None:
    feed = parse(rss(item, "<title>Sound</title>"))

    assert feed.outcome is Outcome.MALFORMED
    assert [entry.title for entry in feed.entries][-1] == "Sound"


def test_a_feed_within_a_web_page_is_found() -> None:
    feed = parse("<html><body>" + rss("<title>One</title>") + "</body></html>")

    assert (feed.outcome, len(feed.entries)) == (Outcome.MALFORMED, 1)


@pytest.mark.parametrize(
    "around",
    ["pre", "pre style='white-space: pre-wrap'", "body", "pre><code", "PRE>\n<span class='x'"],
)
def test_a_feed_that_a_browser_showed_as_text_is_found(around: str) -> None:
    shown = escape('<?xml version="1.0"?>' + rss("<title>One &amp; two</title><guid>1</guid>"))
    page = f"<html><head><title>feed</title></head><{around}>{shown}</{around.split()[0]}></html>"

    feed = parse(page)

    assert [entry.title for entry in feed.entries] == ["One & two"]
    assert feed.problem == "The feed is wrapped in a web page, as a browser shows it."


def test_a_json_feed_that_a_browser_showed_as_text_is_found() -> None:
    shown = escape((DATA / "feed.json").read_text(encoding="utf-8"), quote=False)

    assert len(parse(f"<html><body><pre>{shown}</pre></body></html>").entries) == 2


def test_a_page_that_explains_feeds_is_none() -> None:
    markup = f"<p>A feed is written like this:</p><pre>Begin: {escape(rss())}</pre>" + "<p>So.</p>"

    assert parse(f"<html><body>{markup}</body></html>").outcome is Outcome.NOT_A_FEED


def test_hints_are_the_longest_and_clamped() -> None:
    assert parse((DATA / "rss.xml").read_bytes()).hint_seconds == 7200
    for period, frequency, seconds in [
        ("hourly", "60", 600),
        ("always", "1", 600),
        ("daily", "0.1", 86_400),
        ("fortnightly", "1", None),
        ("hourly", "0", 3600),
    ]:
        body = rss().replace(
            "<title>T</title>",
            f'<p:updatePeriod xmlns:p="http://purl.org/rss/1.0/modules/syndication/">{period}'
            f'</p:updatePeriod><p:updateFrequency xmlns:p="http://purl.org/rss/1.0/modules/syndication/">'
            f"{frequency}</p:updateFrequency>",
        )
        assert parse(body).hint_seconds == seconds, period


def test_no_date_hides_an_entry() -> None:
    ahead = (NOW + timedelta(days=91)).strftime("%a, %d %b %Y %H:%M:%S GMT")

    feed = parse(
        rss(
            f"<guid>1</guid><pubDate>{ahead}</pubDate>",
            "<guid>2</guid><pubDate>yesterday, roughly</pubDate>",
            "<guid>3</guid><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>",
            "<guid>4</guid>",
        )
    )

    assert [entry.published for entry in feed.entries] == [None] * 4


@pytest.mark.parametrize("less_than", ["&lt;", "&#60;", "&#x3c;", "&#X3C;"])
def test_a_feed_that_was_escaped_as_a_whole_is_read(less_than: str) -> None:
    items = ("<guid>1</guid>", "<guid>2</guid>")
    shown = escape(rss(*items)).replace("&lt;", less_than)

    for body in (shown, f"<html><body><pre>{shown}</pre></body></html>"):
        assert len(parse(body.encode()).entries) == 2


def test_an_ampersand_alone_is_one() -> None:
    item = "<title>AT&T & R&amp;D &mdash; <![CDATA[Q&A]]></title><link>http://a.example/?a=1&b=2</link>"
    (entry,) = parse(rss(item)).entries

    assert entry.title == "AT&T & R&D — Q&A"
    assert entry.url == "http://a.example/?a=1&b=2"


def test_a_title_that_was_escaped_too_often_is_read() -> None:
    (entry,) = parse(rss("<title>Scanner &amp;amp;quot;1&amp;amp;quot; altered</title>")).entries

    assert entry.title == 'Scanner "1" altered'


def test_an_entry_whose_address_breaks_off_is_left_out_and_the_feed_is_cut() -> None:
    first = "<title>One</title><link>https://a.example/one</link>"
    whole = rss(first, "<title>Two</title><link>https://a.example/two</link>")
    half = parse(whole[: whole.index("le/two")])

    assert ([entry.title for entry in half.entries], half.cut) == (["One"], True)


@pytest.mark.parametrize(
    "author", ["a.lee@gazette.media (Ann Lee)", "Ann Lee &lt;a.lee@gazette.online&gt;"]
)
def test_a_mailbox_in_a_long_zone_leaves_the_name_whole(author: str) -> None:
    (entry,) = parse(rss(f"<title>One</title><author>{author}</author>")).entries

    assert entry.authors == ("Ann Lee",)


def test_the_day_of_an_rss_item_by_dublin_core_is_that_of_its_publication() -> None:
    body = rss("<title>One</title><dc:date>2026-11-20T08:00:00Z</dc:date>")
    body = body.replace("<rss ", '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" ')

    assert parse(body).entries[0].published == datetime(2026, 11, 20, 8, tzinfo=UTC)
