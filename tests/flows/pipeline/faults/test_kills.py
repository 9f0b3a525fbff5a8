"""A run killed with SIGKILL at any instant and started again ends like one that was never killed."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.newsroom import Newsroom
from tests.flows.conftest import RULES, planned

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[4]
RUN = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from flows.pipeline.inputs.options import Options, load_plan
from tests.flows.conftest import watch_once
folder = Path({folder!r})
options = Options(
    feeds=folder / "feeds.yaml", rules=Path({rules!r}), db=folder / "killed.db", due_only=False
)
watch_once(load_plan(options))
"""
# Of equally relevant copies the first seen leads its story, and which that is differs from run to
# run, and with it what counts as growth: a story goes by the address that sorts first.
STORY = "(SELECT min(a.url_canonical) FROM articles a WHERE a.story_id = s.id)"
WHAT_COUNTS = {
    "articles": "SELECT url_canonical, state, outcome, text_sha256, versions FROM articles ORDER BY 1",
    "entries": "SELECT f.slug, e.entry_key, a.url_canonical FROM entries e JOIN feeds f ON f.id = e.feed_id "
    "JOIN articles a ON a.id = e.article_id ORDER BY 1, 2",
    "hits": "SELECT a.url_canonical, r.slug, h.evidence_sha256, h.lane FROM hits h "
    "JOIN articles a ON a.id = h.article_id JOIN rules r ON r.id = h.rule_id ORDER BY 1, 2",
    "stories": f"SELECT {STORY}, s.tab, s.rules, s.hits, s.outlets FROM stories s "
    "WHERE s.lead_article_id IS NOT NULL ORDER BY 1",
    "chips": "SELECT r.slug, x.lane, x.hits FROM story_rules x JOIN rules r ON r.id = x.rule_id ORDER BY 1, 2, 3",
    "told": f"SELECT {STORY} FROM events e JOIN stories s ON s.id = e.story_id WHERE e.kind = 'story-new' ORDER BY 1",
    "search": "SELECT count(*) FROM article_texts_fts WHERE article_texts_fts MATCH 'ballot'",
}


def contents(db: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(db) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {name: conn.execute(sql).fetchall() for name, sql in WHAT_COUNTS.items()}


def start(folder: Path) -> subprocess.Popen[bytes]:
    code = RUN.format(root=str(ROOT), folder=str(folder), rules=str(RULES))
    return subprocess.Popen([sys.executable, "-c", code])


def test_killed_runs_end_like_an_unbroken_one(tmp_path: Path) -> None:
    chance = random.Random(7)
    with Newsroom(ports=(0,) * 7) as newsroom:
        planned(newsroom, tmp_path)
        began = time.monotonic()
        whole = start(tmp_path)
        assert whole.wait() == 0
        lasts = time.monotonic() - began
        unbroken = contents(tmp_path / "killed.db")
        for path in tmp_path.glob("killed.db*"):
            path.unlink()

        kills = 0
        for _ in range(6):
            process = start(tmp_path)
            time.sleep(chance.uniform(0.3, 0.95) * lasts)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                kills += 1
            process.wait()
        assert start(tmp_path).wait() == 0

    assert kills >= 2
    assert contents(tmp_path / "killed.db") == unbroken


def test_workers_killed_at_random_leave_the_database_of_an_undisturbed_run(tmp_path: Path) -> None:
    chance = random.Random(11)
    db = tmp_path / "killed.db"
    with Newsroom(ports=(0,) * 7) as newsroom:
        planned(newsroom, tmp_path)
        assert start(tmp_path).wait() == 0
        undisturbed = contents(db)
        for path in tmp_path.glob("killed.db*"):
            path.unlink()

        run, kills, at = start(tmp_path), 0, 1
        while run.poll() is None:
            time.sleep(0.02)
            if db.exists() and articles_read(db) >= at and (workers := workers_of(run.pid)):
                os.kill(chance.choice(workers), signal.SIGKILL)
                kills += 1
                at += chance.randint(2, 6)

    assert run.wait() == 0
    assert kills >= 4
    assert contents(db) == undisturbed


def articles_read(db: Path) -> int:
    try:
        with sqlite3.connect(db, timeout=0) as conn:
            query = "SELECT count(*) FROM articles WHERE state <> 'unread'"
            return int(conn.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # not made yet, or busy
        return 0


def children(parent: int) -> list[int]:
    pids = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, of = stat.read_text("utf-8").rpartition(")")[2].split()[:2]
        except OSError:  # gone meanwhile
            continue
        pids += [int(stat.parent.name)] if int(of) == parent and state != "Z" else []
    return pids


def workers_of(run: int) -> list[int]:
    """Workers are forked from a child of the run."""
    return [pid for zygote in children(run) for pid in children(zygote)]


def test_two_runs_at_once_leave_one_to_the_other(tmp_path: Path) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        planned(newsroom, tmp_path)
        codes = [process.wait() for process in (start(tmp_path), start(tmp_path))]

    assert sorted(codes) == [0, 1]
    assert len(contents(tmp_path / "killed.db")["articles"]) == 32
