"""How many stories stand behind each tab and each choice of a facet, as the filters have it."""

import sqlite3
from dataclasses import dataclass

from model import SEVERITIES
from storage.queries.stories.filter import FACETS, TABS, StoryFilter, condition, counted_from
from storage.queries.stories.queue import with_words

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


GROUPS = {  # facet -> what it groups by, more tables, and the label
    "rule": ("r.slug", "JOIN story_rules x ON x.story_id = s.id AND NOT x.struck JOIN rules r ON r.id = x.rule_id", "r.title"),
    "tag": ("t.tag", "JOIN story_tags t ON t.story_id = s.id", "t.tag"),
    "feed": ("f.slug", "JOIN feeds f ON f.id = s.feed_id", "f.name"),
    "assigned": ("coalesce(s.assigned_to, '')", "", "coalesce(s.assigned_to, 'Nobody')"),
}  # fmt: skip
COUNTED = tuple(facet for facet in FACETS if facet != "feed")  # outlets are what people look for


def counts(connection: sqlite3.Connection, chosen: StoryFilter) -> Counts:
    """Tabs are counted without the choice of tab, each facet without its own choice."""
    chosen, _ = with_words(connection, chosen)
    return Counts(tabs(connection, chosen), {facet: _facet(connection, chosen, facet) for facet in COUNTED})  # fmt: skip


def tabs(connection: sqlite3.Connection, chosen: StoryFilter) -> dict[str, int]:
    chosen, _ = with_words(connection, chosen)
    within = condition(chosen, without="tab")
    sql = f"SELECT s.tab, count(*) FROM {counted_from(chosen)} WHERE {within.sql} GROUP BY s.tab"  # noqa: S608
    counted: dict[str, int] = dict(connection.execute(sql, within.values).fetchall())
    return {**{tab: counted.get(tab, 0) for tab in TABS}, "all": sum(counted.values())}


def _facet(
    connection: sqlite3.Connection, chosen: StoryFilter, facet: str
) -> tuple[FacetValue, ...]:
    within = condition(chosen, without=facet)
    column, tables, label = GROUPS.get(facet, (f"s.{facet}", "", f"s.{facet}"))
    source = counted_from(chosen) if not tables else "stories s"
    sql = f"""SELECT {column} AS value, min({label}) AS label, count(*) AS n FROM {source} {tables}
      WHERE {within.sql} AND {column} IS NOT NULL GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT {MOST_CHOICES}"""  # noqa: S608
    found = [FacetValue(*row) for row in connection.execute(sql, within.values)]
    return tuple(sorted(found, key=lambda one: -RANKS.get(one.value, 0)))
