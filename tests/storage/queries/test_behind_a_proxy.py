"""A proxy that is set wrongly is no failure of the feeds behind it, and nobody takes them for fine."""

import sqlite3
from contextlib import closing

from model import Outcome
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.queries.feed_health import feed_health
from storage.queries.monitor.blindness import blindness
from storage.queries.seen_feeds import seen_feeds
from storage.store import Store
from tests.storage.making import HOUR, NOON, decision, entry, feed, poll

FEEDS = ("gazette", "herald", "courier")
SAID = "gazette.example could not be reached: the proxy p.example:3128 answered 407."


def polled(store: Store, hours: int, **fields: object) -> None:
    at = NOON + hours * HOUR
    run = store.start_run("watch", now=at)
    polls = [(poll(feed_id=name, at=at, **fields), decision(at)) for name in FEEDS]
    record_polls(store.db, run, polls, at)


def failing(store: Store, hours: int) -> int:
    with closing(sqlite3.connect(store.path)) as connection:
        connection.row_factory = sqlite3.Row
        return seen_feeds(connection, NOON + hours * HOUR).failing


def test_feeds_behind_it_are_failing_for_everybody_who_asks(store: Store) -> None:
    sync_feeds(store.db, [feed(name) for name in FEEDS], NOON)
    polled(store, 0, entries=(entry("a"),))
    assert blindness(store.db.conn) is None

    polled(store, 1, outcome=Outcome.PROXY, http_status=None, sentence=SAID, cache=None)

    health = feed_health(store.db, NOON + 2 * HOUR)
    assert [feed.flags for feed in health] == [("failing",)] * 3
    assert {(feed.failures, feed.what_happened) for feed in health} == {(0, SAID)}
    assert failing(store, 2) == 3
    blind = blindness(store.db.conn)
    assert blind is not None
    assert blind.feeds == 3

    polled(store, 3)
    assert blindness(store.db.conn) is None
    assert failing(store, 4) == 0
