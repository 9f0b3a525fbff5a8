"""Another program that holds the database locked delays a run and does not end it."""

import sqlite3
import threading
from pathlib import Path

import pytest

from demo.newsroom import Newsroom
from tests.flows.conftest import planned, watch_once

pytestmark = pytest.mark.slow  # SQLite itself waits ten seconds before it says that it is locked

LOCKED_SECONDS = 15.0


def test_a_run_goes_on_when_the_lock_is_gone(tmp_path: Path) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        plan = planned(newsroom, tmp_path)
        watch_once(plan)
        other = sqlite3.connect(plan.options.db, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        newsroom.publish_second_edition()
        release = threading.Timer(LOCKED_SECONDS, lambda: other.execute("ROLLBACK"))
        release.start()

        ended = watch_once(plan)

        release.join()
        other.close()
    assert ended.state.startswith("completed")
    assert ended.stats.entries_new > 0
