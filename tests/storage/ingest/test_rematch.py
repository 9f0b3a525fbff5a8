"""Matching the archive again, copying the database, forgetting what may be forgotten."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.errors import DamagedDatabase, Unwritable
from storage.ingest.rematch import RematchCounts, Rematched
from storage.store import Store
from storage.upkeep.backup import backup, check, export_reviews
from tests.storage.making import (
    HOUR,
    NOON,
    decision,
    digest,
    hit,
    listed,
    poll,
    prose,
    reading,
    rows,
    rule,
    value,
)

OUTAGE, RECOUNT = rule("outage"), rule("recount")
BODY = f"There was an outage and a recount. {prose(1)}"


@pytest.fixture
def read(store: Store) -> Store:
    run = store.start_run("watch", ruleset_sha256="old", now=NOON)
    articles = listed(store, ["a", "b"])
    store.record_readings(run, [reading(articles[0], BODY, OUTAGE), reading(articles[1], prose(2))])
    return store


def test_the_archive_gives_texts_in_order_and_resumes(read: Store) -> None:
    first = read.archive(limit=1)
    rest = read.archive(after_id=first[0].article_id, limit=9)

    assert [text.body for text in (*first, *rest)] == [BODY, prose(2)]
    assert read.archive(ruleset_sha256="old") == ()
    assert len(read.archive(ruleset_sha256="new")) == 2
    assert read.archive(since_day="2026-11-04") == ()


def rematch(store: Store, *rules: object) -> RematchCounts:
    text = store.archive(limit=1)[0]
    hits = tuple(hit(each, text.body) for each in rules)  # type: ignore[arg-type]
    found = [Rematched(text.article_id, text.text_sha256, hits)]
    return store.record_rematch(None, found, "new", NOON + HOUR)


def test_a_rematch_counts_what_it_gained_and_lost(read: Store) -> None:
    assert rematch(read, RECOUNT) == RematchCounts(articles=1, gained=1, lost=1)
    assert rows(read, "SELECT origin, still_matches, passage_change FROM hits ORDER BY id") == [
        ("watch", 0, None),
        ("rematch", 1, None),
    ]
    assert len(read.archive(ruleset_sha256="new")) == 1


def test_a_rematch_reopens_nothing(read: Store) -> None:
    read.db.execute("INSERT INTO reviews (hit_id, action, actor) VALUES (1, 'dismissed', 'ann')")
    tuned = replace(OUTAGE, query="recount", sha256=digest("tuned"))
    read.sync_rules([tuned], NOON)

    assert rematch(read, tuned).changed == 1
    assert rows(read, "SELECT status, reopened FROM hits") == [("dismissed", 0)]
    assert rows(read, "SELECT status, reopened FROM cards") == [("dismissed", 0)]


def test_a_text_that_changed_meanwhile_is_left_for_the_next_round(read: Store) -> None:
    stale = [Rematched(1, digest("another text"), ())]

    assert read.record_rematch(None, stale, "new", NOON) == RematchCounts(skipped=1)
    assert value(read, "SELECT still_matches FROM hits") == 1


def test_a_backup_is_a_database_of_its_own(read: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(read.db, copy)
    backup(read.db, copy)

    with Store.open_existing(copy) as opened:
        assert value(opened, "SELECT count(*) FROM articles") == 2
    assert [p.name for p in tmp_path.iterdir() if "unfinished" in p.name] == []


def test_a_backup_can_be_made_by_who_may_only_look(read: Store, path: Path, tmp_path: Path) -> None:
    with Store.open_existing(path) as looker:
        assert backup(looker.db, tmp_path / "copy.db") > 0


def test_a_backup_to_nowhere_says_so(read: Store, tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="there is no directory"):
        backup(read.db, tmp_path / "no" / "copy.db")


def test_a_damaged_copy_is_found(read: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(read.db, copy)
    with copy.open("r+b") as file:
        file.seek(8192 * 4)
        file.write(b"\xff" * 8192 * 20)

    with pytest.raises(DamagedDatabase):
        check(copy)


def test_reviews_stand_in_a_file_of_their_own(read: Store, tmp_path: Path) -> None:
    read.db.execute(
        "INSERT INTO reviews (hit_id, action, actor, note) VALUES (1, 'confirmed', 'ann', 'sí')"
    )

    assert export_reviews(read.db, tmp_path / "reviews.jsonl") == 1
    (line,) = (tmp_path / "reviews.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert (told["actor"], told["action"], told["note"]) == ("ann", "confirmed", "sí")
    assert (told["rule"], told["url"]) == ("outage", "https://gazette.example/a")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reviews SET note = 'other'",
        "DELETE FROM reviews",
        "INSERT OR REPLACE INTO reviews (id, hit_id, action, actor) VALUES (1, 1, 'new', 'eve')",
    ],
)
def test_reviews_are_append_only_for_any_connection(read: Store, path: Path, sql: str) -> None:
    read.db.execute("INSERT INTO reviews (hit_id, action, actor) VALUES (1, 'confirmed', 'ann')")

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sqlite3.connect(path).execute(sql)


def test_maintenance_forgets_old_polls_and_texts_without_hits(read: Store) -> None:
    read.record_polls(None, [(poll(at=NOON + timedelta(days=99)), decision())], NOON)

    done = read.maintain(NOON + timedelta(days=100), keep_bodies_days=30)

    assert (done.polls, done.bodies) == (1, 1)
    assert rows(read, "SELECT article_id FROM article_texts") == [(1,)]
    assert (
        value(
            read, "SELECT count(*) FROM article_texts_fts WHERE article_texts_fts MATCH 'ballots'"
        )
        == 1
    )
    assert value(read, "SELECT count(*) FROM articles") == 2
