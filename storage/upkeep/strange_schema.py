"""Triggers and views of a database that no version of ours made, or made otherwise.

A trigger acts on every later write, unseen: one in a copy that somebody else handed over could dismiss
stories or change what reviewers wrote.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from storage.database.migrations import migrations, schema_version, scripts

ACTING = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"


def strange_schema(db: Database) -> tuple[str, ...]:
    """Each such trigger or view by name, those that are missing too, held against what the version of
    `db` made."""
    later = [script.stem for script in scripts()[schema_version(db) :]]
    with closing(sqlite3.connect(":memory:")) as connection:
        fresh = Database(connection)
        migrations().apply(fresh, stop_before=later[:1])
        ours = set(connection.execute(ACTING).fetchall())
    present = set(db.conn.execute(ACTING).fetchall())
    return tuple(sorted({f"{kind} {name}" for kind, name, _ in ours ^ present}))


def strange_in_older(path: Path) -> tuple[str, ...]:
    """The same of a database that an older release made and nothing has updated yet: the update itself
    would set off its triggers."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return strange_schema(Database(connection))
