"""Undo puts back what an act had ended beside what it wrote: a claim, the news of a story, a mute."""

import json

import pytest

from storage.acts import mutes
from storage.acts.undo import undo_batch
from storage.acts.verdicts import UNTIL_FIXED, Act, Done, record_act, write_batch
from storage.database.connection import write_txn
from storage.feeds import sync_feeds
from storage.ingest.readings import record_readings
from storage.rules import sync_rules
from storage.store import Store
from storage.stories import muting
from tests.storage.making import HOUR, NOON, feed, listed, prose, reading, rows, rule, value

OUTAGE, BREACH = rule("outage"), rule("breach", severity="critical")
AT, LATER, LATEST = (f"2026-11-03T14:0{minute}:00.000Z" for minute in range(3))
NEXT_WEEK = "2026-11-10T00:00:00.000Z"


@pytest.fixture(autouse=True)
def _story(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette"), feed("herald")], NOON)
    sync_rules(store.db, [OUTAGE, BREACH], NOON)
    publish(store, "gazette", 1, f"An outage. {prose(1, 400)}")


def publish(store: Store, slug: str, number: int, body: str, hours: int = 0) -> None:
    at = NOON + hours * HOUR
    (article,) = listed(store, [f"a{number}"], feed_id=slug, at=at)
    record_readings(store.db, None, [reading(article, body, OUTAGE, BREACH, at=at)])


def act(store: Store, action: str, actor: str, at: str = AT, **more: object) -> Done:
    count = int(str(value(store, "SELECT review_count FROM stories WHERE id = 1")))
    with write_txn(store.db):
        return record_act(store.db.conn, Act(((1, count),), action, actor, at, **more))  # type: ignore[arg-type]


def undo(store: Store, actor: str, at: str = LATEST) -> Done | None:
    with write_txn(store.db):
        return undo_batch(store.db.conn, actor, at)


@pytest.mark.parametrize("owner", ["ann", "bo"])
def test_undoing_a_verdict_gives_the_claim_back(store: Store, owner: str) -> None:
    act(store, "claim", owner)
    act(store, "dismissed", "ann", LATER, reason="old-news")
    assert rows(store, "SELECT status, claimed_by FROM stories") == [("dismissed", None)]
    undo(store, "ann")

    assert rows(store, "SELECT status, claimed_by, claimed_at FROM stories") == [("new", owner, AT)]
    act(store, "confirmed", "ann", LATEST)
    undo(store, "ann")
    assert rows(store, "SELECT status, claimed_by, claimed_at FROM stories") == [("new", owner, AT)]


SNOOZE = "SELECT tab, snoozed_until, snooze_version_id FROM stories"


@pytest.mark.parametrize(("until", "version"), [(NEXT_WEEK, None), (UNTIL_FIXED, 1)])
def test_undoing_a_verdict_gives_the_snooze_back(store: Store, until: str, version: int | None) -> None:  # fmt: skip
    with write_txn(store.db):
        store.db.conn.execute("UPDATE stories SET lead_hit_id = (SELECT id FROM hits WHERE rule_id = 1)")  # fmt: skip
    act(store, "snooze", "bo", subject=until)
    assert rows(store, SNOOZE) == [("snoozed", until, version)]
    act(store, "dismissed", "ann", LATER, reason="old-news")
    assert rows(store, SNOOZE) == [("dismissed", None, None)]
    undo(store, "ann")

    assert rows(store, SNOOZE) == [("snoozed", until, version)]
    act(store, "wake", "bo", LATEST)
    act(store, "confirmed", "ann", LATEST)
    undo(store, "ann")
    assert rows(store, SNOOZE) == [("new", None, None)], "woken before the verdict"


def test_a_snooze_that_has_ended_meanwhile_does_not_come_back(store: Store) -> None:
    act(store, "snooze", "bo", subject=LATER)
    act(store, "dismissed", "ann", LATER, reason="old-news")
    undo(store, "ann", LATEST)
    assert rows(store, SNOOZE) == [("new", None, None)]

    act(store, "snooze", "bo", LATEST, subject=UNTIL_FIXED)
    act(store, "dismissed", "ann", LATEST, reason="old-news")
    changed = [rule(each.id, severity=each.severity, query="outage OR blackout") for each in (OUTAGE, BREACH)]  # fmt: skip
    sync_rules(store.db, changed, NOON + 3 * HOUR)
    undo(store, "ann", NEXT_WEEK)
    assert rows(store, SNOOZE) == [("new", None, None)], "its rule was changed"


@pytest.mark.parametrize(("claimer", "left"), [("ann", None), ("cy", "cy")])
def test_a_hand_over_ends_ones_own_claim_and_is_taken_back_with_it(store: Store, claimer: str, left: str | None) -> None:  # fmt: skip
    act(store, "claim", claimer)
    act(store, "assign", "ann", LATER, subject="bo", note="The clerk calls back", request_id="r1")
    assert rows(store, "SELECT assigned_to, claimed_by FROM stories") == [("bo", left)]
    undo(store, "ann")

    assert rows(store, "SELECT assigned_to, claimed_by FROM stories") == [(None, claimer)]


def test_a_claim_that_was_ended_before_the_verdict_does_not_come_back(store: Store) -> None:
    act(store, "claim", "bo")
    act(store, "unclaim", "bo")
    act(store, "confirmed", "ann", LATER)
    undo(store, "ann")

    assert rows(store, "SELECT status, claimed_by FROM stories") == [("new", None)]


def test_undoing_a_verdict_on_a_story_that_came_back_leaves_it_in_the_queue(store: Store) -> None:
    """By a slip dismissed, it would else be gone with what nobody has judged."""
    act(store, "confirmed", "bo")
    publish(store, "herald", 2, f"An outage. {prose(1, 400)} And a breach.", hours=3)
    assert rows(store, "SELECT status, tab FROM stories") == [("confirmed", "new")]
    act(store, "dismissed", "ann", LATER, reason="old-news")
    undo(store, "ann")

    assert rows(store, "SELECT status, tab, reopened FROM stories") == [("confirmed", "new", 1)]
    assert json.loads(str(value(store, "SELECT news_json FROM stories")))["rules"] == ["breach"]


def test_news_that_no_verdict_had_seen_come_back_by_undo(store: Store) -> None:
    """The page of the first verdict was loaded before the story grew."""
    publish(store, "herald", 2, f"An outage. {prose(1, 400)} And a breach.", hours=3)
    act(store, "confirmed", "bo", grown=((1, 1),))
    assert rows(store, "SELECT tab, reopened FROM stories") == [("new", 1)]
    act(store, "dismissed", "ann", LATER, reason="old-news")
    undo(store, "ann")

    assert rows(store, "SELECT status, tab, reopened FROM stories") == [("confirmed", "new", 1)]


def test_a_mute_of_a_story_is_undone_in_one_act(store: Store) -> None:
    act(store, "mute", "ann", LATER, subject=NEXT_WEEK)
    assert rows(store, "SELECT tab FROM stories") == [("muted",)]
    assert [(mute["kind"], mute["value"], mute["until"]) for mute in mutes.mutes_in_force(store.db.conn, LATER)] == [("story", "1", NEXT_WEEK)]  # fmt: skip
    undo(store, "ann")

    assert rows(store, "SELECT tab FROM stories") == [("new",)]
    assert rows(store, "SELECT ended_by, ended_at FROM mutes") == [("ann", LATEST)]
    assert rows(store, "SELECT action, actor FROM story_reviews") == [("mute", "ann"), ("unmute", "ann")]  # fmt: skip


def test_a_story_that_is_muted_twice_waits_for_the_later_end(store: Store) -> None:
    """Whichever was set first; undo of one leaves the other as it was."""
    tomorrow, day_after = "2026-11-04T00:00:00.000Z", "2026-11-05T00:00:00.000Z"
    act(store, "mute", "bo", AT, subject=tomorrow)
    act(store, "mute", "ann", LATER, subject=NEXT_WEEK)
    undo(store, "ann")
    assert muted_until(store) == tomorrow
    act(store, "mute", "ann", LATEST, subject=NEXT_WEEK)
    with write_txn(store.db):
        muting.wake(store.db.conn, day_after)

    assert muted_until(store) == NEXT_WEEK
    with write_txn(store.db):
        assert muting.wake(store.db.conn, NEXT_WEEK) == 1
    assert rows(store, "SELECT tab, mute_id FROM stories") == [("new", None)]


def test_a_story_that_is_muted_again_on_the_page_of_mutes_waits_as_long_as_said(store: Store) -> None:  # fmt: skip
    act(store, "mute", "ann", AT, subject="2026-11-04T00:00:00.000Z")
    with write_txn(store.db):
        mutes.mute(store.db.conn, kind="story", value="1", until=NEXT_WEEK, actor="bo", at=LATER)

    assert muted_until(store) == NEXT_WEEK


def test_what_an_outlets_mute_hides_too_stays_hidden_when_the_storys_own_ends(store: Store) -> None:
    outlet = str(value(store, "SELECT outlet FROM articles LIMIT 1"))
    act(store, "mute", "ann", AT, subject="2026-11-04T00:00:00.000Z")
    with write_txn(store.db):
        mutes.stand(store.db.conn, kind="outlet", value=outlet, until=NEXT_WEEK, actor="bo", at=LATER)  # fmt: skip
        assert muting.wake(store.db.conn, "2026-11-05T00:00:00.000Z") == 0

    assert muted_until(store) == NEXT_WEEK


def test_a_muted_story_that_grows_stays_hidden_until_the_mute_ends(store: Store) -> None:
    act(store, "mute", "ann", AT, subject=NEXT_WEEK)
    publish(store, "herald", 2, f"An outage. {prose(1, 400)} And a breach.", hours=3)
    assert rows(store, "SELECT tab, rules FROM stories") == [("muted", 2)]
    undo(store, "ann")

    assert rows(store, "SELECT tab FROM stories") == [("new",)]


def muted_until(store: Store) -> object:
    return value(store, "SELECT m.until FROM stories s JOIN mutes m ON m.id = s.mute_id")


def test_a_mute_of_an_outlet_is_undone_with_the_stories_that_it_hid(store: Store) -> None:
    outlet = str(value(store, "SELECT outlet FROM articles LIMIT 1"))
    with write_txn(store.db):
        muted = mutes.mute(store.db.conn, kind="outlet", value=outlet, until=NEXT_WEEK, actor="ann", at=LATER)  # fmt: skip
        write_batch(store.db.conn, Act((), "mute", "ann", LATER), muted.stories, [])
    assert rows(store, "SELECT tab FROM stories") == [("muted",)]
    assert undo(store, "bo") is None  # nobody takes back what somebody else muted
    done = undo(store, "ann")

    assert (done.outcome, done.stories) == ("done", (1,)) if done else False
    assert rows(store, "SELECT tab FROM stories") == [("new",)]
    assert undo(store, "ann") is None


@pytest.mark.parametrize("action", ["dismissed", "snooze", "mute"])
def test_an_act_that_spares_claims_leaves_out_what_a_colleague_has(store: Store, action: str) -> None:  # fmt: skip
    act(store, "claim", "bo")
    more = {"reason": "old-news"} if action == "dismissed" else {"subject": NEXT_WEEK}
    done = act(store, action, "ann", LATER, spare_claimed=True, **more)

    assert [skipped.why for skipped in done.left_out] == ["bo has claimed it"]
    assert rows(store, "SELECT tab FROM stories") == [("new",)]
    assert act(store, "tag", "ann", LATER, spare_claimed=True, subject="x").outcome == "done"
    assert act(store, action, "bo", LATER, spare_claimed=True, **more).outcome == "done"
