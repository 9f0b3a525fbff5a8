"""Entries and validators are stored together, once, before any page is fetched."""

from dataclasses import replace
from datetime import timedelta

import pytest

from model import FeedCache, Outcome, SitemapTurn
from storage.feeds import feed_histories, sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.store import Store
from tests.storage.making import (
    HOUR,
    NOON,
    decision,
    entry,
    feed,
    only,
    poll,
    reading,
    rows,
    value,
)


def test_entries_and_validators_are_stored_together(store: Store) -> None:
    recorded = record_polls(store.db, None, [(poll(entry("a"), entry("b")), decision())], NOON)

    assert (recorded[0].entries_seen, recorded[0].entries_new) == (2, 2)
    history = feed_histories(store.db)["gazette"]
    assert history.cache.etag == '"tag"'
    assert history.last_keys == {"a", "b"}
    assert history.last_ok_at == history.last_entry_at == NOON
    assert [u.title for u in unread_articles(store.db, NOON, limit=10)] == ["Title a", "Title b"]


def test_a_poll_that_breaks_midway_leaves_nothing(store: Store) -> None:
    with pytest.raises(KeyError):
        record_polls(
            store.db,
            None,
            [(poll(entry("a")), decision()), (poll(feed_id="nobody"), decision())],
            NOON,
        )

    assert rows(store, "SELECT id FROM articles UNION ALL SELECT id FROM polls") == []
    assert feed_histories(store.db)["gazette"].next_poll_at is None


def test_a_failed_poll_keeps_validators_and_keys(store: Store) -> None:
    record_polls(store.db, None, [(poll(entry("a")), decision())], NOON)
    later = NOON + HOUR
    failed = poll(at=later, outcome=Outcome.TIMEOUT, cache=FeedCache(), sentence="no answer")

    record_polls(store.db, None, [(failed, decision(later, failures=1, failure_weight=0.5))], later)

    history = feed_histories(store.db)["gazette"]
    assert (history.cache.etag, history.last_keys) == ('"tag"', {"a"})
    assert (history.failures, history.last_ok_at, history.last_polled_at) == (1, NOON, later)
    assert history.last_outcome is Outcome.TIMEOUT


def test_where_a_long_sitemap_index_goes_on_is_kept_until_it_is_short_again(store: Store) -> None:
    turn = SitemapTurn("https://gazette.example/part-7.xml", all_asked=True)
    for later, kept in ((turn, turn), (None, None)):
        polled = replace(poll(entry("a")), sitemap_turn=later)
        record_polls(store.db, None, [(polled, decision())], NOON)
        assert feed_histories(store.db)["gazette"].sitemap_turn == kept


def test_the_same_poll_again_changes_nothing(store: Store) -> None:
    polls = [(poll(entry("a"), entry("a")), decision())]
    first = record_polls(store.db, None, polls, NOON)
    again = record_polls(store.db, None, polls, NOON)

    assert (first[0].entries_new, again[0].entries_new) == (1, 0)
    assert value(store, "SELECT count(*) FROM polls") == 1
    assert value(store, "SELECT count(*) FROM entries") == 1


def test_entries_listed_again_unchanged_are_not_written(store: Store) -> None:
    record_polls(store.db, None, [(poll(entry("a")), decision())], NOON)
    store.db.execute(
        "CREATE TEMP TRIGGER no AFTER UPDATE ON main.entries BEGIN SELECT RAISE(ABORT,'wrote'); END"
    )

    recorded = record_polls(
        store.db, None, [(poll(entry("a"), at=NOON + HOUR), decision())], NOON + HOUR
    )

    assert (recorded[0].entries_seen, recorded[0].entries_changed) == (1, 0)


def test_one_article_for_one_url_in_two_feeds(store: Store) -> None:
    other = entry(
        "b-key",
        url="https://gazette.example/a",
        canonical_url="https://gazette.example/a",
        summary="Longer " * 9,
    )
    record_polls(
        store.db,
        None,
        [(poll(entry("a")), decision()), (poll(other, feed_id="herald"), decision())],
        NOON,
    )

    unread = only(unread_articles(store.db, NOON, limit=10))

    assert (unread.feed_id, unread.feed_text) == ("gazette", "Longer " * 9)


def test_an_entry_without_a_link_is_an_article_of_its_own(store: Store) -> None:
    bare = entry("k1", url=None, canonical_url=None, content="The whole text of it.")
    odd = entry("k2", url="mailto:x@example.org", canonical_url=None)
    record_polls(store.db, None, [(poll(bare, odd), decision())], NOON)

    unread = unread_articles(store.db, NOON, limit=10)

    assert [u.url for u in unread] == ["feed:gazette:k1", "feed:gazette:k2"]
    assert unread[0].feed_text == "The whole text of it."


def test_a_feed_of_whole_texts_says_so(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette", full_text=True)], NOON)
    record_polls(store.db, None, [(poll(entry("a")), decision())], NOON)

    assert only(unread_articles(store.db, NOON, limit=10)).full_text


def test_a_first_change_of_an_entry_has_its_page_read_again_at_once_later_ones_hourly(
    store: Store,
) -> None:
    record_polls(store.db, None, [(poll(entry("a")), decision())], NOON)
    unread = only(unread_articles(store.db, NOON, limit=10))
    record_readings(store.db, None, [reading(unread.article_id, "Some body " * 9, at=NOON)])
    soon, later = NOON + timedelta(minutes=10), NOON + timedelta(minutes=20)

    corrected = poll(entry("a", summary="Corrected."), at=soon)
    recorded = record_polls(store.db, None, [(corrected, decision(soon))], soon)

    assert recorded[0].entries_changed == 1
    again = only(unread_articles(store.db, soon, limit=10))
    assert (again.reread, again.feed_text, again.reads) == (True, "Corrected.", 1)

    record_readings(store.db, None, [reading(unread.article_id, "Other body " * 9, at=soon)])
    record_polls(
        store.db, None, [(poll(entry("a", summary="Once more."), at=later), decision(later))], later
    )
    assert unread_articles(store.db, later, limit=10) == ()
    assert only(unread_articles(store.db, soon + HOUR, limit=10)).feed_text == "Once more."


def test_an_entry_that_only_says_it_was_updated_counts_as_changed(store: Store) -> None:
    record_polls(store.db, None, [(poll(entry("a", updated=NOON)), decision())], NOON)
    unread = only(unread_articles(store.db, NOON, limit=10))
    record_readings(store.db, None, [reading(unread.article_id, "Some body " * 9, at=NOON)])

    touched = poll(entry("a", updated=NOON + HOUR), at=NOON + HOUR)
    recorded = record_polls(store.db, None, [(touched, decision(NOON + HOUR))], NOON + HOUR)

    assert recorded[0].entries_changed == 1
    assert only(unread_articles(store.db, NOON + HOUR, limit=10)).reread


@pytest.mark.parametrize("count", [2_050, pytest.param(20_000, marks=pytest.mark.slow)])
def test_a_huge_feed_is_stored_and_its_keys_sampled(store: Store, count: int) -> None:
    entries = [entry(f"k{n}") for n in range(count)]
    recorded = record_polls(store.db, None, [(poll(*entries), decision())], NOON)
    again = record_polls(
        store.db, None, [(poll(*entries, at=NOON + HOUR), decision())], NOON + HOUR
    )

    assert (recorded[0].entries_new, again[0].entries_new, again[0].entries_changed) == (
        count,
        0,
        0,
    )
    keys = feed_histories(store.db)["gazette"].last_keys
    assert len(keys) == 2000
    assert keys <= {e.key for e in entries}


def test_unread_pages_by_id_and_tells_new_from_again(store: Store) -> None:
    record_polls(store.db, None, [(poll(*(entry(f"k{n}") for n in range(5))), decision())], NOON)
    first = unread_articles(store.db, NOON, limit=2)
    rest = unread_articles(store.db, NOON, limit=10, after_id=first[-1].article_id)
    record_readings(
        store.db, None, [reading(first[0].article_id, "Body " * 30, next_attempt_at=NOON + HOUR)]
    )

    assert len(first) + len(rest) == 5
    assert len(unread_articles(store.db, NOON + HOUR, limit=10, only="new")) == 4
    assert only(unread_articles(store.db, NOON + HOUR, limit=10, only="again")).reread


def test_text_that_has_no_form_in_utf8_is_stored_all_the_same(store: Store) -> None:
    odd = entry(
        "a\ud800", title="Clerk \udfff", url="https://a.example/\ud800", authors=("\ud800",)
    )
    for hours in (0, 1):
        at = NOON + hours * HOUR
        (recorded,) = record_polls(store.db, None, [(poll(odd, at=at), decision(at))], at)

    assert (recorded.entries_seen, recorded.entries_new) == (1, 0)
    unread = only(unread_articles(store.db, NOON, limit=9))
    assert unread.title == "Clerk \ufffd"
    record_readings(store.db, None, [reading(unread.article_id, "body \ud800", title="t\ud800")])
    assert value(store, "SELECT body FROM article_texts") == "body \ufffd"
