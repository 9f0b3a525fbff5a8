"""Which stories stand behind every choice of the queue's filters, as sets of numbers in memory.

Counting 200,000 stories by nine facets takes SQLite over a second; compressed sets are laid over each
other in a few milliseconds, whatever the filters. They are read once as a whole, then kept up by
`story_changes`, which triggers write.
"""

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock
from typing import Any

from pyroaring import BitMap

from storage.queries.stories import counts
from storage.queries.stories.counts import COUNTED_FACETS, Counts
from storage.queries.stories.filter import (
    FACETS,
    OPEN_TABS,
    TABS,
    Among,
    Condition,
    Parameters,
    StoryFilter,
    conditions,
)
from storage.queries.stories.one_of_many import CountsOfViews, OneOfMany, is_sparse
from storage.queries.stories.queue import looked_up

FEW_STORIES = 4_000  # stories that are sorted by themselves rather than looked for along an index
SPARSEST = 200  # of so many one: a page of 25 is met within 5,000, which are read faster than 1,000 stories one by one
SEVERAL_HUNDRED = 300  # outlets: fewer are counted as sets whatever the filter
# Stories of a view: those of fewer are counted anew in less than half a millisecond
WORTH_KEEPING = 2_000
TALLIED_STORIES = """SELECT s.id, s.tab, s.severity, s.category, s.region, s.place, s.language, s.outlet, coalesce(s.assigned_to, ''),
  iif(s.date_source = 'seen', NULL, substr(s.published_at, 1, 10)), substr(s.last_seen_at, 1, 10), CAST(100 * s.relevance + 1e-9 AS INTEGER) FROM stories s {} s.tab IS NOT NULL"""
SET_KINDS = ("tab", "severity", "category", "region", "place", "language", "outlet", "assigned", "published", "seen", "relevance")  # fmt: skip
SEVERAL = {
    "feed": "SELECT s.id, f.slug FROM stories s JOIN feeds f ON f.id = s.feed_id {} s.tab IS NOT NULL",
    "rule": "SELECT s.story_id, r.slug FROM story_rules s JOIN rules r ON r.id = s.rule_id {} NOT s.struck",
    "tag": "SELECT s.story_id, s.tag FROM story_tags s {} 1",
}
SINCE = "WHERE s.{} IN (SELECT story_id FROM story_changes WHERE id > :since) AND"
# One of each at a time: asked for both at once, SQLite reads the whole table.
FIRST_AND_LAST_CHANGE = "SELECT coalesce((SELECT min(id) FROM story_changes), 0), coalesce((SELECT max(id) FROM story_changes), 0)"
CHANGED_SINCE = "SELECT DISTINCT story_id FROM story_changes WHERE id > :since"

Sets = dict[str | int, BitMap]
DAY_COLUMNS = {"published_since": "published", "published_until": "published", "seen_since": "seen", "seen_until": "seen"}  # fmt: skip


@dataclass(slots=True)
class Tally:
    """`upto`: the change that it holds. Several threads may ask at once."""

    upto: int | None = None
    every: BitMap = field(default_factory=BitMap)
    sets: dict[str, Sets] = field(default_factory=dict)
    outlets: OneOfMany = field(default_factory=OneOfMany)
    outlets_of_views: CountsOfViews = field(default_factory=CountsOfViews)
    lock: Lock = field(default_factory=Lock)

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Read what has changed; everything at first, and after more changes than are kept."""
        with self.lock:
            [(oldest, newest)] = _plain(connection, FIRST_AND_LAST_CHANGE)
            if self.upto is None or newest < self.upto or oldest > self.upto + 1:
                self.every, self.sets = BitMap(), {kind: {} for kind in (*SET_KINDS, *SEVERAL)}
                self.outlets, self.outlets_of_views = OneOfMany(), CountsOfViews()
                self.upto = None  # until it is whole
                self._add(connection, "INDEXED BY stories_facets WHERE", "WHERE", "WHERE", 0)
            elif newest > self.upto:
                self._forget(
                    row[0] for row in _plain(connection, CHANGED_SINCE, {"since": self.upto})
                )
                since = SINCE.format("id")
                self._add(connection, since, since, SINCE.format("story_id"), self.upto)
            self.upto = newest

    def _forget(self, stories: Iterable[int]) -> None:
        changed = BitMap(stories)
        self.every -= changed
        self.outlets.forget(changed)
        for kind, sets in self.sets.items():
            touched = [value for value, own in sets.items() if own.intersect(changed)]
            if kind == "outlet":
                self.outlets_of_views.note(map(str, touched))
            for value in touched:
                sets[value] = sets[value] - changed
                if not sets[value]:
                    del sets[value]

    def _add(
        self, connection: sqlite3.Connection, stories: str, feeds: str, others: str, since: int
    ) -> None:
        parameters: Parameters = {"since": since}
        gathered = _gathered(_plain(connection, TALLIED_STORIES.format(stories), parameters))
        self.every |= BitMap(gathered.pop(("", ""), ()))
        for kind, sql in SEVERAL.items():
            which = feeds if kind == "feed" else others
            for story, value in _plain(connection, sql.format(which), parameters):
                if story in self.every:
                    gathered[kind, value].append(story)
        self.outlets_of_views.note(str(value) for kind, value in gathered if kind == "outlet")
        for (kind, value), numbers in gathered.items():
            own = self.sets[kind]
            own[value] = own.get(value, BitMap()) | BitMap(numbers)
            if kind == "outlet":
                self.outlets.put(value, numbers)

    def counts(self, connection: sqlite3.Connection, chosen: StoryFilter) -> Counts:
        """Tabs are counted without the choice of tab, each facet without its own choice."""
        self.refresh(connection)
        chosen, _ = looked_up(connection, chosen)
        with self.lock:
            stories_of = self._wanted(connection, chosen)
            shown = self._within(stories_of)
            counted = {kind: self._counted(kind, self._within(stories_of, kind) if kind in stories_of else shown, chosen) for kind in ("tab", *COUNTED_FACETS)}  # fmt: skip
        tabs, titles = counted.pop("tab"), counts.labels(connection)
        return Counts(
            {**{tab: tabs.get(tab, 0) for tab in TABS}, "open": sum(tabs.get(tab, 0) for tab in OPEN_TABS), "all": sum(tabs.values())},
            {facet: counts.most(facet, count_of, titles) for facet, count_of in counted.items()},
        )  # fmt: skip

    def count(self, connection: sqlite3.Connection, chosen: StoryFilter) -> int:
        """How many stories a view without words shows."""
        self.refresh(connection)
        with self.lock:
            return len(self._within(self._wanted(connection, chosen)))

    def narrowed(self, connection: sqlite3.Connection, chosen: StoryFilter) -> StoryFilter:
        """The same view; where it is of few stories, they are named, and nothing else is asked of them."""
        self.refresh(connection)
        chosen, _ = looked_up(connection, chosen)
        with self.lock:
            stories = self._within(self._wanted(connection, chosen))
            among = self._met(chosen, stories)
        if chosen.only is not None or len(stories) <= FEW_STORIES:
            return StoryFilter(tab="all", only=tuple(stories), among=among, now=chosen.now)
        return replace(chosen, among=among)

    def _met(self, chosen: StoryFilter, stories: BitMap) -> Among | None:
        """How to meet these stories along an order's index; None where they are too few among the others."""
        tab = chosen.tab if chosen.tab in TABS else "all"
        others = len(self.every if tab == "all" else self.sets["tab"].get(tab, ()))
        return Among(stories, tab) if others <= SPARSEST * len(stories) else None

    def _wanted(self, connection: sqlite3.Connection, chosen: StoryFilter) -> dict[str, BitMap]:
        """By condition the stories that it holds for."""
        return {name: self._holds(connection, chosen, name, sql_condition) for name, sql_condition in conditions(chosen)}  # fmt: skip

    def _holds(
        self,
        connection: sqlite3.Connection,
        chosen: StoryFilter,
        name: str,
        sql_condition: Condition,
    ) -> BitMap:
        value = getattr(chosen, name)
        if name == "tab" and value == "open":
            return _union(self.sets["tab"].get(tab) for tab in OPEN_TABS)
        if name == "tab":
            return self.sets["tab"].get(value, BitMap())
        if name in FACETS:
            return _union(self.sets[name].get(choice) for choice in value)
        if name in DAY_COLUMNS and is_kept(name, value):
            late = name.endswith("since")
            return _union(
                own
                for day, own in self.sets[DAY_COLUMNS[name]].items()
                if (day >= value if late else day <= value)
            )
        if name == "relevance" and is_kept(name, value):
            return _union(
                own for share, own in self.sets[name].items() if share >= round(value * 100)
            )
        if name == "only":
            return BitMap(value)
        sql = f"SELECT s.id FROM stories s WHERE s.tab IS NOT NULL AND {sql_condition.sql}"  # noqa: S608 (parts of ours)
        return BitMap(row[0] for row in _plain(connection, sql, {**sql_condition.values, "now": chosen.now}))  # fmt: skip

    def _within(self, stories_of: Mapping[str, BitMap], without: str = "") -> BitMap:
        return BitMap.intersection(self.every, *(own for name, own in stories_of.items() if name != without))  # fmt: skip

    def _counted(self, kind: str, within: BitMap, chosen: StoryFilter) -> dict[str, int]:
        """By value how many stories of the view `chosen` have it, which are `within`."""
        if kind == "outlet" and len(self.sets[kind]) > SEVERAL_HUNDRED:
            counted = self._outlets_counted(within, chosen)
        else:
            counted = self._counted_by_sets(kind, within)
        return {value: n for value, n in counted.items() if n}

    def _counted_by_sets(self, kind: str, within: BitMap) -> dict[str, int]:
        return {str(value): own.intersection_cardinality(within) for value, own in self.sets[kind].items()}  # fmt: skip

    def _outlets_counted(self, within: BitMap, chosen: StoryFilter) -> dict[str, int]:
        sets = self.sets["outlet"]

        def count(outlet: str) -> int:
            return sets[outlet].intersection_cardinality(within) if outlet in sets else 0

        def count_all() -> dict[str, int]:
            return self.outlets.counted(within) if is_sparse(within) else self._counted_by_sets("outlet", within)  # fmt: skip

        all_kept = all(is_kept(name, getattr(chosen, name)) for name, _ in conditions(chosen))
        if not all_kept or len(within) < WORTH_KEEPING:
            return count_all()
        return self.outlets_of_views.counted(replace(chosen, outlet=(), now=""), count_all, count)


def _gathered(rows: Iterable[tuple[Any, ...]]) -> defaultdict[tuple[str, str | int], "array[int]"]:
    """Stories by kind and value, and all of them by no kind."""
    gathered: defaultdict[tuple[str, str | int], array[int]] = defaultdict(lambda: array("I"))
    for story, *values in rows:
        gathered["", ""].append(story)
        for kind, value in zip(SET_KINDS, values, strict=True):
            if value is not None:
                gathered[kind, value].append(story)
    return gathered


def _union(sets: Iterable[BitMap | None]) -> BitMap:
    return BitMap.union(BitMap(), *(own for own in sets if own is not None))


def is_kept(name: str, value: Any) -> bool:
    """Whether the stories that this condition of a view holds for are kept as sets."""
    if name in DAY_COLUMNS:
        return _is_day(value)
    if name == "relevance":
        return bool(round(value * 100, 9).is_integer())
    return name == "tab" or name in FACETS


def _is_day(value: str) -> bool:
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _plain(
    connection: sqlite3.Connection, sql: str, parameters: Parameters | None = None
) -> Iterator[tuple[Any, ...]]:
    """Rows without names, which are made twice as fast."""
    cursor = connection.cursor()
    cursor.row_factory = None
    yield from cursor.execute(sql, parameters or {})
