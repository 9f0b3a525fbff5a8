"""A clock that was ahead once, and a file that is damaged."""

from datetime import timedelta
from pathlib import Path

import pytest

from storage.database.errors import DamagedDatabase
from storage.feeds import feed_histories
from storage.ingest.feeds.polls import record_polls
from storage.queries.articles.unread import unread_articles
from storage.store import Store
from storage.times import iso
from storage.upkeep.clock import pull_back
from storage.upkeep.damage import look_for_damage
from tests.storage.making import NOON, decision, entry, poll, rows

YEAR = timedelta(days=365)


def test_a_clock_that_was_ahead_silences_no_feed_and_no_page(store: Store) -> None:
    later = NOON + YEAR
    record_polls(store.db, None, [(poll(entry("a"), at=later), decision(later))], later)
    assert feed_histories(store.db, NOON)["gazette"].next_poll_at is not None
    assert unread_articles(store.db, NOON, limit=10) == ()

    count = pull_back(store.db, NOON)

    assert count > 0
    assert feed_histories(store.db, NOON)["gazette"].next_poll_at == NOON
    assert pull_back(store.db, NOON) == 0


def test_a_clock_that_was_ahead_holds_no_alert_for_days(store: Store) -> None:
    later = NOON + timedelta(days=3)
    hours = {"waiting": 0, "held": 8, "sending": 1}
    with store.db.conn:
        for state, hour in hours.items():
            store.db.execute("INSERT INTO events (kind, moment, key) VALUES ('story-new', ?, ?)", [iso(later), state])  # fmt: skip
            store.db.execute(
                """INSERT INTO deliveries (event_id, channel, state, next_attempt_at, created_at)
                   VALUES (last_insert_rowid(), 'desk', ?, ?, ?)""",
                [state, iso(later + timedelta(hours=hour)), iso(later)],
            )

    pull_back(store.db, NOON)

    planned = rows(store, "SELECT state, next_attempt_at FROM deliveries ORDER BY id")
    assert planned == [
        ("waiting", iso(NOON)),
        ("held", iso(NOON + timedelta(hours=8))),
        ("sending", iso(NOON)),
    ]
    assert pull_back(store.db, NOON) == 0


def test_what_was_planned_by_a_right_clock_stays(store: Store) -> None:
    record_polls(store.db, None, [(poll(entry("a")), decision(NOON))], NOON)
    before = rows(store, "SELECT * FROM feeds")

    assert pull_back(store.db, NOON) == 0
    assert rows(store, "SELECT * FROM feeds") == before


def test_damage_that_was_found_stops_the_next_run_and_names_the_newest_copy(
    store: Store,
) -> None:
    copies = Path(store.path).parent / "backups"
    copies.mkdir()
    (copies / f"{Path(store.path).stem}-20261127-033000.db").write_bytes(b"a copy")
    with store.db.conn:
        store.db.execute("INSERT INTO facts (key, value) VALUES ('damage', 'row 7 missing')")

    with pytest.raises(DamagedDatabase, match=r"row 7 missing.*-20261127-033000\.db"):
        store.start_run("watch", now=NOON)

    assert look_for_damage(store.db, NOON) is None  # a check that finds nothing lifts it
    assert store.start_run("watch", now=NOON) > 0
