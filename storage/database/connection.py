"""Connections: pragmas, the one way to write, and sqlite3's errors in words for users."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from storage.database import turns
from storage.database.errors import (
    Busy,
    DamagedDatabase,
    DiskFull,
    NotADatabase,
    OldSqlite,
    ReadOnlyLog,
    StorageError,
    Unwritable,
)

NEEDED_SQLITE = (3, 37, 0)  # STRICT tables
APPLICATION_ID = 0x504F4C57  # "POLW": tells our files from others'
BUSY_MS = 10_000
TRIED_EACH = 0.002  # seconds
LONGEST_LOG = 64 << 20  # bytes of it that SQLite keeps once all is copied back
CACHE = "cache_size = -65536"  # KiB
PRAGMAS = (
    "foreign_keys = ON",
    "recursive_triggers = ON",
    f"busy_timeout = {BUSY_MS}",
    "synchronous = NORMAL",
    CACHE,
    f"journal_size_limit = {LONGEST_LOG}",
    # Two processes that copy the log back at once can, rarely, corrupt it before SQLite 3.51.3:
    # only who holds the lock of a run does so, and who closes the file last.
    "wal_autocheckpoint = 0",
)
# 64 MB, as the log is kept at: of a large database each article changes some fifty pages, and at SQLite's
# own 1,000 every dozen articles wait for the disk; pages that all of them change are copied back less often.
CHECKPOINT_PAGES = 8000


def sqlite_version() -> tuple[int, int, int]:
    return sqlite3.sqlite_version_info


def check_sqlite(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> None:
    if version < NEEDED_SQLITE:
        raise OldSqlite(".".join(map(str, version)), ".".join(map(str, NEEDED_SQLITE)))


def set_pragmas(conn: sqlite3.Connection) -> None:
    """Set what each connection needs; Datasette's connections get it through review's plugin."""
    for pragma in PRAGMAS:
        conn.execute(f"PRAGMA {pragma}")


def copy_log_back(db: Database) -> None:
    """For the one process that holds a run's lock."""
    db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")


def connect(path: Path, *, create: bool = True) -> Database:
    """Open `path`; `create`: with our page size and WAL where there is nothing yet.

    A file that is not ours is refused before anything of it is changed.
    """
    check_sqlite()
    if not path.parent.is_dir():
        raise Unwritable(str(path), f"there is no directory {path.parent}")
    if path.is_dir():
        raise NotADatabase(path, "it is a directory")
    if path.exists() and not path.is_file():
        raise NotADatabase(path, "it is not a regular file")
    with translated(str(path)):
        conn = sqlite3.connect(path, timeout=BUSY_MS / 1000)
        with closed_unless_ours(conn, path):
            set_pragmas(conn)
            if holds_nothing(conn, path):
                if not create:
                    raise NotADatabase(path, "it is empty")
                conn.execute("PRAGMA page_size = 8192")
            conn.execute("PRAGMA journal_mode = WAL")
            # SQLite turns this into pages of the size that it knows, and before it has read the file
            # that is half of ours: twice the memory.
            conn.execute(f"PRAGMA {CACHE}")
        return Database(conn, execute_plugins=False)  # to look for any takes time


def on_read_only_media(path: Path) -> bool:
    """Whether `path` lies on a file system that is mounted read-only."""
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def read_only_uri(path: Path) -> str:
    """The address that reads `path` and makes no file beside it.

    On read-only media SQLite can read a log of changes only while its index lies beside it too,
    and without a log the file has to be declared immutable: https://sqlite.org/wal.html#readonly.
    """
    log, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    if not log.exists() or log.stat().st_size == 0:
        return f"{path.absolute().as_uri()}?immutable=1"  # of read-only media
    if not index.exists():
        raise ReadOnlyLog(path)
    return f"{path.absolute().as_uri()}?mode=ro"


def connect_read_only(path: Path) -> Database:
    """Open a database on read-only media. While it is open, nobody may write it from elsewhere."""
    check_sqlite()
    with translated(str(path)):
        conn = sqlite3.connect(read_only_uri(path), uri=True, timeout=BUSY_MS / 1000)
        with closed_unless_ours(conn, path):
            conn.execute(f"PRAGMA {CACHE}")
            if holds_nothing(conn, path):
                raise NotADatabase(path, "it is empty")
        return Database(conn, execute_plugins=False)  # to look for any takes time


@contextmanager
def closed_unless_ours(conn: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Close the connection when the body finds that the file cannot be used."""
    try:
        yield
    except UnicodeDecodeError as unreadable:  # SQLite's sentence about the damage quotes it
        conn.close()
        raise DamagedDatabase(str(path), "its list of tables cannot be read") from unreadable
    except (sqlite3.Error, NotADatabase):
        conn.close()
        raise


def holds_nothing(conn: sqlite3.Connection, path: Path) -> bool:
    """Whether there is no table yet; raises when there are some, of others' making."""
    if not conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return True
    if conn.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise NotADatabase(path, "it is a SQLite file that Pollwatch did not make")
    return False


def path_of(db: Database) -> str:
    """The path of the main database, for messages."""
    return str(db.conn.execute("PRAGMA database_list").fetchone()[2])


@contextmanager
def write_txn(db: Database) -> Iterator[Database]:
    """One BEGIN IMMEDIATE transaction: all of it is stored, or nothing. Always outermost. People who wait
    for a page go first."""
    if db.conn.in_transaction:
        raise RuntimeError("write_txn must be outermost")
    path = path_of(db)
    turns.let_in(Path(path))
    with translated(path):
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.commit()
        except BaseException:  # whatever stopped the work, half of it is not written
            db.rollback()
            raise


def begin_in_turn(conn: sqlite3.Connection, path: Path) -> None:
    """BEGIN IMMEDIATE for a person who waits for a page: in milliseconds after whoever writes has come to the
    end of a transaction. SQLite's own tries lie up to 100 ms apart.

    Raises sqlite3.OperationalError, "database is locked", after ten seconds.
    """
    turns.note_person(path)
    conn.execute("PRAGMA busy_timeout = 0")
    try:
        if begin_or_busy(conn):
            return
        with turns.waiting(path):
            give_up_at = time.monotonic() + BUSY_MS / 1000
            while time.monotonic() < give_up_at:
                time.sleep(TRIED_EACH)
                if begin_or_busy(conn):
                    return
            conn.execute("BEGIN IMMEDIATE")
    finally:
        conn.execute(f"PRAGMA busy_timeout = {BUSY_MS}")


def begin_or_busy(conn: sqlite3.Connection) -> bool:
    """Begin a transaction unless somebody else writes."""
    try:
        conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if (error.sqlite_errorcode or 0) & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Give errors that a user can fix a name and a sentence; let bugs through as they are."""
    try:
        yield
    except sqlite3.Error as error:
        named_error = storage_error(error, path)
        if named_error is None:
            raise
        raise named_error from error


LOG_BESIDE = "who reads it must be able to write there too, since SQLite keeps its log beside it; else read a copy that its owner makes with ./pollwatch backup"


def storage_error(error: sqlite3.Error, path: str) -> StorageError | None:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL:
            return DiskFull(path)
        case sqlite3.SQLITE_IOERR:  # what a file size limit or a quota looks like
            return Unwritable(path, f"{error} (no room left, or a failing disk)")
        case sqlite3.SQLITE_NOTADB:
            return NotADatabase(Path(path), "its content is something else")
        case sqlite3.SQLITE_CORRUPT:
            return DamagedDatabase(path, str(error))
        case sqlite3.SQLITE_READONLY:
            return Unwritable(path, f"{error}; {LOG_BESIDE}")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return Unwritable(path, str(error))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(path)
    return None
