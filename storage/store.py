"""Store: the pipeline's one connection, the only writer of what the world says."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from model import (
    EntryMatch,
    EntryText,
    FeedHistory,
    FeedPoll,
    FeedSpec,
    HostState,
    NextPoll,
    Reading,
    RobotsFile,
    Rule,
    Unread,
)
from storage import connection, feeds, hosts, lock, migrations, rules, runs
from storage.errors import NoDatabase
from storage.ingest import entry_matches, paragraphs, polls, readings, rematch
from storage.ingest.polls import RecordedPoll
from storage.ingest.rematch import ArchivedText, RematchCounts, Rematched
from storage.ingest.transaction import StoredHit
from storage.lock import RunLock
from storage.queries import unread
from storage.upkeep import maintenance
from storage.upkeep.maintenance import Maintained

__all__ = [
    "ArchivedText",
    "Maintained",
    "RecordedPoll",
    "RematchCounts",
    "Rematched",
    "RunLock",
    "Store",
    "StoredHit",
]


class Store:
    """Owns a connection. Belongs to the thread that opened it; readers may have Stores of their own."""

    def __init__(self, path: Path, db: Database, *, backup: Path | None = None) -> None:
        self.path, self.db, self.backup = path, db, backup

    @classmethod
    def open(cls, path: Path | str, *, now: datetime) -> "Store":
        """Open or create; an older schema is brought up to date, after a copy is kept beside it.

        Raises a StorageError whose text is one line for the user; see storage.errors.
        """
        path = Path(path)
        db = connection.connect(path)
        try:
            backup = migrations.migrate(db, now=now)
        except BaseException:
            db.close()
            raise
        if lock.held(path, "watch"):
            connection.copy_log_back(db)
        return cls(path, db, backup=backup)

    @classmethod
    def open_existing(cls, path: Path | str, *, any_version: bool = False) -> "Store":
        """For looking only: creates nothing, migrates nothing, and can write nothing.

        `any_version`: for a copy, which must be possible before an upgrade and after a downgrade.
        """
        path = Path(path)
        if not path.exists():
            raise NoDatabase(path)
        db = connection.connect(path, create=False)
        try:
            if not any_version:
                migrations.require_current(db)
            db.execute("PRAGMA query_only = ON")
        except BaseException:
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
            known = connection.in_words(error, str(self.path))
            if known is not None:
                raise known from error

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
            alone=lock.held(self.path, flow),
        )

    def finish_run(
        self,
        run_id: int,
        state: runs.RunState,
        message: str,
        stats: Mapping[str, object],
        now: datetime,
    ) -> None:
        runs.finish(self.db, run_id, state, message, stats, now)

    def sync_feeds(self, specs: Sequence[FeedSpec], now: datetime) -> None:
        feeds.sync(self.db, specs, now)

    def sync_rules(
        self,
        known: Sequence[Rule],
        now: datetime,
        *,
        unfinished: Collection[str] = (),
        threshold: float | None = None,
    ) -> None:
        rules.sync(self.db, known, now, unfinished=unfinished, threshold=threshold)

    def histories(self, due_at: datetime | None = None) -> dict[str, FeedHistory]:
        return feeds.histories(self.db, due_at)

    def host_states(self) -> dict[str, HostState]:
        return hosts.states(self.db)

    def save_host_states(self, states: Iterable[HostState]) -> None:
        hosts.save_states(self.db, states)

    def robots_cache(self, now: datetime | None = None) -> dict[str, RobotsFile]:
        return hosts.robots(self.db, now)

    def save_robots(self, files: Iterable[RobotsFile]) -> None:
        hosts.save_robots(self.db, files)

    def record_polls(
        self, run_id: int | None, found: Sequence[tuple[FeedPoll, NextPoll]], now: datetime
    ) -> tuple[RecordedPoll, ...]:
        return polls.record(self.db, run_id, found, now)

    def unread(
        self, now: datetime, *, limit: int, after_id: int = 0, only: unread.Only | None = None
    ) -> tuple[Unread, ...]:
        return unread.unread(self.db, now, limit=limit, after_id=after_id, only=only)

    def whole_unread(self, article_id: int) -> Unread:
        return unread.whole(self.db, article_id)

    def record_readings(
        self, run_id: int | None, found: Sequence[Reading]
    ) -> tuple[StoredHit, ...]:
        return readings.record(self.db, run_id, found)

    def repeated_paragraphs(self) -> dict[str, frozenset[int]]:
        """By site, the hashes of paragraphs that stand in many of its articles."""
        return paragraphs.boilerplate(self.db.conn)

    def unmatched_entries(self, *, limit: int, after_id: int = 0) -> tuple[EntryText, ...]:
        return unread.unmatched_entries(self.db, limit=limit, after_id=after_id)

    def record_entries(
        self, run_id: int | None, found: Sequence[EntryMatch], now: datetime
    ) -> tuple[StoredHit, ...]:
        return entry_matches.record(self.db, run_id, found, now)

    def archive(
        self,
        *,
        after_id: int = 0,
        limit: int = 500,
        ruleset_sha256: str | None = None,
        since_day: str | None = None,
    ) -> tuple[ArchivedText, ...]:
        return rematch.archive(
            self.db,
            after_id=after_id,
            limit=limit,
            ruleset_sha256=ruleset_sha256,
            since_day=since_day,
        )

    def record_rematch(
        self, run_id: int | None, found: Sequence[Rematched], ruleset_sha256: str, now: datetime
    ) -> RematchCounts:
        return rematch.record_rematch(self.db, run_id, found, ruleset_sha256, now)

    def maintain(self, now: datetime, *, keep_bodies_days: int | None = None) -> Maintained:
        return maintenance.maintain(self.db, now, keep_bodies_days=keep_bodies_days)
