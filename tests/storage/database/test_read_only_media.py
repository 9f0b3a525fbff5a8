"""A database on a file system that is mounted read-only: looked at with nothing written beside it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import connection
from storage.database.errors import NotADatabase, ReadOnlyLog, Unwritable
from storage.feeds import sync_feeds
from storage.store import Store
from storage.upkeep.backup import backup
from tests.storage.making import NOON, feed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shelf" / "x.db"
    path.parent.mkdir()
    with Store.open(path, now=NOON) as store:
        sync_feeds(store.db, [feed()], NOON)
    return path


def beside(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def test_it_is_read_with_nothing_made_beside_it(path: Path) -> None:
    before = beside(path)

    with closing(connection.connect_read_only(path)) as db:
        assert db.execute("SELECT count(*) FROM feeds").fetchone() == (1,)
        assert beside(path) == before


def test_a_backup_is_made_from_there(path: Path, tmp_path: Path) -> None:
    with closing(connection.connect_read_only(path)) as db:
        backup(db, tmp_path / "copy.db")

    with Store.open(tmp_path / "copy.db", now=NOON) as copy:
        assert copy.db.execute("SELECT count(*) FROM feeds").fetchone() == (1,)
        copy.db.execute("UPDATE feeds SET name = 'to be written'")


def test_changes_that_are_still_in_the_log_are_read_along_its_index(path: Path) -> None:
    with Store.open(path, now=NOON) as store:
        sync_feeds(store.db, [feed(), feed("b")], NOON)

        with closing(connection.connect_read_only(path)) as db:
            assert db.execute("SELECT count(*) FROM feeds").fetchone() == (2,)


def test_a_log_without_its_index_is_refused_not_left_out(path: Path) -> None:
    path.with_name("x.db-wal").write_bytes(b"changes")

    with pytest.raises(ReadOnlyLog, match=r"still in x\.db-wal.*copy both files"):
        connection.connect_read_only(path)


def test_what_is_no_database_of_ours_is_refused_there_too(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.touch()

    with pytest.raises(NotADatabase, match="empty"):
        connection.connect_read_only(other)


def test_who_may_not_write_beside_a_database_is_told_what_to_do(path: Path) -> None:
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("PRAGMA query_only = ON")  # as SQLite answers where the folder is another's

        with (
            pytest.raises(
                Unwritable, match=r"a copy that its owner makes with \./pollwatch backup"
            ),
            connection.translated(str(path)),
        ):
            reader.execute("DELETE FROM feeds")
