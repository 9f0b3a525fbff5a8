"""An entry that its feed lists under another address is the same story, and no story is taken for another."""

import time

import pytest

from model import Entry, Outcome
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import RecordedPoll, record_polls
from storage.store import Store
from storage.times import iso
from tests.storage.making import HOUR, NOON, decision, entry, feed, poll, rows

SITE = "https://gazette.example"
LONG = "The county clerk said that nobody had reached the machines on which votes are counted, and that seals were checked."


@pytest.fixture(autouse=True)
def _feeds(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette"), feed("herald")], NOON)


def at(address: str, guid: str | None = None, **fields: object) -> Entry:
    """Its key is made of guid and address, as the parser makes it."""
    url = f"{SITE}/{address}"
    fields = {"summary": LONG, "title": "Votes are safe", "published": NOON} | fields
    return entry(f"{guid}|{url}", guid=guid, url=url, canonical_url=url, **fields)


def lists(store: Store, *entries: Entry, hours: int = 0) -> RecordedPoll:
    moment = NOON + hours * HOUR
    polled = poll(*entries, at=moment)
    return record_polls(store.db, None, [(polled, decision(moment))], moment)[0]


def articles(store: Store) -> list[tuple[object, ...]]:
    return rows(store, "SELECT url FROM articles ORDER BY id")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (at("a-slug", "7"), at("new-slug", "7")),
        (at("a-slug", "7"), at("new-slug", "7", title="Votes are safe, says clerk", summary=LONG + " They were sealed.")),
        (at("a-slug", "7"), at("new-slug", "7", published=NOON + HOUR)),
        (at("a?id=7&sid=1", "u1"), at("a?id=7&sid=2", "u2", published=NOON + HOUR)),
        (at("a;jsessionid=AB?t=1"), at("a;jsessionid=CD?t=2", published=None)),
        (at("a"), at("a/")),
        (at("a", published=None, summary=""), at("a/amp", published=None, summary="")),
        (at("old/a"), at("2026/11/a", "n1")),
    ],
    ids=["slug", "slug and words", "slug, dated anew", "session", "session in the path", "slash", "amp, title alone", "new system"],
)  # fmt: skip
def test_an_entry_at_another_address_is_the_known_article(
    store: Store, before: Entry, after: Entry
) -> None:
    lists(store, before)
    recorded = lists(store, after, hours=1)

    assert recorded.entries_new == 0
    assert articles(store) == [(after.url,)]
    assert rows(store, "SELECT entry_key, url FROM entries") == [(after.key, after.url)]
    assert lists(store, after, hours=2).entries_new == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (at("a", "7"), at("b", "7", title="Storm closes polls", summary="Rain fell on the town all night and roads were shut.")),
        (at("a", "7", summary="", title="Meeting notice"), at("b", "7", summary="", title="Meeting notice", published=NOON + HOUR)),
        (at("a?id=1", summary="", title="Election results"), at("a?id=2", summary="", title="Election results")),
        (at("a?id=1"), at("a?id=2", published=NOON + HOUR)),
        (at("a"), at("b", published=NOON + HOUR)),
        (at("a", published=None), at("b", published=None)),
        (at("a", summary="Read more on our site"), at("b", summary="Read more on our site")),
        (at("a?nr=12", summary=""), at("a?nr=13", summary="")),
        (at("a?nr=12", summary="Read more"), at("a?nr=13", summary="Read more", published=None)),
        (at("a", "7", summary="Read more on our site"), at("b", "7", summary="Read more on our site", title="Storm closes polls", published=None)),
    ],
    ids=["guid used again", "one guid for all", "title alone", "numbered", "the same words a day later", "no date", "few words of one moment", "title alone, numbered otherwise", "few words, numbered otherwise", "few words that stand below every headline"],
)  # fmt: skip
def test_another_story_is_an_article_of_its_own(store: Store, before: Entry, after: Entry) -> None:
    lists(store, before)
    assert lists(store, after, hours=1).entries_new == 1
    assert articles(store) == [(before.url,), (after.url,)]


def test_two_entries_that_are_listed_together_are_two(store: Store) -> None:
    lists(store, at("a", "7"))
    assert lists(store, at("a", "7"), at("b", "7"), hours=1).entries_new == 1


def test_two_new_entries_at_one_address_are_no_two_articles_there(store: Store) -> None:
    lists(store, at("a", "1"), at("b", "2"))
    lists(store, at("c", "1"), at("c", "2"), hours=1)
    assert articles(store).count((f"{SITE}/c",)) == 1


def test_where_another_feed_was_before_the_article_there_counts(store: Store) -> None:
    lists(store, at("a", "7"))
    foreign = poll(at("b", "h", speaks=False), feed_id="herald", at=NOON)
    record_polls(store.db, None, [(foreign, decision(NOON))], NOON)
    lists(store, at("b", "7"), hours=1)
    assert articles(store) == [(f"{SITE}/a",), (f"{SITE}/b",)]


def test_a_page_that_was_not_found_is_asked_for_at_its_new_address(store: Store) -> None:
    lists(store, at("a", "7"))
    store.db.execute(
        "UPDATE articles SET state = 'failed', attempts = 1, outcome = ?, next_attempt_at = NULL",
        [Outcome.NOT_FOUND],
    )
    lists(store, at("b", "7"), hours=1)
    assert rows(store, "SELECT next_attempt_at FROM articles") == [("2026-11-03T13:00:00.000Z",)]


def test_changed_words_have_the_page_read_again(store: Store) -> None:
    lists(store, at("a", "7"))
    store.db.execute(
        "UPDATE articles SET state = 'read', reads = 1, attempted_at = ?, next_attempt_at = NULL",
        ["2026-11-03T12:00:00.000Z"],
    )
    lists(store, at("b", "7"), hours=1)
    assert rows(store, "SELECT next_attempt_at FROM articles") == [(None,)]
    lists(store, at("c", "7", summary=LONG + " Then hackers came."), hours=2)
    assert rows(store, "SELECT next_attempt_at IS NOT NULL FROM articles") == [(1,)]


@pytest.mark.slow
def test_a_guid_that_many_share_and_words_that_all_share_cost_no_comparison_of_all(
    store: Store,
) -> None:
    costs = []
    for folder in "ab":
        listed = [at(f"{folder}/{n}", "same", published=None) for n in range(1500)]
        began = time.process_time()
        assert lists(store, *listed, hours=len(costs)).entries_new == 1500
        costs.append(time.process_time() - began)

    assert costs[1] < 3 * costs[0]


@pytest.mark.slow
def test_a_long_list_that_moves_costs_little_more_than_at_first(store: Store) -> None:
    costs = []
    for folder in "ab":
        listed = [at(f"{folder}/{n}", f"{n}", title=f"Story {n}") for n in range(2000)]
        began = time.process_time()
        lists(store, *listed, hours=len(costs))
        costs.append(time.process_time() - began)

    assert articles(store)[0] == (f"{SITE}/b/0",)
    assert costs[1] < 3 * costs[0]


def test_a_guid_that_goes_to_another_story_leaves_the_one_that_is_still_listed(
    store: Store,
) -> None:
    """Feeds that number their items by place give each number to another story at each poll."""
    fields = {"title": "The count goes on", "published": None}
    lists(store, at("a", "1", **fields), at("b", "2", **fields))
    lists(store, at("c", "1", **fields), at("a", "2", **fields), at("b", "3", **fields), hours=1)

    assert articles(store) == [(f"{SITE}/{name}",) for name in "abc"]


def test_an_article_that_was_listed_twice_moves_to_one_address(store: Store) -> None:
    lists(store, at("a", "1"), at("a", "2"))
    lists(store, at("b", "1"), at("c", "2"), hours=1)

    assert articles(store) == [(f"{SITE}/b",), (f"{SITE}/c",)]


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday")


def issued(token: str, **fields: object) -> list[Entry]:
    return [
        at(f"go/{token}{place}", title=f"News of {day}", published=None, **fields)
        for place, day in enumerate(WEEKDAYS)
    ]


def test_a_feed_whose_links_are_new_at_each_poll_lists_the_stories_that_it_listed(
    store: Store,
) -> None:
    for words in ("", "A few words", LONG):
        lists(store, *issued(f"a{len(words)}", summary=words))
        again = lists(store, at("own"), *issued(f"b{len(words)}", summary=words)[:3], hours=1)
        assert again.entries_new == (1 if words == "" else 0)
        lists(store, at("own"), hours=2)


@pytest.mark.parametrize(
    "address", ["notices/{}", "show?id={}", "2026/{}/notice", "notice-{}.html"]
)
def test_notices_in_the_words_of_the_last_ones_are_new_where_the_site_counts_its_pages(
    store: Store, address: str
) -> None:
    """An office announces each special election in the words of the last one, and gives no date."""

    def notices(first: int) -> list[Entry]:
        return [
            at(address.format(first + place), title=title, summary=LONG, published=None)
            for place, title in enumerate(("Special election", "Logic test", "Canvass"))
        ]

    lists(store, *notices(10))
    assert lists(store, *notices(20), hours=1).entries_new == 3


def test_pages_of_stories_at_new_addresses_are_read_again_as_only_their_words_are_the_same(
    store: Store,
) -> None:
    lists(store, *issued("a"))
    store.db.execute(
        "UPDATE articles SET state = 'read', reads = 1, attempted_at = ?, next_attempt_at = NULL",
        ["2026-11-03T12:00:00.000Z"],
    )
    lists(store, *issued("b"), hours=1)
    assert rows(store, "SELECT count(*) FROM articles WHERE next_attempt_at IS NOT NULL") == [(4,)]


def test_pages_that_cannot_be_read_are_not_asked_for_at_each_new_address_for_ever(
    store: Store,
) -> None:
    lists(store, *issued("a"))
    due = []
    for hours in range(1, 9):
        store.db.execute(
            "UPDATE articles SET state = 'failed', attempts = ?, attempted_at = ?, next_attempt_at = NULL",
            [hours, iso(NOON + hours * HOUR)],
        )
        lists(store, *issued(f"b{hours}"), hours=hours)
        due += rows(store, "SELECT count(next_attempt_at) FROM articles")

    assert due == [(4,)] * 5 + [(0,)] * 3


@pytest.mark.parametrize(
    "fresh",
    [issued("b")[:2], [at(f"go/b{n}", title="News", published=None) for n in range(4)],
     [at(entry.url.removeprefix(f"{SITE}/"), title=entry.title, published=NOON) for entry in issued("b")]],
    ids=["two of four", "one headline for all", "dated otherwise"],
)  # fmt: skip
def test_fewer_stories_in_words_that_came_before_are_stories_of_their_own(
    store: Store, fresh: list[Entry]
) -> None:
    lists(store, *issued("a"))
    assert lists(store, *fresh, hours=1).entries_new == len(fresh)
