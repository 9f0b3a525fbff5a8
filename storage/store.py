"""Store: the pipeline's one connection, the only writer of what the world says."""

import sqlite3
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from storage import runs
from storage.database import connection, lock, migrations
from storage.database.errors import NoDatabase


class Store:
    """Owns a connection. Belongs to the thread that opened it; readers may have Stores of their own."""

    def __init__(self, path: Path, db: Database, *, backup: Path | None = None) -> None:
        self.path, self.db, self.backup = path, db, backup

    @classmethod
    def open(cls, path: Path | str, *, now: datetime) -> "Store":
        """Open or create; an older schema is brought up to date, after a copy is kept beside it.

        Raises a StorageError whose text is one line for the user; see storage.database.errors.
        """
        path = Path(path)
        db = connection.connect(path)
        try:
            backup = migrations.migrate(db, now=now)
        except BaseException:  # nobody else could close what is not handed out
            db.close()
            raise
        if lock.holds(path, "watch"):
            connection.copy_log_back(db)
        return cls(path, db, backup=backup)

    @classmethod
    def open_existing(cls, path: Path | str, *, any_version: bool = False) -> "Store":
        """For looking only: creates nothing, migrates nothing, and can write nothing.

        So a database on a read-only file system can be looked at too.

        `any_version`: for a copy, which must be possible before an upgrade and after a downgrade.
        """
        path = Path(path)
        if not path.exists():
            raise NoDatabase(path)
        if connection.on_read_only_media(path):
            db = connection.connect_read_only(path)
        else:
            db = connection.connect(path, create=False)
        try:
            if not any_version:
                migrations.require_current(db)
            db.execute("PRAGMA query_only = ON")
        except BaseException:  # nobody else could close what is not handed out
            db.close()
            raise
        return cls(path, db)

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if isinstance(error, sqlite3.Error):
            translated = connection.storage_error(error, str(self.path))
            if translated is not None:
                raise translated from error

    def start_run(
        self,
        flow: str,
        *,
        prefect_run_id: str | None = None,
        code_version: str | None = None,
        ruleset_sha256: str | None = None,
        weights_sha256: str | None = None,
        now: datetime,
    ) -> int:
        return runs.start(
            self.db,
            flow,
            prefect_run_id=prefect_run_id,
            code_version=code_version,
            ruleset_sha256=ruleset_sha256,
            weights_sha256=weights_sha256,
            now=now,
            alone=lock.holds(self.path, flow),
        )
