"""Damage to the file: looked for nightly and after a crash, remembered, and the way out named."""

from datetime import datetime

from sqlite_utils import Database

from storage.database.connection import path_of, translated, write_txn
from storage.database.errors import DamagedDatabase
from storage.facts import fact, forget_fact, keep_fact
from storage.times import iso


def look_for_damage(db: Database, now: datetime) -> str | None:
    """SQLite's quick check, 6 s for each gigabyte; what it found is kept until a check finds nothing."""
    with translated(path_of(db)):
        (complaint,) = db.execute("PRAGMA quick_check(1)").fetchone()
    damage = None if complaint == "ok" else f"{complaint} (found {iso(now)})"
    with write_txn(db):
        if damage is None:
            forget_fact(db.conn, "damage")
        else:
            keep_fact(db.conn, "damage", damage)
    return damage


def refuse_damage(db: Database) -> None:
    """Raise DamagedDatabase where an earlier check found damage."""
    if (damage := fact(db.conn, "damage")) is not None:
        raise DamagedDatabase(path_of(db), damage)
