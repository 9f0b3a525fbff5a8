"""When the nightly upkeep, with its backup, was last done or failed, and whether it is missing."""

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from storage.database.connection import write_txn
from storage.database.errors import StorageError
from storage.facts import fact, keep_fact
from storage.times import ago, iso_or_none, parse_or_none
from storage.upkeep.clock import AHEAD
from storage.upkeep.copies import USUAL_FOLDER, newest_copy

FACT = "upkeep"
UPKEEP_LATE = timedelta(hours=50)  # two nights, and what the work itself takes
LONGEST_WHY = 300
REMEDY = (
    "./pollwatch maintain does it now; where cron starts the runs, let it start that each night"
)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """`why` it failed, where `failed_at` is set: it was not done since."""

    done_at: datetime | None
    failed_at: datetime | None = None
    why: str = ""

    @property
    def tried_at(self) -> datetime | None:
        return max(filter(None, (self.done_at, self.failed_at)), default=None)


def last_upkeep(conn: sqlite3.Connection, database: Path, now: datetime) -> Upkeep:
    """What was noted; before anything was, the newest copy in the usual folder tells. What a clock that
    was ahead noted counts for nothing."""
    stored = fact(conn, FACT)
    if stored is None:
        return Upkeep(newest_copy(database.absolute().parent / USUAL_FOLDER, database, now))
    noted = json.loads(stored)
    done_at, failed_at = parse_or_none(noted["done_at"]), parse_or_none(noted["failed_at"])
    return Upkeep(
        None if done_at is not None and done_at > now + AHEAD else done_at,
        None if failed_at is not None and failed_at > now + AHEAD else failed_at,
        str(noted["why"]),
    )


def note_done(db: Database, now: datetime) -> None:
    note(db, Upkeep(now))


def note_failed(db: Database, database: Path, why: str, now: datetime) -> None:
    """Where even that cannot be stored, the age of the last one tells."""
    with suppress(StorageError):
        done_at = last_upkeep(db.conn, database, now).done_at
        note(db, Upkeep(done_at, now, why[:LONGEST_WHY]))


def note(db: Database, upkeep: Upkeep) -> None:
    value = {
        "done_at": iso_or_none(upkeep.done_at),
        "failed_at": iso_or_none(upkeep.failed_at),
        "why": upkeep.why,
    }
    with write_txn(db):
        keep_fact(db.conn, FACT, json.dumps(value))


def upkeep_trouble(upkeep: Upkeep, first_run_at: datetime | None, now: datetime) -> str | None:
    """Why nobody should rely on last night's backup; None where all is well, or no run is old enough."""
    if upkeep.failed_at is not None:
        last_done = (
            f"it was last done {ago(upkeep.done_at, now)}"
            if upkeep.done_at
            else "it was never done"
        )
        return f"the nightly upkeep failed {ago(upkeep.failed_at, now)} ({upkeep.why}); {last_done}"
    since = upkeep.done_at or first_run_at
    if since is None or now - since <= UPKEEP_LATE:
        return None
    if upkeep.done_at is None:
        return f"no backup was ever made, in {(now - since).days} days of runs, and nothing old forgotten"
    return f"the last nightly upkeep, with its backup, was {ago(upkeep.done_at, now)}"
