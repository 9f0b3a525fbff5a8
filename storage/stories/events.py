"""Events: what somebody may want to be told of, stored by the transaction that makes it so.

Triggers in the schema store those of acts, runs and feeds; `key` makes storing one again harmless.
"""

import json
import sqlite3
from collections.abc import Mapping


def add_event(
    connection: sqlite3.Connection,
    kind: str,
    key: str,
    moment: str,
    *,
    story_id: int | None = None,
    payload: Mapping[str, object],
) -> bool:
    """Store an event unless its key is known; whether it is new. The caller is in a transaction."""
    added = connection.execute(
        """INSERT INTO events (kind, key, moment, story_id, payload_json)
           VALUES (:kind, :key, :moment, :story, :told) ON CONFLICT (key) DO NOTHING""",
        {
            "kind": kind, "key": key, "moment": moment, "story": story_id,
            "told": json.dumps(payload, ensure_ascii=False),
        },
    )  # fmt: skip
    return added.rowcount > 0
