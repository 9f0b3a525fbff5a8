"""Titles, passages and addresses that feeds send on purpose: nothing of them may run or mislead."""

import csv
import io
import json
import re
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from alerts.formats import csv_cells
from review.auth import middleware
from review.render import highlight, safe_links
from tests.review.conftest import Desk
from tests.review.page_reader import Page
from tests.review.sample import HOSTILE

PAGES = (
    "/-/queue?status=all", "/-/queue?q=tabulators", "/-/queue?q=%3Cscript%3Ealert(1)%3C/script%3E", "/-/queue?rule=%22%3E%3Cscript%3E", "/-/queue?assigned=%3Cb%3E&since=2026-01-01&flag=more",
    "/-/overview", "/-/sources", "/-/rules", "/-/runs", "/-/feeds?q=%3Cscript%3E", "/pollwatch", "/pollwatch/hits", "/pollwatch/stories_view", "/pollwatch/hits_readable", "/-/search?find=tabulators", "/-/search?find=%22%3E%3Cscript%3E", "/-/mutes?rule=%3Cscript%3E", "/-/rules/edit?query=%3Cscript%3E", *(f"/-/article/{number}?why=1" for number in range(1, 12)), "/-/queue/columns?q=%3Cscript%3E", "/pollwatch/articles", "/pollwatch/stories", "/pollwatch/article_texts",
    "/pollwatch/articles/64", "/pollwatch?sql=select+title,url+from+articles", "/pollwatch/widest_spread", "/nowhere%3Cscript%3E", "/-/sign-in?next=javascript:alert(1)",
)  # fmt: skip


def hostile_stories(shared: Desk) -> list[int]:
    rows = json.loads(shared.get("/-/queue.json?status=all&size=500").text)["rows"]
    titles = {title for title, _ in HOSTILE}
    return [row["story"] for row in rows if row["headline"] in titles]


def harmless(html: str) -> None:
    page = Page(html)
    assert page.scripts == []
    assert page.handlers() == []
    assert not page.tags() & {"style", "iframe", "object", "embed", "base", "b"}
    assert "img" not in page.tags()
    for address in page.addresses():
        assert re.match(r"/|https?://|[?#]|$", address), address


def test_the_sample_is_hostile(shared: Desk) -> None:
    assert len(hostile_stories(shared)) == len(HOSTILE)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_pages_run_nothing(shared: Desk, path: str) -> None:
    harmless(shared.get(path, "lena").text)


def test_reading_pages_run_nothing(shared: Desk) -> None:
    for card in hostile_stories(shared):
        text = shared.get(f"/-/story/{card}").text
        harmless(text)
        assert "<mark" in text
        assert "49" not in Page(text).tags()


def test_notes_run_nothing(shared: Desk) -> None:
    shared.act(1, "note", 0, note='<script>alert(1)</script><img src=x onerror="alert(2)">')

    harmless(shared.get("/-/story/1").text)


@pytest.mark.parametrize("url", [
    "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "//host/x", "/x", "https:", "http://", "https://a b/", "https://a/\"x",
    "https://a/\nx", "https://a\\b", "file:///etc/passwd", "", None, "https://[::1", "http://a:99999x/",
])  # fmt: skip
def test_other_addresses_are_no_links(url: str | None) -> None:
    assert safe_links.safe(url) is None
    assert safe_links.web_archive(url) is None


@pytest.mark.parametrize(
    "refused", ["http://192.168.1.1/reboot", "https://hostile.example/leads-there"]
)
def test_no_link_leads_where_pollwatch_was_led_into_a_private_network(
    desk: Desk, db: Path, refused: str
) -> None:
    """A key press would send the reviewer's browser there, with its cookies."""
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute(
            "UPDATE articles SET url = ?, outcome = 'private-address' WHERE story_id = 1", [refused]
        )
        (article,) = connection.execute("SELECT id FROM articles WHERE story_id = 1").fetchone()
    pages = ("/-/queue?tab=all", "/-/story/1", f"/-/article/{article}", "/-/search?find=tabulators")

    shown = {path: desk.get(path) for path in pages}

    assert {path: answer.status_code for path, answer in shown.items()} == dict.fromkeys(pages, 200)
    for path, answer in shown.items():
        links = {address for address in Page(answer.text).addresses() if refused in address}
        assert not links, path
    assert "No usable link" in shown["/-/story/1"].text


@pytest.mark.slow
def test_links_out_tell_nothing(shared: Desk) -> None:
    for path in ("/-/queue", "/-/story/1", "/pollwatch/articles"):
        out = [
            attrs
            for tag, attrs in Page(shared.get(path, "lena").text).elements
            if tag == "a" and str(attrs.get("href")).startswith("https://")
        ]

        assert out
        assert all("noopener noreferrer" in str(attrs.get("rel")) for attrs in out), path


@pytest.mark.parametrize(
    "path",
    [
        "/-/queue.csv?status=all",
        "/pollwatch/articles.csv?_size=max",
        "/pollwatch/stories_view.csv?_dl=1",
        "/pollwatch/articles.csv?_stream=1",
        "/pollwatch.csv?sql=select+title+from+articles",
    ],
)
def test_no_csv_cell_is_a_formula(shared: Desk, path: str) -> None:
    rows = list(csv.reader(io.StringIO(shared.get(path, "lena").text)))

    assert len({len(row) for row in rows}) == 1
    assert any(cell.startswith("'=HYPERLINK") for row in rows for cell in row)
    assert not [
        cell for row in rows for cell in row if cell[:1] in tuple("=+-@") and not _number(cell)
    ]


def _number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "").isdigit()


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1.5", "-1.5"),
        ("@x", "'@x"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("plain", "plain"),
        ("", ""),
        ("-", "'-"),
        ("\ufeff=1", "'\ufeff=1"),
        ("＝1+1", "'＝1+1"),
        ("1E5", "'1E5"),
        ("007", "'007"),
        ("3/4", "'3/4"),
        ("12345678901234567", "'12345678901234567"),
        ("0.0997", "0.0997"),
        ("Nov 3", "'Nov 3"),
        ("3. nov. 2026", "'3. nov. 2026"),
        ("TRUE", "'TRUE"),
        ("Falsch", "'Falsch"),
        ("Marchers 5 miles", "Marchers 5 miles"),
        ("November", "November"),
        ("true, they say", "true, they say"),
        ("2024", "2024"),
        ("2026-11-03 14:05", "2026-11-03 14:05"),
        ("3 of 4", "3 of 4"),
        ("(5)", "'(5)"),
        ("5 €", "'5 €"),
        ("1" * 1_000_000 + "x", "1" * 1_000_000 + "x"),
    ],
)
def test_cells(cell: str, safe: str) -> None:
    assert csv_cells.harmless_cell(cell) == safe


def test_a_cell_is_no_longer_than_a_spreadsheet_takes() -> None:
    text = csv_cells.csv_text("a", [("x" * 40_000,)])

    assert text == f"\ufeffa\r\n{'x' * 32_766}…\r\n"


def test_a_headline_of_figures_is_text_and_a_number_of_ours_a_number() -> None:
    rows = [("12.5", 12.5, 87), ("1e-05", 1e-05, None)]

    assert csv_cells.csv_text("abc", rows) == "\ufeffa,b,c\r\n'12.5,12.5,87\r\n'1e-05,1e-05,\r\n"


def test_csv_keeps_quotes_and_line_ends_inside_cells() -> None:
    text = 'a,"b ""c"", d\ne",=f\r\n'

    assert list(csv.reader(io.StringIO(middleware.harmless_csv(text)))) == [
        ["a", 'b "c", d\ne', "'=f"]
    ]


def test_marks_escape_every_slice() -> None:
    text = '<b>"x"</b> & <i>'
    html = highlight.marked_html(text, [highlight.MarkedSpan(3, 6, 0, '"><script>')])

    assert (
        str(html)
        == '&lt;b&gt;<mark class="m0" title="&#34;&gt;&lt;script&gt;">&#34;x&#34;</mark>&lt;/b&gt; &amp; &lt;i&gt;'
    )


def test_offsets_that_do_not_fit_mark_nothing() -> None:
    terms = highlight.terms(
        json.dumps(
            [
                {"field": "body", "start": 4, "end": 9, "text": "seals", "clause": "x"},
                {"field": "body", "start": 900, "end": 950, "text": "", "clause": "x"},
            ]
        )
    )

    assert highlight.marks_within(terms, "body", "the locks broke", colours={"x": 0}) == ()
    assert len(highlight.marks_within(terms, "body", "the seals broke", colours={"x": 0})) == 1


def test_directions_do_not_leak(shared: Desk) -> None:
    text = (
        shared.get("/-/queue?tab=all&q=gnihtemos").text + shared.get("/-/queue?q=raw&tab=all").text
    )

    at = text.index("\u202egnih")
    assert text.rfind("<bdi>", 0, at) > text.rfind("</bdi>", 0, at)


def test_the_feed_is_xml_whatever_titles_hold(shared: Desk) -> None:
    page = shared.post("/-/feeds", {}, headers={"accept": "text/html"}).text
    token = page.partition("token=")[2].partition('"')[0]

    feed = shared.get(f"/-/feed.atom?status=all&severity=high&token={token}", None)

    assert feed.status_code == 200
    root = ET.fromstring(feed.text)
    assert root.findtext("{*}title") == "Pollwatch: All, severity high"
    entries = [(entry.findtext("{*}title"), entry.findtext("{*}summary")) for entry in root.findall("{*}entry")]  # fmt: skip
    assert not [title for title, summary in entries if str(summary).endswith(str(title).partition(": ")[2])]  # fmt: skip
    titles = [entry.text for entry in root.findall("{*}entry/{*}title")]
    assert any("<script>" in str(title) for title in titles)
    for link in root.findall(".//{*}link"):
        assert str(link.get("href")).startswith(("http://", "https://"))


@pytest.mark.slow
def test_the_sql_of_a_lead_is_bounded_in_memory_and_says_no_path(desk: Desk) -> None:
    for sql in (
        "select randomblob(400000000)",
        "with recursive n(i) as (select 1 union all select i + 1 from n) select zeroblob(19000000) from n",
        "select load_extension('nothing')",
    ):
        answer = desk.get(f"/pollwatch.json?{urlencode({'sql': sql, '_shape': 'array'})}", "lena")

        assert answer.status_code >= 400, sql
        assert len(answer.content) < 10_000
        assert str(desk.ds.pollwatch_desk.path.parent) not in answer.text


@pytest.mark.parametrize("path", ["/-/queue?at=a:1:²", "/-/live.json?stories=²", "/-/mutes?story=²", "/-/mutes?stories=²", "/-/compare/1?with=²", "/-/runs?before=²", "/-/sources?from=²"])  # fmt: skip
def test_a_raised_figure_is_no_number(shared: Desk, path: str) -> None:
    assert shared.get(path.replace("²", "%C2%B2")).status_code < 500
