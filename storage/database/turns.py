"""Turns at writing: SQLite keeps no queue for its lock, so the programs that write a lot let people in who wait.

Whoever waits for a page holds a lock file beside the database, shared with others who do. A program looks at
it before each of its transactions, and between the parts of a long one, and leaves the database alone while it
is held. The file's time says when somebody last wrote for a page.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.database.lock import is_refused, lock_path

LONGEST_TURN = 0.5  # seconds that a program leaves to those who wait, however many come
LOOKED_EACH = 0.001  # seconds
LATELY = 60  # seconds


def path_beside(database: Path) -> Path:
    return lock_path(database, "waiting")


def note_person(database: Path) -> None:
    """Somebody writes for a page now. Where no file can be made beside the database, nothing is noted."""
    with suppress(OSError):
        path_beside(database).touch(0o644)


def people_write(database: Path) -> bool:
    """Whether somebody wrote for a page within the last minute."""
    try:
        return time.time() - path_beside(database).stat().st_mtime < LATELY
    except OSError:
        return False


@contextmanager
def waiting(database: Path) -> Iterator[None]:
    """Somebody waits, as long as the body runs. Where there is no file they wait all the same."""
    try:
        file = os.open(path_beside(database), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        fcntl.flock(file, fcntl.LOCK_SH)  # others hold it alone for an instant, to look
        yield
    finally:
        os.close(file)


def somebody_waits(database: Path) -> bool:
    """Not somebody whose program was stopped while they waited: nobody waits for longer than ten seconds."""
    return people_write(database) and is_refused(path_beside(database), fcntl.LOCK_EX)


def let_in(database: Path) -> None:
    """Return when nobody waits, and after half a second in any case."""
    until = time.monotonic() + LONGEST_TURN
    while somebody_waits(database) and time.monotonic() < until:
        time.sleep(LOOKED_EACH)
