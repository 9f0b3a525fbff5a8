"""Hosts: pacing between runs, and robots.txt as last fetched."""

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from model import HostState, RobotsFile
from storage.database.connection import write_txn
from storage.times import iso, iso_or_none, parse_or_none, parse_time


def host_states(db: Database) -> dict[str, HostState]:
    rows = db.execute(
        "SELECT host_group, not_before, last_started_at, failed_until, reason FROM hosts"
    )
    return {
        group: HostState(
            group, parse_or_none(not_before), parse_or_none(started), parse_or_none(failed), reason
        )
        for group, not_before, started, failed, reason in rows
    }


def save_host_states(db: Database, states: Iterable[HostState]) -> None:
    with write_txn(db):
        db.conn.executemany(
            """INSERT INTO hosts (host_group, not_before, last_started_at, failed_until, reason)
               VALUES (:group, :not_before, :last_started_at, :failed_until, :reason)
               ON CONFLICT (host_group) DO UPDATE SET
                 not_before = excluded.not_before, last_started_at = excluded.last_started_at,
                 failed_until = excluded.failed_until, reason = excluded.reason""",
            [
                {
                    "group": state.group,
                    "not_before": iso_or_none(state.not_before),
                    "last_started_at": iso_or_none(state.last_started_at),
                    "failed_until": iso_or_none(state.failed_until),
                    "reason": state.reason,
                }
                for state in states
            ],
        )


def robots_files(db: Database, now: datetime | None = None) -> dict[str, RobotsFile]:
    """By origin; given `now`, only those not expired."""
    rows = db.execute(
        "SELECT origin, fetched_at, expires_at, status, body FROM robots WHERE expires_at > ?",
        [iso(now) if now else ""],
    )
    return {
        origin: RobotsFile(origin, parse_time(fetched), parse_time(expires), status, body)
        for origin, fetched, expires, status, body in rows
    }


def save_robots(db: Database, files: Iterable[RobotsFile]) -> None:
    with write_txn(db):
        db.conn.executemany(
            """INSERT INTO robots (origin, fetched_at, expires_at, status, body)
               VALUES (:origin, :fetched, :expires, :status, :body)
               ON CONFLICT (origin) DO UPDATE SET fetched_at = excluded.fetched_at,
                 expires_at = excluded.expires_at, status = excluded.status, body = excluded.body""",
            [
                {
                    "origin": file.origin,
                    "fetched": iso(file.fetched_at),
                    "expires": iso(file.expires_at),
                    "status": file.status,
                    "body": file.body,
                }
                for file in files
            ],
        )
