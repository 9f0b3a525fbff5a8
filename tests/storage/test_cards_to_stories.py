"""A database of release 0.1 becomes one whose stories are judged, and nothing of it is lost."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.queries.reports import queue
from storage.store import Store
from tests.storage.making import NOON, rows, value
from tests.storage.release import release_0_1

pytestmark = pytest.mark.slow  # reads and migrates a whole release
ORDER = ("escalated", "confirmed", "new", "dismissed")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release_0_1(tmp_path_factory.mktemp("old") / "pollwatch.db")


@pytest.fixture(scope="module")
def store(old: Path) -> Iterator[Store]:
    with Store.open(old, now=NOON) as opened:
        yield opened


@pytest.fixture(scope="module")
def copy(store: Store) -> Iterator[Store]:
    assert store.backup is not None
    with Store.open_existing(store.backup, any_version=True) as opened:
        yield opened


TABLES = (
    "feeds", "polls", "runs", "articles", "entries", "article_texts", "text_versions", "rules",
    "rule_versions", "stories", "hits", "hit_evidence", "reviews",
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_no_row_and_no_value_is_lost(store: Store, copy: Store, table: str) -> None:
    before = [row[1] for row in rows(copy, f"PRAGMA table_info({table})")]
    judged = {"card_id", "status", "reopened", "reviewed_at", "reviewed_by", "review_count"}
    changed = {"stories": {"title"}, "hits": judged}.get(table, set())  # these became the story's
    columns = ", ".join(str(name) for name in before if name not in changed)

    assert rows(store, f"SELECT {columns} FROM {table}") == rows(
        copy, f"SELECT {columns} FROM {table}"
    )


def test_the_release_had_a_thousand_verdicts(copy: Store) -> None:
    assert value(copy, "SELECT count(DISTINCT batch_id) FROM reviews") == 1000
    assert value(copy, "SELECT count(*) FROM reviews WHERE actor = 'pollwatch'") != 0
    assert value(copy, "SELECT count(*) FROM cards WHERE reopened") != 0


def test_every_review_stands_in_the_history_of_its_story(store: Store, copy: Store) -> None:
    acts = """SELECT h.story_id, r.slug, v.action, v.reason, v.note, v.actor, v.created_at, count(*)
      FROM reviews v JOIN hits h ON h.id = v.hit_id JOIN rules r ON r.id = h.rule_id
      GROUP BY 1, 2, 3, 4, 5, 6, 7, coalesce(v.batch_id, v.id) ORDER BY 1, 2, 3, 4, 5, 6, 7, 8"""
    reviews = """SELECT v.story_id, r.slug, v.action, v.reason, v.note, v.actor, v.created_at, v.hits
      FROM story_reviews v JOIN rules r ON r.id = v.rule_id WHERE v.action <> 'strike' ORDER BY 1, 2, 3, 4, 5, 6, 7, 8"""

    assert rows(store, reviews) == rows(copy, acts)
    assert value(store, "SELECT sum(hits) FROM story_reviews") == value(
        copy, "SELECT count(*) FROM reviews"
    )
    assert value(store, "SELECT count(DISTINCT batch_id) FROM story_reviews") == 1000


def test_a_story_has_the_gravest_status_and_is_dismissed_only_with_all_its_cards(
    store: Store, copy: Store
) -> None:
    cards: defaultdict[object, set[object]] = defaultdict(set)
    for story, status in rows(copy, "SELECT story_id, status FROM cards"):
        cards[story].add(status)

    stories = dict(rows(store, "SELECT id, status FROM stories"))

    for story, status in stories.items():
        assert status == next((s for s in ORDER if s in cards[story]), None), story
    assert len({frozenset(each) for each in cards.values()}) >= 10, "the mixtures are there"
    assert set(stories.values()) == {*ORDER, None}


def test_a_dismissal_of_some_cards_strikes_their_rules_off(store: Store, copy: Store) -> None:
    mixed = """SELECT c.story_id, c.rule_id FROM cards c WHERE c.status = 'dismissed'
      AND EXISTS (SELECT 1 FROM cards o WHERE o.story_id = c.story_id AND o.status <> 'dismissed') ORDER BY 1, 2"""
    struck = rows(copy, mixed)

    assert len(struck) > 20
    assert (
        rows(store, "SELECT story_id, rule_id FROM story_rules WHERE struck ORDER BY 1, 2")
        == struck
    )
    assert (
        rows(store, "SELECT DISTINCT story_id, rule_id FROM hits WHERE struck ORDER BY 1, 2")
        == struck
    )
    assert (
        rows(
            store,
            "SELECT story_id, rule_id FROM story_reviews WHERE action = 'strike' ORDER BY 1, 2",
        )
        == struck
    )


def test_disagreement_is_kept_as_a_note(store: Store, copy: Store) -> None:
    disagreed = """SELECT story_id FROM cards WHERE status <> 'new' GROUP BY 1 HAVING count(DISTINCT status) > 1 ORDER BY 1"""
    notes = rows(
        store,
        "SELECT story_id, note FROM story_reviews WHERE action = 'note' AND actor = 'pollwatch' AND note LIKE 'Its cards were judged%' ORDER BY 1",
    )

    assert [(story,) for story, _ in notes] == rows(copy, disagreed)
    assert all(" by " in str(note) and ";" in str(note) for _, note in notes)


def test_assignments_and_old_addresses_are_kept(store: Store, copy: Store) -> None:
    assert rows(store, "SELECT id, story_id, rule_id FROM old_cards") == rows(
        copy, "SELECT id, story_id, rule_id FROM cards"
    )
    claimed = rows(
        copy,
        "SELECT story_id, min(assigned_to) FROM cards WHERE assigned_to IS NOT NULL GROUP BY 1 ORDER BY 1",
    )
    assert (
        rows(store, "SELECT id, assigned_to FROM stories WHERE assigned_to IS NOT NULL ORDER BY 1")
        == claimed
    )


def test_a_reopened_card_reopens_its_story(store: Store, copy: Store) -> None:
    reopened = rows(copy, "SELECT DISTINCT story_id FROM cards WHERE reopened ORDER BY 1")
    judged = rows(store, "SELECT id FROM stories WHERE reopened ORDER BY 1")

    assert judged
    assert set(judged) <= set(reopened)
    assert rows(store, "SELECT DISTINCT tab FROM stories WHERE reopened AND lane = 'shown'") == [
        ("new",)
    ]


def test_a_verdict_has_seen_what_stood_when_the_cards_became_stories(store: Store) -> None:
    unseen = """SELECT h.id FROM hits h JOIN stories s ON s.id = h.story_id JOIN story_reviews v ON v.id = s.verdict_id
      WHERE NOT EXISTS (SELECT 1 FROM json_each(v.seen_json, '$.rules') WHERE value = h.rule_id)"""

    assert rows(store, unseen) == []
    assert (
        rows(store, "SELECT id FROM stories WHERE status NOT IN ('new') AND verdict_id IS NULL")
        == []
    )


def test_the_tabs_hold_every_story_with_a_card_once(store: Store, copy: Store) -> None:
    tabs = Counter(row[0] for row in rows(store, "SELECT tab FROM stories WHERE tab IS NOT NULL"))

    assert tabs.total() == value(copy, "SELECT count(DISTINCT story_id) FROM cards")
    assert tabs["new"] > 0
    assert tabs["low"] + tabs["experimental"] > 0
    assert queue(store.db).new == tabs["new"]


def test_every_view_answers(store: Store) -> None:
    views = [name for (name,) in rows(store, "SELECT name FROM sqlite_master WHERE type = 'view'")]

    assert [name for name in views if not rows(store, f"SELECT * FROM {name} LIMIT 1")] == ["unread"]  # fmt: skip


def test_the_full_text_index_is_whole(store: Store) -> None:
    store.db.execute(
        "INSERT INTO article_texts_fts (article_texts_fts, rank) VALUES ('integrity-check', 1)"
    )

    assert (
        value(
            store, "SELECT count(*) FROM article_texts_fts WHERE article_texts_fts MATCH 'outage'"
        )
        != 0
    )
