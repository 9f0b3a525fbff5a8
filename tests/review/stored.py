"""What the database holds after an act."""

import sqlite3
from pathlib import Path


def ask(path: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(sql, values).fetchall()
    connection.close()
    return rows


def story(db: Path, number: int = 1) -> tuple[object, ...]:
    return ask(db, "SELECT status, review_count, tab FROM stories WHERE id = ?", number)[0]
