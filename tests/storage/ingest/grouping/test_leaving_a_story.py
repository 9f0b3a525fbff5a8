"""An article that leaves its story for another once it is read, and one that a verdict keeps."""

from dataclasses import replace
from datetime import datetime, timedelta

from model import Reading
from storage.ingest.readings import record_readings
from storage.store import Store
from tests.storage.making import NOON, hit, listed, prose, reading, rows, rule

DAY = timedelta(days=1)


def partial_then_whole(store: Store, *, judged: bool) -> list[tuple[object, ...]]:
    """A story in the queue; then a copy of it, first known by its feed's words only."""
    outage = rule("outage")
    first, second = (*listed(store, ["a"]), *listed(store, ["b"], feed_id="herald"))
    body = f"There was an outage. {prose(1)}"
    record_readings(store.db, None, [reading(first, body, outage)])
    (stored,) = record_readings(
        store.db,
        None,
        [reading(second, "Feed: an outage at the clerk's office today.", outage, state="partial")],
    )
    if judged:
        store.db.execute(
            "INSERT INTO story_reviews (story_id, action, actor) VALUES (?, 'confirmed', 'ann')",
            [stored.story_id],
        )
    record_readings(store.db, None, [reading(second, body, outage, at=NOON + DAY)])
    assert rows(store, "PRAGMA foreign_key_check") == []
    return rows(store, "SELECT hits, copies FROM stories WHERE tab IS NOT NULL")


def test_a_copy_first_known_by_its_feed_joins_the_story_once_it_is_read(store: Store) -> None:
    assert partial_then_whole(store, judged=False) == [(2, 2)]
    assert rows(store, "SELECT id FROM hits") == [(1,), (2,)]


def test_a_judged_article_never_leaves_its_story(store: Store) -> None:
    assert partial_then_whole(store, judged=True) == [(1, 1), (1, 1)]


def headline(article: int, title: str, at: datetime = NOON) -> Reading:
    """Nothing but a headline, which the rule finds."""
    found = hit(rule("outage"), title)
    evidence = (replace(found.evidence[0], field="title"),)
    read = reading(article, "", title=title, state="partial", at=at)
    return replace(read, hits=(replace(found, evidence=evidence, snippet_field="title"),))


def stories_after_correction(store: Store, corrected: str) -> list[tuple[object, ...]]:
    """Two outlets' headline, of which one is corrected."""
    first, second = (*listed(store, ["a"]), *listed(store, ["b"], feed_id="herald"))
    title = "An outage at the clerk's office today"
    record_readings(store.db, None, [headline(first, title), headline(second, title)])
    record_readings(store.db, None, [headline(second, corrected, NOON + DAY)])
    return rows(store, "SELECT hits, copies FROM stories WHERE tab IS NOT NULL")


def test_a_headline_that_was_corrected_stays_with_the_same_headline_elsewhere(store: Store) -> None:
    corrected = "Correction: an outage at the clerk's office on Monday"
    assert stories_after_correction(store, corrected) == [(2, 2)]


def test_a_headline_that_became_another_one_leaves_the_card_of_others(store: Store) -> None:
    other = "Fires cause a power outage along the river"
    assert stories_after_correction(store, other) == [(1, 1), (1, 1)]
