"""Killed at any instant and started again, the pipeline ends with the same database."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.store import Store
from tests.storage import pipeline
from tests.storage.making import NOON, rows, value

TRUTHS = {
    "entries": "SELECT f.slug, e.entry_key, e.content_sha256, a.url FROM entries e JOIN feeds f ON f.id = e.feed_id JOIN articles a ON a.id = e.article_id",
    "articles": "SELECT url, state, outcome, attempts, reads, text_sha256, versions, next_attempt_at FROM articles",
    "polls": "SELECT f.slug, polled_at, outcome, entries_seen FROM polls JOIN feeds f ON f.id = feed_id",
    "texts": "SELECT a.url, t.title, t.body FROM article_texts t JOIN articles a ON a.id = t.article_id",
    "versions": "SELECT a.url, v.text_sha256, v.body FROM text_versions v JOIN articles a ON a.id = v.article_id",
    "hits": "SELECT a.url, h.rule_id, h.lane, h.evidence_sha256, h.passage_change, h.still_matches FROM hits h JOIN articles a ON a.id = h.article_id",
    "evidence": "SELECT a.url, e.evidence_sha256, e.matched_at FROM hit_evidence e JOIN hits h ON h.id = e.hit_id JOIN articles a ON a.id = h.article_id",
    "stories": "SELECT s.title, s.copies, s.outlets, a.url FROM stories s JOIN articles a ON a.story_id = s.id",
    "queue": "SELECT title, tab, severity, rules, hits, hit_owners, priority, published_at, reopened, grown FROM stories WHERE tab IS NOT NULL",
    "chips": "SELECT s.title, r.rule_id, r.lane, r.hits, r.still_matches FROM story_rules r JOIN stories s ON s.id = r.story_id",
    "events": "SELECT e.kind, s.title, e.moment FROM events e JOIN stories s ON s.id = e.story_id",
    "words": "SELECT e.entry_key, t.text_sha256, t.title, t.summary FROM entry_texts t JOIN entries e ON e.id = t.entry_id",
    "validators": "SELECT slug, etag, last_keys_json, next_poll_at FROM feeds",
}
NEVER = {
    "a story that miscounts": "SELECT 1 FROM stories s WHERE copies <> (SELECT count(*) FROM articles WHERE story_id = s.id)",
    "a story out of step with its hits": "SELECT 1 FROM stories s WHERE s.hits <> (SELECT count(*) FROM hits WHERE story_id = s.id)",
    "a hit without its chip": "SELECT 1 FROM hits h WHERE NOT EXISTS (SELECT 1 FROM story_rules WHERE story_id = h.story_id AND rule_id = h.rule_id)",
    "a shown story that nobody can be told of": "SELECT 1 FROM stories s WHERE shown_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events WHERE story_id = s.id AND kind = 'story-new')",
    "an entry without its text": "SELECT 1 FROM entries e WHERE NOT EXISTS (SELECT 1 FROM entry_texts WHERE entry_id = e.id AND text_sha256 = e.content_sha256)",
    "a read article without its text": "SELECT 1 FROM articles WHERE state = 'read' AND id NOT IN (SELECT article_id FROM article_texts)",
    "a text without exactly one current version": "SELECT 1 FROM article_texts t WHERE 1 <> (SELECT count(*) FROM text_versions v WHERE v.article_id = t.article_id AND body IS NULL)",
    "a feed with validators and no entries": "SELECT 1 FROM feeds f WHERE etag IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entries WHERE feed_id = f.id)",
    "a broken reference": "PRAGMA foreign_key_check",
}


def truth(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with Store.open(path, now=NOON) as store:
        return {name: sorted(rows(store, sql), key=repr) for name, sql in TRUTHS.items()}


def assert_sound(path: Path) -> None:
    with Store.open(path, now=NOON) as store:
        assert value(store, "PRAGMA integrity_check") == "ok"
        for index in ("article_texts_fts", "feed_words_fts"):
            store.db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
        for what, sql in NEVER.items():
            assert rows(store, sql) == [], what


@pytest.fixture
def unbroken(tmp_path: Path) -> dict[str, list[tuple[object, ...]]]:
    path = tmp_path / "unbroken.db"
    pipeline.run(path)
    assert_sound(path)
    return truth(path)


@pytest.mark.slow
def test_running_again_changes_nothing(
    unbroken: dict[str, list[tuple[object, ...]]], tmp_path: Path
) -> None:
    pipeline.run(tmp_path / "unbroken.db")

    assert truth(tmp_path / "unbroken.db") == unbroken
    assert len(unbroken["articles"]) == pipeline.FEEDS * (pipeline.ROUNDS * pipeline.FRESH + 1)
    assert any(hit[4] == "added" for hit in unbroken["hits"])


def start(path: Path) -> "subprocess.Popen[bytes]":
    """Returns when the pipeline is about to open its database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.pipeline", str(path)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(10))
def test_killed_at_random_instants_it_ends_the_same(
    unbroken: dict[str, list[tuple[object, ...]]], tmp_path: Path, seed: int
) -> None:
    path, random_ = tmp_path / "killed.db", random.Random(seed)
    for kill in range(12):
        process = start(path)
        time.sleep(random_.uniform(0, 0.02 + kill * 0.01))
        process.kill()
        process.wait()
        if path.exists():
            assert_sound(path)
    assert start(path).wait() == 0

    assert_sound(path)
    assert truth(path) == unbroken
    with Store.open(path, now=NOON) as store:
        assert value(store, "SELECT count(*) FROM runs WHERE state = 'running'") == 0


@pytest.mark.slow
def test_two_runs_at_once_leave_one_to_work(tmp_path: Path) -> None:
    path = tmp_path / "two.db"
    processes = [start(path) for _ in range(3)]

    codes = [process.wait() for process in processes]

    assert codes.count(0) >= 1
    assert_sound(path)
    with Store.open(path, now=NOON) as store:
        assert value(store, "SELECT count(*) FROM runs WHERE state = 'completed'") == codes.count(0)
