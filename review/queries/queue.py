"""SQL behind the queue: which cards, how many, what each shows."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from datasette.app import Datasette

from model import SEVERITIES
from review import database, search
from review.pages.filters import ORDER, Filters, Parameters, after, where

PAGE = 25
MOST_CHOICES = 40  # of a facet; the pages Sources and Rules list all
CARDS = """
SELECT c.id, c.story_id, c.rule_id, c.severity, c.category, c.status, c.title, c.outlet, c.language, c.region,
  c.copies, c.outlets, c.owners, c.new_copies, c.score, c.priority, c.first_at, c.last_at, c.assigned_to, c.assigned_at,
  c.reviewed_at, c.reviewed_by, c.review_count, c.reopened, c.still_matches, c.lead_hit_id,
  r.slug AS rule_slug, r.title AS rule_title, f.name AS feed_name, h.article_id, h.snippet, h.snippet_field,
  h.snippet_start, h.terms_json, h.partial, h.passage_change, h.origin, a.url, a.title AS article_title, a.published_at,
  (SELECT count(*) FROM cards o WHERE o.story_id = c.story_id) AS story_cards
FROM cards c JOIN rules r ON r.id = c.rule_id JOIN feeds f ON f.id = c.feed_id
  JOIN hits h ON h.id = c.lead_hit_id JOIN articles a ON a.id = h.article_id
WHERE c.id IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the queue is read."""

    id: str
    last_visit: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    ids: tuple[int, ...]
    following: str | None  # cursor of the next page


async def page(
    ds: Datasette, filters: Filters, reader: Reader, cursor: str = "", size: int = PAGE
) -> Page:
    column, direction = ORDER[filters.sort]
    past = after(cursor, filters.sort)
    got = await _take(
        ds, filters, reader, past, f"{column} {direction}, c.id {direction}", size + 1
    )
    last = got[size - 1] if len(got) > size else None
    following = f"{last['key']}~{last['id']}" if last else None
    return Page(tuple(row["id"] for row in got[:size]), following)


async def _take(
    ds: Datasette, filters: Filters, reader: Reader, past: tuple[str, Parameters], order: str, size: int
) -> list[sqlite3.Row]:  # fmt: skip
    """The first `size` cards in that order, by the cheapest way that is sure to find them."""
    condition, values = where(filters, me=reader.id, last_visit=reader.last_visit)
    column = ORDER[filters.sort][0]
    source = await _source(ds, filters, reader)
    base = f"SELECT c.id, {column} AS key FROM {source} WHERE {condition} AND {past[0]}"  # noqa: S608 (parts of ours)
    asked = [*values, *past[1]]
    if not filters.q:
        return await database.rows(ds, f"{base} ORDER BY {order} LIMIT ?", [*asked, size])
    matched = search.match(filters.q)
    return await _searched(ds, base, asked, order, matched, size) if matched else []


async def _source(ds: Datasette, filters: Filters, reader: Reader) -> str:
    """By the index of a filter that leaves few cards; else SQLite walks the queue's own order."""
    for name in ("feed", "rule", "assigned"):
        alone = replace(Filters(status="all"), **{name: getattr(filters, name)})
        if alone == Filters(status="all") or alone.assigned == "nobody":
            continue
        condition, values = where(alone, me=reader.id, last_visit=None)
        source = f"cards c INDEXED BY cards_{name}"
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {source} WHERE {condition} LIMIT ?)"  # noqa: S608 (parts of ours)
        counted = await database.row(ds, sql, [*values, SELECTIVE + 1])
        if counted and counted[0] <= SELECTIVE:
            return source
    return "cards c"


async def _searched(
    ds: Datasette, base: str, asked: Parameters, order: str, matched: str, size: int
) -> list[sqlite3.Row]:
    """What is in few articles is looked up in the full-text index first. What is common fills a page
    from the first cards in order, each asked whether it has it. Only what is common in articles and
    uncommon among these cards needs both in whole."""
    whole = f"{base} AND c.id IN {ALL} ORDER BY {order} LIMIT ?"
    counted = await database.row(ds, PROBE, [matched, FEW + 1])
    if counted and counted[0] <= FEW:
        return await database.rows(ds, whole, [*asked, matched, size])
    first = await database.rows(ds, f"{base} ORDER BY {order} LIMIT ?", [*asked, WALK])
    listed = json.dumps([row["id"] for row in first])
    shown = {row[0] for row in await database.rows(ds, SHOWS, [listed, matched, size])}
    if len(shown) == size or len(first) < WALK:
        return [row for row in first if row["id"] in shown]
    return await database.rows(ds, whole, [*asked, matched, size])


SELECTIVE = 5_000  # cards that are sorted faster than the queue is walked for them
FEW, WALK = 3_000, 200
PROBE = "SELECT count(*) FROM (SELECT rowid FROM article_texts_fts WHERE article_texts_fts MATCH ? LIMIT ?)"
ALL = "(SELECT card_id FROM hits WHERE article_id IN (SELECT rowid FROM article_texts_fts WHERE article_texts_fts MATCH ?))"
SHOWS = """
SELECT e.value FROM json_each(?) e WHERE EXISTS (SELECT 1 FROM hits h WHERE h.card_id = e.value
  AND EXISTS (SELECT 1 FROM article_texts_fts WHERE article_texts_fts MATCH ? AND rowid = h.article_id)) LIMIT ?
"""


async def cards(ds: Datasette, ids: Sequence[int]) -> list[sqlite3.Row]:
    """The cards in the order asked for."""
    found = {row["id"]: row for row in await database.rows(ds, CARDS, [json.dumps(list(ids))])}
    return [found[number] for number in ids if number in found]


async def tabs(ds: Datasette) -> dict[str, int]:
    counted = {
        row["status"]: row["n"]
        for row in await database.rows(
            ds, "SELECT status, count(*) AS n FROM cards GROUP BY status"
        )
    }
    return {**counted, "all": sum(counted.values())}


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int


FACETS = {  # each counted from an index of its own
    "severity": "c.severity", "category": "c.category", "rule": "c.rule_id", "region": "c.region", "language": "c.language", "feed": "c.feed_id",
}  # fmt: skip
RANKS: dict[str, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}


async def facets(ds: Datasette, status: str) -> dict[str, tuple[FacetValue, ...]]:
    """The most frequent choices within one tab, with their counts."""
    names = {
        "rule": await _names(ds, "SELECT id, slug, title FROM rules"),
        "feed": await _names(ds, "SELECT id, slug, name FROM feeds"),
    }
    return {facet: await _facet(ds, facet, status, names.get(facet)) for facet in FACETS}


async def _facet(
    ds: Datasette, facet: str, status: str, names: dict[int, tuple[str, str]] | None
) -> tuple[FacetValue, ...]:
    condition, values = ("1", []) if status == "all" else ("c.status = ?", [status])
    column = FACETS[facet]
    sql = f"""SELECT {column} AS value, count(*) AS n FROM cards c WHERE {condition} AND {column} IS NOT NULL
      GROUP BY 1 ORDER BY 2 DESC LIMIT {MOST_CHOICES}"""  # noqa: S608 (parts of ours)
    found = []
    for row in await database.rows(ds, sql, values):
        value, label = names[row["value"]] if names else (row["value"], row["value"])
        found.append(FacetValue(value, label, row["n"]))
    return tuple(sorted(found, key=lambda one: -RANKS.get(one.value, 0)))


async def _names(ds: Datasette, sql: str) -> dict[int, tuple[str, str]]:
    return {row[0]: (row[1], row[2]) for row in await database.rows(ds, sql)}


async def assignees(ds: Datasette) -> list[sqlite3.Row]:
    sql = "SELECT assigned_to AS id, count(*) AS n FROM cards WHERE assigned_to IS NOT NULL GROUP BY 1 ORDER BY 1"
    return await database.rows(ds, sql)


async def neighbours(
    ds: Datasette, filters: Filters, reader: Reader, key: str, card_id: int
) -> tuple[int | None, int | None]:
    """The cards before and after one card in the queue as filtered."""
    column, direction = ORDER[filters.sort]
    value = float(key) if filters.sort == "priority" else key
    sides: list[int | None] = []
    for way in ("DESC" if direction == "ASC" else "ASC", direction):
        past = f"({column}, c.id) {'<' if way == 'DESC' else '>'} (?, ?)"
        order = f"{column} {way}, c.id {way}"
        found = await _take(ds, filters, reader, (past, [value, card_id]), order, 1)
        sides.append(found[0]["id"] if found else None)
    return sides[0], sides[1]
