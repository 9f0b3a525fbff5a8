"""Events that no transaction brings about: silence, crowds, a machine in danger, and all well again.

Each has a key that repeats only when the trouble does, so looking often tells once.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from model.plurals import count_of
from storage.outbox import waiting_events
from storage.queries.monitor import liveness, spikes
from storage.queries.monitor.liveness import Liveness
from storage.queries.monitor.spikes import Spike
from storage.queries.stories.filter import StoryFilter
from storage.queries.stories.view_address import query
from storage.times import iso
from storage.upkeep.last_upkeep import last_upkeep, upkeep_trouble

SPIKE_AGAIN_AFTER = timedelta(hours=6)  # before the same spike is told anew


@dataclass(frozen=True, slots=True)
class MonitorTrouble:
    """`key` names this spell of it; `kind` and `why` are for people."""

    kind: str
    key: str
    why: str


def troubles(
    conn: sqlite3.Connection, database: Path, now: datetime, *, every: timedelta
) -> tuple[MonitorTrouble, ...]:
    """What is wrong now. Reads only."""
    alive = liveness.liveness(conn)
    all_troubles = [
        silence(alive, now, every),
        clock_trouble(alive, now),
        disk(database),
        faults_trouble(alive),
        upkeep(conn, database, alive, now),
    ]
    return tuple(trouble for trouble in all_troubles if trouble is not None)


def silence(alive: Liveness, now: datetime, every: timedelta) -> MonitorTrouble | None:
    silence = alive.silent_for(now)
    if silence is None or silence <= liveness.MISSED * every:
        return None
    minutes = int(silence / timedelta(minutes=1))
    hung = "; a run is under way since then" if alive.running_since and not alive.bad_id else ""
    why = f"no good run for {minutes} minutes{hung}; one is expected every {int(every.total_seconds() // 60)}"
    return MonitorTrouble("nothing-ran", f"nothing-ran:{alive.good_id or 0}", why)


def clock_trouble(alive: Liveness, now: datetime) -> MonitorTrouble | None:
    if alive.last_started_at is None or not alive.ahead_of(now):
        return None
    why = f"the clock went back: the last run began at {alive.last_started_at:%Y-%m-%d %H:%M} UTC, later than now"
    return MonitorTrouble("danger", f"danger:clock:{iso(alive.last_started_at)}", why)


def disk(database: Path) -> MonitorTrouble | None:
    free = liveness.room(database)
    if free >= liveness.LEAST_ROOM:
        return None
    return MonitorTrouble("danger", "danger:disk", f"{free / 1e6:,.0f} MB are left on the disk of the database")  # fmt: skip


def faults_trouble(alive: Liveness) -> MonitorTrouble | None:
    if not alive.faults:
        return None
    spell = hashlib.sha256("\n".join(alive.faults).encode()).hexdigest()[:16]
    why = f"{len(alive.faults)} rules or feeds are left out because of faults, such as {alive.faults[0]}"  # fmt: skip
    return MonitorTrouble("danger", f"danger:faults:{spell}", why)


def upkeep(
    conn: sqlite3.Connection, database: Path, alive: Liveness, now: datetime
) -> MonitorTrouble | None:
    why = upkeep_trouble(last_upkeep(conn, database, now), alive.first_at, now)
    return None if why is None else MonitorTrouble("danger", "danger:upkeep", why)


def faulty_alerts(faults: Sequence[str]) -> Iterator[MonitorTrouble]:
    if faults:
        spell = hashlib.sha256("\n".join(faults).encode()).hexdigest()[:16]
        why = f"alerts.yaml has {count_of(len(faults), 'fault')}; its last good version stands in: {faults[0]}"
        yield MonitorTrouble("danger", f"danger:alerts-yaml:{spell}", why)


def record_troubles(
    conn: sqlite3.Connection, now_wrong: tuple[MonitorTrouble, ...], now: datetime
) -> int:
    """Store what is new among the troubles, and what is over; how many events. In a transaction."""
    standing = open_troubles(conn)
    added = 0
    for trouble in now_wrong:
        if not any(key.startswith(trouble.key + "@") for key in standing):
            key, payload = f"{trouble.key}@{iso(now)}", {"why": trouble.why, "title": trouble.why}
            added += waiting_events.add_event_at(conn, trouble.kind, key, now, payload)
    for key, why in standing.items():
        if not any(key.startswith(trouble.key + "@") for trouble in now_wrong):
            added += waiting_events.add_event_at(
                conn, "well-again", f"well:{key}", now, {"title": f"over: {why}"}
            )
    return added + runs_well_again(conn, now)


def stands(conn: sqlite3.Connection, trouble: MonitorTrouble) -> bool:
    """Whether this spell of it was told and is not over."""
    return any(key.startswith(trouble.key + "@") for key in open_troubles(conn))


def open_troubles(conn: sqlite3.Connection) -> dict[str, str]:
    """Troubles told and not yet over: key → why. Found by their keys, as there is no end of other events."""
    rows = conn.execute(
        """SELECT e.key, json_extract(e.payload_json, '$.why') FROM events e
           WHERE (e.key GLOB 'nothing-ran:*' OR e.key GLOB 'danger:*') AND e.kind IN ('nothing-ran', 'danger') AND NOT EXISTS (SELECT 1 FROM events w WHERE w.key = 'well:' || e.key)"""
    )
    return {key: why or key for key, why in rows}


def runs_well_again(conn: sqlite3.Connection, now: datetime) -> int:
    """A good run after failed ones of its flow: told once, for the last event of their spell."""
    failed = conn.execute(
        """SELECT e.key, max(e.run_id), r.flow FROM events e JOIN runs r ON r.id = e.run_id
           WHERE e.key GLOB 'run:*' AND e.kind = 'run-failed' GROUP BY r.flow"""
    ).fetchall()
    added = 0
    for key, run_id, flow in failed:
        good = conn.execute(
            "SELECT 1 FROM runs WHERE flow = ? AND id > ? AND state IN ('completed', 'completed-with-errors')",
            (flow, run_id),
        ).fetchone()
        if good is not None and not waiting_events.is_known(conn, f"well:{key}"):
            title = f"a run of {flow} ended well again"
            added += waiting_events.add_event_at(
                conn, "well-again", f"well:{key}", now, {"title": title}
            )
    return added


def view_of(spike: Spike) -> StoryFilter:
    """The view of the queue that shows the crowd."""
    return StoryFilter(tab="all", shown_since=iso(spike.begin), **{spike.what: (spike.name,)})  # type: ignore[arg-type]


def record_spikes(conn: sqlite3.Connection, now: datetime) -> int:
    """Store a spike event for each crowd that was not told within 6 hours (a day for the long window)."""
    added = 0
    for spike in spikes.spikes(conn, now):
        stem = f"spike:{spike.what}:{spike.name}:{spike.hours}h"
        since = now - max(SPIKE_AGAIN_AFTER, timedelta(hours=spike.hours))
        lately = conn.execute(
            "SELECT 1 FROM events WHERE kind = 'spike' AND moment >= ? AND substr(key, 1, ?) = ?",
            (iso(since), len(stem) + 1, f"{stem}@"),
        ).fetchone()
        if lately is None:
            payload = {"title": spike.sentence, "what": spike.what, "name": spike.name,
                       "stories": spike.stories, "usual": spike.usual, "hours": spike.hours, "headlines": list(spike.headlines),
                       "view": query(view_of(spike))}  # fmt: skip
            added += waiting_events.add_event_at(conn, "spike", f"{stem}@{iso(now)}", now, payload)
    return added
