"""The machine under Pollwatch: interpreter, libraries, limits, names, certificates."""

import os
import resource
import shutil
import socket
import ssl
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from commands.doctor.file_system import check_file_system
from commands.doctor.finding import Check, failed_check, ok, warning
from extractors.fetch.transport.certificates import trusted_roots
from extractors.workers.granted import memory_limit, memory_of_machine
from storage.database.connection import NEEDED_SQLITE, sqlite_version

SAFE_SQLITE = (
    3,
    51,
    3,
)  # fixes the corruption of a WAL by two writers, https://sqlite.org/wal.html
NEEDED_MEMORY_MB = 1024  # two workers of 400 MB at most, and the run itself
FEWEST_FILES, SPACE_MB, LEAST_SPACE_MB = 256, 1000, 100
FEWEST_ROOTS = 50
FEWEST_INODES = 50  # a run makes some ten files beside the database
NAME_SECONDS = 10


def machine(folder: Path, host: str) -> Iterator[Check]:
    """`folder`: the database's; `host`: one of the feeds', whose name is looked up."""
    yield python()
    yield sqlite()
    yield check_open_files()
    yield memory()
    yield temporary()
    yield space(folder)
    yield check_file_system(folder)
    yield certificates()
    yield names(host)


def python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 14):
        return ok("Python", f"{version} ({sys.executable})")
    return failed_check(
        "Python",
        f"{version} is not supported",
        "set up with Python 3.11 to 3.14: remove .venv first",
    )


def sqlite() -> Check:
    version, shown = sqlite_version(), ".".join(map(str, sqlite_version()))
    if version < NEEDED_SQLITE:
        return failed_check(
            "SQLite", f"{shown} is too old", "use a Python with SQLite 3.37 or newer"
        )
    if version < SAFE_SQLITE:
        return warning(
            "SQLite",
            f"{shown} can, rarely, corrupt a database with two writers (fixed in 3.51.3)",
            "use a Python with SQLite 3.51.3 or newer, and keep nightly backups until then",
        )
    return ok("SQLite", shown)


def check_open_files() -> Check:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= FEWEST_FILES:
        return ok("open files", "no limit" if hard == resource.RLIM_INFINITY else f"limit {hard}")
    return failed_check(
        "open files", f"limit {hard}; a run needs {FEWEST_FILES}", "ulimit -n 4096 (LimitNOFILE=)"
    )


def memory() -> Check:
    limit, whole = memory_limit(), memory_of_machine() >> 20
    granted = whole if limit is None else min(limit >> 20, whole)
    message = f"{granted:,} MB" if granted == whole else f"limit {granted:,} MB"
    if granted >= NEEDED_MEMORY_MB:
        return ok("memory", message)
    return warning(
        "memory",
        f"{message}; a run with two processes may need {NEEDED_MEMORY_MB:,}",
        "raise the limit (ulimit -v, MemoryMax=, the container's), or run with --processes 1",
    )


def temporary() -> Check:
    try:
        return ok("temporary files", tempfile.gettempdir())
    except FileNotFoundError:
        return warning(
            "temporary files",
            "no directory takes any",
            "make /tmp writable, or name a directory: TMPDIR=/path",
        )


def space(folder: Path) -> Check:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free // 1_000_000
    message, remedy = f"{free:,} MB free at {there}", "free some, or move the database: --db"
    if no_more_files(os.statvfs(there)):
        why = f"{there} takes no more files, however much room is left: its inodes are used up"
        return failed_check("space", why, "remove files there (df -i), or move the database: --db")
    if free < LEAST_SPACE_MB:
        return failed_check("space", message, remedy)
    return warning("space", message, remedy) if free < SPACE_MB else ok("space", message)


def no_more_files(disk: os.statvfs_result) -> bool:
    """Some file systems, such as btrfs, count no inodes at all."""
    return disk.f_files > 0 and disk.f_favail < FEWEST_INODES


def certificates() -> Check:
    file = trusted_roots()
    try:
        roots = len(ssl.create_default_context(cafile=file).get_ca_certs())
    except OSError as error:  # ssl.SSLError is one
        return failed_check(
            "certificates", f"{file}: {error}", "check SSL_CERT_FILE, or remove .venv"
        )
    if roots < FEWEST_ROOTS:
        return failed_check("certificates", f"only {roots} roots in {file}", "check SSL_CERT_FILE")
    return ok("certificates", f"{roots} roots ({file})")


def names(host: str) -> Check:
    """A thread asks, as the system's resolver has no timeout of its own."""
    with_thread = ThreadPoolExecutor(1)
    try:
        with_thread.submit(socket.getaddrinfo, host, 443).result(NAME_SECONDS)
    except (OSError, UnicodeError, TimeoutError) as error:
        why = str(error) or f"no answer within {NAME_SECONDS} s"
        return failed_check(
            "name service", f"{host}: {why}", "check /etc/resolv.conf and the way to the network"
        )
    finally:
        with_thread.shutdown(wait=False, cancel_futures=True)
    return ok("name service", f"{host} has an address")
