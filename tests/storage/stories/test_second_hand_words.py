"""What a feed says of another outlet's page brings that story back once, however often it says it anew."""

from dataclasses import replace

import pytest

from model import EntryMatch
from storage.ingest.entry_matches import record_entries
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unmatched_entries
from storage.store import Store
from storage.stories.story_hits import hits_of_story
from tests.storage.making import HOUR, NOON, decision, digest, entry, hit, poll, reading, rows
from tests.storage.stories.publishing import BODY, BREACH, OUTAGE, judge, kinds, publish, story

pytestmark = pytest.mark.usefixtures("published")
PAGE = "https://gazette.example/a"


def says(store: Store, words: str, hours: int, key: str = "k") -> None:
    """The aggregator's words on the page, and what the rules find in them."""
    at = NOON + hours * HOUR
    listed = entry(key, url=PAGE, canonical_url=PAGE, title=words, summary="", speaks=False)
    record_polls(store.db, None, [(poll(listed, feed_id="aggregator", at=at), decision(at))], at)
    ((number, sha256),) = rows(store, "SELECT id, content_sha256 FROM entries WHERE NOT speaks ORDER BY id DESC LIMIT 1")  # fmt: skip
    assert sha256 == digest(words)
    hits = tuple(hit(rule, words) for rule in (OUTAGE, BREACH) if rule.query in words)
    record_entries(store.db, None, [EntryMatch(int(str(number)), str(sha256), hits)], at)


def test_words_that_change_at_every_poll_bring_a_judged_story_back_once(store: Store) -> None:
    number = publish(store, "gazette", BODY)
    judge(store, number, "dismissed")
    says(store, "Aggregated: an outage in county 1", 1)
    assert story(store, "tab, reopened") == ("new", 1)
    judge(store, number, "dismissed")
    told = kinds(store)

    says(store, "Aggregated: an outage in county 2", 2)
    says(store, "Aggregated: an outage in county 3", 3, key="other")
    says(store, "Aggregated: an outage and a breach", 4, key="third")

    assert story(store, "tab, reopened") == ("dismissed", 0)
    assert kinds(store) == told


def test_what_the_outlet_itself_says_more_still_brings_it_back(store: Store) -> None:
    judge(store, publish(store, "gazette", BODY), "dismissed")
    says(store, "Aggregated: an outage in county 1", 1)
    judge(store, 1, "dismissed")

    publish(store, "herald", f"{BODY} And a breach.", OUTAGE, BREACH, hours=3)

    assert story(store, "tab, reopened") == ("new", 1)


def test_what_an_outlets_own_feed_says_more_beside_a_page_that_is_another_brings_it_back(
    store: Store,
) -> None:
    """Its page shows another story, so that what the feed says is matched apart."""
    for hours, words in enumerate(("There is an outage", "There is an outage and a breach")):
        at = NOON + hours * HOUR
        listed = entry("own", url=PAGE, canonical_url=PAGE, title=words, summary="")
        record_polls(store.db, None, [(poll(listed, at=at), decision(at))], at)
        found = tuple(hit(rule, words) for rule in (OUTAGE, BREACH) if rule.query in words)
        page = reading(1, BODY, OUTAGE, at=at)
        record_readings(store.db, None, [replace(page, entry_matches=(EntryMatch(1, digest(words), found),))])  # fmt: skip
        if not hours:
            judge(store, 1, "dismissed")

    assert story(store, "tab, reopened") == ("new", 1)
    assert kinds(store) == ["story-new", "story-grew"]
    assert {told.outlet for told in hits_of_story(store.db.conn, 1)} == {"Gazette"}


def test_words_of_the_own_feed_that_were_matched_apart_are_matched_again_when_they_change(
    store: Store,
) -> None:
    """Its page is right by now; the hit on what the feed has taken back must not stand."""
    run = store.start_run("watch", ruleset_sha256="rules", now=NOON)
    for hours, words in enumerate(("There is an outage", "All is well")):
        at = NOON + hours * HOUR
        listed = entry("own", url=PAGE, canonical_url=PAGE, title=words, summary="")
        record_polls(store.db, run, [(poll(listed, at=at), decision(at))], at)
        waiting = unmatched_entries(store.db, limit=10)
        assert [told.title for told in waiting] == ([words] if hours else [])
        found = (hit(OUTAGE, words),) if OUTAGE.query in words else ()
        record_entries(store.db, run, [EntryMatch(1, digest(words), found)], at)

    assert unmatched_entries(store.db, limit=10) == ()
    assert story(store, "tab") == ("gone",)
