"""The database as the review pages reach it: reads with a time limit, writes one at a time."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar

from datasette.app import Datasette

NAME = "pollwatch"  # the address of the tables, whatever the file is called
PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA cache_size = -16384",
    "PRAGMA mmap_size = 1073741824",
)
Parameter = str | int | float | None
T = TypeVar("T")


def prepare(connection: sqlite3.Connection) -> None:
    """Datasette sets none of these, and SQLite's defaults ignore foreign keys."""
    for pragma in PRAGMAS:
        connection.execute(pragma)


async def rows(ds: Datasette, sql: str, parameters: Sequence[Parameter] = ()) -> list[sqlite3.Row]:
    found: list[sqlite3.Row] = (await ds.get_database(NAME).execute(sql, list(parameters))).rows
    return found


async def row(ds: Datasette, sql: str, parameters: Sequence[Parameter] = ()) -> sqlite3.Row | None:
    found = await rows(ds, sql, parameters)
    return found[0] if found else None


async def write(ds: Datasette, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run `work` in one BEGIN IMMEDIATE transaction on the single writing connection."""

    def transaction(connection: sqlite3.Connection) -> T:
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
        return result

    result: T = await ds.get_database(NAME).execute_write_fn(transaction)
    return result
