"""People who wait for a page are let in by a run that stores one article after the other."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from storage.database import turns
from storage.database.connection import begin_in_turn, write_txn
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.store import Store
from tests.storage.making import NOON, decision, entry, poll, prose, reading


@contextmanager
def transactions(store: Store) -> Iterator[list[str]]:
    begun: list[str] = []
    store.db.conn.set_trace_callback(lambda sql: begun.append(sql) if "BEGIN" in sql else None)
    yield begun
    store.db.conn.set_trace_callback(None)


@contextmanager
def somebody(path: Path) -> Iterator[None]:
    """Waits for a page."""
    turns.note_person(path)
    with turns.waiting(path):
        yield


def added(store: Store, count: int) -> list[int]:
    """Articles that wait to be read."""
    record_polls(store.db, None, [(poll(*(entry(f"k{n}") for n in range(count))), decision())], NOON)  # fmt: skip
    return [number for (number,) in store.db.execute("SELECT id FROM articles ORDER BY id")]


def stored(store: Store) -> list[tuple[int, str]]:
    return store.db.execute("SELECT article_id, title FROM article_texts ORDER BY 1").fetchall()


def test_who_waits_is_seen_while_they_wait_and_holds_up_no_other(path: Path) -> None:
    answers = [turns.somebody_waits(path)]
    with somebody(path), somebody(path):
        answers.append(turns.somebody_waits(path))
    answers.append(turns.somebody_waits(path))

    assert answers == [False, True, False]


def test_a_run_that_nobody_waits_for_stores_its_articles_in_one_transaction(store: Store, path: Path) -> None:  # fmt: skip
    articles = added(store, 20)
    with transactions(store) as begun:
        record_readings(store.db, None, [reading(n, prose(n)) for n in articles])

    assert len(begun) == 1
    assert len(stored(store)) == 20


@pytest.mark.slow  # each transaction leaves half a second to somebody who does not go
def test_a_run_ends_its_transaction_early_for_somebody_who_waits(store: Store, path: Path) -> None:
    articles = added(store, 20)
    with transactions(store) as begun, somebody(path):
        record_readings(store.db, None, [reading(n, prose(n)) for n in articles])

    assert len(begun) == 3
    assert [article for article, _ in stored(store)] == articles


def test_somebody_who_has_to_wait_says_so_until_they_are_in(store: Store, path: Path) -> None:
    wrote = list[tuple[bool, int]]()

    def write() -> None:
        with closing(sqlite3.connect(path)) as person:
            begin_in_turn(person, path)
            waits = turns.somebody_waits(path)
            person.rollback()
            wrote.append((waits, person.execute("PRAGMA busy_timeout").fetchone()[0]))

    writing = threading.Thread(target=write)
    with write_txn(store.db):
        writing.start()
        until = time.monotonic() + 5
        while not (waits := turns.somebody_waits(path)) and time.monotonic() < until:
            time.sleep(0.001)
    writing.join()

    assert waits
    assert wrote == [(False, 10_000)]


def test_people_at_work_are_known_for_a_minute(path: Path) -> None:
    at_work = [turns.people_write(path)]
    turns.note_person(path)
    at_work.append(turns.people_write(path))
    os.utime(turns.path_beside(path), (time.time() - 61,) * 2)
    at_work.append(turns.people_write(path))

    assert at_work == [False, True, False]
