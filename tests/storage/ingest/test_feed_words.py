"""What feeds say and articles do not is found by its words, from the poll on, and once only."""

from dataclasses import replace

import pytest

from model import Entry, Reading
from storage.feeds import sync_feeds
from storage.ingest import feed_words
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.store import Store
from storage.upkeep.maintenance import maintain_database
from tests.storage.making import (
    HOUR,
    NOON,
    decision,
    entry,
    failure,
    feed,
    poll,
    reading,
    rows,
    value,
)

URL = "https://gazette.example/a"
FOUND = "SELECT rowid FROM feed_words_fts WHERE feed_words_fts MATCH ?"


@pytest.fixture(autouse=True)
def _feeds(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette"), feed("aggregator")], NOON)


def own(title: str = "Count goes on", **fields: object) -> Entry:
    return entry("a", title=title, url=URL, canonical_url=URL, **fields)


def foreign(title: str, **fields: object) -> Entry:
    return entry("x", title=title, url=f"{URL}?utm_x=1", canonical_url=URL, speaks=False, **fields)


def lists(store: Store, slug: str, words: Entry, hours: int = 0) -> None:
    at = NOON + hours * HOUR
    record_polls(store.db, None, [(poll(words, feed_id=slug, at=at), decision(at))], at)


def page(body: str, *, summary: str = "", hours: int = 1, title: str = "Count goes on") -> Reading:
    new_reading = reading(1, body, at=NOON + hours * HOUR, title=title)
    return replace(new_reading, article=replace(new_reading.article, summary=summary))


def is_found(store: Store, words: str) -> bool:
    return rows(store, FOUND, words) == [(1,)]


def test_an_entry_is_found_before_its_page_was_tried_and_after_it_failed(store: Store) -> None:
    lists(store, "gazette", own(summary="Seals were broken in the depot."))
    assert is_found(store, '"broken in the depot"')

    record_readings(store.db, None, [failure(1, at=NOON + HOUR)])

    assert is_found(store, '"broken in the depot" AND "count goes on"')


def test_what_the_page_says_too_is_not_kept_twice(store: Store) -> None:
    lists(store, "gazette", own(summary="Seals were BROKEN, in the depot"))

    record_readings(
        store.db, None, [page("First this. Seals were broken in the depot. Then that.")]
    )

    assert rows(store, "SELECT * FROM feed_words") == []
    assert not is_found(store, "seals")


def test_another_feeds_headline_is_found_beside_the_article_that_does_not_have_it(
    store: Store,
) -> None:
    lists(store, "gazette", own())
    lists(store, "aggregator", foreign("Hackers changed votes", summary="Count goes on"))

    record_readings(store.db, None, [page("All is well.", summary="Count goes on\nA summary.")])

    assert value(store, "SELECT words FROM feed_words") == "Hackers changed votes\nCount goes on"


def test_of_a_feeds_whole_article_only_the_paragraphs_are_kept_that_the_page_lacks(
    store: Store,
) -> None:
    whole = "The count goes on.\nA paragraph that the page hides.\nAll is well."
    lists(store, "gazette", own(summary="", content=whole))
    assert value(store, "SELECT words FROM feed_words") == "Count goes on"

    record_readings(store.db, None, [page("The count goes on.\nAll is well.")])

    words = "Count goes on\nA paragraph that the page hides."
    assert value(store, "SELECT words FROM feed_words") == words


def test_a_changed_entry_is_found_by_its_new_words_and_no_longer_by_the_old(store: Store) -> None:
    lists(store, "gazette", own())
    record_readings(store.db, None, [page("All is well.", summary="Count goes on\nA summary.")])

    lists(store, "gazette", own("Count was halted"), 2)
    assert is_found(store, "halted")
    lists(store, "gazette", own("Count was resumed"), 3)

    assert is_found(store, "resumed")
    assert not is_found(store, "halted")


def test_a_word_within_a_longer_one_is_no_mention(store: Store) -> None:
    lists(store, "gazette", own("Vote"))

    record_readings(store.db, None, [page("Voters wait.", title="Voters", summary="A summary.")])

    assert is_found(store, "vote")


def test_a_text_that_was_dropped_leaves_what_feeds_said_of_it(store: Store) -> None:
    lists(store, "gazette", own())
    record_readings(store.db, None, [page("All is well.", summary="Count goes on\nA summary.")])

    maintain_database(store.db, NOON + 240 * HOUR, keep_bodies_days=1)

    assert value(store, "SELECT words FROM feed_words") == "Count goes on\nA summary."


def test_an_older_database_is_taken_in_step_by_step_the_newest_first(store: Store) -> None:
    keys = [str(n) for n in range(600)]
    entries = [entry(key, title=f"Headline {key}", canonical_url=f"{URL}/{key}") for key in keys]
    record_polls(store.db, None, [(poll(*entries), decision())], NOON)
    store.db.execute("DELETE FROM feed_words")
    store.db.execute("INSERT INTO facts (key, value) VALUES ('feed_words_below', '601')")

    assert feed_words.fill(store.db, most=250) == 250
    assert rows(store, FOUND, '"headline 599"') == [(600,)]
    assert rows(store, FOUND, '"headline 0"') == []
    assert feed_words.fill(store.db) == 350

    assert rows(store, FOUND, '"headline 0"') == [(1,)]
    assert feed_words.fill(store.db) == 0
    assert rows(store, "SELECT * FROM facts WHERE key = 'feed_words_below'") == []


def test_the_index_and_what_it_is_of_agree(store: Store) -> None:
    lists(store, "gazette", own())
    lists(store, "gazette", own("Count was halted"), 2)
    record_readings(store.db, None, [page("Count was halted. A summary.", hours=3)])

    store.db.execute("INSERT INTO feed_words_fts (feed_words_fts, rank) VALUES ('integrity-check', 1)")  # fmt: skip
    assert rows(store, "SELECT * FROM feed_words") == []
