"""Opening, migrating, refusing: what a user meets before anything is stored."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from storage.database import connection
from storage.database.errors import (
    Busy,
    DamagedDatabase,
    DiskFull,
    NoDatabase,
    NotADatabase,
    OldSqlite,
    Unwritable,
)
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.store import Store
from tests.storage.making import NOON, decision, entry, feed, poll, rows, value


def pragma(store: Store, name: str) -> object:
    return store.db.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_new_database_has_our_pragmas(store: Store) -> None:
    assert (pragma(store, "page_size"), pragma(store, "journal_mode")) == (8192, "wal")
    assert (pragma(store, "foreign_keys"), pragma(store, "recursive_triggers")) == (1, 1)
    assert (pragma(store, "busy_timeout"), pragma(store, "synchronous")) == (10_000, 1)


def test_every_table_of_ours_is_strict(store: Store) -> None:
    lax = rows(store, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite%'")  # fmt: skip

    assert lax == [("_sqlite_migrations",)]


def test_the_append_only_triggers_stand(store: Store, path: Path) -> None:
    names = {row[0] for row in rows(store, "SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert names == {
        "article_texts_ai", "article_texts_ad", "article_texts_au", "feed_words_ai", "feed_words_ad", "feed_words_au", "reviews_no_update",
        "reviews_no_delete", "reviews_no_replace", "story_reviews_no_update",
        "story_reviews_no_delete", "story_reviews_no_replace", "story_reviews_verdict",
        "story_reviews_apply", "story_reviews_strike", "story_reviews_tag", "story_reviews_link",
        "story_reviews_event", "runs_event", "feeds_event", "stories_came", "stories_changed", "stories_went",
        "story_rules_came", "story_rules_changed", "story_rules_went",
    }  # fmt: skip


def open_one(path: Path) -> None:
    Store.open(path, now=NOON).close()


@pytest.mark.slow
def test_two_processes_that_open_at_once_are_both_fine(path: Path) -> None:
    context = multiprocessing.get_context("fork")
    openers = [context.Process(target=open_one, args=[path]) for _ in range(4)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(30)

    assert [opener.exitcode for opener in openers] == [0, 0, 0, 0]


def test_looking_writes_nothing(store: Store, path: Path) -> None:
    with (
        Store.open_existing(path) as looker,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        looker.db.execute("DELETE FROM feeds")


def test_what_is_missing_or_foreign_is_named(path: Path, tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match=r"no database at .* yet: run \./pollwatch run"):
        Store.open_existing(path)
    with pytest.raises(Unwritable, match="there is no directory"):
        Store.open(tmp_path / "no" / "x.db", now=NOON)
    with pytest.raises(NotADatabase, match="it is a directory"):
        Store.open(tmp_path, now=NOON)
    path.write_text("Dear diary, this is no database. " * 99)
    with pytest.raises(NotADatabase):
        Store.open(path, now=NOON)
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(NotADatabase, match="did not make"):
        Store.open(other, now=NOON)


def test_an_old_sqlite_is_refused() -> None:
    with pytest.raises(OldSqlite, match=r"3\.37\.0 or newer is needed, this Python has 3\.34\.1"):
        connection.check_sqlite((3, 34, 1))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_place_is_named(path: Path) -> None:
    Store.open(path, now=NOON).close()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with pytest.raises(Unwritable):
            sync_feeds(Store.open(path, now=NOON).db, [feed()], NOON)
    finally:
        path.parent.chmod(0o755)


def test_a_full_disk_rolls_back_and_says_so(store: Store) -> None:
    pages = pragma(store, "page_count")
    store.db.execute(f"PRAGMA max_page_count = {pages}")
    entries = [entry(f"k{n}", summary="words " * 200) for n in range(200)]

    with pytest.raises(DiskFull, match="no room left"):
        record_polls(store.db, None, [(poll(*entries), decision())], NOON)

    assert value(store, "SELECT count(*) FROM entries") == 0
    store.db.execute("PRAGMA max_page_count = 1000000")
    record_polls(store.db, None, [(poll(*entries), decision())], NOON)
    assert value(store, "SELECT count(*) FROM entries") == 200


TOO_LARGE = """
import resource, signal, sys
from datetime import timedelta
from pathlib import Path
from storage.database.errors import StorageError
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.store import Store
from tests.storage.making import NOON, decision, entry, feed, poll
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store.open(Path(sys.argv[1]), now=NOON)
sync_feeds(store.db, [feed()], NOON)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
entries = [entry(f"k{n}", summary="words " * 2000) for n in range(200)]
try:
    record_polls(store.db, None, [(poll(*entries), decision())], NOON)
except StorageError as error:
    sys.exit(str(error))
"""


@pytest.mark.slow
def test_a_file_size_limit_rolls_back_and_says_so(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOO_LARGE, str(path)], capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "cannot write" in done.stderr
    assert "no room left" in done.stderr
    with Store.open(path, now=NOON) as store:
        assert value(store, "SELECT count(*) FROM entries") == 0


def test_a_damaged_database_is_named(store: Store, path: Path) -> None:
    entries = [entry(f"k{n}", summary="words " * 100) for n in range(500)]
    record_polls(store.db, None, [(poll(*entries), decision())], NOON)
    store.close()
    with path.open("r+b") as file:
        for page in range(3, 60):
            file.seek(page * 8192)
            file.write(b"\xff" * 8192)

    with (
        pytest.raises(DamagedDatabase, match="restore a backup"),
        Store.open(path, now=NOON) as again,
    ):
        record_polls(again.db, None, [(poll(entry("new")), decision())], NOON)


def test_a_writer_that_waits_too_long_says_so(store: Store, path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    store.db.execute("PRAGMA busy_timeout = 50")

    with pytest.raises(Busy, match="locked"):
        sync_feeds(store.db, [feed("new")], NOON)
    other.close()


def test_write_txn_is_outermost(store: Store) -> None:
    with (
        pytest.raises(RuntimeError),
        connection.write_txn(store.db),
        connection.write_txn(store.db),
    ):
        pass
