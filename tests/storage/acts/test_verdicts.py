"""Acts on stories at the database itself: what a verdict saw, two writers at once, and a kill."""

import json
import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from storage.acts.undo import stack, undo_batch
from storage.acts.verdicts import Act, record_act
from storage.database import connection
from storage.database.connection import write_txn
from storage.feeds import sync_feeds
from storage.ingest.readings import record_readings
from storage.rules import sync_rules
from storage.store import Store
from tests.storage.making import HOUR, NOON, feed, listed, prose, reading, rows, rule, value

OUTAGE, BREACH = rule("outage"), rule("breach", severity="critical")
AT = "2026-11-03T14:00:00.000Z"


@pytest.fixture(autouse=True)
def _rules(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette"), feed("herald")], NOON)
    sync_rules(store.db, [OUTAGE, BREACH], NOON)


def publish(store: Store, slug: str, number: int, body: str, hours: int = 0) -> None:
    at = NOON + hours * HOUR
    (article,) = listed(store, [f"a{number}"], feed_id=slug, at=at)
    record_readings(store.db, None, [reading(article, body, OUTAGE, BREACH, at=at)])


def act(store: Store, new_act: Act) -> str:
    with write_txn(store.db):
        return record_act(store.db.conn, new_act).outcome


def test_what_came_while_a_story_was_being_judged_brings_it_back(store: Store) -> None:
    body = f"An outage. {prose(1, 400)}"
    publish(store, "gazette", 1, body)
    ((grown, count),) = rows(store, "SELECT grown, review_count FROM stories")
    publish(store, "herald", 1, f"{body} And a breach.", hours=1)

    act(store, Act(((1, int(str(count))),), "dismissed", "ann", AT, grown=((1, int(str(grown))),)))

    assert rows(store, "SELECT status, tab, reopened FROM stories") == [("dismissed", "new", 1)]
    assert json.loads(str(value(store, "SELECT news_json FROM stories")))["rules"] == ["breach"]


def test_what_was_on_the_page_is_settled(store: Store) -> None:
    body = f"An outage. {prose(1, 400)}"
    publish(store, "gazette", 1, body)
    publish(store, "herald", 1, f"{body} And a breach.", hours=1)
    grown = int(str(value(store, "SELECT grown FROM stories")))

    act(store, Act(((1, 0),), "dismissed", "ann", AT, grown=((1, grown),)))

    assert rows(store, "SELECT tab, reopened FROM stories") == [("dismissed", 0)]


def test_a_copy_that_came_meanwhile_says_nothing_new(store: Store) -> None:
    body = f"An outage. {prose(1, 400)}"
    publish(store, "gazette", 1, body)
    publish(store, "herald", 1, body, hours=1)

    act(store, Act(((1, 0),), "confirmed", "ann", AT, grown=((1, 1),)))

    assert rows(store, "SELECT tab, reopened FROM stories") == [("confirmed", 0)]


def judge_all(path: Path, actor: str, stories: int) -> None:
    db = connection.connect(path)
    for number in range(1, stories + 1):
        with write_txn(db):
            record_act(db.conn, Act(((number, 0),), "confirmed", actor, AT))
    db.close()


@pytest.mark.slow
def test_of_two_writers_at_once_one_judges_each_story(store: Store, path: Path) -> None:
    for number in range(30):
        publish(store, "gazette", number, f"An outage. {prose(number + 1)}")
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=judge_all, args=[path, who, 30]) for who in ("ann", "bob")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert value(store, "SELECT count(*) FROM story_reviews") == 30
    assert rows(store, "SELECT DISTINCT status, review_count FROM stories") == [("confirmed", 1)]
    assert (
        rows(
            store,
            "SELECT id FROM stories s WHERE reviewed_by <> (SELECT actor FROM story_reviews WHERE story_id = s.id)",
        )
        == []
    )


def judge_half_and_die(path: Path) -> None:
    db = connection.connect(path)
    db.conn.execute("BEGIN IMMEDIATE")
    record_act(db.conn, Act(tuple((n, 0) for n in range(1, 11)), "escalated", "ann", AT))
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_bulk_act_that_is_killed_leaves_nothing_and_tells_nobody(
    store: Store, path: Path
) -> None:
    for number in range(10):
        publish(store, "gazette", number, f"An outage. {prose(number + 1)}")
    events = value(store, "SELECT count(*) FROM events")
    killed = multiprocessing.get_context("fork").Process(target=judge_half_and_die, args=[path])
    killed.start()
    killed.join(60)

    assert killed.exitcode == -signal.SIGKILL
    assert rows(store, "SELECT count(*), sum(review_count) FROM stories WHERE status = 'new'") == [
        (10, 0)
    ]
    assert value(store, "SELECT count(*) FROM batches") == 0
    assert value(store, "SELECT count(*) FROM events") == events


def test_an_undo_survives_a_restart_and_leaves_the_record(store: Store, path: Path) -> None:
    publish(store, "gazette", 1, f"An outage. {prose(1)}")
    act(store, Act(((1, 0),), "dismissed", "ann", AT, reason="old-news"))
    again = sqlite3.connect(path, isolation_level=None)

    assert [done.action for done in stack(again, "ann")] == ["dismissed"]
    again.execute("BEGIN IMMEDIATE")
    undo_batch(again, "ann", AT)
    again.execute("COMMIT")
    again.close()

    assert rows(store, "SELECT tab, review_count FROM stories") == [("new", 2)]
    assert rows(store, "SELECT action, reason FROM story_reviews") == [
        ("dismissed", "old-news"),
        ("new", "undo"),
    ]


def both(store: Store) -> None:
    """One story with both rules."""
    publish(store, "gazette", 1, f"An outage and a breach. {prose(1, 400)}")


STORY = "SELECT status, tab, severity, rules, reopened FROM stories"
CHIPS = (
    "SELECT r.slug, x.struck FROM story_rules x JOIN rules r ON r.id = x.rule_id ORDER BY r.slug"
)


def test_rules_ticked_with_a_verdict_are_struck_off_in_the_same_act(store: Store) -> None:
    both(store)

    act(
        store,
        Act(((1, 0),), "confirmed", "ann", AT, note="seen", request_id="a", strikes=("breach",)),
    )

    assert rows(store, STORY) == [("confirmed", "confirmed", OUTAGE.severity, 1, 0)]
    assert rows(store, CHIPS) == [("breach", 1), ("outage", 0)]
    record_of = "SELECT action, note, prev_status FROM story_reviews ORDER BY id"
    assert rows(store, record_of) == [("strike", "", "new"), ("confirmed", "seen", "new")]
    assert (
        value(store, "SELECT count(*) FROM batches WHERE action = 'confirmed' AND stories = 1") == 1
    )


def test_one_undo_takes_back_verdict_and_strikes(store: Store) -> None:
    both(store)
    act(store, Act(((1, 0),), "confirmed", "ann", AT, strikes=("breach", "outage")))
    assert rows(store, STORY)[0][:2] == ("confirmed", "confirmed")

    with write_txn(store.db):
        done = undo_batch(store.db.conn, "ann", AT)

    assert done is not None
    assert done.stories == (1,)
    assert rows(store, STORY) == [("new", "new", "critical", 2, 0)]
    assert rows(store, CHIPS) == [("breach", 0), ("outage", 0)]
    assert stack(store.db.conn, "ann") == ()


def test_a_strike_that_is_taken_back_too_late_names_its_story_once(store: Store) -> None:
    both(store)
    act(store, Act(((1, 0),), "confirmed", "ann", AT, strikes=("breach",)))
    act(store, Act(((1, 2),), "dismissed", "bob", AT))

    with write_txn(store.db):
        done = undo_batch(store.db.conn, "ann", AT)

    assert done is not None
    assert done.outcome == "nothing"
    assert [(skipped.story, skipped.why) for skipped in done.left_out] == [
        (1, "bob was here since")
    ]
    assert rows(store, CHIPS) == [("breach", 1), ("outage", 0)]


def test_a_strike_after_a_verdict_keeps_the_verdict_and_reopens_nothing(store: Store) -> None:
    both(store)
    act(store, Act(((1, 0),), "escalated", "ann", AT))

    act(store, Act(((1, 1),), "strike", "ann", AT, subject="breach", strikes=("breach", "outage")))

    assert rows(store, STORY)[0][:2] == ("escalated", "escalated")
    assert rows(store, CHIPS) == [("breach", 1), ("outage", 1)]
    assert value(store, "SELECT count(*) FROM story_reviews WHERE action = 'strike'") == 2


def test_rules_that_a_story_does_not_have_are_passed_over(store: Store) -> None:
    publish(store, "gazette", 1, f"An outage. {prose(1, 400)}")

    act(store, Act(((1, 0),), "confirmed", "ann", AT, strikes=("breach",)))

    assert rows(store, "SELECT action FROM story_reviews") == [("confirmed",)]
