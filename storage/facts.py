"""Facts: single values by name, such as the threshold that hits were last sorted by."""

import sqlite3


def fact(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM facts WHERE key = ?", [key]).fetchone()
    return None if row is None else str(row[0])


def keep_fact(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Nothing is written where it says so already. The caller is in a transaction."""
    connection.execute(
        """INSERT INTO facts (key, value) VALUES (?, ?)
           ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value""",
        (key, value),
    )


def forget_fact(connection: sqlite3.Connection, key: str) -> None:
    connection.execute("DELETE FROM facts WHERE key = ?", [key])
