"""Pages to articles: what belongs to the story, what does not, and what went wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.articles.extract import extract_article
from extractors.articles.from_feed import article_from_feed, article_to_json
from model import Article, Outcome, Unread

PAGES = Path(__file__).parents[2] / "data" / "pages"
URL = "https://www.herald.example/news/recount?utm_source=rss"
NOW = datetime(2026, 3, 10, tzinfo=UTC)
SENTENCE = "The clerk of Brackwater counted the ballots twice and found the totals to agree. "


def page(text: str, head: str = "") -> bytes:
    return (
        f"<html lang=en><head>{head}</head><body><article>{text}</article></body></html>".encode()
    )


LONG = "".join(f"<p>Number {n}. {SENTENCE * 2}</p>" for n in range(4))


def read(body: bytes, **inputs: object) -> Article:
    return extract_article(body, **{"url": URL, "now": NOW, **inputs})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def story() -> Article:
    return read((PAGES / "story.html").read_bytes(), content_type="text/html; charset=utf-8")


def test_the_whole_story_and_nothing_else(story: Article) -> None:
    lines = story.body.split("\n")

    assert story.method == "trafilatura"
    assert story.outcome is Outcome.OK
    assert story.problem is None
    assert [line.split()[0] for line in lines] == ["The", "The", "A", "Two", "The"]
    assert lines[0].startswith("The county board voted on Tuesday")


@pytest.mark.parametrize(
    "snippet",
    [
        *("About the author", "covers county government", "Leave a reply", "will not be published"),
        *("Library board", "Bridge on Mill Road", "Read more", "Five things", "forty poll workers"),
        *("Sign up", "Copy link", "Advertisement", "All rights reserved", "Accept all", "Weather"),
        *("paper is the only thing", "By Imani Quill", "after scanner fault"),
    ],
)
def test_boilerplate_is_absent(story: Article, snippet: str) -> None:
    assert snippet not in story.body


def test_metadata(story: Article) -> None:
    assert story.title == "Brackwater County recounts 4,000 ballots after scanner fault"
    assert story.authors == ("Imani Quill", "Teo Marsh")
    assert story.published == datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
    assert story.language == "en"
    assert story.site == "The Brackwater Herald"
    assert story.canonical_url == "https://herald.example/news/recount"
    assert article_to_json(story)["published"] == "2026-03-04T16:30:00+00:00"
    assert story.extractor.startswith("trafilatura ")


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("https://herald.example/2026/recount", "https://herald.example/2026/recount"),
        ("/2026/recount", "https://www.herald.example/2026/recount"),
        ("https://aggregator.example/copy", "https://www.herald.example/news/recount"),
        ("https://www.herald.example/", "https://www.herald.example/news/recount"),
        ("https://www.herald.example/news", "https://www.herald.example/news/recount"),
        ("javascript:alert(1)", "https://www.herald.example/news/recount"),
        ("http://[bad", "https://www.herald.example/news/recount"),
    ],
)
def test_canonical_is_trusted_within_the_site_only(claim: str, expected: str) -> None:
    article = read(page(LONG, f'<link rel="canonical" href="{claim}">'))
    assert article.canonical_url == expected


@pytest.mark.parametrize(
    ("charset", "header", "meta"),
    [
        ("utf-8", "text/html; charset=iso-8859-1", ""),
        ("utf-8", None, "windows-1252"),
        ("utf-8", "text/html; charset=no-such-thing", ""),
        ("windows-1252", "text/html; charset=iso-8859-1", ""),
        ("windows-1252", None, "windows-1252"),
        ("windows-1252", "text/html", ""),
        ("utf-16", "text/html; charset=utf-8", ""),
        ("utf-16-le", None, ""),
    ],
)
def test_charset_by_what_the_bytes_are(charset: str, header: str | None, meta: str) -> None:
    text = "<p>" + "Die Wähler in Köln prüften die Stimmzettel – „größtenteils“ ohne Mühe. " * 5
    head = f'<meta charset="{meta}">' if meta else ""
    body = f"<html><head>{head}</head><body><article>{text}</article></body></html>".encode(charset)
    article = read(body, content_type=header)
    assert "Wähler in Köln prüften" in article.body


def test_japanese_by_its_declared_charset() -> None:
    text = "<p>" + "選挙管理委員会は投票用紙を手作業で数え直すことを決めた。" * 12 + "</p>"
    body = f'<html><head><meta charset="shift_jis"></head><body><article>{text}</article>'
    assert "手作業で数え直す" in read(body.encode("shift_jis")).body


def test_text_is_normal_and_clean() -> None:
    dirty = LONG.replace("ballots", "bal\u00adlo\u200bts\x07").replace("clerk", "cle\u0301rk")
    article = read(page(dirty))
    assert "The cl\u00e9rk of Brackwater counted the ballots twice" in article.body


def test_nul_bytes_do_not_cut_the_page() -> None:
    assert len(read(page(LONG).replace(b"Number 2", b"Num\x00ber 2")).body) > 600


def test_fifty_thousand_nested_divs_end() -> None:
    deep = b"<html><body>" + b"<div>" * 50_000 + LONG.encode() + b"</div>" * 50_000
    article = read(deep)
    assert article.method == "fallback"
    assert "Number 3" in article.body


@pytest.mark.parametrize(
    ("body", "header", "outcome"),
    [
        (b"", "text/html", Outcome.EMPTY),
        (b" \n\t ", "text/html", Outcome.EMPTY),
        (b"%PDF-1.7 <p>looks like</p>", "text/html", Outcome.UNSUPPORTED_TYPE),
        (b"\x89PNG\r\n", None, Outcome.UNSUPPORTED_TYPE),
        (b"\x00\x01\x02\x03" * 500, None, Outcome.UNSUPPORTED_TYPE),
        (b'{"a": 1}', "application/json", Outcome.UNSUPPORTED_TYPE),
        (b"<html><body></body></html>", "text/html", Outcome.EXTRACTION_EMPTY),
        (b"<!-- -->", "text/html", Outcome.EXTRACTION_EMPTY),
        (b"<p>Too short.</p>", "text/html", Outcome.EXTRACTION_EMPTY),
    ],
)
def test_no_article(body: bytes, header: str | None, outcome: Outcome) -> None:
    article = read(body, content_type=header, feed_title="A title", published=NOW)

    assert (article.outcome, article.method, article.body) == (outcome, "none", "")
    assert article.problem
    assert article.title == "A title"


def test_html_sent_as_octet_stream_is_read() -> None:
    assert read(page(LONG), content_type="application/octet-stream").outcome is Outcome.OK


def test_too_little_text_falls_back_on_the_feed() -> None:
    article = read(page("<p>Loading</p>"), feed_text=SENTENCE * 2, feed_title="T")

    assert article.method == "feed"
    assert article.outcome is Outcome.EXTRACTION_EMPTY
    assert article.body == (SENTENCE * 2).strip()
    assert article.problem


def test_a_forwarding_page_is_named() -> None:
    head = '<meta http-equiv="refresh" content="0; url=/elsewhere">'
    article = read(page("<p>Moved.</p>", head))
    assert article.outcome is Outcome.BAD_REDIRECT
    assert "forwards" in (article.problem or "")


def test_text_in_json_ld_and_in_scripts() -> None:
    ld = '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "%s"}</script>'
    by_ld = read(page("<div id=app></div>", ld % (SENTENCE * 5)))
    flight = 'self.__next_f.push([1,"%s"])' % (
        "\\u003cp\\u003e" + SENTENCE * 5 + "\\u003c/p\\u003e"
    )
    by_script = read(page(f"<div id=app></div><script>{flight}</script>"))

    assert by_script.method == "fallback"
    for article in (by_ld, by_script):
        assert article.body.count("counted the ballots") == 5


def test_json_of_paragraphs_is_read_under_its_own_type() -> None:
    blocks = [{"type": "text", "content": f"{n}. {SENTENCE}"} for n in range(4)]

    article = read(json.dumps({"elements": blocks}).encode(), content_type="application/json")

    assert article.outcome is Outcome.OK
    assert article.body.split("\n") == [f"{n}. {SENTENCE}".strip() for n in range(4)]


def test_json_is_read_as_data_and_never_shown_as_text() -> None:
    as_markup = read(json.dumps({"a": {"rendered": f"<p>{SENTENCE * 5}</p>"}}).encode())
    as_text = read(json.dumps({"title": "T", "body": SENTENCE * 5}).encode(), feed_title="T")
    nothing = read(json.dumps({"items": list(range(300))}).encode(), content_type="text/html")

    assert as_markup.body == as_text.body == (SENTENCE * 5).strip()
    assert (as_text.outcome, as_text.method, as_text.title) == (Outcome.OK, "fallback", "T")
    assert (nothing.outcome, nothing.body) == (Outcome.UNSUPPORTED_TYPE, "")


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            "<title>Clerks count again in Brackwater - The Herald</title>",
            "Clerks count again in Brackwater",
        ),
        ("<title>The Herald | Clerks count again</title>", "Clerks count again"),
        ("<title>Herald</title>", "From the feed"),
        ("<title>Home</title>", "From the feed"),
        ("", "From the feed"),
        ("<title>Vote-by-mail - what it means</title>", "Vote-by-mail - what it means"),
    ],
)
def test_title(head: str, title: str) -> None:
    article = read(page(LONG, head), feed_title="From the feed", source="The Herald")
    assert article.title == title


def test_dates_that_cannot_be_are_the_feeds() -> None:
    head = '<meta property="article:published_time" content="%s">'
    feed = datetime(2026, 3, 1, 8, tzinfo=UTC)
    for claim in ("2031-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "yesterday at noon or so"):
        assert read(page(LONG, head % claim), published=feed).published == feed


def test_an_article_from_its_feed() -> None:
    unread = Unread(
        *(1, URL, "https://www.herald.example/news/recount", "herald", "Herald", "T\u00adi", NOW),
        *("Te\u200bxt", "en", 0, True),
    )
    article = article_from_feed(unread, Outcome.OK, "")
    assert (article.title, article.body, article.method) == ("Ti", "Text", "feed")
    assert article.canonical_url == unread.canonical_url


HOSTILE = {
    "unclosed": b"<div" * 20_000,
    "brackets": b"<" * 30_000,
    "json": b"<script type='application/ld+json'>" + b"[" * 100_000 + b"</script>" + LONG.encode(),
    "digits": b'<script type="application/ld+json">{"@type":"NewsArticle","n":'
    + b"9" * 9000
    + b"}</script>",
    "entities": b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]><p>&a;</p>'
    + LONG.encode(),
    "scripts": b"<script>" * 30_000,
    "base": b"<base href='http://[::1'><link rel=canonical href='http://[x'>" + LONG.encode(),
    "surrogates": b"<p>&#xD800;&#x110000;&#0;</p>" + LONG.encode(),
    "title": b"<title>" + b"a | " * 20_000 + b"</title>" + LONG.encode(),
    "byline": b"<meta name=author content='" + b"by x, y and " * 5_000 + b"'>" + LONG.encode(),
    "refresh": b"<meta http-equiv=refresh content='" + b"0" * 50_000 + b";'>" + LONG.encode(),
    "noise": bytes(range(32, 256)) * 500,
    "utf-7": b"<meta charset=utf-7><p>+ADw-script+AD4-</p>" + LONG.encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_never_raise(name: str) -> None:
    article = read(HOSTILE[name])
    assert article.body or article.problem
    assert "root:" not in article.body
    article.body.encode("utf-8")
    article.title.encode("utf-8")


@pytest.mark.slow
def test_a_text_without_end_is_cut_also_where_another_reading_was_better() -> None:
    """A headline whose words stand at the end only: the page's prose was taken whole."""
    sentence = "Ransomware locked the files of the election office, the county said on Monday. "
    page = "<html><body><article><p>" + "2026-11-2 " * 60_000 + sentence * 3

    article = extract_article(
        page.encode(), url="https://example.org/a", feed_title="Ransomware at the election office"
    )

    assert article.outcome is Outcome.EXTRACTION_DOUBTFUL
    assert len(article.body) == 500_000


@pytest.mark.parametrize(
    "page",
    [
        "<title>Sign in</title><form>Email Password <button>Sign in</button></form>",
        "<title>Gardens</title><article>" + "<p>Roses want water twice a week.</p>" * 20,
    ],
    ids=["no story", "another story"],
)
def test_a_page_without_the_story_gives_it_no_headline(page: str) -> None:
    headline = "Hackers breach election office in Quartz county"
    article = extract_article(
        f"<html>{page}".encode(), url=URL, feed_title=headline, feed_text="Records were copied."
    )

    assert article.title == headline
