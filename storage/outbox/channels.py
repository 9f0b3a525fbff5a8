"""How each channel does: when it was last reached, and until when it is left alone."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from storage.facts import keep_fact
from storage.times import iso, parse_or_none

FACT_PREFIX = "alerts:channel:"


@dataclass(frozen=True, slots=True)
class ChannelState:
    failures: int = 0  # in a row
    paused_until: datetime | None = None
    error: str = ""
    last_ok_at: datetime | None = None


def states(conn: sqlite3.Connection) -> dict[str, ChannelState]:
    rows = conn.execute("SELECT key, value FROM facts WHERE key GLOB ?", (f"{FACT_PREFIX}*",))
    return {key.removeprefix(FACT_PREFIX): of_json(value) for key, value in rows}


def of_json(value: str) -> ChannelState:
    state = json.loads(value)
    return ChannelState(
        int(state["failures"]),
        parse_or_none(state["paused_until"]),
        str(state["error"]),
        parse_or_none(state["last_ok_at"]),
    )


def save_channel(conn: sqlite3.Connection, channel: str, state: ChannelState) -> None:
    value = json.dumps({
        "failures": state.failures,
        "paused_until": iso(state.paused_until) if state.paused_until else None,
        "error": state.error,
        "last_ok_at": iso(state.last_ok_at) if state.last_ok_at else None,
    })  # fmt: skip
    keep_fact(conn, f"{FACT_PREFIX}{channel}", value)
