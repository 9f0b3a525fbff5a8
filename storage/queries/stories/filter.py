"""Which stories a view shows, as a value and as SQL over `stories s`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Protocol

from storage.times import iso, parse_time

Parameters = dict[str, str | int | float | None]
TABS = ("new", "escalated", "confirmed", "dismissed", "unlikely", "low", "experimental", "gone", "snoozed", "muted")  # fmt: skip
OPEN_TABS = (
    "new",
    "escalated",
    "unlikely",
    "low",
    "experimental",
)  # tabs of stories that somebody still has to close
FLAGS = {
    "reopened": "s.reopened",
    "overdue": "coalesce(s.due_at, '9999') < :now AND s.tab = 'new'",
    "linked": "s.id IN (SELECT story_id FROM story_links WHERE state <> 'refused' UNION ALL SELECT other_id FROM story_links WHERE state <> 'refused')",
    "added": "s.added_by IS NOT NULL",
    "falsehood": "s.reason = 'falsehood'",
    "noted": "s.id IN (SELECT story_id FROM story_reviews WHERE note <> '' AND actor <> 'pollwatch')",
}


@dataclass(frozen=True, slots=True)
class Facets:
    """What of a story several values can be chosen of: the one list, for SQL, addresses and pages."""

    severity: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    outlet: tuple[str, ...] = ()
    feed: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()  # people; how nobody is written depends on where


FACETS = tuple(facet.name for facet in fields(Facets))


class Stories(Protocol):
    def __contains__(self, story: int, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Among:
    """All stories of a view, of which an order's index over `tab` ("all": every tab) soon meets a page."""

    stories: Stories
    tab: str


@dataclass(frozen=True, slots=True)
class StoryFilter(Facets):
    """`tab` "all": every story that a rule ever hit; "open": of the tabs in OPEN. Days are UTC; `until` is the last one within.

    `words` is an FTS5 query over title, summary and body; `newest_articles` bounds how many articles
    with these words are looked at, newest first. Nobody in `assigned` is "".
    """

    tab: str = "new"
    published_since: str = ""  # a day or a moment
    published_until: str = ""
    seen_since: str = ""  # a day or a moment
    seen_until: str = ""
    shown_since: str = ""  # when it came into the queue, a moment
    judged_since: str = ""  # its last act, a moment
    relevance: float = 0.0
    flag: str = ""
    words: str = ""
    newest_articles: int = 3_300
    now: str = ""
    only: tuple[int, ...] | None = field(default=None, repr=False)  # stories found by their words
    among: Among | None = field(
        default=None, repr=False, compare=False
    )  # the same stories, to be met along an order


def counted_from(chosen: StoryFilter) -> str:
    """Where counts are read: one index holds all columns that filters ask for. Where other tables name
    few stories (found words, a rule, a tag), these are looked up instead."""
    if chosen.only is not None:
        return source(chosen)
    if chosen.rule or chosen.tag or chosen.feed or chosen.flag not in ("", "overdue"):
        return "stories s"
    return "stories s INDEXED BY stories_facets"


LAST_DAYS = re.compile(r"[1-9]\d{0,3}d")  # "7d": within the last seven times 24 hours


def since(value: str, now: str) -> str:
    """A day or moment as it is; of "7d" the moment that many days before `now`, a moment in UTC."""
    if not LAST_DAYS.fullmatch(value):
        return value
    return iso(parse_time(now) - timedelta(days=int(value[:-1])))


@dataclass(frozen=True, slots=True)
class Condition:
    sql: str
    values: Parameters


def source(chosen: StoryFilter) -> str:
    """Where stories are read: named ones are looked up one by one."""
    if chosen.only is not None:
        return "json_each(:only) o CROSS JOIN stories s ON s.id = o.value"
    return "stories s"


def condition(chosen: StoryFilter, *, without: str = "") -> Condition:
    """What holds for the stories of a view, read from its `source`. `without` leaves one facet out, as its own counts do."""
    conditions_met = [part for name, part in conditions(chosen) if name != without]
    values: Parameters = {"now": chosen.now}
    for part in conditions_met:
        values |= part.values
    return Condition(
        " AND ".join(("s.tab IS NOT NULL", *(part.sql for part in conditions_met))), values
    )


def conditions(chosen: StoryFilter) -> Iterator[tuple[str, Condition]]:
    """Each by the field of the filter that asks for it."""
    if chosen.tab == "open":
        yield "tab", Condition(f"s.tab IN {OPEN_TABS}", {})
    elif chosen.tab != "all":
        yield "tab", Condition("s.tab = :tab", {"tab": chosen.tab})
    for facet in FACETS:
        values: tuple[str, ...] = getattr(chosen, facet)
        if values:
            yield facet, Condition(*_facet(facet, values))
    for name, sql in DATES.items():
        value = getattr(chosen, name)
        if value:
            yield name, Condition(sql, {name: value})
    if chosen.relevance:
        yield "relevance", Condition("s.relevance >= :relevance", {"relevance": chosen.relevance})
    if chosen.flag:
        yield "flag", Condition(FLAGS[chosen.flag], {})
    if chosen.only is not None:
        yield "only", Condition("1", {"only": json.dumps(chosen.only)})


DATES = {
    "published_since": "s.date_source <> 'seen' AND s.published_at >= :published_since",
    "published_until": "s.date_source <> 'seen' AND s.published_at < date(:published_until, '+1 day')",
    "seen_since": "s.last_seen_at >= :seen_since",
    "seen_until": "s.last_seen_at < date(:seen_until, '+1 day')",
    "shown_since": "s.shown_at >= :shown_since",
    "judged_since": "s.reviewed_at >= :judged_since",
}
SUBQUERIES = {
    "rule": "s.id IN (SELECT x.story_id FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE r.slug IN {} AND NOT x.struck)",
    "tag": "s.id IN (SELECT story_id FROM story_tags WHERE tag IN {})",
    "feed": "s.feed_id IN (SELECT id FROM feeds WHERE slug IN {})",
}


def _facet(facet: str, values: tuple[str, ...]) -> tuple[str, Parameters]:
    listed = f"(SELECT value FROM json_each(:{facet}))"  # noqa: S608 (a name of ours)
    parameters: Parameters = {facet: json.dumps(values)}
    if facet in SUBQUERIES:
        return SUBQUERIES[facet].format(listed), parameters
    if facet == "assigned":
        return f"coalesce(s.assigned_to, '') IN {listed}", parameters
    if len(values) == 1:
        return f"s.{facet} = :{facet}", {facet: values[0]}
    return f"s.{facet} IN {listed}", parameters
