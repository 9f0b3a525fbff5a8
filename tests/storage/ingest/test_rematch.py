"""Matching the archive again, copying the database, forgetting what may be forgotten."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from storage.database.errors import DamagedDatabase, Unwritable
from storage.ingest.readings import record_readings
from storage.ingest.rematch import RematchCounts, Rematched, archive, record_rematch
from storage.rules import sync_rules
from storage.store import Store
from storage.upkeep.backup import backup, check_file, export_reviews
from tests.storage.making import (
    HOUR,
    NOON,
    digest,
    hit,
    listed,
    prose,
    reading,
    rows,
    rule,
    value,
)
from tests.storage.release import release_0_1

OUTAGE, RECOUNT = rule("outage"), rule("recount")
BODY = f"There was an outage and a recount. {prose(1)}"


@pytest.fixture
def read_store(store: Store) -> Store:
    run = store.start_run("watch", ruleset_sha256="old", now=NOON)
    articles = listed(store, ["a", "b"])
    record_readings(
        store.db, run, [reading(articles[0], BODY, OUTAGE), reading(articles[1], prose(2))]
    )
    return store


def test_the_archive_gives_texts_in_order_and_resumes(read_store: Store) -> None:
    first = archive(read_store.db, limit=1)
    rest = archive(read_store.db, after_id=first[0].article_id, limit=9)

    assert [text.body for text in (*first, *rest)] == [BODY, prose(2)]
    assert archive(read_store.db, ruleset_sha256="old") == ()
    assert len(archive(read_store.db, ruleset_sha256="new")) == 2
    assert archive(read_store.db, since_day="2026-11-04") == ()


def rematch(store: Store, *rules: object) -> RematchCounts:
    text = archive(store.db, limit=1)[0]
    hits = tuple(hit(each, text.body) for each in rules)  # type: ignore[arg-type]
    rematched = [Rematched(text.article_id, text.text_sha256, hits)]
    return record_rematch(store.db, None, rematched, "new", NOON + HOUR)


def test_a_rematch_counts_what_it_gained_and_lost(read_store: Store) -> None:
    assert rematch(read_store, RECOUNT) == RematchCounts(articles=1, gained=1, lost=1)
    assert rows(
        read_store, "SELECT origin, still_matches, passage_change FROM hits ORDER BY id"
    ) == [
        ("watch", 0, None),
        ("rematch", 1, None),
    ]
    assert len(archive(read_store.db, ruleset_sha256="new")) == 1


def test_a_rematch_reopens_nothing(read_store: Store) -> None:
    read_store.db.execute(
        "INSERT INTO story_reviews (story_id, action, actor) VALUES (1, 'dismissed', 'ann')"
    )
    tuned = replace(OUTAGE, query="recount", sha256=digest("tuned"))
    sync_rules(read_store.db, [tuned], NOON)

    assert rematch(read_store, tuned).changed == 1
    assert rows(read_store, "SELECT status, reopened FROM stories WHERE id = 1") == [
        ("dismissed", 0)
    ]


def test_a_text_that_changed_meanwhile_is_left_for_the_next_round(read_store: Store) -> None:
    stale = [Rematched(1, digest("another text"), ())]

    assert record_rematch(read_store.db, None, stale, "new", NOON) == RematchCounts(skipped=1)
    assert value(read_store, "SELECT still_matches FROM hits") == 1


def test_a_backup_is_a_database_of_its_own(read_store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(read_store.db, copy)
    backup(read_store.db, copy)

    with Store.open_existing(copy) as opened:
        assert value(opened, "SELECT count(*) FROM articles") == 2
    assert [p.name for p in tmp_path.iterdir() if "unfinished" in p.name] == []


def test_a_backup_can_be_made_by_who_may_only_look(
    read_store: Store, path: Path, tmp_path: Path
) -> None:
    with Store.open_existing(path) as looker:
        assert backup(looker.db, tmp_path / "copy.db") > 0


def test_a_backup_to_nowhere_says_so(read_store: Store, tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="there is no directory"):
        backup(read_store.db, tmp_path / "no" / "copy.db")


def test_a_damaged_copy_is_found(read_store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(read_store.db, copy)
    with copy.open("r+b") as file:
        file.seek(8192 * 4)
        file.write(b"\xff" * 8192 * 20)

    with pytest.raises(DamagedDatabase):
        check_file(copy)


VERDICT = (
    "INSERT INTO story_reviews (story_id, action, actor, note) VALUES (1, 'confirmed', 'ann', 'sí')"
)


def test_reviews_stand_in_a_file_of_their_own(read_store: Store, tmp_path: Path) -> None:
    read_store.db.execute(VERDICT)

    assert export_reviews(read_store.db, tmp_path / "reviews.jsonl") == 1
    (line,) = (tmp_path / "reviews.jsonl").read_text(encoding="utf-8").splitlines()
    report = json.loads(line)
    assert (report["actor"], report["action"], report["note"]) == ("ann", "confirmed", "sí")
    assert (report["rules"], report["url"]) == ("outage", "https://gazette.example/a")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE story_reviews SET note = 'other'",
        "DELETE FROM story_reviews",
        "INSERT OR REPLACE INTO story_reviews (id, story_id, action, actor) VALUES (1, 1, 'new', 'eve')",
    ],
)
def test_reviews_are_append_only_for_any_connection(
    read_store: Store, path: Path, sql: str
) -> None:
    read_store.db.execute(VERDICT)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sqlite3.connect(path).execute(sql)


@pytest.mark.slow
def test_reviews_of_release_0_1_stay_append_only(tmp_path: Path) -> None:
    path = release_0_1(tmp_path / "pollwatch.db")
    Store.open(path, now=NOON).close()

    with closing(sqlite3.connect(path)) as plain:
        for sql in ("UPDATE reviews SET note = 'other'", "DELETE FROM reviews"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                plain.execute(sql)
