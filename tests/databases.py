"""New databases, as copies of one."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.store import Store


@cache
def _empty() -> bytes:
    """A file of today's schema, as `Store.open` makes it: once a process, since ten migrations take
    a tenth of a second."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store.open(path, now=datetime(2026, 1, 1, tzinfo=UTC)).close()
        return path.read_bytes()


def new_store(path: Path, now: datetime) -> Store:
    """A database where none was, open."""
    with path.open("xb") as file:
        file.write(_empty())
    return Store.open(path, now=now)
