"""Items of one feed that share a page are articles of their own; a new guid for the same item is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from model import Entry
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.queries.articles.unread import unmatched_entries, unread_articles
from storage.store import Store
from tests.storage.making import HOUR, NOON, decision, entry, feed, poll, rows, value

PAGE = "https://gazette.example/notices"
TEXTS = (
    "The office is closed on Monday, and the drop in the hall will be emptied twice a day.",
    "Forms for absentee voters are on the table in the lobby, printed on yellow paper.",
    "The board meets at noon in the gym of the school, and the doors open at eleven.",
    "Hackers altered the logs of a ballot scanner, and the state police were asked to look.",
)


@pytest.fixture(autouse=True)
def _feeds(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette")], NOON)


def item(number: int, title: str = "Notice", text: str = "", **fields: object) -> Entry:
    """One whose text is the number's, unless another is given."""
    return entry(
        f"k{number}",
        title=title,
        summary=text or TEXTS[number],
        url=f"{PAGE}#{number}",
        canonical_url=PAGE,
        **fields,
    )


def lists(store: Store, *items: Entry, hours: int = 0) -> None:
    at = NOON + timedelta(hours=hours)
    record_polls(store.db, None, [(poll(*items, feed_id="gazette", at=at), decision(at))], at)


@pytest.mark.parametrize("titles", [("Notice",) * 4, tuple(f"Notice {n}" for n in range(4))])
def test_each_item_of_a_shared_page_is_an_article_and_so_is_one_that_comes_later(
    store: Store, titles: tuple[str, ...]
) -> None:
    items = [item(n, titles[n]) for n in range(4)]
    lists(store, *items[:3])
    assert value(store, "SELECT count(*) FROM articles WHERE shared_page") == 3

    lists(store, items[3], *items[:3], hours=1)

    assert value(store, "SELECT count(*) FROM articles WHERE shared_page") == 4
    due = unread_articles(store.db, NOON + HOUR, limit=9)
    assert [d.feed_text for d in due] == list(TEXTS)
    assert all(d.shared_page and d.url.startswith(PAGE) for d in due)


def test_a_hundred_and_eleven_items_are_as_many_articles(store: Store) -> None:
    words = ["alder", "birch", "cedar", "dogwood", "elm", "fir", "gum", "hazel", "ivy", "juniper"]
    items = [
        entry(f"k{n}", title="", summary=f"{words[n % 10]} {n} {words[n // 10 % 10]} {n} {words[n // 7 % 10]}",
              url=f"{PAGE}#{n}", canonical_url=PAGE)
        for n in range(111)
    ]  # fmt: skip

    lists(store, *items)

    assert value(store, "SELECT count(*) FROM articles") == 111


def test_the_same_story_under_a_new_guid_is_an_edit_and_its_page_is_read_again(
    store: Store,
) -> None:
    lists(store, item(0, "Office closed"))
    store.db.execute(
        "UPDATE articles SET state = 'read', attempted_at = '2026-01-01', next_attempt_at = NULL"
    )

    lists(
        store,
        entry("new", title="Office closed, again", summary=TEXTS[0], url=PAGE, canonical_url=PAGE),
        hours=1,
    )

    assert rows(store, "SELECT count(*), count(next_attempt_at) FROM articles") == [(1, 1)]


def test_another_story_under_a_new_guid_at_the_same_address_is_an_article(store: Store) -> None:
    lists(store, item(0, "Office closed on Monday"))

    lists(store, item(3, "Scanner logs were altered"), hours=1)

    assert rows(store, "SELECT title, shared_page FROM articles ORDER BY id") == [
        ("Office closed on Monday", 0),
        ("Scanner logs were altered", 1),
    ]


def test_a_story_that_is_listed_twice_with_other_words_has_one_page(store: Store) -> None:
    lists(store, item(0, "Office closed on Monday"), item(1, "Office closed on Monday"))

    assert rows(store, "SELECT count(*), max(shared_page) FROM articles") == [(1, 0)]


def test_another_outlets_page_is_read_however_often_a_feed_lists_it(store: Store) -> None:
    lists(store, *(item(n, f"Notice {n}", speaks=False) for n in range(3)))

    assert rows(store, "SELECT count(*), max(shared_page) FROM articles") == [(1, 0)]
    assert len(unmatched_entries(store.db, limit=9)) == 3


def test_a_new_guid_alone_has_no_page_read_again(store: Store) -> None:
    """Some feeds make up their guids anew at each poll."""
    lists(store, item(0, "Office closed"))
    store.db.execute(
        "UPDATE articles SET state = 'read', attempted_at = '2026-01-01', next_attempt_at = NULL"
    )

    lists(store, replace(item(0, "Office closed"), key="new", guid="new"), hours=1)

    assert rows(store, "SELECT count(*), count(next_attempt_at) FROM articles") == [(1, 0)]


@pytest.mark.parametrize("front", ["/", "", "/index.html", "/en/", "/es", "/pt-br/", "/homepage"])
def test_an_item_that_links_to_the_front_page_is_known_by_its_own_words(
    store: Store, front: str
) -> None:
    url = f"https://gazette.example{front}"
    lists(store, entry("k", title="Notice", summary=TEXTS[3], url=url, canonical_url=url))

    (due,) = unread_articles(store.db, NOON + HOUR, limit=9)

    assert (due.shared_page, due.url, due.feed_text) == (True, url, TEXTS[3])


@pytest.mark.parametrize(
    "story", ["/?p=4711", "/?2026/11/recount", "/en/?slug=recount", "/en/recount", "/eng/"]
)
def test_a_story_that_only_its_query_tells_is_read_at_its_page(store: Store, story: str) -> None:
    url = f"https://gazette.example{story}"
    lists(store, entry("k", title="Notice", summary=TEXTS[3], url=url, canonical_url=url))

    (due,) = unread_articles(store.db, NOON + HOUR, limit=9)

    assert (due.shared_page, due.url) == (False, url)
