"""Feeds of thousands of entries: none lost without a word, and the quick reader agrees with feedparser."""

import pytest

from extractors.feeds.parsing.parse import parse_feed
from model import Outcome, ParsedFeed

LONG, MOST = 60, 200


@pytest.fixture(autouse=True)
def _shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds at a hundredth, for speed."""
    monkeypatch.setattr("extractors.feeds.parsing.parse.LONG_FEED", LONG)
    monkeypatch.setattr("extractors.feeds.parsing.parse.MOST_ENTRIES", MOST)
    monkeypatch.setattr("extractors.feeds.parsing.large_xml.MOST_ENTRIES", MOST)


RSS = """<item><title>Ward {n} &amp;amp; &lt;b&gt;more&lt;/b&gt;</title><link>/w/{n}?utm_source=x</link>
<guid isPermaLink="false">w{n}</guid><pubDate>Mon, 23 Nov 2026 10:00:00 -0500</pubDate><category>c</category>
<dc:creator>Ada {n}</dc:creator><description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two {n}.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Long {n}.</p>]]></content:encoded></item>"""
PERMANENT = "<item><title>No link {n}</title><guid>https://a.example/{n}</guid></item>"
ATOM = """<entry><title type="html">T &amp;amp; {n}</title><link rel="enclosure" href="/e{n}.mp3"/><link href="/a/{n}"/>
<id>tag:a.example:{n}</id><published>2026-11-22T10:00:00.5Z</published><updated>2026-11-23T10:00:00+01:00</updated>
<author><name>Bo</name><email>b@a.example</email></author><summary>Plain &lt; {n}</summary></entry>"""


def rss(items: str) -> str:
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T &amp; t</title>'
        f"<link>https://a.example/</link><language>en</language><ttl>60</ttl>{items}</channel></rss>"
    )


def atom(items: str) -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link href="https://a.example/"/>'
        f"{items}</feed>"
    )


def parse(body: str) -> ParsedFeed:
    return parse_feed(body.encode(), url="https://a.example/feed")


def test_both_readers_agree() -> None:
    for whole, shape in ((rss, RSS), (rss, PERMANENT), (atom, ATOM)):
        long = parse(whole("".join(shape.format(n=n) for n in range(LONG + 10))))
        short = parse(whole("".join(shape.format(n=n) for n in range(10))))

        assert long.entries[:10] == short.entries
        assert len(long.entries) == LONG + 10
        assert (long.title, long.site_url, long.language) == (
            short.title,
            short.site_url,
            short.language,
        )
        assert (long.hint_seconds, long.format) == (short.hint_seconds, short.format)
        assert (long.outcome, long.problem) == (Outcome.OK, None)


def test_a_broken_long_feed_is_used_and_marked() -> None:
    items = "".join(PERMANENT.format(n=n) for n in range(LONG + 10))

    broken = parse(rss(items.replace("No link 7<", "No & link 7<")))
    body = rss(items)

    assert (broken.outcome, len(broken.entries)) == (Outcome.MALFORMED, LONG + 10)
    for length in range(len(body) - 200, len(body) - 1, 7):
        cut = parse(body[:length])
        assert cut.outcome is Outcome.MALFORMED
        assert len(cut.entries) == body[:length].count("</item>")
        assert cut.cut == (body.rfind("<item>", 0, length) > body.rfind("</item>", 0, length))


def test_past_the_limit_it_is_said() -> None:
    items = "".join(f"<item><guid>{n}</guid></item>" for n in range(MOST + 5))

    feed = parse(rss(items))

    assert (feed.outcome, len(feed.entries)) == (Outcome.MALFORMED, MOST)
    assert f"the first {MOST:,} entries" in (feed.problem or "")


def test_a_cut_sitemap_drops_the_cut_address() -> None:
    body = "<urlset><url><loc>https://a.example/1</loc></url><url><loc>https://a.exam"

    cut = parse(body)

    assert ([entry.url for entry in cut.entries], cut.cut) == (["https://a.example/1"], True)


def test_much_markup_in_few_entries_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.feeds.parsing.feedparser_driver.MOST_MARKUP", 100)
    content = (
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{}</div></content></entry>'
    )
    entry = ATOM.replace("</entry>", content.replace("{}", "<p>x</p>" * 30))

    feed = parse(atom("".join(entry.format(n=n) for n in range(10))))

    assert (len(feed.entries), feed.outcome) == (10, Outcome.OK)
    assert feed.entries[9].content.count("x") == 30
