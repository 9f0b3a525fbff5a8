"""What SQL views show of stories about people is masked by every rule of the story."""

import sqlite3
from pathlib import Path

import pytest

from model import Rule
from storage.acts.verdicts import Act, record_act
from storage.database.connection import write_txn
from storage.ingest.readings import record_readings
from storage.queries.export import exported
from storage.rules import sync_rules
from storage.store import Store
from storage.stories.masks import keep_all_masked_notes, keep_all_masks
from storage.upkeep.maintenance import maintain_database
from tests.storage.making import HOUR, NOON, listed, prose, reading, rows, rule
from tests.storage.stories.publishing import OUTAGE, publish

pytestmark = pytest.mark.usefixtures("published")
THREAT = rule("threat", category="election-worker-threats")
HOMES = [
    "118 Maple Street", "4 Elm Road", "2210 N Orchard Avenue", "77 Cedar Lane", "901 Willow Court", "15 Birch Terrace",
    "3409 Poplar Drive", "602 Hickory Circle", "48 Juniper Way", "1207 Sycamore Boulevard",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _threats(store: Store) -> None:
    sync_rules(store.db, [OUTAGE, THREAT], NOON)


def said(home: str) -> str:
    """The rule on outages, which is not about people, finds the passage with the address."""
    return f"An outage was reported at {home}, where she lives with her family."


def published(store: Store, home: str, *rules: Rule, key: str = "a", seed: int = 1) -> None:
    (article,) = listed(store, [key])
    title = f"Outage at the home of the clerk, {home}, where she lives"
    body = f"{said(home)} A threat came by mail. {prose(seed)}"
    record_readings(store.db, None, [reading(article, body, *rules, at=NOON, title=title)])


VIEWS = ("stories_view", "hits_readable", "articles_readable", "unread", "reviews_log")


def shown(store: Store) -> str:
    """All that the views for people say."""
    store.db.execute("INSERT INTO story_reviews (story_id, action, actor) SELECT id, 'confirmed', 'ann' FROM stories WHERE status IS NOT NULL")  # fmt: skip
    return repr([rows(store, f"SELECT * FROM {view}") for view in VIEWS])


def test_no_view_shows_an_address_that_another_rule_found(store: Store) -> None:
    for number, home in enumerate(HOMES):
        published(store, home, OUTAGE, THREAT, key=f"a{number}", seed=number)

    leaving = shown(store)
    assert [home for home in HOMES if home in leaving] == []
    assert leaving.count("An outage was reported at •") >= len(HOMES)


def test_a_story_that_is_about_nobody_stays_as_it_is(store: Store) -> None:
    published(store, HOMES[0], OUTAGE)

    assert said(HOMES[0]) in shown(store)
    assert rows(store, "SELECT masked_title, masked_snippet FROM hits") == [(None, None)]


def test_a_threat_that_comes_later_masks_what_stood_before(store: Store) -> None:
    body = f"{said(HOMES[0])} {prose(1)}"
    publish(store, "gazette", body, OUTAGE)
    publish(store, "herald", f"{body} A threat came by mail.", THREAT, hours=1)

    assert HOMES[0] not in shown(store)


def test_a_rule_that_was_struck_off_makes_nothing_public(store: Store) -> None:
    published(store, HOMES[0], OUTAGE, THREAT)
    store.db.execute("INSERT INTO story_reviews (story_id, action, rule_id, actor) SELECT 1, 'strike', id, 'ann' FROM rules WHERE slug = 'threat'")  # fmt: skip
    body = f"{said(HOMES[1])} {prose(1)}"
    record_readings(store.db, None, [reading(1, body, OUTAGE, at=NOON + HOUR)])

    leaving = shown(store)
    assert HOMES[1] not in leaving
    assert HOMES[0] not in leaving


def test_what_an_earlier_release_stored_is_masked_with_its_schema(store: Store, tmp_path: Path) -> None:  # fmt: skip
    published(store, HOMES[0], OUTAGE, THREAT)
    store.db.execute("UPDATE hits SET masked_title = NULL, masked_snippet = NULL")
    store.db.execute("UPDATE stories SET masked_title = NULL")
    assert HOMES[0] in shown(store)

    with sqlite3.connect(tmp_path / "older.db") as older:
        store.db.conn.commit()
        store.db.conn.backup(older)
        keep_all_masks(older)
        views_before = repr([older.execute(f"SELECT * FROM {view}").fetchall() for view in VIEWS])
    older.close()

    assert HOMES[0] not in views_before


def test_what_an_earlier_release_masked_less_of_is_masked_anew_at_night(store: Store) -> None:
    published(store, HOMES[0], OUTAGE, THREAT)
    note = f"They wrote to her at {HOMES[1]}"
    with write_txn(store.db):
        record_act(store.db.conn, Act(((1, 0),), "confirmed", "ann", "2026-11-03T13:00:00.000Z", note=note))  # fmt: skip
        store.db.execute("UPDATE hits SET masked_title = 'x', masked_snippet = NULL")
        store.db.execute("DELETE FROM masked_notes")
    assert HOMES[0] in shown(store)

    maintain_database(store.db, NOON)
    leaving = shown(store)
    assert [home for home in HOMES if home in leaving] == []
    with write_txn(store.db):
        store.db.execute("UPDATE hits SET masked_title = 'x'")
    maintain_database(store.db, NOON)  # once: the masks are those of this release
    assert rows(store, "SELECT DISTINCT masked_title FROM hits") == [("x",)]


def test_a_note_leaves_masked_whatever_its_story_is_about(store: Store) -> None:
    published(store, "Lakeshore", OUTAGE)
    note = f"They wrote to her at {HOMES[0]}"
    with write_txn(store.db):
        act = Act(((1, 0),), "confirmed", "ann", "2026-11-03T13:00:00.000Z", note=note)
        assert record_act(store.db.conn, act).outcome == "done"

    (story,) = exported(store.db.conn)
    views = repr([rows(store, f"SELECT * FROM {view}") for view in ("stories_view", "reviews_log")])
    assert rows(store, "SELECT note FROM story_reviews") == [(note,)]
    for words in (story.note, views):
        assert HOMES[0] not in words
        assert "They wrote to her at •" in words


def test_notes_of_an_earlier_release_are_masked_with_its_schema(store: Store) -> None:
    published(store, "Lakeshore", OUTAGE)
    store.db.execute(
        "INSERT INTO story_reviews (story_id, action, note, actor) VALUES (1, 'note', ?, 'ann')",
        [f"Her home: {HOMES[0]}"],
    )

    keep_all_masked_notes(store.db.conn)

    assert HOMES[0] not in repr(rows(store, "SELECT note FROM reviews_log"))
