"""A night of housekeeping beside people who work, on a database as large as you like."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database.lock import RunLock
from storage.store import Store
from storage.upkeep import maintenance
from tests.storage.making import NOON


@pytest.fixture
def unmerged(store: Store) -> Store:
    """Its search index lies in many small segments."""
    index = "article_texts_fts"
    store.db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('automerge', 0)")
    for number in range(1, 13):
        words = " ".join(f"w{number}x{n}" for n in range(3000))
        store.db.execute(f"INSERT INTO {index} (rowid, body) VALUES (?, ?)", [number, words])
        store.db.commit()
    return store


@pytest.fixture
def other(store: Store) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(store.path, timeout=0, isolation_level=None)
    yield connection
    connection.close()


def test_whoever_writes_gets_in_between_two_steps(
    unmerged: Store, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")
        pauses.append(seconds)

    monkeypatch.setattr(maintenance, "MERGED_AT_ONCE", 4)
    monkeypatch.setattr("time.sleep", pause)
    maintenance.maintain_database(unmerged.db, NOON)

    assert len(pauses) > 10
    assert all(0 < seconds <= maintenance.LONGEST_PAUSE_SECONDS for seconds in pauses)


def logs(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bytes of the log at each pause of a night's merge that copies back what is longer than 100,000."""
    sizes: list[int] = []
    log = Path(f"{store.path}-wal")
    monkeypatch.setattr(maintenance, "MERGED_AT_ONCE", 2)
    monkeypatch.setattr(maintenance, "LONGEST_LOG", 100_000)
    monkeypatch.setattr("time.sleep", lambda _: sizes.append(log.stat().st_size))
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    maintenance.merge_search_index(store.db, "article_texts_fts")
    return sizes


def test_the_log_is_copied_back_meanwhile(unmerged: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert max(logs(unmerged, monkeypatch)) < 300_000


def test_while_a_run_is_under_way_the_log_is_left_to_it(
    unmerged: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RunLock(unmerged.path):
        assert max(logs(unmerged, monkeypatch)) > 300_000
