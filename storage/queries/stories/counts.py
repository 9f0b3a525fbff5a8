"""How many stories stand behind each tab and each choice of a facet, as the filters have it."""

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from model import SEVERITIES
from storage.queries.stories.filter import FACETS, StoryFilter, condition, counted_from

MOST_CHOICES = 40  # of a facet; the pages Sources and Rules list all
RANKS: dict[str, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    tabs: dict[str, int]
    facets: dict[str, tuple[FacetValue, ...]]


COUNTED_FACETS = tuple(
    facet for facet in FACETS if facet != "feed"
)  # outlets are what people look for


def labels(connection: sqlite3.Connection) -> dict[str, str]:
    """What the pages call a rule, by its slug."""
    return {row[0]: row[1] for row in connection.execute("SELECT slug, title FROM rules")}


def most(facet: str, counted: Mapping[str, int], titles: Mapping[str, str]) -> tuple[FacetValue, ...]:  # fmt: skip
    """The most frequent choices of a facet; severities by rank."""
    names = titles if facet == "rule" else {"": "Nobody"} if facet == "assigned" else {}
    # Of thousands of outlets only those are sorted by name that may be among the first.
    least = sorted(counted.values())[-MOST_CHOICES:][:1] or [0]
    frequent = [pair for pair in counted.items() if pair[1] >= least[0]]
    first = sorted(frequent, key=lambda pair: (-pair[1], pair[0]))[:MOST_CHOICES]
    choices = [FacetValue(value, names.get(value, value), n) for value, n in first]
    return tuple(sorted(choices, key=lambda choice: -RANKS.get(choice.value, 0)))


def stories_per_day(connection: sqlite3.Connection, first: str) -> list[sqlite3.Row]:
    """Stories by the day since `first` on which they came into the queue and by their category; how many of
    them wait. Each is counted once, in the category that the queue has it under."""
    sql = """SELECT substr(shown_at, 1, 10) AS day, coalesce(category, '') AS category, count(*) AS stories,
      sum(tab = 'new') AS waiting, sum(severity = 'critical') AS critical
      FROM stories WHERE shown_at >= ? AND tab IS NOT NULL GROUP BY 1, 2 ORDER BY 1"""
    return connection.execute(sql, [first]).fetchall()


def stories_by_category(connection: sqlite3.Connection, chosen: StoryFilter) -> dict[str, int]:
    """How many stories of a view are of each category."""
    within = condition(chosen, without="category")
    sql = f"SELECT s.category, count(*) FROM {counted_from(chosen)} WHERE {within.sql} AND s.category IS NOT NULL GROUP BY 1"  # noqa: S608
    return dict(connection.execute(sql, within.values).fetchall())


def assigned_to_others(
    connection: sqlite3.Connection, people: Collection[str]
) -> tuple[tuple[str, int], ...]:
    """Who has stories that wait for them and is none of `people`, with how many."""
    rows = connection.execute(
        """SELECT assigned_to, count(*) FROM stories INDEXED BY stories_assigned
           WHERE assigned_to IS NOT NULL AND assigned_to <> '' AND tab IN ('new', 'escalated') GROUP BY 1 ORDER BY 1"""
    )
    return tuple((person, count) for person, count in rows if person not in people)
