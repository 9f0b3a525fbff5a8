"""Of what a feed holds when it is first polled, only what is recent is told as news."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.store import Store
from tests.storage.making import HOUR, NOON, decision, entry, poll, reading, rows
from tests.storage.stories.publishing import BODY, OUTAGE

pytestmark = pytest.mark.usefixtures("published")


def publish(store: Store, published: datetime | None, at: datetime, slug: str = "gazette") -> None:
    listed = entry(f"{slug}-{at:%H}", published=published)
    record_polls(store.db, None, [(poll(listed, feed_id=slug, at=at), decision(at))], at)
    ((article,),) = rows(store, "SELECT max(id) FROM articles")
    new_reading = reading(int(str(article)), BODY, OUTAGE, at=at)
    record_readings(
        store.db,
        None,
        [replace(new_reading, article=replace(new_reading.article, published=published))],
    )


def backlog_days(store: Store) -> object:
    ((payload,),) = rows(store, "SELECT payload_json FROM events WHERE kind = 'story-new'")
    return json.loads(str(payload)).get("backlog_days")


@pytest.mark.parametrize(
    ("age", "days"),
    [
        (timedelta(days=9), 9),
        (timedelta(days=3), 3),
        (timedelta(days=2, hours=23), None),
        (None, None),
    ],
)
def test_only_the_old_and_dated_of_a_first_poll_is_backlog(
    store: Store, age: timedelta | None, days: int | None
) -> None:
    publish(store, None if age is None else NOON - age, NOON)

    assert backlog_days(store) == days


def test_what_comes_late_to_a_feed_that_is_known_is_news_however_old(store: Store) -> None:
    record_polls(store.db, None, [(poll(entry("first"), feed_id="gazette"), decision())], NOON)

    publish(store, NOON - timedelta(days=9), NOON + HOUR)

    assert backlog_days(store) is None
