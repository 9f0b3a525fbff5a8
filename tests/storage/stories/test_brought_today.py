"""What an outlet's feeds brought in a day of runs, none of them a flood by itself."""

import pytest

from storage.acts.floods import brought_today, hold_flood
from storage.acts.mutes import unmute
from storage.database.connection import write_txn
from storage.store import Store
from tests.storage.making import HOUR, NOON, rows
from tests.storage.stories.publishing import BODY, publish

pytestmark = pytest.mark.usefixtures("published")


def brought(store: Store, hours: int) -> dict[str, int]:
    articles = brought_today(store.db.conn, NOON + hours * HOUR)
    return {outlet: len(ids) for outlet, ids in articles.items()}


def test_each_article_counts_once_for_a_day(store: Store) -> None:
    publish(store, "gazette", BODY)
    publish(store, "gazette", f"{BODY} And more.", hours=5, key="b")
    publish(store, "herald", BODY, hours=5)

    assert brought(store, 6) == {"Gazette": 2, "Herald": 1}
    assert brought(store, 25) == {"Gazette": 1, "Herald": 1}


def test_what_waits_as_unlikely_floods_nothing(store: Store) -> None:
    publish(store, "gazette", BODY)
    store.db.execute("UPDATE hits SET lane = 'unlikely'")

    assert brought(store, 1) == {}


def test_what_a_feed_lists_of_long_ago_on_its_first_day_is_no_news(store: Store) -> None:
    publish(store, "gazette", BODY)
    store.db.execute("UPDATE articles SET published_at = '2026-10-01T00:00:00.000Z'")
    assert brought(store, 1) == {}

    store.db.execute("UPDATE feeds SET added_at = '2026-09-01T00:00:00.000Z'")
    assert brought(store, 1) == {"Gazette": 1}


def test_old_pages_of_an_archive_that_is_read_in_turn_count_from_the_second_hour_on(
    store: Store,
) -> None:
    publish(store, "gazette", BODY)
    publish(store, "gazette", f"{BODY} And more.", hours=5, key="b")
    store.db.execute("UPDATE articles SET published_at = '2026-10-01T00:00:00.000Z'")

    assert brought(store, 6) == {"Gazette": 1}


def test_a_mute_that_somebody_ended_does_not_stand_again_at_once(store: Store) -> None:
    publish(store, "gazette", BODY)
    with write_txn(store.db):
        hold_flood(store.db.conn, "Gazette", NOON + 2 * HOUR)
    assert brought(store, 3) == {}

    publish(store, "gazette", f"{BODY} And more.", hours=4, key="b")
    assert brought(store, 5) == {"Gazette": 1}

    (number,) = rows(store, "SELECT id FROM mutes")[0]
    unmute(store.db.conn, int(str(number)), "ann", "2026-11-03T18:00:00.000Z")
    assert brought(store, 7) == {}
