"""A judged story reopens only when it says more than was judged."""

import json

import pytest

from storage.ingest.readings import record_readings
from storage.ingest.rematch import Rematched, record_rematch
from storage.rules import sync_rules
from storage.store import Store
from tests.storage.making import (
    HOUR,
    NOON,
    digest,
    hit,
    listed,
    prose,
    reading,
    rule,
)  # fmt: skip
from tests.storage.stories.publishing import (
    BODY,
    BREACH,
    OUTAGE,
    judge,
    kinds,
    publish,
    story,
)

pytestmark = pytest.mark.usefixtures("published")


@pytest.mark.parametrize("verdict", ["dismissed", "confirmed", "escalated"])
def test_a_copy_of_what_was_judged_reopens_nothing(store: Store, verdict: str) -> None:
    judge(store, publish(store, "gazette", BODY), verdict)

    publish(store, "herald", BODY, hours=1)

    assert story(store, "tab, reopened, news_json") == (verdict, 0, '{"owners": ["Herald"]}')


def test_a_dismissed_story_that_only_spreads_tells_nobody(store: Store) -> None:
    judge(store, publish(store, "gazette", BODY), "dismissed")

    publish(store, "herald", BODY, hours=1)

    assert kinds(store) == ["story-new"]


def test_a_new_rule_reopens_a_judged_story_and_is_named(store: Store) -> None:
    judge(store, publish(store, "gazette", BODY), "dismissed")

    publish(store, "herald", f"{BODY} And a breach.", OUTAGE, BREACH, hours=1)

    assert story(store, "tab, status, reopened, reopened_at") == (
        "new",
        "dismissed",
        1,
        "2026-11-03T13:00:00.000Z",
    )
    assert json.loads(str(story(store, "news_json")[0])) == {
        "rules": ["breach"],
        "owners": ["Herald"],
    }
    assert kinds(store)[-1] == "story-grew"


def test_a_story_that_comes_back_is_due_anew(store: Store) -> None:
    judge(store, publish(store, "gazette", BODY), "dismissed")

    publish(store, "herald", f"{BODY} And a breach.", OUTAGE, BREACH, hours=24)

    assert story(store, "severity, due_at") == ("critical", "2026-11-04T13:00:00.000Z")


def test_a_new_passage_reopens_a_judged_story(store: Store) -> None:
    judge(store, publish(store, "gazette", BODY), "confirmed")

    publish(store, "herald", f"Then came a second outage. {BODY} {prose(3, 200)}", hours=1)

    assert story(store, "tab, reopened") == ("new", 1)
    assert json.loads(str(story(store, "news_json")[0]))["passages"] == 1


def test_an_edit_that_changes_the_passage_reopens_and_one_elsewhere_does_not(store: Store) -> None:
    (article,) = listed(store, ["a"])
    record_readings(store.db, None, [reading(article, BODY, OUTAGE)])
    judge(store, 1, "dismissed")

    record_readings(store.db, None, [reading(article, f"{BODY} More.", OUTAGE, at=NOON + HOUR)])
    assert story(store, "reopened, news_json") == (0, "{}")

    other = BODY.replace("There was an outage", "Officials deny an outage")
    record_readings(store.db, None, [reading(article, other, OUTAGE, at=NOON + 2 * HOUR)])
    assert story(store, "reopened, tab") == (1, "new")


def test_a_verdict_settles_what_had_reopened(store: Store) -> None:
    number = publish(store, "gazette", BODY)
    judge(store, number, "dismissed")
    publish(store, "herald", f"{BODY} And a breach.", OUTAGE, BREACH, hours=1)

    judge(store, number, "confirmed")

    assert story(store, "tab, reopened, news_json") == ("confirmed", 0, "{}")


def test_a_rematch_reopens_nothing_and_tells_nobody(store: Store) -> None:
    body = f"An outage. A breach. {prose(1)}"
    judge(store, publish(store, "gazette", body, OUTAGE), "dismissed")
    before = kinds(store)

    rematched = Rematched(1, digest(f"A title\n\n{body}"), (hit(OUTAGE, body), hit(BREACH, body)))
    counts = record_rematch(store.db, None, [rematched], "r2", NOON + HOUR)
    publish(store, "herald", body, OUTAGE, BREACH, hours=2)

    assert counts.gained == 1
    assert story(store, "tab, reopened, rules") == ("dismissed", 0, 2)
    assert kinds(store) == before


def test_an_edited_rule_that_finds_more_in_an_old_text_reopens_nothing(store: Store) -> None:
    (article,) = listed(store, ["a"])
    body = f"An outage. Sparks flew. {prose(1)}"
    record_readings(store.db, None, [reading(article, body, OUTAGE)])
    judge(store, 1, "dismissed")
    sparks = rule("sparks", query="Sparks")
    sync_rules(store.db, [OUTAGE, sparks], NOON + HOUR)

    record_readings(
        store.db, None, [reading(article, f"{body} End.", OUTAGE, sparks, at=NOON + 2 * HOUR)]
    )

    assert story(store, "rules, tab") == (2, "dismissed")
