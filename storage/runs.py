"""Runs: one row for each time that a flow ran."""

import hashlib
import json
import os
import socket
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from model import ConfigError
from storage.database.connection import write_txn
from storage.database.lock import is_held
from storage.facts import fact, forget_fact
from storage.stories import muting
from storage.times import iso
from storage.upkeep.damage import look_for_damage, refuse_damage

RunState = Literal[
    "running", "completed", "completed-with-errors", "failed", "crashed", "cancelled"
]
WITHOUT_A_WORD = "its process ended without a word"


def start(
    db: Database,
    flow: str,
    *,
    prefect_run_id: str | None,
    code_version: str | None,
    ruleset_sha256: str | None,
    weights_sha256: str | None,
    now: datetime,
    alone: bool,
) -> int:
    """Store that a run began, and that runs whose process is gone crashed; what was snoozed or muted
    until now comes back.

    `alone`: we hold the lock of this flow, so that none of its earlier runs can be alive.
    After a crash the file is checked; raises DamagedDatabase when this or an earlier check found damage.
    """
    with write_txn(db):
        crashed = mark_crashed(db, flow if alone else None, now)
        muting.wake(db.conn, iso(now))
        row = db.execute(
            """INSERT INTO runs (flow, prefect_run_id, code_version, ruleset_sha256, weights_sha256, pid, host, started_at)
               VALUES (:flow, :prefect, :code, :ruleset, :weights, :pid, :host, :now)
               ON CONFLICT (prefect_run_id) DO UPDATE SET pid = excluded.pid, host = excluded.host,
                 state = 'running', finished_at = NULL, message = '' RETURNING id""",
            {
                "flow": flow, "prefect": prefect_run_id, "code": code_version, "ruleset": ruleset_sha256,
                "weights": weights_sha256, "pid": os.getpid(), "host": socket.gethostname(),
                "now": iso(now),
            },
        ).fetchone()  # fmt: skip
    if crashed:
        look_for_damage(db, now)
    refuse_damage(db)
    return int(row[0])


def without_rules(db: Database, now: datetime) -> None:
    """Remember that texts are read from now on that no rule is tried on."""
    with write_txn(db):
        db.execute(
            "INSERT INTO facts (key, value) VALUES ('unmatched_since', ?) ON CONFLICT (key) DO NOTHING",
            [iso(now)[:10]],
        )


def unmatched_since(db: Database) -> str | None:
    """The first day on which texts were read without rules; None when all were matched since."""
    return fact(db.conn, "unmatched_since")


def matched_again(db: Database) -> None:
    with write_txn(db):
        forget_fact(db.conn, "unmatched_since")


def keep_faults(db: Database, run_id: int, faults: Sequence[ConfigError]) -> None:
    """What was wrong with feeds and rules while this run went on; told once for each set of faults."""
    faults_json = json.dumps(
        [
            {
                "path": fault.path,
                "line": fault.line,
                "column": fault.column,
                "field": fault.field,
                "why": fault.why,
            }
            for fault in faults
        ]
    )
    with write_txn(db):
        db.execute("UPDATE runs SET faults_json = ? WHERE id = ?", (faults_json, run_id))
        if faults:
            db.execute(
                """INSERT INTO events (kind, run_id, moment, key, payload_json)
                   SELECT 'configuration-fault', id, started_at, 'faults:' || ?, json_object('faults', json(?))
                   FROM runs WHERE id = ? ON CONFLICT (key) DO NOTHING""",
                (hashlib.sha256(faults_json.encode()).hexdigest(), faults_json, run_id),
            )


def mark_crashed(db: Database, locked: str | None, now: datetime) -> int:
    """How many runs of processes that are gone were found."""
    running = db.execute("SELECT id, flow, pid, host FROM runs WHERE state = 'running'").fetchall()
    dead_runs = [
        (iso(now), WITHOUT_A_WORD, run)
        for run, flow, pid, host in running
        if flow == locked or is_gone(db.conn, flow, pid, host)
    ]
    db.conn.executemany(
        "UPDATE runs SET state = 'crashed', finished_at = ?, message = ? WHERE id = ?", dead_runs
    )
    return len(dead_runs)


def is_gone(conn: sqlite3.Connection, flow: str, pid: int | None, host: str | None) -> bool:
    """A run of this machine whose process has gone, and whose lock nobody holds: another container
    may have this machine's name and other process numbers. A run of another machine is left alone."""
    if host != socket.gethostname():
        return False
    database = conn.execute("PRAGMA database_list").fetchone()[2]
    return not (pid is not None and lives(pid)) and not is_held(Path(database), flow)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def finish_run(
    db: Database,
    run_id: int,
    state: RunState,
    *,
    message: str,
    stats: Mapping[str, object],
    now: datetime,
) -> None:
    with write_txn(db):
        db.execute(
            """UPDATE runs SET state = :state, message = :message, stats_json = :stats, finished_at = :now
               WHERE id = :id""",
            {
                "state": state, "message": message, "stats": json.dumps(dict(stats)), "now": iso(now),
                "id": run_id,
            },
        )  # fmt: skip
