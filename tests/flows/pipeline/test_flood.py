"""An outlet that brings hundreds of alarms at once, beside one that has a single story."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from flows.pipeline.inputs.caller import Caller
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
from flows.pipeline.stats import NewsByOutlet
from model import FeedSpec
from tests.extractors.newsstand import Newsstand, answer

pytestmark = pytest.mark.slow

RULE = """- id: scanners
  title: Scanners
  severity: critical
  category: other
  query: scanner NEAR/9 altered
  examples: {match: [a scanner was altered], ignore: [nothing]}
"""
ALARMS = 260


def rss(titles: list[str], site: str = "", guids: list[str] | None = None) -> bytes:
    """Items of these titles; with `site`, each links to a page there."""
    links = [f"<link>{site}/{n}</link>" if site else "" for n in range(len(titles))]
    items = "".join(
        f"<item><guid>{guid}</guid><title>{title}</title>{link}</item>"
        for guid, title, link in zip(guids or titles, titles, links, strict=True)
    )
    return answer(
        f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode(),
        content_type="application/rss+xml",
    )


async def watch(folder: Path, *, at_herald: bool) -> tuple[str, str]:
    words = [f"{first}{second}" for first in "bdfghjklmnprstvz" for second in "aeiouyéèêëáàâäíìî"]
    alarms = [f"A scanner was altered in {word}ton, say the people of {word}ville and {word}stadt" for word in words]  # fmt: skip
    async with (
        Newsstand({}) as flood,
        Newsstand({"/feed": rss(["Scanner altered overnight"])}) as herald,
    ):
        flood.replies["/feed"] = rss(alarms[:ALARMS], herald.url if at_herald else "")
        (folder / "rules").mkdir()
        (folder / "rules" / "rules.yaml").write_text(RULE, "utf-8")
        (folder / "feeds.yaml").write_text(
            "settings: {allow_addresses: [127.0.0.1/32], seconds_between_requests: 0, obey_robots: false}\n"
            f"feeds:\n  - {{name: Flood, url: '{flood.url}/feed'}}\n  - {{name: Herald, url: '{herald.url}/feed'}}\n",
            "utf-8",
        )
        options = Options(feeds=folder / "feeds.yaml", rules=folder / "rules", db=folder / "p.db", processes=1)  # fmt: skip
        ended = await run_watch(load_plan(options), Caller())
    return ended.state, ended.message


@pytest.mark.parametrize("at_herald", [False, True], ids=["own words", "said of another's pages"])
def test_a_flood_of_one_outlet_buries_no_other_and_is_counted(
    tmp_path: Path, at_herald: bool
) -> None:
    state, message = asyncio.run(watch(tmp_path, at_herald=at_herald))

    assert state == "completed-with-errors"
    assert (
        "muted for a day, after more than 200 articles with hits in this run, or 500 in a day: Flood"
        in message
    )
    connection = sqlite3.connect(tmp_path / "p.db")
    connection.row_factory = sqlite3.Row
    tabs = dict(connection.execute("SELECT tab, count(*) FROM stories GROUP BY 1").fetchall())
    assert tabs["new"] + tabs["muted"] == ALARMS + 1
    assert 200 <= tabs["new"] <= 230
    (herald,) = connection.execute("SELECT tab FROM stories WHERE outlet = 'Herald'").fetchall()
    assert herald["tab"] == "new"
    (mute,) = connection.execute("SELECT * FROM mutes").fetchall()
    assert (mute["kind"], mute["value"], mute["actor"]) == ("outlet", "Flood", "pollwatch")


def brought(feeds: NewsByOutlet, feed_id: str, articles: range, age: timedelta) -> list[str]:
    named = (feeds.floods(feed_id, article, age) for article in articles)
    return [outlet for outlet in named if outlet is not None]


def test_what_one_outlets_feeds_bring_is_counted_together_and_each_article_once() -> None:
    specs = [FeedSpec(name, name, "https://a.example/", outlet="Flood") for name in ("one", "two")]
    news = NewsByOutlet(specs, {"one", "two"})

    assert brought(news, "one", range(150), timedelta()) == []
    assert brought(news, "two", range(150), timedelta()) == []
    assert brought(news, "two", range(150, 300), timedelta()) == ["Flood"]


def test_what_the_runs_of_a_day_bring_is_counted_together() -> None:
    news = NewsByOutlet([FeedSpec("one", "one", "https://a.example/", outlet="Drip")], {"one"}, {"Drip": set(range(400))})  # fmt: skip

    assert brought(news, "one", range(300, 500), timedelta()) == []
    assert brought(news, "one", range(500, 505), timedelta()) == ["Drip"]


def test_only_a_source_read_for_the_first_time_may_bring_old_news() -> None:
    specs = [FeedSpec(name, name, "https://a.example/") for name in ("old", "new")]
    news = NewsByOutlet(specs, {"old"})

    assert brought(news, "new", range(300), timedelta(days=4)) == []
    assert brought(news, "old", range(300), timedelta(days=4)) == ["old"]
