"""Keeping the file small and quick: what may be forgotten, and when."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from storage.database.connection import LONGEST_LOG, path_of, write_txn
from storage.database.errors import AnotherRun
from storage.database.lock import RunLock
from storage.ingest import boilerplate_memory, feed_words, text_versions
from storage.ingest.grouping.near_copies import WINDOW
from storage.stories import masks
from storage.times import day, iso

# Texts in one transaction; with the search index, more would hold reviewers up
DROPPED_AT_ONCE = 100
POLLS_AT_ONCE = PARAGRAPHS_AT_ONCE = 5_000  # small rows without an index of words
MERGED_AT_ONCE = 200  # pages of the search index
MASKED_AT_ONCE = 20  # stories, or notes, some milliseconds each
LONGEST_PAUSE_SECONDS = 0.5
CHANGES_KEPT = 100_000
POLLS_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Maintained:
    fingerprints: int
    polls: int
    bodies: int
    paragraphs: int = 0


def maintain_database(
    db: Database, now: datetime, *, keep_bodies_days: int | None = None
) -> Maintained:
    """Forget fingerprints past their window and polls past 90 days, and merge what the search index
    was written in, in short transactions.

    Given `keep_bodies_days`, also the texts of articles older than that which never had a hit.
    """
    report = Maintained(
        in_steps(db, lambda: forget_sketches(db, iso(now - WINDOW))),
        in_steps(db, lambda: forget_polls(db, iso(now - POLLS_KEPT))),
        0
        if keep_bodies_days is None
        else forget_bodies(db, now - timedelta(days=keep_bodies_days)),
        in_steps(
            db, lambda: boilerplate_memory.forget_paragraphs(db.conn, now, PARAGRAPHS_AT_ONCE)
        ),
    )
    feed_words.fill(db, most=None)
    for index in ("article_texts_fts", "feed_words_fts"):
        merge_search_index(db, index)
    forget_changes(db)
    renew_masks(db)
    db.execute("PRAGMA optimize")
    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    return report


@contextmanager
def step(db: Database) -> Iterator[None]:
    """A transaction, and a pause as long as it took: who waits for SQLite's lock looks for it now and
    then, is in no queue, and would hardly ever find it free between steps that follow at once."""
    began = time.monotonic()
    with write_txn(db):
        yield
    time.sleep(min(time.monotonic() - began, LONGEST_PAUSE_SECONDS))
    shorten_log(db)


def shorten_log(db: Database) -> None:
    """Copy a long log back. A run that is under way does so itself; one that begins waits for this."""
    path = Path(path_of(db))
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        with suppress(AnotherRun), RunLock(path, brief=True):
            db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def in_steps(db: Database, forget: Callable[[], int]) -> int:
    """Call `forget`, which says how many rows it dropped, in a step each until none is left; all of them."""
    forgotten = 0
    while True:
        with step(db):
            count = forget()
        forgotten += count
        if not count:
            return forgotten


def forget_sketches(db: Database, before: str) -> int:
    """Of some articles; how many."""
    ids = db.execute(
        "SELECT article_id FROM sketches WHERE seen_at < ? LIMIT ?", (before, DROPPED_AT_ONCE * 5)
    ).fetchall()
    db.conn.executemany("DELETE FROM fingerprints WHERE article_id = ?", ids)
    db.conn.executemany("DELETE FROM sketches WHERE article_id = ?", ids)
    return len(ids)


def forget_polls(db: Database, before: str) -> int:
    """Some of them; how many."""
    return db.execute(
        "DELETE FROM polls WHERE id IN (SELECT id FROM polls WHERE polled_at < ? LIMIT ?)",
        [before, POLLS_AT_ONCE],
    ).rowcount


def forget_bodies(db: Database, before: datetime) -> int:
    """All of them, step by step; how many."""
    drop_some = partial(text_versions.drop_old_bodies, db, day(before), DROPPED_AT_ONCE)
    return in_steps(db, drop_some)


def forget_changes(db: Database) -> None:
    """A review server that was asked for nothing since reads the stories as a whole."""
    with step(db):
        db.execute("DELETE FROM story_changes WHERE id <= (SELECT max(id) FROM story_changes) - ?", [CHANGES_KEPT])  # fmt: skip


def renew_masks(db: Database) -> None:
    """What an earlier release has masked and stored for SQL views, by the masks of this one."""
    if masks.by_these_masks(db.conn):
        return
    stories = masks.masked_stories(db.conn)
    for first in range(0, len(stories), MASKED_AT_ONCE):
        with step(db):
            for story in stories[first : first + MASKED_AT_ONCE]:
                masks.mask_anew(db.conn, story)
    notes = masks.stored_notes(db.conn)
    for first in range(0, len(notes), MASKED_AT_ONCE):
        with step(db):
            for review, note in notes[first : first + MASKED_AT_ONCE]:
                masks.keep_masked_note(db.conn, review, note)
    with step(db):
        masks.note_masks(db.conn)


def merge_search_index(db: Database, index: str) -> None:
    """Fewer segments make a search quicker; storing merges only as many as it must (see schema/0008).

    FTS5 has nothing left to do when a step changes fewer than two rows.
    """
    changed = 2
    while changed >= 2:
        with step(db):
            before = db.conn.total_changes
            db.execute(
                f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)",  # noqa: S608
                [MERGED_AT_ONCE],
            )
            changed = db.conn.total_changes - before
