"""Live OPML lists through whole runs: by file and by address, changed, broken, out of reach."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import RunResult, run_watch
from tests.extractors.newsstand import Newsstand, Reply, answer

pytestmark = pytest.mark.slow  # whole runs

RULE = """- id: scanners
  title: Scanners
  severity: high
  category: other
  query: scanner NEAR/9 altered
  examples: {match: [a scanner was altered], ignore: [nothing]}
"""


def opml(*urls: str) -> bytes:
    rows = "".join(f'<outline type="rss" text="{url[-1].upper()}" xmlUrl="{url}"/>' for url in urls)
    return f"<opml version='2.0'><body>{rows}</body></opml>".encode()


def feed(name: str) -> bytes:
    item = f"<item><title>News of {name}</title><description>It rained.</description></item>"
    return answer(
        f"<rss version='2.0'><channel><title>{name}</title>{item}</channel></rss>".encode()
    )


class Desk:
    def __init__(self, folder: Path, stand: Newsstand) -> None:
        self.folder, self.stand = folder, stand
        (folder / "rules").mkdir()
        (folder / "rules" / "r.yaml").write_text(RULE, "utf-8")

    def lists(self, *sources: str) -> None:
        settings = {
            "allow_addresses": ["127.0.0.1/32"],
            "seconds_between_requests": 0,
            "obey_robots": False,
            "opml": list(sources),
        }
        text = f"settings: {json.dumps(settings)}\nfeeds:\n  - {{name: Own, url: '{self.stand.url}/o'}}\n"
        (self.folder / "feeds.yaml").write_text(text, "utf-8")

    async def run(self) -> RunResult:
        options = Options(
            feeds=self.folder / "feeds.yaml",
            rules=self.folder / "rules",
            db=self.folder / "p.db",
            due_only=False,
            processes=1,
        )
        plan = load_plan(options)
        return await run_watch(plan)

    def listed(self) -> list[str]:
        with sqlite3.connect(self.folder / "p.db") as db:
            rows = db.execute("SELECT url FROM feeds WHERE listed ORDER BY url").fetchall()
        return [url.removeprefix(self.stand.url) for (url,) in rows]

    def forget_when(self) -> None:
        """An hour goes by."""
        with sqlite3.connect(self.folder / "p.db") as db:
            db.execute(
                """UPDATE facts SET value = json_set(value, '$.read_at', '2026-01-01T00:00:00+00:00')
                   WHERE key LIKE 'opml:%'"""
            )


def test_a_file_is_read_by_each_run_and_its_faults_are_its_own(tmp_path: Path) -> None:
    async def story() -> None:
        replies: dict[str, Reply] = {f"/{name}": feed(name) for name in "oab"}
        async with Newsstand(replies) as stand:
            desk, team = Desk(tmp_path, stand), tmp_path / "team.opml"
            desk.lists("team.opml")
            team.write_bytes(opml(f"{stand.url}/a"))
            first = await desk.run()
            assert (first.state, desk.listed()) == ("completed", ["/a", "/o"])
            assert "team.opml: 1 feed more (A)" in first.message

            team.write_bytes(opml(f"{stand.url}/b"))
            second = await desk.run()
            assert desk.listed() == ["/b", "/o"]
            assert second.stats.list_changes == [("team.opml", ["B"], ["A"])]

            team.write_bytes(b"<html>gone</html>")
            broken = await desk.run()
            team.unlink()
            gone = await desk.run()
            for result in (broken, gone):
                assert result.state == "completed-with-errors"
                assert [fault.path for fault in result.faults] == ["team.opml"]
                assert desk.listed() == ["/b", "/o"]  # as it was when it was last read well

    asyncio.run(story())


def test_an_address_is_asked_once_an_hour(tmp_path: Path) -> None:
    async def story() -> None:
        replies: dict[str, Reply] = {f"/{name}": feed(name) for name in "oa"}
        async with Newsstand(replies) as stand:
            stand.replies["/list"] = answer(opml(f"{stand.url}/a"))
            desk = Desk(tmp_path, stand)
            desk.lists(f"{stand.url}/list")
            await desk.run()
            await desk.run()
            assert stand.paths.count("/list") == 1
            assert desk.listed() == ["/a", "/o"]

            desk.forget_when()
            stand.replies["/list"] = answer(b"no", "503 Service Unavailable")
            failed = await desk.run()
            assert stand.paths.count("/list") == 2
            assert [fault.path for fault in failed.faults] == [f"{stand.url}/list"]
            assert "503" in failed.faults[0].why
            assert desk.listed() == ["/a", "/o"]

            desk.lists()
            assert (await desk.run()).state == "completed"
            assert desk.listed() == ["/o"]

    asyncio.run(story())
