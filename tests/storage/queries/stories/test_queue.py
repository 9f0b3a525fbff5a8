"""Which stories a view shows, in which order, and how many stand behind every choice."""

import sqlite3
from dataclasses import replace
from itertools import pairwise

import pytest

from storage.queries.stories import order, queue
from storage.queries.stories.filter import StoryFilter
from storage.queries.stories.order import ORDERS, Cursor, Placed
from storage.queries.stories.tally import Tally

ALL = StoryFilter(tab="all")


@pytest.mark.parametrize("sort", ["priority", "published", "oldest", "seen", "due"])
def test_pages_miss_and_repeat_nothing_forwards_and_back(
    connection: sqlite3.Connection, sort: str
) -> None:
    forwards, pages, cursor = [], [], None
    while True:
        page = queue.page_of_view(connection, ALL, sort, cursor=cursor, size=5)
        pages.append(page)
        forwards += page.stories
        if page.following is None:
            break
        cursor = page.following
    backwards = [*pages[-1].stories]
    page = pages[-1]
    while page.previous is not None:
        page = queue.page_of_view(connection, ALL, sort, cursor=page.previous, size=5)
        backwards = [*page.stories, *backwards]

    assert len(set(forwards)) == len(forwards) == pages[0].total == 28
    assert backwards == forwards
    assert [page.first for page in pages] == [1, 6, 11, 16, 21, 26]


@pytest.mark.parametrize("sort", ["priority", "seen"])
def test_the_last_page_names_none_after_it(connection: sqlite3.Connection, sort: str) -> None:
    whole = queue.page_of_view(connection, ALL, sort, cursor=None, size=28)
    half = queue.page_of_view(connection, ALL, sort, cursor=None, size=14)
    assert half.following is not None
    rest = queue.page_of_view(connection, ALL, sort, cursor=half.following, size=14)

    assert (whole.following, rest.following) == (None, None)
    assert half.stories + rest.stories == whole.stories


def test_a_count_that_is_older_hides_no_page(connection: sqlite3.Connection) -> None:
    few = queue.page_of_view(connection, ALL, "priority", cursor=None, size=14, total=14)
    many = queue.page_of_view(connection, ALL, "priority", cursor=None, size=28, total=99)

    assert few.following is not None
    assert many.following is None


def test_a_page_looked_back_at_from_past_the_end_is_the_last(
    connection: sqlite3.Connection,
) -> None:
    past_the_end = Cursor(-1.0, 0, back=True)
    page = queue.page_of_view(connection, ALL, "priority", cursor=past_the_end, size=14)

    assert (page.first, page.total, page.following) == (15, 28, None)
    assert page.previous is not None


def test_last_seen_is_a_day_or_later_and_a_day_or_earlier(connection: sqlite3.Connection) -> None:
    days = dict(connection.execute("SELECT id, substr(last_seen_at, 1, 10) FROM stories WHERE tab IS NOT NULL"))  # fmt: skip
    day = sorted(set(days.values()))[1]

    def shown(**filters: str) -> set[int]:
        chosen = StoryFilter(tab="all", **filters)
        return set(
            queue.page_of_view(connection, chosen, "priority", cursor=None, size=100).stories
        )

    since, until = shown(seen_since=day), shown(seen_until=day)
    assert since == {story for story, seen in days.items() if seen >= day}
    assert until == {story for story, seen in days.items() if seen <= day}
    assert 0 < len(since) < len(days)
    assert 0 < len(until) < len(days)


def test_every_order_is_what_it_says(connection: sqlite3.Connection) -> None:
    for sort, (key, highest_first) in ORDERS.items():
        page = queue.page_of_view(connection, ALL, sort, cursor=None, size=100)
        keys = [connection.execute(f"SELECT {key} FROM stories s WHERE id = ?", [story]).fetchone()[0] for story in page.stories]  # fmt: skip
        assert all(a >= b if highest_first else a <= b for a, b in pairwise(keys)), sort


def test_neighbours_are_those_of_the_list(connection: sqlite3.Connection) -> None:
    listed = queue.page_of_view(connection, ALL, "priority", cursor=None, size=100).stories

    for before, here, after in zip((None, *listed), listed, (*listed[1:], None), strict=False):
        assert queue.neighbours(connection, ALL, "priority", here) == (before, after)


def test_a_story_has_one_card_with_its_rules_best_first(connection: sqlite3.Connection) -> None:
    page = queue.page_of_view(connection, ALL, "priority", cursor=None, size=100)
    cards = queue.cards(connection, page.stories)

    assert [card.story["id"] for card in cards] == list(page.stories)
    two = next(card for card in cards if card.story["title"].startswith("County clerk"))
    assert [chip["slug"] for chip in two.rules] == [
        "election-office-ransomware",
        "threats-election-workers",
    ]
    assert two.story["hits"] == 6


def test_words_past_the_newest_articles_are_left_out_and_it_is_said(
    connection: sqlite3.Connection,
) -> None:
    few = queue.page_of_view(connection, replace(ALL, words='"the"', newest_articles=3))
    every = queue.page_of_view(connection, replace(ALL, words='"the"'))

    assert few.cut
    assert not every.cut
    assert 0 < few.total < every.total


def test_the_queue_walks_its_indexes(connection: sqlite3.Connection) -> None:
    """A page of a tab is read off an index in order, whatever the number of stories."""
    for sort, index in (("priority", "stories_tab_priority"), ("published", "stories_tab_published"), ("seen", "stories_tab_seen")):  # fmt: skip
        key, _ = ORDERS[sort]
        plan = " ".join(
            row["detail"]
            for row in connection.execute(f"EXPLAIN QUERY PLAN SELECT s.id FROM stories s WHERE s.tab IS NOT NULL AND s.tab = 'new' ORDER BY {key} DESC, s.id DESC LIMIT 25")
        )  # fmt: skip
        assert index in plan, plan
        assert "TEMP B-TREE" not in plan


VIEWS = (ALL, StoryFilter(), StoryFilter(tab="all", severity=("critical",)), StoryFilter(tab="open", outlet=("Harbor Daily",)), StoryFilter(tab="all", rule=("threats-election-workers",)))  # fmt: skip


@pytest.mark.parametrize("farthest", [20_000, 4])
@pytest.mark.parametrize("sort", [*ORDERS])
def test_stories_met_along_an_order_are_those_that_are_looked_up(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, sort: str, farthest: int
) -> None:
    """Forwards and back, and also where the way to a page is too far and they are looked up after all."""
    monkeypatch.setattr(order, "MOST_PASSED", farthest)
    for view in VIEWS:
        narrowed, cursor = Tally().narrowed(connection, view), None
        assert narrowed.among is not None
        while True:
            met, looked_up = (queue.page_of_view(connection, filters, sort, cursor=cursor, size=3) for filters in (narrowed, view))  # fmt: skip
            assert met == looked_up
            if met.previous:
                back = (queue.page_of_view(connection, filters, sort, cursor=met.previous, size=3) for filters in (narrowed, view))  # fmt: skip
                assert next(back) == next(back)
            if met.following is None:
                break
            cursor = met.following


def test_a_page_is_met_without_looking_a_story_up(connection: sqlite3.Connection) -> None:
    """As long as enough of the stories that are passed belong to the view."""
    queries: list[str] = []
    connection.set_trace_callback(queries.append)
    among = Tally().narrowed(connection, StoryFilter(tab="all", severity=("critical",))).among
    assert among is not None
    queries.clear()
    page = order.meet(connection, among, "published", None, 3)

    assert page is not None
    assert [type(placed) for placed in page] == [Placed] * 3
    assert len(queries) == 1
    assert "INDEXED BY stories_published" in queries[0]
