"""A story that somebody misses is found at the step where it stopped, for each way to miss one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from model import Outcome
from storage.acts.mutes import mute
from storage.acts.verdicts import Act, record_act
from storage.database.connection import write_txn
from storage.feeds import sync_feeds
from storage.ingest.feeds.entries import url_hash
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.by_address import articles_at, listed_feeds_of, looks_like_address
from storage.queries.articles.trace import Trace, trace
from storage.rules import sync_rules
from storage.store import Store
from storage.times import iso
from tests.storage.making import (  # fmt: skip
    HOUR,
    NOON,
    decision,
    entry,
    failure,
    feed,
    listed,
    poll,
    prose,
    reading,
    rows,
    rule,
)

OUTAGE, LEAK = rule("outage"), rule("leak", status="experimental")
TEXT = f"An outage stopped the count. {prose(3)}"
LATER = NOON + HOUR


@pytest.fixture
def number(store: Store) -> int:
    sync_feeds(store.db, [feed("gazette"), feed("herald")], NOON)
    sync_rules(store.db, [OUTAGE, LEAK], NOON)
    return listed(store, ["a"])[0]


def traced(store: Store, number: int) -> Trace:
    found = trace(store.db.conn, number)
    assert found is not None
    return found


def read(store: Store, number: int, text: str = TEXT, **fields: object) -> None:
    of_article = replace(reading(number, text, OUTAGE, LEAK, at=LATER), **fields)  # type: ignore[arg-type]
    record_readings(store.db, None, [of_article])


def stop(found: Trace) -> tuple[str, str] | None:
    """The first step at which it stopped."""
    return next(((step.name, step.sentence) for step in found.steps if step.stopped), None)


def test_a_story_in_the_queue_stopped_nowhere(store: Store, number: int) -> None:
    read(store, number)
    found = traced(store, number)

    assert stop(found) is None
    assert [step.name for step in found.steps] == ["listed", "read", "matched", "queue"]
    assert found.steps[0].sentence == "Listed by Gazette, first seen 2026-11-03 12:00 UTC; published 2026-11-03 12:00 UTC."  # fmt: skip
    assert found.steps[2].sentence == "Hit by outage."
    assert found.steps[3].sentence == "In New since 2026-11-03 13:00 UTC."


def test_one_that_waits_to_be_read(store: Store, number: int) -> None:
    assert stop(traced(store, number)) == ("read", "Not read yet. It is due from 2026-11-03 12:00 UTC on.")  # fmt: skip


def test_one_whose_page_cannot_be_read(store: Store, number: int) -> None:
    record_readings(store.db, None, [failure(number, at=LATER, next_attempt_at=LATER + HOUR)])

    assert stop(traced(store, number)) == (
        "read",
        "Nothing but its headline is known: it said 503. Tried 1 time, again not before 2026-11-03 14:00 UTC.",
    )


def test_one_read_that_no_rule_found(store: Store, number: int) -> None:
    read(store, number, prose(5))

    assert stop(traced(store, number)) == ("matched", "No rule found it.")


def test_one_whose_text_may_be_the_wrong_part_of_its_page(store: Store, number: int) -> None:
    doubtful = replace(
        reading(number, prose(5)).article,
        outcome=Outcome.EXTRACTION_DOUBTFUL,
        problem="No word of the headline is in it.",
    )
    read(store, number, prose(5), article=doubtful, hits=())

    assert "No word of the headline is in it." in traced(store, number).steps[1].sentence


def test_one_that_only_a_rule_on_trial_found(store: Store, number: int) -> None:
    read(store, number, f"A leak was found. {prose(4)}")

    assert stop(traced(store, number)) == ("queue", "In Experimental: only rules on trial find it.")


def test_one_held_for_unlikely(store: Store, number: int) -> None:
    store.db.execute("INSERT INTO facts (key, value) VALUES ('relevance_threshold', '0.5') ON CONFLICT (key) DO UPDATE SET value = '0.5'")  # fmt: skip
    hits = tuple(replace(hit, relevance=0.2, weights_sha256="w") for hit in reading(number, TEXT, OUTAGE).hits)  # fmt: skip
    read(store, number, hits=hits)

    assert stop(traced(store, number)) == (
        "queue",
        "In Unlikely: its relevance is 20%, below the threshold of 50%.",
    )


def test_one_whose_outlet_is_muted(store: Store, number: int) -> None:
    read(store, number)
    with write_txn(store.db):
        mute(store.db.conn, kind="outlet", value="Gazette", until=iso(LATER + timedelta(days=1)), actor="remy", at=iso(LATER))  # fmt: skip

    assert stop(traced(store, number)) == ("queue", "Muted by remy until 2026-11-04 13:00 UTC: outlet “Gazette”.")  # fmt: skip


def test_one_that_somebody_dismissed(store: Store, number: int) -> None:
    read(store, number)
    (story,) = rows(store, "SELECT id, review_count FROM stories WHERE tab IS NOT NULL")
    with write_txn(store.db):
        record_act(store.db.conn, Act(((int(str(story[0])), int(str(story[1]))),), "dismissed", "remy", iso(LATER), reason="old-news"))  # fmt: skip
        record_act(store.db.conn, Act(((int(str(story[0])), int(str(story[1])) + 1),), "tag", "ana", iso(LATER + HOUR), subject="later"))  # fmt: skip

    assert stop(traced(store, number)) == ("queue", "Dismissed by remy, 2026-11-03 13:00 UTC (old-news).")  # fmt: skip


def test_one_that_stands_on_the_card_of_another(store: Store, number: int) -> None:
    read(store, number)
    copy = listed(store, ["b"], feed_id="herald")[0]
    read(store, copy)
    found = traced(store, copy)

    assert found.story == traced(store, number).story
    assert found.steps[-1].sentence.startswith("On the card of “A title” (Gazette), as 100% of its text stands there. In New")  # fmt: skip


def test_there_is_no_such_article(store: Store) -> None:
    assert trace(store.db.conn, 4) is None


@pytest.mark.parametrize(
    "address",
    ["https://gazette.example/a", "http://www.gazette.example/a/", "gazette.example/a?utm_source=x&fbclid=1", "https://GAZETTE.example/a#comments"],
)  # fmt: skip
def test_an_article_is_found_under_the_address_that_a_colleague_sent(
    store: Store, number: int, address: str
) -> None:
    assert looks_like_address(address)
    assert articles_at(store.db.conn, address) == (number,)


def test_an_article_is_found_under_the_address_that_its_page_names_and_where_it_was_led(
    store: Store,
) -> None:
    sync_feeds(store.db, [feed("gazette")], NOON)
    (number,) = listed(store, ["?p=77"])
    led, named = (
        "https://gazette.example/2026/lotus",
        "https://www.gazette.example/news/lotus-story",
    )
    of_page = reading(number, "The lotus is out.", at=LATER)
    article = replace(of_page.article, url=led, canonical_url=named)
    record_readings(store.db, None, [replace(of_page, article=article)])

    for address in (led, named, "gazette.example/news/lotus-story/?utm_source=mail"):
        assert articles_at(store.db.conn, address) == (number,)


def test_an_article_that_was_led_to_the_front_page_is_not_found_there(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette")], NOON)
    (number,) = listed(store, ["lotus"])
    front = "https://gazette.example/"
    of_page = reading(number, "The lotus is out.", at=LATER)
    article = replace(of_page.article, url=f"{front}?utm_source=rss", canonical_url=front)
    record_readings(store.db, None, [replace(of_page, article=article)])

    assert articles_at(store.db.conn, front) == ()


@pytest.mark.parametrize("trackers", ["", "?utm_source=rss&utm_medium=feed", "#rss"])
def test_an_article_that_moved_is_found_under_the_address_that_it_had(
    store: Store, trackers: str
) -> None:
    sync_feeds(store.db, [feed("gazette")], NOON)
    for hours, address in enumerate(("lotus-opens", "lotus-opens-at-last")):
        url = f"https://gazette.example/{address}"
        moving = entry(f"lotus|{url}", guid="lotus", title="The lotus opens", url=url + trackers, canonical_url=url)  # fmt: skip
        at = NOON + hours * HOUR
        record_polls(store.db, None, [(poll(moving, at=at), decision(at))], at)
    both = [articles_at(store.db.conn, f"https://gazette.example/lotus-opens{end}") for end in ("", "-at-last")]  # fmt: skip
    assert both[0] == both[1] != ()
    assert rows(store, "SELECT url FROM other_addresses") == [
        ("https://gazette.example/lotus-opens",)
    ]


def test_the_article_at_the_very_address_comes_before_others_of_its_site(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette")], NOON)
    front, bare, one, two = listed(store, ["front", "story.php", "story.php?id=1", "story.php?id=2&reference=9"])  # fmt: skip
    with write_txn(store.db):
        store.db.execute("UPDATE articles SET url_hash = ? WHERE id = ?", (url_hash("https://gazette.example/"), front))  # fmt: skip

    def at(address: str) -> tuple[int, ...]:
        return articles_at(store.db.conn, f"https://gazette.example/{address}")

    assert at("story.php?id=1") == (one,)
    assert at("story.php?id=2&reference=9&ref=mail") == (two,)
    assert at("story.php?cmp=mail") == (bare,)
    assert (at(""), at("?p=7")) == ((front,), ())


def test_the_feeds_of_a_site_are_found_by_any_of_its_hosts(store: Store) -> None:
    feeds = [
        feed("plain", url="https://feeds.plain.example/rss"),
        feed("wide", url="https://wide.example/rss", sites=("broad.example",)),
        feed("uk", url="https://www.daily.co.uk/rss"),
        feed("other", url="https://www.nightly.co.uk/rss"),
        feed("local", url="http://127.0.0.1:8001/rss"),
    ]
    sync_feeds(store.db, feeds, NOON)
    slugs = {row[0]: row[1] for row in rows(store, "SELECT id, slug FROM feeds")}

    def of(address: str) -> list[object]:
        return [slugs[number] for number in listed_feeds_of(store.db.conn, address)]

    assert of("https://www.plain.example/x") == ["plain"]
    assert of("https://news.broad.example/x") == ["wide"]
    assert of("https://daily.co.uk/x") == ["uk"]
    assert of("http://127.0.0.1:8001/x") == ["local"]
    assert of("http://127.0.0.1:8002/x") == []
    assert of("https://unheard-of.example/x") == []


@pytest.mark.parametrize("typed", ["ballot*", 'url:"example.com/x"', "and/or", "a NEAR/5 b", "title:recount", "example.com", "3.5/10", "http://[::1", "https://ex\u2100.com/a"])  # fmt: skip
def test_a_search_is_no_address(typed: str) -> None:
    assert not looks_like_address(typed)
