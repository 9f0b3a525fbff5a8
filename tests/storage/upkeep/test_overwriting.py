"""No copy and no export takes the place of work that stands nowhere else."""

import resource
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database.errors import StorageError, Unwritable
from storage.runs import start
from storage.store import Store
from storage.upkeep.backup import backup, copy_whole, export_reviews, forget_unfinished
from tests.databases import new_store
from tests.storage.making import NOON


def begun(store: Store, hours: int = 0) -> None:
    start(
        store.db, "watch", prefect_run_id=None, code_version=None, ruleset_sha256=None,
        weights_sha256=None, now=NOON + timedelta(hours=hours), alone=False,
    )  # fmt: skip


def test_an_older_copy_is_replaced(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    begun(store)
    backup(store.db, copy)
    begun(store, 1)

    backup(store.db, copy)

    with Store.open_existing(copy) as opened:
        assert opened.db.execute("SELECT count(*) FROM runs").fetchone() == (2,)


def test_another_database_stays_as_it_is(store: Store, tmp_path: Path) -> None:
    begun(store)
    with new_store(tmp_path / "other.db", NOON) as other:
        begun(other, 1)
    before = (tmp_path / "other.db").read_bytes()

    with pytest.raises(Unwritable, match="no older copy of this database"):
        backup(store.db, tmp_path / "other.db")

    assert (tmp_path / "other.db").read_bytes() == before


def test_arguments_the_wrong_way_round_lose_nothing(
    store: Store, path: Path, tmp_path: Path
) -> None:
    """`backup pollwatch.db --db monday.db`, meant to restore monday.db."""
    begun(store)
    backup(store.db, tmp_path / "monday.db")
    begun(store, 1)

    with Store.open_existing(tmp_path / "monday.db") as monday:
        with pytest.raises(Unwritable, match="in use"):
            backup(monday.db, path)
        store.close()
        with pytest.raises(Unwritable, match="no older copy"):
            backup(monday.db, path)


def test_a_file_that_is_no_database_stays_as_it_is(store: Store, tmp_path: Path) -> None:
    config = tmp_path / "alerts.yaml"
    config.write_text("channels: []\n", "utf-8")

    with pytest.raises(Unwritable, match="no backup"):
        backup(store.db, config)

    assert config.read_text("utf-8") == "channels: []\n"


def test_reviews_are_not_written_over_a_database(
    store: Store, template: Path, tmp_path: Path
) -> None:
    shutil.copy(template, tmp_path / "other.db")

    with pytest.raises(Unwritable, match="it is a database"):
        export_reviews(store.db, tmp_path / "other.db")

    assert (tmp_path / "other.db").stat().st_size == template.stat().st_size


def test_what_a_killed_copy_left_goes_after_an_hour_and_nothing_else(tmp_path: Path) -> None:
    unfinished = tmp_path / "pollwatch.db.4711.unfinished"
    beside = tmp_path / "pollwatch.db.4711.unfinished-journal"
    for name in (unfinished.name, beside.name, "pollwatch.db", "mine.unfinished", "notes.12.txt"):
        (tmp_path / name).write_bytes(b"half of a database")
    written = datetime.fromtimestamp(unfinished.stat().st_mtime, UTC)

    assert forget_unfinished(tmp_path, written + timedelta(minutes=50)) == 0
    assert forget_unfinished(tmp_path, written + timedelta(minutes=70)) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "mine.unfinished",
        "notes.12.txt",
        "pollwatch.db",
    ]


def test_a_copy_that_breaks_off_never_stands_under_its_name(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "pollwatch.db.version-1.backup"
    full = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, full[1]))
    try:
        with pytest.raises(StorageError, match=r"version-1\.backup"):
            copy_whole(store.db, copy, check=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, full)

    assert list(tmp_path.glob("*version-1*")) == []
