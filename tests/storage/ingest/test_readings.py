"""Texts, their versions, hits and what an edit does to them."""

from dataclasses import replace

import pytest

from storage.database.errors import UnknownRule
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.rules import sync_rules
from storage.store import Store
from tests.storage.making import (
    HOUR,
    NOON,
    digest,
    failure,
    hit,
    listed,
    only,
    prose,
    reading,
    rows,
    rule,
    value,
)

OUTAGE, RECOUNT = rule("outage"), rule("recount", severity="low")
DAY = 24 * HOUR


def test_a_reading_stores_text_hit_story_and_card(store: Store) -> None:
    (a,) = listed(store, ["a"])
    body = f"{prose(1)} outage here"

    (stored,) = record_readings(store.db, None, [reading(a, body, OUTAGE)])

    assert (stored.rule_id, stored.status, stored.change) == ("outage", "new", "new")
    assert "outage here" in stored.snippet
    assert rows(store, "SELECT state, chars, versions, attempts, reads FROM articles") == [
        ("read", len(body), 1, 0, 1)
    ]
    assert (
        value(
            store, "SELECT count(*) FROM article_texts_fts WHERE article_texts_fts MATCH 'outage'"
        )
        == 1
    )
    assert value(store, "SELECT lead_hit_id FROM stories") == stored.hit_id
    assert unread_articles(store.db, NOON + DAY, limit=9) == ()


def test_storing_a_reading_again_changes_nothing(store: Store) -> None:
    (a,) = listed(store, ["a"])
    once = reading(a, f"{prose(1)} outage", OUTAGE)
    record_readings(store.db, None, [once])
    before = dump(store)

    record_readings(store.db, None, [once])

    assert dump(store) == before


def test_reading_an_unchanged_page_again_changes_no_hit(store: Store) -> None:
    (a,) = listed(store, ["a"])
    record_readings(store.db, None, [reading(a, f"{prose(1)} outage", OUTAGE)])
    before = rows(store, "SELECT * FROM hits"), rows(store, "SELECT * FROM hit_evidence")

    (stored,) = record_readings(
        store.db, None, [reading(a, f"{prose(1)} outage", OUTAGE, at=NOON + DAY)]
    )

    assert stored.change == "same"
    assert (rows(store, "SELECT * FROM hits"), rows(store, "SELECT * FROM hit_evidence")) == before


def test_a_failed_reread_keeps_the_good_text(store: Store) -> None:
    (a,) = listed(store, ["a"])
    record_readings(store.db, None, [reading(a, "A good body outage", OUTAGE)])

    record_readings(store.db, None, [failure(a, at=NOON + DAY)])

    assert rows(store, "SELECT state, outcome, attempts, text_sha256 FROM articles") == [
        ("read", "http-5xx", 1, digest("A title\n\nA good body outage"))
    ]
    assert value(store, "SELECT body FROM article_texts") == "A good body outage"
    assert value(store, "SELECT still_matches FROM hits") == 1


def test_the_feeds_text_never_replaces_the_pages(store: Store) -> None:
    (a,) = listed(store, ["a"])
    record_readings(store.db, None, [reading(a, "The page's body outage", OUTAGE)])

    record_readings(
        store.db, None, [reading(a, "The feed's summary", state="partial", at=NOON + DAY)]
    )

    assert value(store, "SELECT body FROM article_texts") == "The page's body outage"
    assert value(store, "SELECT state FROM articles") == "read"


@pytest.mark.parametrize(
    ("later", "body"),
    [
        ("The first page alone", "Page one, page two: outage"),
        ("", "Page one, page two: outage"),
        ("Page one, page two, page three", "Page one, page two, page three"),
        ("A recount", "A recount"),
    ],
    ids=["less of it", "the headline alone", "more of it, without that passage", "other hits"],
)
def test_less_of_a_text_takes_no_hits_from_what_was_read_before(
    store: Store, later: str, body: str
) -> None:
    (a,) = listed(store, ["a"])
    before = reading(a, "Page one, page two: outage", OUTAGE, RECOUNT, state="partial")
    record_readings(store.db, None, [before])

    after = reading(a, later, OUTAGE, RECOUNT, state="partial", at=NOON + HOUR)
    record_readings(store.db, None, [after])

    assert value(store, "SELECT body FROM article_texts") == body
    first, *_ = rows(store, "SELECT still_matches FROM hits ORDER BY id")
    assert bool(first[0]) is (body == before.article.body)
    assert rows(store, "SELECT state, attempts FROM articles") == [("partial", 2)]


def test_a_partial_article_becomes_a_whole_one(store: Store) -> None:
    (a,) = listed(store, ["a"])
    partial = reading(a, "Feed: outage", OUTAGE, state="partial", next_attempt_at=NOON + HOUR)
    record_readings(store.db, None, [partial])
    assert rows(store, "SELECT state, attempts FROM articles") == [("partial", 1)]
    assert only(unread_articles(store.db, NOON + HOUR, limit=9)).reread is False

    body = f"{prose(1)} outage"
    record_readings(store.db, None, [reading(a, body, OUTAGE, at=NOON + HOUR)])

    assert rows(store, "SELECT state, attempts, reads, versions, changed_at FROM articles") == [
        ("read", 0, 1, 2, None)
    ]
    assert rows(store, "SELECT partial, passage_change FROM hits") == [(0, None)]


def test_a_failure_is_tried_again_and_counted(store: Store) -> None:
    (a,) = listed(store, ["a"])
    record_readings(store.db, None, [failure(a, at=NOON, next_attempt_at=NOON + HOUR)])

    assert unread_articles(store.db, NOON, limit=9) == ()
    assert only(unread_articles(store.db, NOON + HOUR, limit=9)).attempts == 1
    assert rows(store, "SELECT state, outcome, problem FROM articles") == [
        ("failed", "http-5xx", "it said 503")
    ]


def test_every_text_version_is_kept(store: Store) -> None:
    (a,) = listed(store, ["a"])
    for n, body in enumerate(["First.", "Second.", "First."]):
        record_readings(store.db, None, [reading(a, body, at=NOON + n * DAY)])

    versions = rows(store, "SELECT text_sha256, body FROM text_versions ORDER BY first_read_at")
    assert versions == [
        (digest("A title\n\nFirst."), None),
        (digest("A title\n\nSecond."), "Second."),
    ]
    assert value(store, "SELECT body FROM article_texts") == "First."
    assert value(store, "SELECT versions FROM articles") == 2


@pytest.mark.parametrize(
    ("before", "after", "change", "still"),
    [
        ("Calm. ", "Calm. An outage at noon.", "added", 1),
        ("Calm. An outage at noon.", "Calm. ", "removed", 0),
        ("Calm. An outage at noon.", "Calm. An outage at dawn.", "changed", 1),
        (
            "An outage at noon. Calm.",
            "Much longer opening words. An outage at noon. Calm.",
            None,
            1,
        ),
    ],
    ids=["added", "removed", "changed", "moved"],
)
def test_an_edit_of_the_passage_shows(
    store: Store, before: str, after: str, change: str | None, still: int
) -> None:
    (a,) = listed(store, ["a"])
    record_readings(store.db, None, [reading(a, f"Lead text. {before}", OUTAGE)])

    record_readings(store.db, None, [reading(a, f"Lead text. {after}", OUTAGE, at=NOON + DAY)])

    assert rows(store, "SELECT passage_change, still_matches FROM hits") == [(change, still)]
    assert value(store, "SELECT changed_at IS NOT NULL FROM articles") == 1


def test_offsets_follow_the_text_when_only_the_text_around_moves(store: Store) -> None:
    (a,) = listed(store, ["a"])
    for n, body in enumerate(
        ["A long lead. The outage at ten.", "Now a longer lead. A long lead. The outage at ten."]
    ):
        record_readings(store.db, None, [reading(a, body, OUTAGE, at=NOON + n * DAY)])

    start = value(store, "SELECT json_extract(terms_json, '$[0].start') FROM hits")
    body = value(store, "SELECT body FROM article_texts")
    assert isinstance(body, str)
    assert isinstance(start, int)
    assert body[start : start + 6] == "outage"
    assert value(store, "SELECT count(*) FROM hit_evidence") == 2


def test_a_new_rule_version_with_the_same_evidence_keeps_the_verdict(store: Store) -> None:
    (a,) = listed(store, ["a"])
    body = "There was an outage at noon."
    (stored,) = record_readings(store.db, None, [reading(a, body, OUTAGE)])
    judge(store, stored.hit_id, "dismissed")
    tuned = replace(OUTAGE, sha256=digest("tuned"))
    sync_rules(store.db, [tuned], NOON + HOUR)

    again = replace(reading(a, body, at=NOON + DAY), hits=(hit(tuned, body),))
    record_readings(store.db, None, [again])

    assert value(store, "SELECT rule_version_id FROM hits") == 3
    assert rows(store, "SELECT status, reopened FROM stories") == [("dismissed", 0)]


def test_changed_evidence_reopens_a_judged_story_and_keeps_its_status(store: Store) -> None:
    (a,) = listed(store, ["a"])
    (stored,) = record_readings(store.db, None, [reading(a, "An outage at noon.", OUTAGE)])
    judge(store, stored.hit_id, "dismissed")

    record_readings(store.db, None, [reading(a, "An outage at dawn.", OUTAGE, at=NOON + DAY)])

    assert rows(store, "SELECT status, reopened FROM stories") == [("dismissed", 1)]


def test_a_hit_that_comes_back_matches_again(store: Store) -> None:
    (a,) = listed(store, ["a"])
    for n, body in enumerate(["An outage.", "Nothing.", "An outage."]):
        record_readings(store.db, None, [reading(a, body, OUTAGE, at=NOON + n * DAY)])

    assert rows(store, "SELECT still_matches, passage_change FROM hits") == [(1, "added")]
    assert value(store, "SELECT lane FROM stories") == "shown"


def test_a_rule_that_was_never_synced_is_refused_and_nothing_is_stored(store: Store) -> None:
    (a,) = listed(store, ["a"])

    with pytest.raises(UnknownRule, match="stranger"):
        record_readings(store.db, None, [reading(a, "A stranger came.", rule("stranger"))])

    assert value(store, "SELECT state FROM articles") == "unread"
    assert rows(store, "SELECT * FROM article_texts") == []


def judge(store: Store, hit_id: int, action: str) -> None:
    store.db.execute(
        "INSERT INTO story_reviews (story_id, action, actor) SELECT story_id, ?, 'ann' FROM hits WHERE id = ?",
        (action, hit_id),
    )


def dump(store: Store) -> list[str]:
    return list(store.db.conn.iterdump())
