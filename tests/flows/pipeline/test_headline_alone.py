"""Items of a headline and a link, as news sitemaps have them, whose pages nobody lets us read."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from flows.archive.rematch import rematch_archive
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
from matchers.rules.load import load_rules
from storage.queries.articles.trace import trace
from storage.queries.articles.unreadable import failed_in_run
from storage.queries.reports import run_summary
from storage.store import Store
from tests.extractors.newsstand import Newsstand, answer
from tests.flows.pipeline.test_flood import RULE, rss

pytestmark = pytest.mark.slow  # whole runs

REFUSED = answer(b"no", status="403 Forbidden")
HEADLINES = ["A scanner was altered in Quillmark", "The harvest was good in Quillmark"]
HARVEST = """- id: harvest
  title: Harvest
  severity: high
  category: other
  query: harvest
  examples: {match: [the harvest], ignore: [nothing]}
"""
TEXT = "".join(f"<p>The clerk said that scanner {n} was altered overnight, and that the county looks into it.</p>" for n in range(5))  # fmt: skip
PAGE = f"<html lang=en><title>{HEADLINES[0]}</title><article><h1>{HEADLINES[0]}</h1>{TEXT}</article></html>"


async def watch(folder: Path, reply: bytes, runs: int, corrected: str = "") -> None:
    """Runs over an outlet whose pages refuse at first and then reply, and over one that lists another page of it."""
    async with Newsstand({"/0": REFUSED, "/1": REFUSED}) as herald, Newsstand({}) as other:
        herald.replies["/feed"] = rss(HEADLINES, herald.url)
        herald.replies["/scanner-was-altered"] = REFUSED
        link = f"{herald.url}/scanner-was-altered"
        other.replies["/feed"] = answer(
            f"<rss version='2.0'><channel><title>T</title><item><title>Read this</title><link>{link}</link></item></channel></rss>".encode(),
            content_type="application/rss+xml",
        )
        (folder / "rules").mkdir()
        (folder / "rules" / "rules.yaml").write_text(RULE, "utf-8")
        (folder / "feeds.yaml").write_text(
            "settings: {allow_addresses: [127.0.0.1/32], seconds_between_requests: 0, obey_robots: false}\n"
            f"feeds:\n  - {{name: Herald, url: '{herald.url}/feed'}}\n  - {{name: Other, url: '{other.url}/feed'}}\n",
            "utf-8",
        )
        for number in range(runs):
            if number:
                herald.replies["/0"] = reply
                titles = [corrected, HEADLINES[1]] if corrected else HEADLINES
                herald.replies["/feed"] = rss(titles, herald.url, guids=HEADLINES)
                due_now(folder)
            options = Options(feeds=folder / "feeds.yaml", rules=folder / "rules", db=folder / "p.db", processes=1)  # fmt: skip
            await run_watch(load_plan(options))


def due_now(folder: Path) -> None:
    with sqlite3.connect(folder / "p.db") as connection:
        connection.execute("UPDATE articles SET next_attempt_at = first_seen_at")
        connection.execute("UPDATE feeds SET next_poll_at = added_at")


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "p.db") as connection:
        return connection.execute(sql).fetchall()


def test_the_headline_of_a_page_that_refuses_us_is_a_hit(tmp_path: Path) -> None:
    asyncio.run(watch(tmp_path, REFUSED, 1))

    assert rows(tmp_path, "SELECT title, tab, outlet FROM stories WHERE tab IS NOT NULL") == [
        (HEADLINES[0], "new", "Herald")
    ]
    assert rows(tmp_path, "SELECT state, outcome, next_attempt_at IS NULL FROM articles ORDER BY id") == [
        ("partial", "http-403", 0), ("partial", "http-403", 0), ("failed", "http-403", 0),
    ]  # fmt: skip


def test_a_headline_that_no_rule_finds_is_kept_and_its_page_counts_as_failed(
    tmp_path: Path,
) -> None:
    asyncio.run(watch(tmp_path, REFUSED, 1))

    assert rows(tmp_path, "SELECT t.title, body, story_id FROM article_texts t JOIN articles a ON a.id = t.article_id ORDER BY a.id") == [
        (HEADLINES[0], "", 1), (HEADLINES[1], "", None),
    ]  # fmt: skip
    with Store.open_existing(tmp_path / "p.db") as store:
        assert [page.is_headline for page in failed_in_run(store.db, 1, limit=9)] == [True, True, False]  # fmt: skip
        assert run_summary(store.db, 1).run.message.endswith("0 read, 2 partial (2 of them a headline alone), 1 failed; 1 hits")  # fmt: skip
        steps = trace(store.db.conn, 2)
    assert steps is not None
    assert [step.name for step in steps.steps if step.stopped] == ["matched"]


def test_a_rule_of_a_later_day_finds_it(tmp_path: Path) -> None:
    asyncio.run(watch(tmp_path, REFUSED, 1))
    (tmp_path / "rules" / "harvest.yaml").write_text(HARVEST, "utf-8")

    rematched = rematch_archive(tmp_path / "p.db", load_rules(tmp_path / "rules"))

    assert (rematched.gained, rematched.lost) == (1, 0)
    assert rows(tmp_path, "SELECT title, tab, hits FROM stories ORDER BY id") == [
        (HEADLINES[0], "new", 1), (HEADLINES[1], "new", 1),
    ]  # fmt: skip
    assert rows(tmp_path, "SELECT count(*) FROM events WHERE kind = 'story-new'") == [(1,)]


def test_the_page_that_can_be_read_later_is_the_same_story(tmp_path: Path) -> None:
    page = answer(PAGE.encode(), content_type="text/html; charset=utf-8")

    asyncio.run(watch(tmp_path, page, 2))

    assert rows(tmp_path, "SELECT title, tab, hits FROM stories WHERE tab IS NOT NULL") == [
        (HEADLINES[0], "new", 1)
    ]
    assert rows(tmp_path, "SELECT state, partial FROM articles a JOIN hits h ON h.article_id = a.id") == [("read", 0)]  # fmt: skip


def test_a_corrected_headline_is_the_text_and_the_story_stays(tmp_path: Path) -> None:
    corrected = "A scanner was altered in Quillmark, another was not"
    asyncio.run(watch(tmp_path, REFUSED, 3, corrected=corrected))

    assert rows(tmp_path, "SELECT a.title, t.title, t.summary, versions FROM articles a JOIN article_texts t ON t.article_id = a.id ORDER BY a.id LIMIT 1") == [
        (corrected, corrected, corrected, 2)
    ]  # fmt: skip
    assert rows(tmp_path, "SELECT title, tab, hits, status FROM stories") == [
        (corrected, "new", 1, "new")
    ]


def test_a_page_that_refuses_us_again_changes_nothing(tmp_path: Path) -> None:
    asyncio.run(watch(tmp_path, REFUSED, 3))

    assert rows(tmp_path, "SELECT tab, hits, reopened FROM stories WHERE tab IS NOT NULL") == [("new", 1, 0)]  # fmt: skip
    assert rows(tmp_path, "SELECT attempts FROM articles ORDER BY id LIMIT 1") == [(3,)]
