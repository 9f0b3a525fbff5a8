"""The database as the review pages reach it: reads with a time limit, writes one at a time."""

import sqlite3
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from datasette.utils import sqlite_timelimit

from storage.database.connection import begin_in_turn, on_read_only_media, read_only_uri

LONGEST_MS = 8_000  # a read that takes longer is stopped
NAME = "pollwatch"  # the address of the tables, whatever the file is called
READ_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA cache_size = -16384",
    "PRAGMA mmap_size = 1073741824",
    # Only the pipeline checkpoints: two connections that write and checkpoint at once could damage
    # the file before SQLite 3.51.3 (its release notes: WAL-reset bug).
    "PRAGMA wal_autocheckpoint = 0",
)
LONGEST_VALUE = 20_000_000  # bytes; a page is read up to 5 MB
LARGEST_QUERY_ANSWER = 64_000_000  # characters and bytes of one answer
Parameter = str | int | float | None
T = TypeVar("T")


def prepare_for_pages(connection: sqlite3.Connection) -> None:
    """Datasette sets none of these, and SQLite's defaults ignore foreign keys.

    The limits are for the SQL that a lead may write: one value, and one answer, stay bounded.
    """
    for pragma in READ_PRAGMAS:
        connection.execute(pragma)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.row_factory = BoundedRows()


class BoundedRows:
    """Makes the rows of one connection, and stops an answer that grows past `LARGEST_ANSWER`.

    SQLite's own time limit does not help here: zeroblob() makes gigabytes in a second.
    """

    def __init__(self) -> None:
        self.cursor: weakref.ref[sqlite3.Cursor] | None = None
        self.size = 0

    def __call__(self, cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        if self.cursor is None or self.cursor() is not cursor:
            self.cursor, self.size = weakref.ref(cursor), 0
        self.size += sum(len(value) for value in values if isinstance(value, str | bytes))
        if self.size > LARGEST_QUERY_ANSWER:
            raise AnswerTooLargeError
        return sqlite3.Row(cursor, values)


class AnswerTooLargeError(sqlite3.OperationalError):
    def __init__(self) -> None:
        super().__init__(
            f"the answer is larger than {LARGEST_QUERY_ANSWER // 1_000_000} MB; ask for fewer rows or columns"
        )


class ReadOnlyMediaError(Exception):
    """Something was to be written into a database on a read-only file system."""


class ReadOnlyDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """A database on a read-only file system, where Datasette's own way of opening one fails."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        if write:
            raise ReadOnlyMediaError
        uri = read_only_uri(Path(self.path))
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._all_file_connections.append(connection)
        return connection


def database_at(ds: Datasette, path: Path) -> Database:
    kind = ReadOnlyDatabase if on_read_only_media(path) else Database
    return kind(ds, str(path), is_mutable=True)


def file_state(path: Path) -> tuple[tuple[int, int], ...]:
    """What changes with every commit: time and size of the file, and of the log where commits go first."""
    files = (path, path.with_name(path.name + "-wal"))
    statuses = [file.stat() for file in files if file.exists()]
    return tuple((status.st_mtime_ns, status.st_size) for status in statuses)


def writable(ds: Datasette) -> bool:
    return not isinstance(ds.get_database(NAME), ReadOnlyDatabase)


async def rows(ds: Datasette, sql: str, parameters: Sequence[Parameter] = ()) -> list[sqlite3.Row]:
    fetched: list[sqlite3.Row] = (await ds.get_database(NAME).execute(sql, list(parameters))).rows
    return fetched


async def first_row(
    ds: Datasette, sql: str, parameters: Sequence[Parameter] = ()
) -> sqlite3.Row | None:
    fetched = await rows(ds, sql, parameters)
    return fetched[0] if fetched else None


async def read_snapshot(
    ds: Datasette, work: Callable[[sqlite3.Connection], T], *, longest_ms: int = LONGEST_MS
) -> T:
    """What `work` reads on a connection of its own, all of it at one moment: a story that somebody judges
    meanwhile is not listed as new beside its new count. QueryInterrupted past the time limit."""

    def limited(connection: sqlite3.Connection) -> T:
        with sqlite_timelimit(connection, longest_ms):
            connection.execute("BEGIN")
            try:
                return work(connection)
            finally:
                connection.rollback()

    try:
        answer: T = await ds.get_database(NAME).execute_fn(limited)
    except sqlite3.OperationalError as exc:
        if exc.args == ("interrupted",):
            raise QueryInterrupted(exc, "", {}) from exc
        raise
    return answer


async def write(ds: Datasette, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run `work` in one BEGIN IMMEDIATE transaction on the single writing connection.

    Raises ReadOnlyMediaError where nothing can be written.
    """
    if not writable(ds):
        raise ReadOnlyMediaError
    database = ds.get_database(NAME)
    answer: T = await database.execute_write_fn(_transaction(work, Path(database.path)))
    return answer


async def write_if_writable(ds: Datasette, work: Callable[[sqlite3.Connection], object]) -> None:
    """As `write`, for what readers leave by looking: on read-only media nothing is noted."""
    if writable(ds):
        await write(ds, work)


async def write_behind(ds: Datasette, work: Callable[[sqlite3.Connection], object]) -> None:
    """As `note`, for what no page need wait for: it comes about as soon as nobody else writes."""
    if writable(ds):
        database = ds.get_database(NAME)
        await database.execute_write_fn(_transaction(work, Path(database.path)), block=False)


def _transaction(
    work: Callable[[sqlite3.Connection], T], path: Path
) -> Callable[[sqlite3.Connection], T]:
    def transaction(connection: sqlite3.Connection) -> T:
        begin_in_turn(connection, path)
        try:
            answer = work(connection)
        except BaseException:  # whatever stopped the work, half of it is not written
            connection.rollback()
            raise
        connection.commit()
        return answer

    return transaction
