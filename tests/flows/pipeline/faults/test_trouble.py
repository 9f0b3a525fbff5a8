"""What stops a run stops all of it, is told, and leaves nothing running or wrongly blamed."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from demo.newsroom import Newsroom
from flows.pipeline.gather import gather_or_cancel
from flows.pipeline.inputs.caller import Caller
from flows.pipeline.run import require_database, run_watch
from storage.database.errors import NotADatabase, Unwritable
from tests.flows.conftest import planned


def test_the_first_failure_ends_the_others_before_it_is_raised() -> None:
    ended: list[str] = []

    async def patient() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("patient")

    async def failing() -> None:
        await asyncio.sleep(0)
        raise OSError("no room")

    async def both() -> None:
        with pytest.raises(OSError, match="no room"):
            await gather_or_cancel([patient(), failing()])
        assert ended == ["patient"]

    asyncio.run(both())


@pytest.mark.slow
def test_a_batch_that_fails_while_feeds_are_polled_is_not_forgotten(tmp_path: Path) -> None:
    polled = asyncio.Event()

    async def run_task(kind: str, name: str, work: Callable[[], Awaitable[None]]) -> None:
        if kind == "read":
            raise OSError("the disk is gone")
        await work()
        if polled.is_set():
            await asyncio.sleep(0.2)  # a reading batch fails meanwhile
        polled.set()

    with Newsroom(ports=(0,) * 7) as newsroom:
        plan = planned(newsroom, tmp_path)
        run = run_watch(plan, Caller(run_task=run_task))
        with pytest.raises(OSError, match="the disk is gone"):
            asyncio.run(run)
    with sqlite3.connect(plan.options.db) as conn:
        assert conn.execute("SELECT state FROM runs").fetchall() == [("crashed",)]
        assert conn.execute("SELECT DISTINCT state FROM articles").fetchall() == [("unread",)]


def test_a_place_where_no_database_can_be_is_told_before_anything_starts(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder, and no database either: " * 20)

    with pytest.raises(Unwritable, match=f"cannot write {file}: "):
        require_database(file / "pollwatch.db")
    with pytest.raises(NotADatabase):
        require_database(file)


@pytest.mark.slow
def test_a_run_whose_time_is_up_leaves_its_feeds_to_the_next_and_says_so(tmp_path: Path) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        plan = planned(newsroom, tmp_path)
        short = replace(plan, options=replace(plan.options, max_minutes=1e-9))
        feeds = sum(spec.enabled for spec in plan.feeds.feeds)

        cut, whole = (asyncio.run(run_watch(each, Caller())) for each in (short, plan))

        assert "0 feeds polled, 0 new entries; articles: 0 read" in cut.message
        assert f"{feeds} feeds left for the next run" in cut.message
        assert whole.stats.feeds_polled == feeds
        assert "feeds left" not in whole.message
