"""Triggers and views of a database that no version of ours made, or made otherwise.

A trigger acts on every later write, unseen: one in a copy that somebody else handed over could dismiss
stories or change what reviewers wrote.
"""

import sqlite3
from contextlib import closing

from sqlite_utils import Database

from storage.migrations import migrations

ACTING = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"


def strange_schema(db: Database) -> tuple[str, ...]:
    """Each such trigger or view by name, those that are missing too; `db` is of today's version."""
    with closing(sqlite3.connect(":memory:")) as connection:
        fresh = Database(connection)
        migrations().apply(fresh)
        ours = set(connection.execute(ACTING).fetchall())
    found = set(db.conn.execute(ACTING).fetchall())
    return tuple(sorted({f"{kind} {name}" for kind, name, _ in ours ^ found}))
