"""Copies that can be trusted: made from a snapshot, checked, and put in place whole."""

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from storage.database.connection import path_of, translated
from storage.database.errors import DamagedDatabase, Unwritable
from storage.upkeep.overwriting import (
    refuse_all_but_older_copies,
    refuse_database,
    refuse_device,
)

UNFINISHED = re.compile(r"\.\d+\.unfinished(-journal)?$")
LONGEST_STANDSTILL_SECONDS = 3600


def backup(db: Database, destination: Path) -> int:
    """Copy the database while it is in use; returns the bytes of the copy.

    An older copy at `destination` stands until the new one has passed SQLite's check. Anything else
    that stands there is refused with Unwritable.
    """
    if not destination.parent.is_dir():
        raise Unwritable(str(destination), f"there is no directory {destination.parent}")
    refuse_all_but_older_copies(destination, db)
    copy_whole(db, destination, check=True)
    return destination.stat().st_size


def copy_whole(db: Database, destination: Path, *, check: bool) -> None:
    """The copy under its name once all of it is there: a killed process leaves none that looks whole."""
    unfinished = destination.with_name(f"{destination.name}.{os.getpid()}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with translated(str(destination)):
            _copy(db, unfinished)
        if check:
            check_file(unfinished)
        sync_to_disk(unfinished)
        unfinished.replace(destination)
    finally:
        unfinished.unlink(missing_ok=True)


def forget_unfinished(folder: Path, now: datetime) -> int:
    """Remove what copies left that were killed: each as large as its database; how many went."""
    old = [path for path in folder.iterdir() if UNFINISHED.search(path.name) and is_left(path, now)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def is_left(path: Path, now: datetime) -> bool:
    """Whether nothing was written to the file for longer than a copy, or its check, stands still."""
    try:
        return now.timestamp() - path.lstat().st_mtime > LONGEST_STANDSTILL_SECONDS
    except FileNotFoundError:  # it was finished meanwhile
        return False


def _copy(db: Database, copy: Path) -> None:
    db.execute("PRAGMA query_only = OFF")  # SQLite counts VACUUM INTO as writing
    try:
        db.execute("VACUUM INTO ?", [str(copy)])
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            copy_pages(db, copy)
        elif error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
            raise DamagedDatabase(path_of(db), str(error)) from error  # the original, not the copy
        else:
            raise


def copy_pages(db: Database, copy: Path) -> None:
    """As the file is, page by page. SQLite 3.40 cannot VACUUM tables with generated columns that were opened
    from read-only media: "table vacuum_db.stories has 55 columns but 56 values were supplied"."""
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as pages:
        db.conn.backup(pages)


def check_file(path: Path) -> None:
    """Raise DamagedDatabase unless SQLite finds the file sound."""
    with (
        translated(str(path)),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn,
    ):
        verdict = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise DamagedDatabase(str(path), verdict)


def sync_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


REVIEWS = """SELECT v.id, v.created_at, v.actor, v.action, v.subject, v.reason, v.note, v.prev_status, v.origin, v.batch_id, v.request_id,
  r.slug AS rule, (SELECT group_concat(o.slug, ', ') FROM story_rules x JOIN rules o ON o.id = x.rule_id WHERE x.story_id = s.id) AS rules, v.story_id, s.title, s.outlet, a.url, a.text_sha256, h.evidence_sha256, h.snippet, v.seen_json
  FROM story_reviews v JOIN stories s ON s.id = v.story_id LEFT JOIN rules r ON r.id = v.rule_id
  LEFT JOIN hits h ON h.id = s.lead_hit_id LEFT JOIN articles a ON a.id = coalesce(s.lead_article_id, s.first_article_id) ORDER BY v.id"""


def review_lines(db: Database) -> Iterator[str]:
    """Every act on every story as a line of JSON that stands without the database."""
    for row in db.query(REVIEWS):
        yield json.dumps(row, ensure_ascii=False)


def export_reviews(db: Database, destination: Path) -> int:
    """Write all reviews as JSON lines, whole or not at all; returns how many."""
    refuse_device(destination)
    refuse_database(destination)
    unfinished = destination.with_name(f"{destination.name}.{os.getpid()}.unfinished")
    count = 0
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            for line in review_lines(db):
                file.write(f"{line}\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(destination)
    except OSError as error:
        raise Unwritable(str(destination), error.strerror or str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return count
