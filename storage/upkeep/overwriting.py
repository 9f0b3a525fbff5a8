"""What a copy or an export may be written over: never over work that stands nowhere else."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from storage.database.errors import Unwritable

HEADER = b"SQLite format 3\x00"  # https://sqlite.org/fileformat.html#magic_header_string
# Tables of which no row is ever changed in these columns, or deleted, and what tells a row from
# that of another database: an older copy has none that its original lacks.
IRREPLACEABLE = (("runs", "started_at"), ("story_reviews", "created_at"))


def is_sqlite(path: Path) -> bool:
    """Whether `path` is a file that begins as SQLite's files do."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(HEADER)) == HEADER


def refuse_device(destination: Path) -> None:
    """Raises Unwritable for what is not a file: root would replace /dev/null for the whole machine."""
    if destination.exists() and not destination.is_file():
        raise Unwritable(str(destination), "it is not a regular file")


def refuse_database(destination: Path) -> None:
    """Raises Unwritable for a database, of which a report or an export would leave nothing."""
    if is_sqlite(destination):
        raise Unwritable(str(destination), "it is a database; name another file")


def refuse_all_but_older_copies(destination: Path, original: Database) -> None:
    """Raises Unwritable unless there is nothing at `destination`, or a copy of `original` that
    nobody uses and that holds no run and no act which `original` lacks."""
    refuse_device(destination)
    if not destination.exists() or not destination.stat().st_size:
        return
    if not is_sqlite(destination):
        raise Unwritable(str(destination), "what stands there is no backup; name another file")
    log = destination.with_name(f"{destination.name}-wal")
    if log.exists() and log.stat().st_size:  # laid over the new file it would damage it
        raise Unwritable(str(destination), "that database is in use; name another file")
    if not is_older_copy(destination, original):
        raise Unwritable(
            str(destination), "it is no older copy of this database; name another file"
        )


def is_older_copy(path: Path, original: Database) -> bool:
    """Whether the database at `path` holds no run and no act which `original` lacks."""
    try:
        copy = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.OperationalError:  # not ours to read, or no file
        return False
    with closing(copy):
        return lacks_nothing_of(original, copy)


def lacks_nothing_of(original: Database, copy: sqlite3.Connection) -> bool:
    """Whether the newest run and the newest act in `copy` are in `original` too."""
    try:
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
        return "runs" in tables and all(
            newest_is_kept(original, copy, table, column)
            for table, column in IRREPLACEABLE
            if table in tables  # a copy from before there were acts on stories
        )
    except sqlite3.DatabaseError:  # damaged
        return False


def newest_is_kept(original: Database, copy: sqlite3.Connection, table: str, column: str) -> bool:
    columns = f"SELECT id, {column} FROM {table}"  # noqa: S608 - names from KEPT
    row = copy.execute(f"{columns} ORDER BY id DESC LIMIT 1").fetchone()
    return (
        row is None or original.conn.execute(f"{columns} WHERE id = ?", [row[0]]).fetchone() == row
    )
