"""SQL behind the queue: which cards, how many, what each shows."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from datasette.app import Datasette

from review import database, search
from review.filters import ORDER, Filters, Parameters, after, where

PAGE = 25
MOST_CHOICES = 40  # of a facet; the pages Sources and Rules list all
FEW = 20_000  # articles that a search finds: up to here we start from them, beyond from the queue
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
    condition, values = where(filters, me=reader.id, last_visit=reader.last_visit)
    found, searched = await _searched(ds, filters.q)
    past, past_values = after(cursor, filters.sort)
    column, direction = ORDER[filters.sort]
    sql = f"""SELECT c.id, {column} AS key FROM cards c WHERE {condition} AND {found} AND {past}
      ORDER BY {column} {direction}, c.id {direction} LIMIT ?"""  # noqa: S608 (parts of ours)
    got = await database.rows(ds, sql, [*values, *searched, *past_values, size + 1])
    more = len(got) > size
    last = got[size - 1] if more else None
    return Page(
        tuple(row["id"] for row in got[:size]), f"{last['key']}~{last['id']}" if last else None
    )


async def _searched(ds: Datasette, typed: str) -> tuple[str, Parameters]:
    """A condition on `cards c`. What is rare is looked up from the full-text index; what is common
    is checked card by card in the queue's order, which finds a page full at once."""
    if not typed:
        return "1", []
    matched = search.match(typed)
    if matched is None:
        return "0", []
    sql = "SELECT rowid FROM article_texts_fts WHERE article_texts_fts MATCH ? LIMIT ?"
    articles = [row[0] for row in await database.rows(ds, sql, [matched, FEW + 1])]
    if len(articles) <= FEW:
        listed = json.dumps(articles)
        return (
            "c.id IN (SELECT card_id FROM hits WHERE article_id IN (SELECT value FROM json_each(?)))",
            [listed],
        )
    return (
        "EXISTS (SELECT 1 FROM hits h WHERE h.card_id = c.id AND EXISTS (SELECT 1 FROM article_texts_fts"
        " WHERE article_texts_fts MATCH ? AND rowid = h.article_id))",
        [matched],
    )


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
class Choice:
    value: str
    label: str
    count: int


FACETS = """
SELECT c.severity, c.severity_rank, c.category, c.rule_id, c.feed_id, c.region, c.language, count(*) AS n
FROM cards c WHERE {} GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


async def facets(ds: Datasette, status: str) -> dict[str, tuple[Choice, ...]]:
    """Counts of every choice within one tab."""
    condition, values = where(Filters(status=status), me="", last_visit=None)
    groups = await database.rows(ds, FACETS.format(condition), values)
    names = {
        "rule": await _names(ds, "SELECT id, slug, title FROM rules"),
        "feed": await _names(ds, "SELECT id, slug, name FROM feeds"),
    }
    ranks = {row["severity"]: row["severity_rank"] for row in groups}
    counted: dict[str, dict[str, int]] = {}
    labels: dict[str, str] = {}
    for row in groups:
        for facet, value, label in _values(row, names):
            counted.setdefault(facet, {}).setdefault(value, 0)
            counted[facet][value] += row["n"]
            labels[f"{facet} {value}"] = label
    return {
        facet: tuple(
            Choice(value, labels[f"{facet} {value}"], n)
            for value, n in sorted(
                counts.items(), key=lambda pair: (-ranks.get(pair[0], 0), -pair[1], pair[0])
            )[:MOST_CHOICES]
        )
        for facet, counts in counted.items()
    }


def _values(
    row: sqlite3.Row, names: dict[str, dict[int, tuple[str, str]]]
) -> list[tuple[str, str, str]]:
    plain = [
        (facet, row[facet], row[facet]) for facet in ("severity", "category", "region", "language")
    ]
    listed = [(facet, *names[facet][row[f"{facet}_id"]]) for facet in ("rule", "feed")]
    return [(facet, value, label) for facet, value, label in plain + listed if value]


async def _names(ds: Datasette, sql: str) -> dict[int, tuple[str, str]]:
    return {row[0]: (row[1], row[2]) for row in await database.rows(ds, sql)}


async def assignees(ds: Datasette) -> list[sqlite3.Row]:
    sql = "SELECT assigned_to AS id, count(*) AS n FROM cards WHERE assigned_to IS NOT NULL GROUP BY 1 ORDER BY 1"
    return await database.rows(ds, sql)


async def neighbours(
    ds: Datasette, filters: Filters, reader: Reader, key: str, card_id: int
) -> tuple[int | None, int | None]:
    """The cards before and after one card in the queue as filtered."""
    condition, values = where(filters, me=reader.id, last_visit=reader.last_visit)
    found, searched = await _searched(ds, filters.q)
    column, direction = ORDER[filters.sort]
    value = float(key) if filters.sort == "priority" else key
    sides: list[int | None] = []
    for way in ("DESC" if direction == "ASC" else "ASC", direction):
        sign = "<" if way == "DESC" else ">"
        sql = f"""SELECT c.id FROM cards c WHERE {condition} AND {found} AND ({column}, c.id) {sign} (?, ?)
          ORDER BY {column} {way}, c.id {way} LIMIT 1"""  # noqa: S608 (parts of ours)
        row = await database.row(ds, sql, [*values, *searched, value, card_id])
        sides.append(row["id"] if row else None)
    return sides[0], sides[1]
