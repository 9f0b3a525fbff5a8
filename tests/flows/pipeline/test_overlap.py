"""What a run does at once: feeds are polled and their pages read side by side."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
from tests.extractors.newsstand import Newsstand, Request, page
from tests.flows.pipeline.test_flood import RULE, rss

pytestmark = pytest.mark.slow


def test_the_pages_of_one_feed_are_read_while_another_lets_wait(tmp_path: Path) -> None:
    """Both feeds are of one batch; the slow one answers once a page of the other is asked for."""
    page_asked = asyncio.Event()

    def give_page(request: Request) -> bytes:
        page_asked.set()
        return page("A scanner was altered overnight, the clerk said. " * 10)

    async def give_slow_feed(request: Request) -> bytes:
        await asyncio.wait_for(page_asked.wait(), 20)
        return rss(["Nothing happened at the council"])

    async def watch() -> bool:
        async with (
            Newsstand({"/0": give_page}) as quick,
            Newsstand({"/feed": give_slow_feed}) as slow,
        ):
            quick.replies["/feed"] = rss(["Scanner altered overnight"], quick.url)
            (tmp_path / "rules.yaml").write_text(RULE, "utf-8")
            (tmp_path / "feeds.yaml").write_text(
                "settings: {allow_addresses: [127.0.0.1/32], seconds_between_requests: 0, obey_robots: false}\n"
                f"feeds:\n  - {{name: Quick, url: '{quick.url}/feed'}}\n  - {{name: Slow, url: '{slow.url}/feed'}}\n",
                "utf-8",
            )
            options = Options(
                feeds=tmp_path / "feeds.yaml",
                rules=tmp_path / "rules.yaml",
                db=tmp_path / "p.db",
                processes=1,
            )
            return not (await run_watch(load_plan(options))).stats.feeds_failed

    assert asyncio.run(watch())
    with sqlite3.connect(tmp_path / "p.db") as conn:
        assert conn.execute("SELECT count(*) FROM articles WHERE outcome = 'ok'").fetchone() == (2,)
