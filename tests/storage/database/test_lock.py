"""One run at a time: who holds the lock, and what becomes of runs whose process is gone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.database.errors import (
    AnotherRun,
)
from storage.database.lock import RunLock, is_held
from storage.queries.monitor.liveness import liveness
from storage.runs import finish_run
from storage.store import Store
from tests.storage.making import NO_PROCESS, NOON, rows


def test_only_who_holds_the_lock_of_a_run_copies_the_log_back(path: Path, store: Store) -> None:
    with Store.open(path, now=NOON) as other, RunLock(path), Store.open(path, now=NOON) as run:
        copies = [
            opened.db.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
            for opened in (store, other, run)
        ]

    assert copies == [0, 0, 8000]


@pytest.mark.slow
def test_a_second_run_is_told_who_is_first(path: Path) -> None:
    code = f"from storage.database.lock import RunLock\nwith RunLock({str(path)!r}): pass"
    with RunLock(path):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert f"another watch run is under way (process {os.getpid()} since 20" in done.stderr


@pytest.mark.slow
def test_the_lock_is_free_when_its_holder_was_killed(path: Path) -> None:
    code = f"import time\nfrom storage.database.lock import RunLock\nRunLock({str(path)!r}).__enter__(); print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(AnotherRun), RunLock(path):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()

    with RunLock(path):
        pass


def test_asking_who_holds_the_lock_takes_it_from_nobody(path: Path) -> None:
    answers = [is_held(path, "watch")]
    with RunLock(path):
        answers.append(is_held(path, "watch"))
    with RunLock(path):
        pass
    answers.append(is_held(path, "watch"))

    assert answers == [False, True, False]


def test_who_comes_in_a_brief_moment_waits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = RunLock(path, brief=True)
    moment.__enter__()
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 50:
            moment.__exit__(None, None, None)

    monkeypatch.setattr("time.sleep", sleep)
    with RunLock(path):
        pass

    assert len(waited) == 50


def test_a_run_that_holds_its_lock_goes_on_whatever_its_process_number(store: Store) -> None:
    with RunLock(store.path):
        store.start_run("watch", now=NOON)
        store.db.execute("UPDATE runs SET pid = ?", [NO_PROCESS])
        within = liveness(store.db.conn)
    after = liveness(store.db.conn)

    assert (within.running_since, within.bad_state) == (NOON, "")
    assert (after.running_since, after.bad_state) == (None, "crashed")


def test_a_run_whose_process_is_gone_is_marked_crashed(store: Store) -> None:
    first = store.start_run("watch", now=NOON)
    store.db.execute("UPDATE runs SET pid = ?", [NO_PROCESS])

    store.start_run("rematch", now=NOON)

    assert rows(store, "SELECT id, state FROM runs") == [(first, "crashed"), (first + 1, "running")]


def test_who_holds_the_lock_knows_that_earlier_runs_are_dead(store: Store) -> None:
    first = store.start_run("watch", now=NOON)

    with RunLock(store.path):
        second = store.start_run("watch", now=NOON)
    finish_run(store.db, second, "completed", message="fine", stats={"feeds": 3}, now=NOON)

    assert rows(store, "SELECT id, state FROM runs") == [(first, "crashed"), (second, "completed")]
