"""One card for each story and rule, in step with its hits and faithful to verdicts."""

from datetime import timedelta

import pytest

from storage.ingest.cards import priority
from storage.store import Store
from tests.storage.making import HOUR, NOON, feed, listed, prose, reading, rows, rule, value

OUTAGE, RECOUNT = rule("outage"), rule("recount", severity="low")
BODY = f"There was an outage. {prose(1, 400)}"


def copy_in(store: Store, slug: str, body: str, *, hours: int = 0) -> int:
    at = NOON + hours * HOUR
    (article,) = listed(store, ["a"], feed_id=slug, at=at)
    (stored, *_) = store.record_readings(None, [reading(article, body, OUTAGE, at=at)])
    return stored.hit_id


def judge(store: Store, hit_id: int, action: str) -> None:
    store.db.execute(
        "INSERT INTO reviews (hit_id, action, actor) VALUES (?, ?, 'ann')", (hit_id, action)
    )


def test_copies_of_a_story_are_one_card(store: Store) -> None:
    copy_in(store, "gazette", BODY)
    copy_in(store, "herald", f"{BODY} {prose(2, 30)}", hours=1)

    assert rows(store, "SELECT copies, outlets, owners, new_copies, status FROM cards") == [
        (2, 2, 2, 0, "new")
    ]
    assert value(store, "SELECT count(DISTINCT card_id) FROM hits") == 1


def test_two_rules_of_a_story_are_two_cards(store: Store) -> None:
    (article,) = listed(store, ["a"])
    body = f"An outage. A recount. {prose(1)}"

    store.record_readings(None, [reading(article, body, OUTAGE, RECOUNT)])

    assert rows(store, "SELECT severity FROM cards ORDER BY id") == [("high",), ("low",)]


@pytest.mark.parametrize("verdict", ["dismissed", "confirmed", "escalated"])
def test_a_close_copy_inherits_the_verdict_and_says_so(store: Store, verdict: str) -> None:
    judge(store, copy_in(store, "gazette", BODY), verdict)

    copy_in(store, "herald", BODY, hours=1)

    assert rows(store, "SELECT status FROM hits") == [(verdict,), (verdict,)]
    ((actor, action, reason, note, before),) = rows(
        store, "SELECT actor, action, reason, note, prev_status FROM reviews WHERE hit_id = 2"
    )
    assert (actor, action, reason, before) == (
        "pollwatch",
        verdict,
        "copy of a judged story",
        "new",
    )
    assert note == "100% of its text stands in article 1"
    card = rows(store, "SELECT status, new_copies, reviewed_by, review_count, reopened FROM cards")
    assert card == [(verdict, 1, "ann", 1, 0)]


def test_a_copy_with_much_of_its_own_reopens_the_card(store: Store) -> None:
    judge(store, copy_in(store, "gazette", BODY), "dismissed")

    copy_in(store, "herald", f"{BODY} {prose(3, 200)}", hours=1)

    assert rows(store, "SELECT status FROM hits") == [("dismissed",), ("new",)]
    assert rows(store, "SELECT status, new_copies, reopened FROM cards") == [("dismissed", 1, 1)]


def test_a_verdict_settles_the_card(store: Store) -> None:
    first = copy_in(store, "gazette", BODY)
    judge(store, first, "dismissed")
    second = copy_in(store, "herald", f"{BODY} {prose(3, 200)}", hours=1)

    judge(store, second, "confirmed")

    assert rows(store, "SELECT status, new_copies, reopened FROM cards") == [("confirmed", 0, 0)]


def test_the_lead_is_the_best_scored_hit(store: Store) -> None:
    store.sync_feeds([feed("gazette"), feed("herald"), feed("times")], NOON)
    copy_in(store, "gazette", BODY)
    copy_in(store, "herald", BODY, hours=1)
    store.db.execute("UPDATE hits SET score = 0.9 WHERE id = 2")
    copy_in(store, "times", BODY, hours=2)

    assert rows(store, "SELECT lead_hit_id, outlet, score FROM cards") == [(2, "Herald", 0.9)]


def test_a_card_whose_hits_are_gone_says_so(store: Store) -> None:
    (article,) = listed(store, ["a"])
    store.record_readings(None, [reading(article, BODY, OUTAGE)])

    store.record_readings(None, [reading(article, prose(1, 400), OUTAGE, at=NOON + HOUR)])

    assert rows(store, "SELECT still_matches, copies FROM cards") == [(0, 1)]


def test_priority_weighs_severity_score_spread_and_age() -> None:
    base = priority(1, 0.5, 1, NOON)

    assert priority(2, 0.5, 1, NOON) > base
    assert priority(1, 0.9, 1, NOON) > base
    assert priority(1, 0.5, 8, NOON) > base
    assert priority(1, 0.5, 1, NOON + HOUR) > base
    assert priority(3, 0.5, 1, NOON) > priority(0, 0.5, 1, NOON + timedelta(days=5))
