"""One run of a flow at a time: a lock file beside the database, freed by the system when we die."""

import contextlib
import fcntl
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from storage.database.errors import AnotherRun, NoLocks, Unwritable

_held: set[Path] = set()  # by this process
BRIEF = b"brief"
LONGEST_MOMENT = 1500  # times 20 ms
ASKED_AGAIN = 3  # times, as somebody who asks whether it is held has it for an instant


def lock_path(database: Path, flow: str) -> Path:
    return database.absolute().with_name(f"{database.name}.{flow}.lock")


def holds(database: Path, flow: str) -> bool:
    """Whether this process holds the lock of `flow`."""
    return lock_path(database, flow) in _held


def is_held(database: Path, flow: str) -> bool:
    """Whether any process holds the lock of `flow`. Asking takes it for an instant, shared."""
    return is_refused(lock_path(database, flow), fcntl.LOCK_SH)


def is_refused(path: Path, kind: int) -> bool:
    """Whether a lock of that kind (`fcntl.LOCK_SH`, `LOCK_EX`) cannot be had on the file just now; one that is
    not there is free. Asking takes it for an instant."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks, on which nobody holds one
        return False
    finally:
        os.close(file)
    return False


class RunLock:
    """Held inside `with`; entering raises AnotherRun at once while another process holds it.

    `brief`: for a moment, in which whoever comes waits.
    """

    def __init__(self, database: Path | str, flow: str = "watch", *, brief: bool = False) -> None:
        self._flow, self._path = flow, lock_path(Path(database), flow)
        self._note = BRIEF if brief else str(os.getpid()).encode()
        self._file: int | None = None

    def __enter__(self) -> Self:
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise Unwritable(str(self._path), error.strerror or str(error)) from error
        try:
            take_lock(self._file)
        except BlockingIOError:
            pid, since = lock_holder(self._file)
            self._leave()
            raise AnotherRun(self._flow, pid, since) from None
        except OSError as error:  # a file system without locks
            self._leave()
            raise NoLocks(str(self._path), error.strerror or str(error)) from error
        with contextlib.suppress(OSError):  # on a full disk the lock holds without its note
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, self._note, 0)
        _held.add(self._path)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _held.discard(self._path)
        self._leave()

    def _leave(self) -> None:
        """The file stays: were it removed, two processes could lock two files of one name."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def take_lock(file: int) -> None:
    """Raises BlockingIOError while another process holds it for longer than one that only asks."""
    waited = 0
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            brief = os.pread(file, len(BRIEF), 0) == BRIEF
            if waited >= (LONGEST_MOMENT if brief else ASKED_AGAIN):
                raise
        else:
            return
        waited += 1
        time.sleep(0.02)


def lock_holder(file: int) -> tuple[int | None, datetime | None]:
    """Who wrote the note, and when; nothing in the instant before it is written."""
    note = os.pread(file, 20, 0)
    if not note.isdigit():
        return None, None
    return int(note), datetime.fromtimestamp(os.fstat(file).st_mtime, UTC)
