"""What can go wrong with the database that a user can do something about; `str()` is one line."""

# ruff: noqa: N818 - named after what is the case, as in "except AnotherRun"

from datetime import datetime
from pathlib import Path

from storage.upkeep.copies import USUAL_FOLDER, copies_of


class StorageError(Exception):
    """The root: commands print it and exit 2. Bugs stay raw sqlite3 errors."""


class NoDatabase(StorageError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"no database at {path} yet: run ./pollwatch run")


class NewerDatabase(StorageError):
    def __init__(self, path: Path, version: int, newest: int) -> None:
        super().__init__(
            f"{path} has schema version {version}, but this Pollwatch knows only up to version"
            f" {newest}: use the newer Pollwatch that wrote it"
        )


class OlderDatabase(StorageError):
    def __init__(self, path: Path, version: int, needed: int) -> None:
        super().__init__(
            f"{path} has schema version {version}, this Pollwatch needs version {needed}:"
            f" ./pollwatch review --db {path} brings it up to date, as does run"
            " (and keeps a copy of it as it is now)"
        )


class NotADatabase(StorageError):
    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} is not a Pollwatch database: {why}; ./pollwatch run makes one where there is none"
        )


class DamagedDatabase(StorageError):
    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} is damaged ({why}): {way_back(Path(path))}")


def way_back(path: Path) -> str:
    """Which copy to restore, and how."""
    copies = [
        *copies_of(path.parent / USUAL_FOLDER, path),
        *path.parent.glob(f"{path.name}.*.backup"),
    ]
    newest = max(copies, key=lambda copy: copy.stat().st_mtime, default=None)
    if newest is None:
        return "restore a backup; none lies beside it"
    return (
        f"the newest copy is {newest}; stop what uses the database, move {path.name} with its"
        f" -wal and -shm away, and copy that one to {path}"
    )


class Unwritable(StorageError):
    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"cannot write {path}: {why}")


class ReadOnlyLog(StorageError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} lies on a read-only file system, and its newest changes are still in {path.name}-wal,"
            " which cannot be read there: copy both files to a folder that can be written"
        )


class DiskFull(StorageError):
    def __init__(self, path: str) -> None:
        super().__init__(f"no room left to write {path}: what was under way was rolled back")


class Busy(StorageError):
    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} stayed locked by another process for too long, or its file system refuses locks"
        )


class NoLocks(StorageError):
    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            f"{path} cannot be locked ({why}): the database needs a local disk, see ./pollwatch doctor"
        )


class OldSqlite(StorageError):
    def __init__(self, present: str, needed: str) -> None:
        super().__init__(f"SQLite {needed} or newer is needed, this Python has {present}")


class AnotherRun(StorageError):
    """Another process holds the lock of this flow."""

    def __init__(self, flow: str, pid: int | None, since: datetime | None) -> None:
        self.flow, self.pid, self.since = flow, pid, since
        holder = f"process {pid}" if pid else "another process"
        when = f" since {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""
        super().__init__(f"another {flow} run is under way ({holder}{when})")


class UnknownRule(StorageError):
    def __init__(self, slug: str, sha256: str) -> None:
        super().__init__(f"rule {slug} ({sha256[:12]}) was never synced into the database")
