"""A listed feed can neither hide another outlet's story nor put its own words under it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
from tests.extractors.newsstand import Newsstand, answer, moved

pytestmark = pytest.mark.slow  # two whole runs
RULE = """- id: scanners
  title: Scanners
  severity: high
  category: other
  query: scanner NEAR/9 altered
  examples: {match: [a scanner was altered], ignore: [nothing]}
- id: hackers
  title: Hackers
  severity: high
  category: other
  query: hackers NEAR/5 votes
  examples: {match: [hackers changed votes], ignore: [nothing]}
"""
OLD = "<pubDate>Fri, 01 Jan 1999 10:00:00 GMT</pubDate><author>A. Forger</author>"
LIE = "FALSE: hackers changed votes"
STORIES = ("origin", "credentials", "blank", "long", "plain", "full", "moved")
UNLISTED = ("unlisted", "unlisted-led-to", "unlisted-untitled")  # by the outlet's own feed
PARAGRAPH = (
    "The clerk said that scanner {} was altered overnight, and that the county looks into it. "
)


def page(name: str) -> bytes:
    text = "".join(f"<p>{PARAGRAPH.format(f'{name} {n}')}</p>" for n in range(5))
    head = "" if "untitled" in name else f"<title>Scanner {name} altered</title>"
    return answer(
        f"<html lang=en><head>{head}</head><body><article>{text}</article></body></html>".encode(),
        content_type="text/html; charset=utf-8",
    )


def feed(*items: str) -> bytes:
    listed = "".join(f"<item>{item}</item>" for item in items)
    return answer(
        f'<rss version="2.0" xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"><channel>'
        f"<title>T</title>{listed}</channel></rss>".encode(),
        content_type="application/rss+xml",
    )


def lie(link: str, more: str = "") -> str:
    return f"<title>{LIE}</title><link>{escape(link)}</link><description>{LIE} in every county.</description>{more}"


def poisoned(victim: str, evil: str) -> list[str]:
    host = victim.removeprefix("http://")
    return [
        lie(f"{evil}/trap", f"<f:origLink>{victim}/origin</f:origLink>"),
        lie(f"http://me:secret@{host}/credentials"),
        lie(f"{victim}/blank?x=1 2"),
        lie(f"{victim}/long?utm_x={'y' * 12_000}"),
        lie(f"{victim}/plain#utm"),
        lie(f"{victim}/full"),
        lie(f"{victim}/moved?utm_source=evil"),
        lie(f"{victim}/unlisted"),
        lie(f"{victim}/find?q=hackers+changed+votes+everywhere"),
    ]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """After two runs: the other feed alone first, then with the outlet's own."""
    folder = tmp_path_factory.mktemp("poisoned")
    asyncio.run(watch_twice(folder))
    with sqlite3.connect(folder / "p.db") as connection:
        yield connection


async def watch_twice(folder: Path) -> None:
    rules = folder / "rules"
    rules.mkdir()
    (rules / "r.yaml").write_text(RULE, "utf-8")
    async with Newsstand({}) as victim, Newsstand({}) as evil:
        victim.replies = {f"/{name}": page(name) for name in (*STORIES, *UNLISTED)}
        victim.replies |= {
            "/blank?x=1%202": page("blank"),
            "/moved?utm_source=evil": answer(b"", "404 Not Found"),
            "/find?q=hackers+changed+votes+everywhere": page("hackers changed votes everywhere"),
        }
        victim.replies["/feed"] = feed(
            *(
                f"<title>Scanner {n}</title><link>{victim.url}/{'blank?x=1%202' if n == 'blank' else n}</link>"
                for n in STORIES
            )
        )
        evil.replies["/feed"] = feed(*poisoned(victim.url, evil.url))
        evil.replies["/sender"] = feed(
            lie(f"{evil.url}/sent", OLD), lie(f"{evil.url}/sent-untitled", OLD)
        )
        evil.replies["/sent"] = moved(f"{victim.url}/unlisted-led-to")
        evil.replies["/sent-untitled"] = moved(f"{victim.url}/unlisted-untitled")
        evil.replies["/trap"] = answer(f"<html><body><p>{LIE}. </p></body></html>".encode() * 20)
        for outlets in ((evil,), (evil, victim)):
            await watch(folder, rules, {"Evil": evil, "Victim": victim}, outlets)


async def watch(
    folder: Path, rules: Path, names: dict[str, Newsstand], outlets: tuple[Newsstand, ...]
) -> None:
    listed = "".join(
        f"  - {{name: {name}, url: '{stand.url}/feed', full_text: {str(name == 'Evil').lower()}}}\n"
        for name, stand in names.items()
        if stand in outlets
    )
    listed += f"  - {{name: Sender, url: '{names['Evil'].url}/sender'}}\n"
    settings = "settings: {allow_addresses: [127.0.0.1/32], seconds_between_requests: 0, obey_robots: false}\n"
    (folder / "feeds.yaml").write_text(f"{settings}feeds:\n{listed}", "utf-8")
    options = Options(
        feeds=folder / "feeds.yaml", rules=rules, db=folder / "p.db", due_only=False, processes=1
    )
    await run_watch(load_plan(options))


@pytest.mark.slow
def test_nothing_of_a_feed_stands_under_another_outlet(database: sqlite3.Connection) -> None:
    for table, columns in (
        ("articles", "title, outlet, owner, authors, site, problem"),  # addresses are what they are
        ("article_texts", "*"),
        ("text_versions", "*"),
    ):
        rows = database.execute(f"SELECT {columns} FROM {table}").fetchall()
        assert rows
        assert [row for row in rows if any("hackers" in str(value) for value in row)] == []


@pytest.mark.slow
def test_no_story_is_hidden(database: sqlite3.Connection) -> None:
    stored = database.execute(
        """SELECT a.title, a.state, a.outlet FROM articles a WHERE EXISTS (
             SELECT 1 FROM hits h JOIN rules r ON r.id = h.rule_id
             WHERE h.article_id = a.id AND r.slug = 'scanners' AND h.entry_id IS NULL AND h.still_matches)"""
    ).fetchall()

    titles = {f"Scanner {n} altered" for n in (*STORIES, *UNLISTED) if "untitled" not in n}
    assert {title for title, _, _ in stored if title.startswith("Scanner")} == titles
    assert {state for _, state, _ in stored} == {"read"}
    assert {outlet for title, _, outlet in stored if "unlisted" not in title} == {"Victim"}


def test_a_page_that_another_feed_leads_to_has_nothing_of_that_feed(
    database: sqlite3.Connection,
) -> None:
    stored = database.execute(
        """SELECT substr(title, 1, 17), outlet, authors, published_at, date_source FROM articles
           WHERE url_canonical LIKE '%led-to' OR url_canonical LIKE '%unlisted-untitled' ORDER BY id"""
    ).fetchall()

    assert stored == [
        ("Scanner unlisted-", "127.0.0.1", "", None, None),
        ("The clerk said th", "127.0.0.1", "", None, None),  # its own opening
    ]


def test_what_the_feed_says_is_found_as_its_own_words(database: sqlite3.Connection) -> None:
    stored = database.execute(
        """SELECT f.name, e.title FROM hits h JOIN rules r ON r.id = h.rule_id JOIN entries e ON e.id = h.entry_id
             JOIN feeds f ON f.id = e.feed_id WHERE r.slug = 'hackers'"""
    ).fetchall()

    assert sorted(stored) == [("Evil", LIE)] * 9 + [("Sender", LIE)] * 2
    assert database.execute(
        "SELECT count(*) FROM hits h JOIN rules r ON r.id = h.rule_id WHERE r.slug = 'hackers' AND h.entry_id IS NULL"
    ).fetchone() == (0,)


def test_no_row_holds_a_password(database: sqlite3.Connection) -> None:
    assert [line for line in database.iterdump() if "secret@" in line or "me:secret" in line] == []


def test_the_outlets_own_summary_is_matched_beside_its_page(database: sqlite3.Connection) -> None:
    summaries = {
        row[0] for row in database.execute("SELECT summary FROM article_texts WHERE summary <> ''")
    }

    assert summaries == {f"Scanner {name}" for name in STORIES}
