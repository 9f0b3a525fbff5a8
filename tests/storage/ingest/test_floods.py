"""No feed crowds out the others: neither in the list of what is to be read, nor in the database."""

from collections.abc import Iterable

import pytest

from model import Entry
from storage.feeds import feed_histories
from storage.ingest.feeds.polls import MOST_NEW_A_DAY, record_polls
from storage.queries.articles.unread import MOST_OF_A_FEED, unread_articles, waiting_articles
from storage.store import Store
from tests.storage.making import HOUR, NOON, decision, entry, poll, rows, value

DAY = 24 * HOUR


def test_the_newest_thousand_of_one_feed_leave_room_for_the_others(store: Store) -> None:
    many = [
        entry(f"k{n}", published=NOON - DAY + n * HOUR / 60) for n in range(MOST_OF_A_FEED + 50)
    ]
    own = entry("story", url="https://herald.example/1", canonical_url="https://herald.example/1")
    polls = [(poll(*many), decision()), (poll(own, feed_id="herald"), decision())]
    record_polls(store.db, None, polls, NOON)

    listed = unread_articles(store.db, NOON, limit=10_000)

    urls = {unread.url for unread in listed}
    assert len(listed) == MOST_OF_A_FEED + 1
    assert own.url in urls
    assert {each.url for each in many[50:]} <= urls
    assert waiting_articles(store.db, NOON) == len(many) + 1


def test_items_that_are_their_own_text_are_all_listed(store: Store) -> None:
    many = [entry(f"k{n}", url=None, canonical_url=None) for n in range(MOST_OF_A_FEED + 50)]
    record_polls(store.db, None, [(poll(*many), decision())], NOON)

    assert len(unread_articles(store.db, NOON, limit=10_000)) == len(many)


def spent(store: Store, entries: int) -> None:
    """A poll of an hour ago, which brought so many."""
    record_polls(store.db, None, [(poll(at=NOON - HOUR), decision())], NOON - HOUR)
    store.db.execute("UPDATE polls SET entries_new = ?", [entries])


def test_what_a_feed_brings_beyond_its_day_is_left_out_and_counts_as_a_gap(store: Store) -> None:
    spent(store, MOST_NEW_A_DAY - 1)

    recorded = record_polls(
        store.db, None, [(poll(*map(entry, "abc"), moved_to=None), decision())], NOON
    )

    assert recorded[0].entries_new == 1
    why = "read 2 of its entries are left out: more than 20,000 new ones in a day."
    last = rows(store, "SELECT gap, sentence FROM polls ORDER BY id DESC LIMIT 1")
    assert [tuple(row) for row in last] == [(1, why)]
    cache = feed_histories(store.db)["gazette"].cache
    assert (cache.etag, cache.last_modified, cache.body_sha256) == (None, None, None)


def test_the_next_day_takes_what_was_left_out(store: Store) -> None:
    spent(store, MOST_NEW_A_DAY)
    for at in (NOON, NOON + DAY):
        record_polls(store.db, None, [(poll(*map(entry, "abc"), at=at), decision(at))], at)

    assert value(store, "SELECT count(*) FROM articles") == 3
    assert value(store, "SELECT gap FROM polls ORDER BY id DESC LIMIT 1") == 0


def numbered(letter: str, numbers: Iterable[int], page: str = "") -> list[Entry]:
    addresses = {n: f"https://gazette.example/{page}{n}" for n in numbers}
    return [
        entry(f"{letter}{n}", url=url, canonical_url=url, title=f"Story number {n} of the county")
        for n, url in addresses.items()
    ]


@pytest.mark.parametrize(
    ("polls", "gaps"),
    [
        ([numbered("a", range(3)), numbered("b", range(3))], [0, 0]),
        ([numbered("a", range(3)), numbered("b", range(3), "new/")], [0, 0]),
        ([numbered("a", range(3)), numbered("c", [9]), numbered("a", range(4))], [0, 1, 0]),
        ([numbered("a", range(3)), numbered("c", range(7, 10))], [0, 1]),
        ([numbered("a", range(3)), numbered("c", range(2, 10))], [0, 1]),
    ],
    ids=["new guids", "moved", "a stub between", "all new", "one old one"],
)
def test_a_gap_is_only_where_most_is_new(
    store: Store, polls: list[list[Entry]], gaps: list[int]
) -> None:
    for hours, items in enumerate(polls):
        at = NOON + hours * HOUR
        gap = decision(at, gap=True, if_known=decision(at)) if hours else decision(at)
        record_polls(store.db, None, [(poll(*items, at=at), gap)], at)

    assert [row[0] for row in rows(store, "SELECT gap FROM polls ORDER BY id")] == gaps


def test_links_to_other_outlets_push_out_no_story_of_the_feeds_own(store: Store) -> None:
    others = [
        entry(f"k{n}", published=NOON + n * HOUR, speaks=False) for n in range(MOST_OF_A_FEED)
    ]
    own = entry("own", published=NOON - DAY, speaks=True)
    record_polls(store.db, None, [(poll(*others, own), decision())], NOON)

    listed = unread_articles(store.db, NOON, limit=10_000)

    assert own.url in {unread.url for unread in listed}
    assert len(listed) == MOST_OF_A_FEED + 1
