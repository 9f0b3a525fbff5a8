"""A run whose pages are read on a Dask cluster leaves the database that a run of one machine leaves."""

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from demo.newsroom import Newsroom
from extractors.cluster.members import Patience
from extractors.cluster.workers import HERE
from extractors.workers.errors import NoCluster
from flows.pipeline.inputs.options import Plan
from flows.pipeline.run import RunResult
from tests.extractors.cluster.processes import ROOT, DaskProcesses
from tests.flows.conftest import RULES, planned, watch_once

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


def command_line(
    *words: object, program: str = "from cli import main; main()"
) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"}
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_without_dask_one_sentence_says_what_to_do_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("settings: {cluster: 'local[2]'}\nfeeds:\n  - http://127.0.0.1:9/feed\n")  # fmt: skip
    missing = "import sys; sys.modules['distributed'] = None; from cli import main; main()"
    db = tmp_path / "none.db"
    done = command_line("run", "--feeds", tmp_path / "feeds.yaml", "--rules", RULES, "--db", db, program=missing)  # fmt: skip

    assert done.returncode == 2
    (message,) = done.stderr.splitlines()
    assert message.startswith(
        "pollwatch: local[2] cannot be used: prefect-dask is not installed here"
    )
    assert "./pollwatch dask --version" in message
    assert not db.exists()


def test_a_cluster_beyond_this_machine_without_certificates_is_refused() -> None:
    done = command_line("run", "--cluster", "tcp://reader.example.org:8786")
    assert done.returncode == 2
    assert "must be tls:// beyond this machine" in done.stderr


def test_a_cluster_that_is_lost_ends_the_run_with_the_reason_and_the_next_run_reads_the_rest(
    tmp_path: Path,
) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom, DaskProcesses(tmp_path) as dask:
        plan = planned(newsroom, tmp_path)
        soon = Patience(cluster=1, look=0.2)
        plan = replace(plan, options=replace(plan.options, cluster_patience=soon))
        with pytest.raises(NoCluster, match=r"for 1 s: it has no worker"):
            run_into(plan, "lost", cluster=dask.address)
        requests = sum(newsroom.requests().values())
        read_on = run_into(plan, "lost", cluster=dask.address, cluster_lost="local")

    assert requests == 0
    assert set(read_on.stats.read_at) == {HERE}
    with sqlite3.connect(tmp_path / "lost.db") as conn:
        (state, message), (after, _) = conn.execute("SELECT state, message FROM runs ORDER BY id")
    assert state == "failed"
    assert message.startswith(f"NoCluster: {dask.address} could not read pages for 1 s: it has no")
    assert after == "completed-with-errors"


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
    assert len(same["hits"]) > 30
    assert (there.stats.read, there.stats.partial, there.stats.hits) == (
        here.stats.read, here.stats.partial, here.stats.hits,
    )  # fmt: skip
    assert here.stats.read_at == {}
    assert set(there.stats.read_at) <= {"one", "two"}
    assert "; read at " in there.message
    with sqlite3.connect(tmp_path / "there.db") as conn:
        (stats,) = conn.execute("SELECT stats_json FROM runs").fetchone()
    assert json.loads(stats)["read_at"] == there.stats.read_at
