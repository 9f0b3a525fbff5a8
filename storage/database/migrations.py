"""Schema versions: schema/NNNN_*.sql in order, each whole or not at all, with a copy kept first."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from glob import escape
from pathlib import Path

from sqlite_utils import Database, Migrations

from storage.database.connection import APPLICATION_ID, path_of, write_txn
from storage.database.errors import DamagedDatabase, NewerDatabase, OlderDatabase
from storage.stories import masks
from storage.times import iso
from storage.upkeep.backup import copy_whole
from storage.upkeep.overwriting import is_older_copy

SCHEMA = Path(__file__).parents[1] / "schema"
MASKS_BY_STORY = 16  # the version since which a hit is masked by all rules of its story
MASKED_NOTES = 17  # … and since which notes are masked
# Scripts that had these numbers for two days, as two were called 0008.
RENUMBERED = {"0008_links": "0009_links", "0009_review_indexes": "0010_review_indexes"}


def scripts(folder: Path = SCHEMA) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def migrations(folder: Path = SCHEMA) -> Migrations:
    ours = Migrations("pollwatch")
    for script in scripts(folder):
        register(ours, script)
    return ours


def register(ours: Migrations, script: Path) -> None:
    @ours(name=script.stem)
    def apply(db: Database) -> None:
        for statement in statements(script.read_text(encoding="utf-8")):
            db.conn.execute(statement)


def statements(script: str) -> Iterator[str]:
    """A script's statements, one by one: `executescript` of sqlite3 would commit first, and that of
    sqlite-utils asks after each character whether a statement ends: 0.2 s for a new database."""
    statement = ""
    for part in script.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def schema_version(db: Database) -> int:
    return int(db.conn.execute("PRAGMA user_version").fetchone()[0])


def check_version(db: Database, folder: Path = SCHEMA) -> int:
    """The version found; raises when the file is from a newer Pollwatch."""
    version, newest = schema_version(db), len(scripts(folder))
    if version > newest:
        raise NewerDatabase(Path(path_of(db)), version, newest)
    return version


def require_current(db: Database, folder: Path = SCHEMA) -> None:
    version, newest = check_version(db, folder), len(scripts(folder))
    if version < newest:
        raise OlderDatabase(Path(path_of(db)), version, newest)


def migrate(db: Database, *, now: datetime, folder: Path = SCHEMA) -> Path | None:
    """Bring the schema up to date; two processes may do so at once, and the first one's copy is kept.
    Returns the copy kept, if any."""
    version, newest = check_version(db, folder), len(scripts(folder))
    if version == newest:
        return None
    copy = keep_copy(db, version, now) if version else None
    db.execute(
        "PRAGMA foreign_keys = OFF"
    )  # no-op inside a transaction; a table made anew needs it
    try:
        with write_txn(db):
            if is_ours := check_version(db, folder) < newest:
                if copy is not None:
                    forget_earlier_copies(db, copy, version)
                take_new_numbers(db.conn)
                migrations(folder).apply(db)
                if 0 < version < MASKS_BY_STORY:
                    masks.keep_all_masks(db.conn)
                if 0 < version < MASKED_NOTES:
                    masks.keep_all_masked_notes(db.conn)
                require_references(db)
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {newest}")
    finally:
        db.execute("PRAGMA foreign_keys = ON")
    if copy is not None and not is_ours:
        copy.unlink(missing_ok=True)
        return None
    return copy


def take_new_numbers(conn: sqlite3.Connection) -> None:
    """A script that was applied under its former number is not applied again."""
    if conn.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
        conn.executemany(
            "UPDATE _sqlite_migrations SET name = ? WHERE migration_set = 'pollwatch' AND name = ?",
            [(name, former) for former, name in RENUMBERED.items()],
        )


def require_references(db: Database) -> None:
    """Raise before the commit if a script left a row that refers to nothing."""
    broken = db.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        table, row, parent, _ = broken[0]
        raise DamagedDatabase(
            path_of(db), f"row {row} of {table} refers to a missing row of {parent}"
        )


def keep_copy(db: Database, version: int, now: datetime) -> Path:
    path = Path(path_of(db))
    stamp = iso(now).replace(":", "").replace(".", "")
    copy = path.with_name(f"{path.name}.version-{version}-{stamp}.backup")
    if not copy.exists():
        copy_whole(db, copy, check=False)
    return copy


def forget_earlier_copies(db: Database, copy: Path, version: int) -> None:
    """One copy of the version: those that an attempt which failed, or was killed, left before go, since each
    is as large as the database and a service manager tries again and again. The caller has the turn to write:
    whoever waits for it finds nothing to do, or fails with a copy of its own."""
    path = Path(path_of(db))
    for earlier in path.parent.glob(f"{escape(path.name)}.version-{version}-*.backup"):
        if earlier.name < copy.name and is_older_copy(earlier, db):
            with suppress(PermissionError):  # somebody else's: in the way of nothing
                earlier.unlink(missing_ok=True)
