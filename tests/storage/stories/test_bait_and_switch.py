"""An article that becomes another text hides nobody's story and stands under nobody's name."""

import pytest

from storage.acts.verdicts import Act, record_act
from storage.database.connection import write_txn
from storage.ingest.readings import record_readings
from storage.store import Store
from tests.storage.making import HOUR, NOON, listed, prose, reading, rows
from tests.storage.stories.publishing import BREACH, OUTAGE, judge, publish, story

pytestmark = pytest.mark.usefixtures("published")
PASSAGE = "There was an outage."
SATIRE, REPORT, SLANDER = (f"{PASSAGE} {prose(n, 400)}" for n in (11, 12, 13))


def bring(
    store: Store, article: int, body: str, *rules: object, hours: int, title: str = "A title"
) -> None:
    new_reading = reading(article, body, *(rules or (OUTAGE,)), at=NOON + hours * HOUR, title=title)  # type: ignore[arg-type]
    record_readings(store.db, None, [new_reading])


def test_a_report_does_not_join_a_judged_story_whose_text_was_swapped_for_it(store: Store) -> None:
    (bait,) = listed(store, ["bait"])
    bring(store, bait, SATIRE, hours=0)
    judge(store, 1, "dismissed", "fiction")
    bring(store, bait, REPORT, hours=1)

    number = publish(store, "herald", REPORT, hours=2)

    assert number != 1
    assert story(store, "tab", number) == ("new",)
    assert story(store, "tab, copies") == ("dismissed", 1)


def test_an_article_that_becomes_another_text_leaves_the_story_that_it_copied(store: Store) -> None:
    publish(store, "herald", REPORT)
    (bait,) = listed(store, ["bait"])
    bring(store, bait, REPORT, hours=1)
    assert story(store, "copies, hit_owners") == (2, 2)

    bring(store, bait, f"{SLANDER} A breach.", OUTAGE, BREACH, hours=2, title="A lie")

    assert story(store, "title, copies, outlets, hit_owners, rules, severity") == (
        "A title",
        1,
        1,
        1,
        1,
        "high",
    )
    assert rows(
        store, "SELECT title, outlet, copies, hit_owners, tab FROM stories WHERE id <> 1"
    ) == [("A lie", "Gazette", 1, 1, "new")]


def test_a_swapped_text_that_is_swapped_back_draws_no_copies_into_a_judged_story(
    store: Store,
) -> None:
    (bait,) = listed(store, ["bait"])
    for hours, body in enumerate((REPORT, SATIRE)):
        bring(store, bait, body, hours=hours)
    judge(store, 1, "dismissed", "fiction")
    bring(store, bait, REPORT, hours=3)

    assert publish(store, "herald", REPORT, hours=4) != 1


def test_an_edit_that_keeps_the_report_stays_on_its_card(store: Store) -> None:
    publish(store, "herald", REPORT)
    (other,) = listed(store, ["other"])
    bring(store, other, REPORT, hours=1)
    bring(store, other, f"{PASSAGE} {prose(14, 100)} {prose(12, 300)}", hours=2)

    assert rows(store, "SELECT copies FROM stories") == [(2,)]


def test_a_text_that_is_taken_back_stays_where_it_was_judged(store: Store) -> None:
    publish(store, "herald", REPORT)
    (other,) = listed(store, ["other"])
    bring(store, other, REPORT, hours=1)
    bring(store, other, f"This page was removed. {prose(15, 100)}", hours=2)

    assert rows(store, "SELECT copies FROM stories") == [(2,)]


def test_a_rule_that_was_struck_off_the_old_card_stands_on_the_new_one(store: Store) -> None:
    publish(store, "herald", REPORT)
    (bait,) = listed(store, ["bait"])
    bring(store, bait, REPORT, hours=1)
    with write_txn(store.db):
        record_act(store.db.conn, Act(((1, 0),), "strike", "ann", "2026-11-03T13:30:00.000Z", "outage", strikes=("outage",)))  # fmt: skip
    bring(store, bait, SLANDER, hours=2)

    assert rows(store, "SELECT story_id, struck FROM hits ORDER BY id") == [(1, 1), (2, 0)]
    assert story(store, "tab", 2) == ("new",)


def test_a_copy_of_what_was_dismissed_as_fiction_comes_back_under_another_owner(
    store: Store,
) -> None:
    judge(store, publish(store, "gazette", REPORT), "dismissed", "fiction")
    publish(store, "gazette", REPORT, hours=1, key="b")
    assert story(store, "tab") == ("dismissed",)

    publish(store, "herald", REPORT, hours=2)

    assert story(store, "tab, reopened, news_json") == ("new", 1, '{"owners": ["Herald"]}')


@pytest.mark.parametrize(("reason", "tab"), [("fiction", "new"), ("off-topic", "dismissed")])
def test_a_copy_that_came_while_its_story_was_dismissed_comes_back_where_it_was_fiction(
    store: Store, reason: str, tab: str
) -> None:
    publish(store, "gazette", REPORT)
    publish(store, "herald", REPORT, hours=1)

    with write_txn(store.db):
        record_act(store.db.conn, Act(((1, 0),), "dismissed", "ann", "2026-11-03T13:30:00.000Z", reason=reason, grown=((1, 1),)))  # fmt: skip

    assert story(store, "tab, grown") == (tab, 2)
