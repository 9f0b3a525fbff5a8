"""A run whose pages are read on a Dask cluster leaves the database that a run of one machine leaves."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from demo.newsroom import Newsroom
from flows.pipeline.options import Plan
from flows.pipeline.run import RunResult
from tests.extractors.cluster.processes import DaskProcesses
from tests.flows.conftest import planned, watch_once

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
WHAT_IS_READ = {
    "articles": """SELECT url_canonical, state, outcome, problem, title, authors, language, published_at, method,
      chars, text_sha256, versions FROM articles""",
    "texts": "SELECT a.url_canonical, t.title, t.body FROM article_texts t JOIN articles a ON a.id = t.article_id",
    "hits": """SELECT a.url_canonical, r.slug, h.severity, h.score, h.snippet, h.terms_json, h.clauses_json, h.partial
      FROM hits h JOIN articles a ON a.id = h.article_id JOIN rules r ON r.id = h.rule_id""",
    "evidence": """SELECT a.url_canonical, r.slug, e.text_sha256, e.score, e.snippet, e.terms_json, e.clauses_json
      FROM hit_evidence e JOIN hits h ON h.id = e.hit_id
      JOIN articles a ON a.id = h.article_id JOIN rules r ON r.id = h.rule_id""",
}


def what_was_read(db: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(db) as conn:
        return {name: sorted(map(tuple, conn.execute(sql)), key=repr) for name, sql in WHAT_IS_READ.items()}  # fmt: skip


def run_into(plan: Plan, name: str, **settings: object) -> RunResult:
    """Into a database of its own, with no pause between requests."""
    options = replace(plan.options, db=plan.options.db.with_name(f"{name}.db"))
    changed = replace(plan.feeds.settings, seconds_between_requests=0, **settings)  # type: ignore[arg-type]
    return watch_once(replace(plan, options=options, feeds=replace(plan.feeds, settings=changed)))


def test_two_workers_leave_the_same_articles_hits_and_evidence_as_one_machine(
    tmp_path: Path,
) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom, DaskProcesses(tmp_path) as dask:
        dask.add_worker("one")
        dask.add_worker("two")
        plan = planned(newsroom, tmp_path)
        here = run_into(plan, "here")
        there = run_into(plan, "there", cluster=dask.address)

    same = what_was_read(tmp_path / "there.db")
    assert same == what_was_read(tmp_path / "here.db")
    assert len(same["hits"]) > 50
    assert (there.tally.read, there.tally.partial, there.tally.hits) == (
        here.tally.read, here.tally.partial, here.tally.hits,
    )  # fmt: skip
    assert here.tally.read_at == {}
    assert set(there.tally.read_at) <= {"one", "two"}
    assert "; read at " in there.message
    with sqlite3.connect(tmp_path / "there.db") as conn:
        (stats,) = conn.execute("SELECT stats_json FROM runs").fetchone()
    assert json.loads(stats)["read_at"] == there.tally.read_at
