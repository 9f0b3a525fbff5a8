"""The flow's own part: what a finished run is named for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.watch import run_began
from storage.runs import finish_run
from storage.store import Store

pytestmark = pytest.mark.slow  # importing Prefect takes seconds, in each process of the tests
BEGAN = datetime(2026, 11, 3, 6, 27, tzinfo=UTC)


def test_a_run_is_named_for_the_time_at_which_status_says_it_began(tmp_path: Path) -> None:
    db = tmp_path / "pollwatch.db"
    with Store.open(db, now=BEGAN) as store:
        run = store.start_run("watch", now=BEGAN)
        finish_run(
            store.db, run, "completed", message="", stats={}, now=BEGAN + timedelta(minutes=3)
        )

    assert run_began(db, run) == BEGAN
