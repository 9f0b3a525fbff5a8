"""Pages that could not be read: real failures stay visible beside thousands of empty entries."""

from dataclasses import replace
from datetime import timedelta

from model import Outcome
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.queries.articles.unreadable import count_doubtful, failed_in_run, unreadable
from storage.store import Store
from tests.storage.making import NOON, decision, entry, failure, listed, poll, reading, value


def test_entries_without_a_link_come_after_real_failures(store: Store) -> None:
    run_id = store.start_run(
        "watch", prefect_run_id=None, code_version="t", ruleset_sha256="", now=NOON
    )
    numbers = listed(store, [f"e{n}" for n in range(9)])
    for number in numbers:
        failed = failure(number, at=NOON)
        if number != numbers[4]:
            empty = replace(
                failed.article, outcome=Outcome.NO_LINK, problem="neither link nor text"
            )
            failed = replace(failed, article=empty)
        record_readings(store.db, run_id, [failed])

    assert failed_in_run(store.db, run_id, limit=1)[0].article_id == numbers[4]
    assert unreadable(store.db)[0].article_id == numbers[4]
    assert len(unreadable(store.db)) == 9


def test_a_page_that_only_another_outlets_feed_lists_is_named_by_that_feed(store: Store) -> None:
    words = entry("x", title="What a feed says", speaks=False)
    record_polls(store.db, None, [(poll(words, feed_id="herald"), decision())], NOON)
    run_id = store.start_run("watch", now=NOON)
    (number,) = (unread.article_id for unread in unread_articles(store.db, NOON, limit=9))
    record_readings(store.db, run_id, [failure(number, at=NOON)])

    (page,) = failed_in_run(store.db, run_id, limit=9)

    outlet = value(store, "SELECT outlet FROM articles")
    herald = value(store, "SELECT outlet FROM feeds WHERE slug = 'herald'")
    assert (page.outlet, page.title) == (f"{herald} on {outlet}", "What a feed says")


def test_a_text_in_doubt_is_listed_and_counted_though_it_was_read(store: Store) -> None:
    run_id = store.start_run("watch", now=NOON)
    whole, doubted = (reading(number, "A text.") for number in listed(store, ["a", "b"]))
    article = replace(
        doubted.article, outcome=Outcome.EXTRACTION_DOUBTFUL, problem="It shares no word."
    )
    record_readings(store.db, run_id, [whole, replace(doubted, article=article)])

    (page,) = unreadable(store.db)

    assert (page.state, page.why) == ("read", "It shares no word.")
    assert count_doubtful(store.db, NOON) == 1
    assert count_doubtful(store.db, NOON + timedelta(days=1)) == 0
