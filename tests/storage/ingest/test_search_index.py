"""The search index as readings and the nightly upkeep write it."""

from storage.ingest.readings import record_readings
from storage.store import Store
from storage.upkeep.maintenance import maintain_database
from tests.storage.making import (
    HOUR,
    NOON,
    listed,
    prose,
    reading,
    rows,
    rule,
    value,
)

OUTAGE, RECOUNT = rule("outage"), rule("recount", severity="low")


SEGMENTS = "SELECT count(DISTINCT segid) FROM article_texts_fts_idx"


def test_the_search_index_takes_in_a_transactions_texts_at_once(store: Store) -> None:
    readings = [reading(a, prose(a)) for a in listed(store, [f"k{n}" for n in range(20)])]

    record_readings(store.db, None, readings)

    assert value(store, SEGMENTS) == 1


def test_two_readings_of_an_article_in_one_transaction_follow_each_other(store: Store) -> None:
    (a,) = listed(store, ["a"])
    first, second = f"{prose(1)} outage", f"{prose(1)} recount"

    record_readings(
        store.db,
        None,
        [reading(a, first, OUTAGE, RECOUNT), reading(a, second, OUTAGE, RECOUNT, at=NOON + HOUR)],
    )

    assert value(store, "SELECT body FROM article_texts") == second
    assert rows(store, "SELECT body FROM text_versions ORDER BY first_read_at") == [
        (first,),
        (None,),
    ]
    assert rows(store, "SELECT rule_id, still_matches FROM hits ORDER BY id") == [(1, 0), (2, 1)]


def test_maintenance_merges_the_search_index_and_loses_nothing(store: Store) -> None:
    ids = listed(store, [f"k{n}" for n in range(12)])
    for n in ids:
        record_readings(store.db, None, [reading(n, f"{prose(n)} outage{n}")])
    assert value(store, SEGMENTS) == 12  # FTS5 merges by itself once it has written 64 pages

    maintain_database(store.db, NOON)

    assert value(store, SEGMENTS) == 1
    store.db.execute("INSERT INTO article_texts_fts (article_texts_fts) VALUES ('integrity-check')")
    for n in ids:
        search = "SELECT rowid FROM article_texts_fts WHERE article_texts_fts MATCH ?"
        assert value(store, search, f"outage{n}") == n
