"""Whose words an article has: its own outlet's feed speaks for it, another feed only lists it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from model import Entry, EntryMatch, Outcome, UrlAttempt
from storage.feeds import sync_feeds
from storage.ingest.entry_matches import record_entries
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles import unread
from storage.queries.articles.unread import unmatched_entries, unread_articles, whole_unread
from storage.store import Store
from tests.storage.making import (
    HOUR,
    NOON,
    decision,
    entry,
    failure,
    feed,
    only,
    poll,
    reading,
    rows,
    value,
)

URL = "https://gazette.example/a"


@pytest.fixture(autouse=True)
def _feeds(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette"), feed("herald"), feed("aggregator")], NOON)


def lists(store: Store, slug: str, words: Entry, hours: int = 0) -> None:
    at = NOON + hours * HOUR
    record_polls(store.db, None, [(poll(words, feed_id=slug, at=at), decision(at))], at)


def foreign(title: str = "FALSE: hackers changed votes", **fields: object) -> Entry:
    return entry("x", title=title, url=f"{URL}?utm_x=1", canonical_url=URL, speaks=False, **fields)


def own(title: str = "Count goes on", **fields: object) -> Entry:
    return entry("a", title=title, url=URL, canonical_url=URL, **fields)


def test_an_article_that_another_feed_listed_first_is_its_outlets_once_that_lists_it(
    store: Store,
) -> None:
    lists(store, "aggregator", foreign())
    assert rows(store, "SELECT outlet, owner FROM articles") == [("gazette.example", None)]

    lists(store, "gazette", own(), 1)

    assert rows(store, "SELECT outlet, title, url FROM articles") == [
        ("Gazette", "Count goes on", URL)
    ]
    assert only(unread_articles(store.db, NOON + HOUR, limit=9)).feed_id == "gazette"


def test_a_feed_that_lists_an_outlets_article_later_changes_nothing_of_it(store: Store) -> None:
    lists(store, "gazette", own())
    lists(store, "aggregator", foreign(), 1)

    assert rows(store, "SELECT outlet, title, url FROM articles") == [
        ("Gazette", "Count goes on", URL)
    ]


def test_the_words_of_other_feeds_are_no_text_of_the_article(store: Store) -> None:
    lists(store, "aggregator", foreign(summary="A long summary of another feed, longer than any."))
    lists(store, "gazette", own(summary="Short."), 1)

    due = only(unread_articles(store.db, NOON + HOUR, limit=9))

    assert (due.feed_text, due.summary) == ("Short.", "Count goes on\nShort.")
    assert [(e.source, e.title) for e in due.entries] == [
        ("Aggregator", "FALSE: hackers changed votes")
    ]
    assert due.addresses == (URL, f"{URL}?utm_x=1")


def test_an_entry_waits_to_be_matched_until_it_was_and_again_when_it_changes(store: Store) -> None:
    lists(store, "aggregator", foreign())
    (waiting,) = unmatched_entries(store.db, limit=9)
    record_entries(store.db, None, [EntryMatch(waiting.entry_id, waiting.text_sha256, ())], NOON)
    assert unmatched_entries(store.db, limit=9) == ()

    lists(store, "aggregator", foreign("Other words"), 1)

    assert [e.title for e in unmatched_entries(store.db, limit=9)] == ["Other words"]


def test_words_that_changed_while_they_were_matched_stay_waiting(store: Store) -> None:
    lists(store, "aggregator", foreign())
    (old,) = unmatched_entries(store.db, limit=9)
    lists(store, "aggregator", foreign("Other words"), 1)

    record_entries(store.db, None, [EntryMatch(old.entry_id, old.text_sha256, ())], NOON)

    assert len(unmatched_entries(store.db, limit=9)) == 1


def test_a_feed_that_comes_to_speak_for_the_site_is_heard(store: Store) -> None:
    lists(store, "aggregator", foreign())
    lists(store, "aggregator", replace(foreign(), speaks=True), 1)

    assert value(store, "SELECT speaks FROM entries") == 1
    assert only(unread_articles(store.db, NOON + HOUR, limit=9)).feed_text == "A summary."


def test_failures_are_kept_for_each_address_until_one_is_read(store: Store) -> None:
    lists(store, "gazette", own())
    tried = (
        UrlAttempt(URL, Outcome.SERVER_ERROR, "it said 503", 503),
        UrlAttempt(f"{URL}?b", Outcome.OK),
    )
    record_readings(
        store.db, None, [replace(failure(1, at=NOON, next_attempt_at=NOON + HOUR), tried=tried)]
    )

    due = only(unread_articles(store.db, NOON + HOUR, limit=9))
    assert due.tried == (UrlAttempt(URL, Outcome.SERVER_ERROR, "it said 503", 503),)

    again = replace(reading(1, "Words.", at=NOON + HOUR), tried=(UrlAttempt(URL, Outcome.OK),))
    record_readings(store.db, None, [again])
    assert rows(store, "SELECT outcome, attempts FROM article_urls WHERE url = ?", URL) == [
        ("ok", 1)
    ]


def test_a_feed_that_dies_falls_silent_and_recovers_is_told_once_each(store: Store) -> None:
    lists(store, "gazette", own())
    for days in (15, 16):
        at = NOON + timedelta(days=days)
        failed = poll(feed_id="gazette", at=at, outcome=Outcome.DNS, entries=())
        record_polls(store.db, None, [(failed, decision(at, failures=days))], at)
    for days in (17, 18):
        at = NOON + timedelta(days=days)
        record_polls(store.db, None, [(poll(own(), feed_id="gazette", at=at), decision(at))], at)
    at = NOON + timedelta(days=19)
    record_polls(
        store.db, None, [(poll(own(), entry("new"), feed_id="gazette", at=at), decision(at))], at
    )

    assert [k for (k,) in rows(store, "SELECT kind FROM events ORDER BY id")] == [
        "feed-dead",
        "feed-silent",
        "feed-recovered",
    ]


def test_long_words_of_feeds_are_left_out_of_the_list_and_given_when_asked_for(
    store: Store,
) -> None:
    news = poll(
        entry("long", content="A long text. " * 400), entry("short", content="A short text.")
    )
    record_polls(store.db, None, [(news, decision())], NOON)

    long, short = unread_articles(store.db, NOON, limit=9)
    whole = only(whole_unread(store.db, [long.article_id]))

    assert (long.listed_only, long.feed_text, short.listed_only) == (True, "", False)
    assert whole == replace(long, listed_only=False, feed_text="A long text. " * 400, summary=whole.summary, spoken=whole.spoken)  # fmt: skip
    assert whole.summary == "Title long\nA summary."
    assert whole_unread(store.db, [short.article_id]) == (short,)


def test_a_listing_brings_a_bounded_amount_of_feeds_words(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "MOST_LISTED_CHARACTERS", 1000)
    news = poll(*(entry(f"e{n}", content="Ten words of a text. " * 20) for n in range(5)))
    record_polls(store.db, None, [(news, decision())], NOON)

    listed = unread_articles(store.db, NOON, limit=9)

    assert [unread.listed_only for unread in listed] == [False, False, True, True, True]
    assert (
        only(whole_unread(store.db, [listed[-1].article_id])).feed_text
        == "Ten words of a text. " * 20
    )
