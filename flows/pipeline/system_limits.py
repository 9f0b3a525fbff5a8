"""The system's limits that a run needs, raised as far as that is allowed."""

import resource
import tempfile

from extractors.workers.errors import BadInstallation

FILES = 4096  # open at once, asked for: a connection to each of many hosts, pipes to workers
FEWEST_FILES = 256


def open_files() -> int:
    """The limit on open files, raised to `FILES` where it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft == resource.RLIM_INFINITY or soft >= limit:
        return soft if soft != resource.RLIM_INFINITY else FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


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
