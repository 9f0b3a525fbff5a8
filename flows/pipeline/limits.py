"""The system's limits that a run needs, raised as far as that is allowed."""

import ctypes
import resource
import tempfile

from extractors.workers.errors import BadInstallation

FILES = 4096  # open at once, asked for: a connection to each of many hosts, pipes to workers
FEWEST_FILES = 256
# Of glibc's malloc.h. It would keep a heap for each thread, and after the first large block that is
# freed take all others from the heap as well, where they leave holes.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
LARGE_BLOCK = 1 << 20  # bytes


def open_files() -> int:
    """The limit on open files, raised to `FILES` where it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft if soft != resource.RLIM_INFINITY else FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def spare_memory() -> None:
    """Large blocks go back to the system as they are freed, and threads share one heap. Without it a
    dozen feeds of 10 MB take half as much memory again. Other C libraries do so unasked."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
        mallopt(M_ARENA_MAX, 1)


def trim_heap() -> None:
    """Give the system back what lies free between pieces in use; takes some milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def require_limits() -> None:
    """Raises `BadInstallation` where a run would fail somewhere in its midst."""
    if (files := open_files()) < FEWEST_FILES:
        raise BadInstallation(
            f"the limit on open files is {files}, and a run needs {FEWEST_FILES}: ulimit -n {FILES}"
        )
    try:
        tempfile.gettempdir()  # writes a file into each candidate until one takes it
    except FileNotFoundError as error:
        raise BadInstallation(
            f"no temporary directory can be written, and SQLite and workers need one: set TMPDIR ({error.strerror})"
        ) from error
