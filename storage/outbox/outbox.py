"""The database as the sender opens it: one connection, one kind of transaction."""

import sqlite3
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from storage.database import connection, migrations
from storage.database.errors import NoDatabase
from storage.queries.coverage import Answering, answering_lately


class Outbox:
    """Belongs to the thread that opened it. Never creates or migrates a database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @classmethod
    def open(cls, path: Path) -> "Outbox":
        """Raises a StorageError; NoDatabase where there is none yet."""
        if not path.exists():
            raise NoDatabase(path)
        db = connection.connect(path, create=False)
        try:
            migrations.require_current(db)
        except BaseException:  # nobody else could close what is not handed out
            db.close()
            raise
        return cls(db)

    @property
    def db(self) -> Database:
        return self._db

    @property
    def conn(self) -> sqlite3.Connection:
        return self._db.conn

    def transaction(self) -> AbstractContextManager[Database]:
        return connection.write_txn(self._db)

    def answering(self, now: datetime) -> Answering:
        """Of how many feeds the stories of the last 24 hours come."""
        return answering_lately(self.conn, now)

    def close(self) -> None:
        self._db.close()
