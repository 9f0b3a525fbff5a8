"""The invented newsroom, and runs over it without Prefect."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.newsroom import Expected, Newsroom
from flows.pipeline.inputs.options import Options, Plan, load_plan
from flows.pipeline.run import RunResult, run_watch

RULES = Path(__file__).parents[2] / "rules"


@dataclass(frozen=True)
class Ran:
    """One run, a copy of the database right after it, and how often each URL had been asked for."""

    outcome: RunResult
    db: Path
    requests: dict[str, int]
    expected: tuple[Expected, ...]

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.db) as conn:
            return conn.execute(sql).fetchall()


@dataclass(frozen=True)
class Runs:
    feeds: tuple[str, ...]
    first: Ran
    again: Ran
    second_edition: Ran


def planned(newsroom: Newsroom, folder: Path) -> Plan:
    feeds = folder / "feeds.yaml"
    newsroom.write_feeds(feeds)
    return load_plan(Options(feeds=feeds, rules=RULES, db=folder / "pollwatch.db", due_only=False))


def watch_once(plan: Plan) -> RunResult:
    run = run_watch(plan)
    return asyncio.run(run)


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """A first run, one in which nothing is new, and one after the second edition."""
    folder = tmp_path_factory.mktemp("newsroom")
    with Newsroom(ports=(0,) * 7) as newsroom:
        plan = planned(newsroom, folder)

        def ran(name: str) -> Ran:
            outcome = watch_once(plan)
            copy = folder / f"{name}.db"
            shutil.copy(plan.options.db, copy)
            return Ran(outcome, copy, newsroom.requests(), newsroom.expectations())

        first, again = ran("first"), ran("again")
        newsroom.publish_second_edition()
        feeds = tuple(outlet.feed_url for outlet in newsroom.outlets)
        yield Runs(feeds, first, again, ran("second-edition"))
