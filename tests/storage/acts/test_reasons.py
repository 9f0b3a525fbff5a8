"""The reason of a verdict: falsehoods that were confirmed, and what an undo puts back."""

import pytest

from storage.acts.undo import undo_batch
from storage.acts.verdicts import Act, Action, record_act
from storage.database.connection import write_txn
from storage.feeds import sync_feeds
from storage.ingest.readings import record_readings
from storage.queries.export import exported
from storage.rules import sync_rules
from storage.store import Store
from tests.storage.making import NOON, feed, listed, prose, reading, rows, rule

OUTAGE = rule("outage")
AT = "2026-11-03T14:00:00.000Z"


@pytest.fixture(autouse=True)
def _story(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette")], NOON)
    sync_rules(store.db, [OUTAGE], NOON)
    (article,) = listed(store, ["a"])
    record_readings(store.db, None, [reading(article, f"An outage. {prose(1)}", OUTAGE)])


def act(store: Store, action: Action, reason: str = "") -> None:
    ((count,),) = rows(store, "SELECT review_count FROM stories")
    with write_txn(store.db):
        done = record_act(
            store.db.conn, Act(((1, int(str(count))),), action, "ann", AT, reason=reason)
        )
    assert done.outcome == "done"


def take_back(store: Store) -> None:
    with write_txn(store.db):
        assert undo_batch(store.db.conn, "ann", AT) is not None


def verdict(store: Store) -> tuple[object, ...]:
    return rows(store, "SELECT status, reason FROM stories")[0]


def test_a_falsehood_stays_one_when_it_is_escalated_or_confirmed_again(store: Store) -> None:
    act(store, "confirmed", "falsehood")
    act(store, "escalated")
    assert verdict(store) == ("escalated", "falsehood")
    act(store, "confirmed")
    assert verdict(store) == ("confirmed", "falsehood")
    assert [story.is_falsehood for story in exported(store.db.conn)] == [True]


def test_back_to_new_or_a_dismissal_takes_the_mark_off(store: Store) -> None:
    act(store, "confirmed", "falsehood")
    act(store, "new")
    assert verdict(store) == ("new", "")
    act(store, "confirmed")
    assert verdict(store) == ("confirmed", "")
    act(store, "confirmed", "falsehood")
    act(store, "dismissed", "fiction")
    assert verdict(store) == ("dismissed", "fiction")


def test_an_undo_puts_back_verdict_and_reason_step_by_step(store: Store) -> None:
    steps: list[tuple[Action, str]] = [("dismissed", "old-news"), ("confirmed", "falsehood"), ("dismissed", "comment")]  # fmt: skip
    for action, reason in steps:
        act(store, action, reason)
    for before in reversed(steps[:-1]):
        take_back(store)
        assert verdict(store) == before
    take_back(store)
    assert verdict(store) == ("new", "")


def test_an_act_of_an_earlier_release_is_undone_with_its_reason(store: Store) -> None:
    """It did not keep the reason of the verdict before it."""
    act(store, "dismissed", "opinion")
    act(store, "confirmed")
    store.db.execute("DROP TRIGGER story_reviews_no_update")
    store.db.execute("UPDATE story_reviews SET prev_subject = NULL")
    take_back(store)
    assert verdict(store) == ("dismissed", "opinion")
