"""Databases of other versions: a copy is kept, what fails changes nothing, looking changes nothing."""

import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from storage.database import connection, migrations
from storage.database.errors import (
    NewerDatabase,
    OlderDatabase,
)
from storage.feeds import sync_feeds
from storage.store import Store
from tests.databases import new_store
from tests.storage.making import NOON, feed, rows, value


def later_schema(folder: Path) -> Path:
    """The schema of a release to come: ours, and a change of its own."""
    folder.mkdir()
    for script in migrations.scripts():
        (folder / script.name).write_text(script.read_text())
    (folder / "0099_later.sql").write_text("ALTER TABLE feeds ADD COLUMN mood TEXT; CREATE TABLE moods (id INTEGER PRIMARY KEY) STRICT;")  # fmt: skip
    return folder


def test_an_older_database_is_migrated_after_a_copy_is_kept(path: Path, tmp_path: Path) -> None:
    with new_store(path, NOON) as store:
        sync_feeds(store.db, [feed()], NOON)
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
    db = connection.connect(path)
    before = db.execute(triggers).fetchall()

    copy = migrations.migrate(db, now=NOON, folder=later_schema(tmp_path / "schema"))

    assert db.execute("SELECT slug, mood FROM feeds").fetchall() == [("gazette", None)]
    assert db.execute(triggers).fetchall() == before
    assert copy is not None
    with Store.open_existing(copy) as copied:
        assert value(copied, "SELECT slug FROM feeds") == "gazette"
    db.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(path: Path, tmp_path: Path) -> None:
    new_store(path, NOON).close()
    folder = later_schema(tmp_path / "schema")
    (folder / "0100_broken.sql").write_text("CREATE TABLE half (id INTEGER); SELECT nonsense;")
    db = connection.connect(path)

    with pytest.raises(sqlite3.OperationalError):
        migrations.migrate(db, now=NOON, folder=folder)

    db.close()
    with Store.open(path, now=NOON) as store:
        assert rows(store, "SELECT name FROM sqlite_master WHERE name IN ('half', 'moods')") == []


def test_a_migration_that_fails_again_and_again_keeps_one_copy(path: Path, tmp_path: Path) -> None:
    new_store(path, NOON).close()
    folder = later_schema(tmp_path / "schema")
    (folder / "0100_broken.sql").write_text("SELECT nonsense;")
    db = connection.connect(path)
    others = tmp_path / f"{path.name}.version-{len(migrations.scripts())}-of-somebody.backup"
    others.write_bytes(b"no database")

    for minute in range(3):
        with pytest.raises(sqlite3.OperationalError):
            migrations.migrate(db, now=NOON + timedelta(minutes=minute), folder=folder)

    db.close()
    [copy] = [left for left in tmp_path.glob("*.backup") if left != others]
    assert others.exists()
    assert "120200" in copy.name
    Store.open(copy, now=NOON).close()


def test_of_two_updates_at_once_one_copy_stays(path: Path, tmp_path: Path) -> None:
    new_store(path, NOON).close()
    folder = later_schema(tmp_path / "schema")
    version, kept = len(migrations.scripts()), list[Path | None]()

    def update(minute: int) -> None:
        with closing(connection.connect(path)) as db:
            kept.append(migrations.migrate(db, now=NOON + timedelta(minutes=minute), folder=folder))

    def copies() -> list[Path]:
        return list(tmp_path.glob(f"{path.name}.version-{version}-*.backup"))

    updates = [Thread(target=update, args=[minute]) for minute in range(2)]
    with closing(connection.connect(path)) as writer, connection.write_txn(writer):
        for number, waiting in enumerate(updates, 1):
            waiting.start()
            while len(copies()) < number:
                assert waiting.is_alive()
        time.sleep(0.05)  # until both wait for their turn to write
        assert len(copies()) == 2
    for waiting in updates:
        waiting.join()

    assert [copy for copy in kept if copy] == copies()


def test_a_copy_that_is_not_ours_to_read_is_in_no_updates_way(path: Path, tmp_path: Path) -> None:
    new_store(path, NOON).close()
    folder = later_schema(tmp_path / "schema")
    others = tmp_path / f"{path.name}.version-{len(migrations.scripts())}-0000.backup"
    others.mkdir()

    with closing(connection.connect(path)) as db:
        assert migrations.migrate(db, now=NOON, folder=folder)

    assert others.is_dir()


def test_a_script_that_has_another_number_now_is_not_applied_again(path: Path) -> None:
    with new_store(path, NOON) as store:
        former = [(former, name) for former, name in migrations.RENUMBERED.items()]
        store.db.conn.executemany("UPDATE _sqlite_migrations SET name = ? WHERE name = ?", former)
        migrations.take_new_numbers(store.db.conn)
        store.db.conn.commit()

        assert migrations.migrations().pending(store.db) == []


def test_a_newer_database_is_refused_with_both_versions(path: Path, tmp_path: Path) -> None:
    new_store(path, NOON).close()
    db = connection.connect(path)
    migrations.migrate(db, now=NOON, folder=later_schema(tmp_path / "schema"))
    db.close()

    ours = len(migrations.scripts())
    with pytest.raises(NewerDatabase, match=f"version {ours + 1}.*version {ours}:"):
        Store.open(path, now=NOON)


def test_looking_migrates_nothing(path: Path, tmp_path: Path) -> None:
    new_store(path, NOON).close()
    db = connection.connect(path)

    with pytest.raises(OlderDatabase, match=r"review --db .*brings it up to date"):
        migrations.require_current(db, later_schema(tmp_path / "schema"))
    db.close()
