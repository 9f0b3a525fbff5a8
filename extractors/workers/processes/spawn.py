"""How a worker process comes to be where it cannot be forked: a Python of its own, started by path.

Isolated, so that neither the current directory nor PYTHONPATH can put another module in the place
of one of ours or of a library.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

CHILD = Path(__file__).with_name("child.py").resolve()
LAST_WORDS = 4000  # bytes of standard error that are kept


@dataclass(frozen=True, slots=True)
class WorkerOrders:
    """What a worker process is to do, and within which limits."""

    job: str  # MODULE:FUNCTION
    deadline_seconds: float  # of processor time
    wall_factor: float  # of seconds on the clock to those
    memory_mb: int

    @property
    def arguments(self) -> tuple[str, ...]:
        return self.job, str(self.deadline_seconds), str(self.wall_factor), str(self.memory_mb)


class Running(Protocol):
    """A process that was started, whoever its parent is."""

    def alive(self) -> bool: ...

    def code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""

    def kill(self) -> None: ...

    def gone(self, seconds: float) -> bool:
        """Whether it has ended; waits for that so long, on the clock."""


class ProcessOrigin(Protocol):
    """Where worker processes of one pool come from."""

    @property
    def setup(self) -> bytes | None:
        """What a new process is to be sent first; None where it knows it already."""

    async def launch(self, files: Sequence[int]) -> Running:
        """A process with these as standard input, output and error. Raises `OSError` and `NoAnswer`."""


class Spawned:
    """A direct child of this process."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen, self.pid = popen, popen.pid

    def alive(self) -> bool:
        return self._popen.poll() is None

    def code(self) -> int | None:
        return self._popen.poll()

    def kill(self) -> None:
        self._popen.kill()

    def gone(self, seconds: float) -> bool:
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Spawning:
    """Each process imports and sets up for itself."""

    orders: WorkerOrders
    setup: bytes

    async def launch(self, files: Sequence[int]) -> Running:
        return Spawned(isolated(CHILD, self.orders.arguments, files))


def isolated(
    script: Path, arguments: Sequence[str], files: Sequence[int], *, keep: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """A Python that runs one of our scripts; `keep` are further files that it inherits."""
    standard_input, output, error = files
    return subprocess.Popen(
        [sys.executable, "-I", str(script), *arguments],
        stdin=standard_input,
        stdout=output,
        stderr=error,
        pass_fds=keep,
        # glibc otherwise keeps a heap for each thread that ever ran
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
    )


def scratch(name: str) -> BinaryIO:
    """A nameless file: in memory where there is such a thing, so that a missing temporary directory
    stops nothing."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(name), "w+b")
    return tempfile.TemporaryFile()


def last_words(standard_error: BinaryIO) -> str:
    with contextlib.suppress(ValueError):  # closed
        end = standard_error.seek(0, os.SEEK_END)
        standard_error.seek(max(0, end - LAST_WORDS))
        return standard_error.read().decode("utf-8", "replace").strip()
    return ""
