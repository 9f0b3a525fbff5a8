"""Figures that an undone act and a person who left must not bend."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.queries.monitor.metrics import verdict_times
from storage.queries.stories.counts import assigned_to_others

NOW = datetime.now(UTC)


@pytest.fixture
def connection(db: Path) -> sqlite3.Connection:
    return sqlite3.connect(db)


def test_a_verdict_that_was_undone_is_no_first_verdict(connection: sqlite3.Connection) -> None:
    before = len(verdict_times(connection, NOW))
    stamp = (NOW - timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    (number,) = connection.execute(
        "SELECT id FROM stories WHERE tab = 'new' AND NOT reopened AND first_verdict_at IS NULL AND shown_at IS NOT NULL LIMIT 1"
    ).fetchone()
    set_verdict = "UPDATE stories SET shown_at = ?, first_verdict_at = ?, status = ? WHERE id = ?"
    connection.execute(set_verdict, (stamp, stamp, "dismissed", number))
    judged = len(verdict_times(connection, NOW))
    connection.execute(set_verdict, (stamp, stamp, "new", number))
    undone = len(verdict_times(connection, NOW))

    assert (judged, undone) == (before + 1, before)


def test_open_stories_of_people_who_left_are_found(connection: sqlite3.Connection) -> None:
    connection.execute(
        "UPDATE stories SET assigned_to = 'sam' WHERE id IN (SELECT id FROM stories WHERE tab = 'new' LIMIT 2)"
    )
    assert ("sam", 2) in assigned_to_others(connection, {"ana", "rita"})
    assert "sam" not in dict(assigned_to_others(connection, {"ana", "sam"}))
