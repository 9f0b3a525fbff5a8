"""The sets in memory count what SQL counts, whatever the filters and whatever changes meanwhile."""

import sqlite3
from dataclasses import replace

import pytest
from pyroaring import BitMap

from storage.queries.stories import one_of_many, queue
from storage.queries.stories import tally as tally_module
from storage.queries.stories.filter import StoryFilter
from storage.queries.stories.one_of_many import CountsOfViews
from storage.queries.stories.tally import FIRST_AND_LAST_CHANGE, Tally

ALL = StoryFilter(tab="all", now="2026-09-01T00:00:00.000Z")
VIEWS = (
    ALL, replace(ALL, severity=("critical",)), replace(ALL, rule=("ballot-drop-box",), language=("en",)), replace(ALL, words='"tabulators"'),
    replace(ALL, published_since="2026-01-01", outlet=("Harbor Daily", "Metro Ledger")), replace(ALL, relevance=0.7), replace(ALL, assigned=("",)),
    replace(ALL, seen_until="2026-07-18"), replace(ALL, seen_since="2026-07-18T09:00:00Z"), replace(ALL, relevance=0.123), replace(ALL, flag="overdue"),
    replace(ALL, flag="noted"), replace(ALL, feed=("harbor-daily",)), replace(ALL, published_until="2026-99-99"), replace(ALL, tab="new", rule=("none",)),
)  # fmt: skip
ACTS = (
    "UPDATE stories SET status = 'dismissed' WHERE id % 2 AND status = 'new'",
    "UPDATE stories SET assigned_to = 'rita', region = 'US-TX' WHERE id % 3 = 0",
    "UPDATE story_rules SET struck = 1 WHERE story_id % 5 = 0",
    "DELETE FROM story_rules WHERE story_id % 7 = 0",
    "UPDATE stories SET status = NULL, lane = NULL WHERE id % 11 = 0",
)


def agrees(connection: sqlite3.Connection, tally: Tally, chosen: StoryFilter) -> int:
    counted = tally.counts(connection, chosen)
    for facet, values in counted.facets.items():
        for value in values:
            alone = replace(chosen, **{facet: (value.value,)})  # type: ignore[arg-type]
            assert queue.count_stories(connection, alone) == value.count, (facet, value)
    for tab, n in counted.tabs.items():
        assert queue.count_stories(connection, replace(chosen, tab=tab)) == n, tab
    return counted.tabs["all"]


@pytest.mark.parametrize("chosen", VIEWS)
def test_each_count_is_what_its_choice_shows(connection: sqlite3.Connection, chosen: StoryFilter) -> None:  # fmt: skip
    agrees(connection, Tally(), chosen)


def test_most_of_the_views_show_something(connection: sqlite3.Connection) -> None:
    assert sum(queue.count_stories(connection, chosen) > 0 for chosen in VIEWS) == 10


def test_what_changes_is_counted_at_once(connection: sqlite3.Connection) -> None:
    tally = Tally()
    agrees(connection, tally, ALL)
    for act in ACTS:
        before = tally.counts(connection, ALL)
        connection.execute(act)
        agrees(connection, tally, ALL)
        assert tally.counts(connection, ALL) != before, act


def test_what_is_new_in_the_log_is_told_without_reading_it(connection: sqlite3.Connection) -> None:
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {FIRST_AND_LAST_CHANGE}")]

    assert [step for step in plan if "story_changes" in step] == ["SEARCH story_changes"] * 2


def test_changes_that_were_forgotten_are_read_as_a_whole(connection: sqlite3.Connection) -> None:
    tally = Tally()
    agrees(connection, tally, ALL)
    connection.execute(ACTS[0])
    connection.execute("DELETE FROM story_changes WHERE id < (SELECT max(id) FROM story_changes)")

    assert agrees(connection, tally, replace(ALL, tab="dismissed")) > 0


def test_a_view_of_few_stories_names_them(connection: sqlite3.Connection) -> None:
    for chosen in VIEWS:
        narrowed = Tally().narrowed(connection, chosen)
        assert set(narrowed.only or ()) == {row["id"] for row in queue.shown_by(connection, chosen, 1000)}  # fmt: skip
        assert queue.page_of_view(connection, narrowed).stories == queue.page_of_view(connection, chosen).stories  # fmt: skip


def test_outlets_are_counted_alike_story_by_story(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally_module, "SEVERAL_HUNDRED", 0)
    monkeypatch.setattr(one_of_many, "SPARSE", 10**9)
    tally = Tally()

    shown = [agrees(connection, tally, chosen) for chosen in VIEWS]
    connection.execute("UPDATE stories SET outlet = NULL WHERE id % 2")
    connection.execute("UPDATE stories SET outlet = 'A new one' WHERE id % 3 = 0")
    agrees(connection, tally, ALL)

    assert sum(n > 0 for n in shown) == 10
    assert "A new one" in {choice.value for choice in tally.counts(connection, ALL).facets["outlet"]}  # fmt: skip


@pytest.mark.parametrize("sparse", [0, 10**9])
def test_outlets_of_a_view_seen_before_are_counted_where_something_changed(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, sparse: int
) -> None:
    monkeypatch.setattr(tally_module, "SEVERAL_HUNDRED", 0)
    monkeypatch.setattr(tally_module, "WORTH_KEEPING", 0)
    monkeypatch.setattr(one_of_many, "SPARSE", sparse)
    tally = Tally()
    elsewhere = "UPDATE stories SET outlet = 'A new one' WHERE id % 3 = 0"

    for act in ("SELECT 1", *ACTS[:2], elsewhere, *ACTS[2:]):
        connection.execute(act)
        for chosen in VIEWS:
            agrees(connection, tally, chosen)


def test_a_value_without_a_change_is_not_counted_again() -> None:
    counts, outlets = CountsOfViews(), list[str]()
    stories = {"Harbor Daily": 3, "Metro Ledger": 2}

    def count(value: str) -> int:
        outlets.append(value)
        return stories.get(value, 0)

    def count_all() -> dict[str, int]:
        return {value: count(value) for value in stories}

    def told() -> dict[str, int]:
        outlets.clear()
        return counts.counted("view", count_all, count)

    assert told() == stories
    assert outlets == ["Harbor Daily", "Metro Ledger"]
    stories |= {"Metro Ledger": 1, "A new one": 4}
    counts.note(["Metro Ledger", "A new one"])

    assert told() == stories
    assert outlets == ["Metro Ledger", "A new one"]
    assert told() == stories
    assert not outlets


def test_only_a_thin_set_is_counted_story_by_story() -> None:
    assert not one_of_many.is_sparse(BitMap())
    assert not one_of_many.is_sparse(BitMap(range(0, 1600, 16)))
    assert one_of_many.is_sparse(BitMap(range(0, 1700, 17)))
