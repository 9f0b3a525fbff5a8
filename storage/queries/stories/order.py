"""The orders of a view: where a page begins, and how it is met along an order's own index."""

import itertools
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from storage.queries.stories.filter import Among, Parameters

ORDERS = {  # sort -> key as SQL, whether the highest comes first
    "priority": ("s.priority", True),
    "published": ("s.published_at", True),
    "oldest": ("s.published_at", False),
    "seen": ("s.last_seen_at", True),
    "due": ("coalesce(s.due_at, '9999')", False),
}
ALONG = {
    "priority": "priority",
    "published": "published",
    "oldest": "published",
    "seen": "seen",
}  # sort -> its index
MOST_PASSED = 20_000  # stories passed on the way to a page; where those of a view lie further apart, they are looked up


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order: what follows it, or (`back`) what stands before it."""

    key: str | float
    story: int
    back: bool = False


class Placed(NamedTuple):
    story: int
    key: str | float


def meet(
    connection: sqlite3.Connection, among: Among, sort: str, cursor: Cursor | None, size: int
) -> list[Placed] | None:
    """As `_take`, along the index of the order, which is narrow; None where that went too far."""
    if sort not in ALONG:
        return None
    along, values = ordered(sort, cursor)
    index, tab = ("", "s.tab IS NOT NULL") if among.tab == "all" else ("tab_", "s.tab = :tab")
    sql = f"SELECT s.id, {ORDERS[sort][0]} FROM stories s INDEXED BY stories_{index}{ALONG[sort]} WHERE {tab} AND {along}"  # noqa: S608
    rows = plain_rows(connection, sql, {**values, "tab": among.tab})
    passed = itertools.islice(rows, MOST_PASSED)
    placed = list(
        itertools.islice((Placed(*row) for row in passed if row[0] in among.stories), size)
    )
    return placed if len(placed) == size or next(rows, None) is None else None


def ordered(sort: str, cursor: Cursor | None) -> tuple[str, Parameters]:
    """What follows the cursor, or stands before it, and in which order."""
    key, highest_first = ORDERS[sort]
    down = highest_first != bool(cursor and cursor.back)
    past, values = past_cursor(key, cursor, down=down) if cursor else ("1", {})
    way = "DESC" if down else "ASC"
    return f"{past} ORDER BY {key} {way}, s.id {way}", values


def plain_rows(
    connection: sqlite3.Connection, sql: str, values: Parameters
) -> Iterator[tuple[Any, ...]]:
    """Rows without names, one by one."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(sql, values)


def past_cursor(key: str, cursor: Cursor, *, down: bool) -> tuple[str, Parameters]:
    sign = "<" if down else ">"
    return f"({key}, s.id) {sign} (:key, :story)", {"key": cursor.key, "story": cursor.story}
