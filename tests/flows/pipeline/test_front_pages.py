"""What a run fetches of a feed whose items link to the front page of their site."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from flows.pipeline.inputs.caller import Caller
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
from tests.extractors.newsstand import Newsstand, answer

pytestmark = pytest.mark.slow  # a whole run

RULE = """- id: scanners
  title: Scanners
  severity: high
  category: other
  query: scanner NEAR/9 altered
  examples: {match: [a scanner was altered], ignore: [nothing]}
"""
NOTICES = (
    "Somebody altered scanner 14 in the warehouse overnight, the clerk said on Tuesday.",
    "The drop box at the library is closed on Monday while its lock is changed.",
)
STORY = "<html lang=en><head><title>Budget passed</title></head><body><article><h1>Budget passed</h1>{}</article></body></html>".format(
    "".join(f"<p>Line {n} of the budget was read out and passed by the council.</p>" for n in range(30))
)  # fmt: skip


async def paths_asked(folder: Path) -> list[str]:
    async with Newsstand({}) as stand:
        items = "".join(
            f"<item><guid isPermaLink='false'>{n}</guid><title>Notice {n}</title><link>{stand.url}/en/</link><description>{text}</description></item>"
            for n, text in enumerate(NOTICES)
        )
        story = f"<item><title>Budget passed</title><link>{stand.url}/en/?2026/11/budget</link></item>"  # fmt: skip
        rss = f"<rss version='2.0'><channel><title>Gazette</title>{items}{story}</channel></rss>"
        stand.replies = {
            "/feed": answer(rss.encode(), content_type="application/rss+xml"),
            "/en/": answer(b"<html><body><p>All the news of today.</p></body></html>"),
            "/en/?2026/11/budget": answer(STORY.encode(), content_type="text/html"),
        }
        settings = "settings: {allow_addresses: [127.0.0.1/32], seconds_between_requests: 0, obey_robots: false}\n"
        (folder / "feeds.yaml").write_text(f"{settings}feeds:\n  - {{name: Gazette, url: '{stand.url}/feed'}}\n", "utf-8")  # fmt: skip
        options = Options(feeds=folder / "feeds.yaml", rules=folder / "rules", db=folder / "p.db", due_only=False, processes=1)  # fmt: skip
        await run_watch(load_plan(options), Caller())
        return stand.paths


def test_the_front_page_is_not_fetched_for_its_items_and_each_is_matched_by_its_own_words(
    tmp_path: Path,
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "scanners.yaml").write_text(RULE, "utf-8")

    paths = asyncio.run(paths_asked(tmp_path))

    assert sorted(paths) == ["/en/?2026/11/budget", "/feed"]
    with sqlite3.connect(tmp_path / "p.db") as database:
        articles = database.execute("SELECT title, shared_page FROM articles ORDER BY title")
        assert articles.fetchall() == [("Budget passed", 0), ("Notice 0", 1), ("Notice 1", 1)]
        hits = database.execute("SELECT a.title FROM hits h JOIN articles a ON a.id = h.article_id")
        assert hits.fetchall() == [("Notice 0",)]
