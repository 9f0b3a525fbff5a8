"""What is under way to each channel. Every change is one short transaction of the caller.

A message is one *carrier* delivery and those that it sums up. `sending` means composed: which events it
carries, and its key, stay the same however often it is tried, so that a receiver can tell a repetition.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from storage.outbox.event import Delivery, Event, Sent
from storage.outbox.waiting_events import with_subjects
from storage.times import iso, parse_or_none, parse_time

ATTEMPT = timedelta(minutes=2)  # after which an attempt without a result counts as broken off
TOO_LATE = "given up: "  # begins the error of a message that nobody refused
# After which such a message is not taken up again: one over which a receiver fails, while it takes all
# others, would be tried for ever, and hold up what goes out with it.
TAKEN_UP_FOR = timedelta(days=14)
DELIVERY_COLUMNS = """e.id, e.kind, e.story_id, e.feed_id, e.moment, e.key, e.payload_json,
  d.id, d.channel, d.route, d.state, d.attempts, d.next_attempt_at, d.created_at"""
# Of the few that are not done with, by the index that holds no others: what was sent is kept for ever, and
# a sender asks every three seconds.
UNDER_WAY_WITH_EVENT = f"""SELECT {DELIVERY_COLUMNS} FROM deliveries d INDEXED BY deliveries_due CROSS JOIN events e ON e.id = d.event_id
  WHERE d.state IN ('waiting', 'held', 'sending') AND d.channel = :channel"""  # noqa: S608 (parts of ours)
# A story's next message waits until the one before it has arrived or was given up.
WAITING_DELIVERIES = f"""{UNDER_WAY_WITH_EVENT} AND d.state IN ('waiting', 'held') AND NOT EXISTS (
    SELECT 1 FROM events f CROSS JOIN deliveries o ON o.event_id = f.id AND o.channel = d.channel
    WHERE f.story_id = e.story_id AND o.state = 'sending')
  ORDER BY d.id LIMIT 20000"""  # noqa: S608 (parts of ours)
COMPOSED = f"""{UNDER_WAY_WITH_EVENT} AND d.state = 'sending' AND d.next_attempt_at <= :now ORDER BY d.id"""
CARRIED = f"""SELECT {DELIVERY_COLUMNS} FROM deliveries d JOIN events e ON e.id = d.event_id
  WHERE d.id = :id OR d.summary_id = :id ORDER BY d.id <> :id, e.id"""  # noqa: S608
# Each that anything was ever meant for: from one to the next by the index, not through all deliveries.
CHANNELS = """WITH RECURSIVE channels(name) AS (SELECT min(channel) FROM deliveries
    UNION ALL SELECT (SELECT min(channel) FROM deliveries WHERE channel > name) FROM channels WHERE name IS NOT NULL)"""
ADD_DELIVERY = """INSERT INTO deliveries (event_id, channel, route, state, why, next_attempt_at, created_at)
  VALUES (:event_id, :channel, :route, :state, :why, :next_attempt_at, :created_at)
  ON CONFLICT (event_id, channel) DO NOTHING"""


def add_delivery(
    conn: sqlite3.Connection,
    event_id: int,
    channel: str,
    *,
    route: str,
    why: str,
    held_until: datetime | None,
    now: datetime,
) -> None:
    values = {
        "event_id": event_id, "channel": channel, "route": route, "why": why, "created_at": iso(now),
        "state": "held" if held_until else "waiting",
        "next_attempt_at": iso(held_until) if held_until else None,
    }  # fmt: skip
    conn.execute(ADD_DELIVERY, values)


def routed(conn: sqlite3.Connection, event_id: int, now: datetime, why: str = "") -> None:
    """The event's deliveries are made; `why` when there are none."""
    conn.execute("UPDATE events SET routed_at = ?, why = ? WHERE id = ?", (iso(now), why, event_id))


def waiting_deliveries(conn: sqlite3.Connection, channel: str) -> tuple[Delivery, ...]:
    """What waits or is held, in order, of stories that have no message under way."""
    return delivered(conn, conn.execute(WAITING_DELIVERIES, {"channel": channel}).fetchall())


def composed(conn: sqlite3.Connection, channel: str, now: datetime) -> tuple[int, ...]:
    """Carriers of messages that were composed, not yet delivered, and are due again."""
    rows = conn.execute(COMPOSED, {"channel": channel, "now": iso(now)}).fetchall()
    return tuple(delivery.id for delivery in delivered(conn, rows))


def carried(conn: sqlite3.Connection, carrier_id: int) -> tuple[Delivery, ...]:
    """All deliveries of one message, the carrier first."""
    return delivered(conn, conn.execute(CARRIED, {"id": carrier_id}).fetchall())


def delivered(conn: sqlite3.Connection, rows: Sequence[tuple[object, ...]]) -> tuple[Delivery, ...]:
    events = with_subjects(conn, [row[:7] for row in rows])
    return tuple(as_delivery(event, row[7:]) for event, row in zip(events, rows, strict=True))


def as_delivery(event: Event, row: tuple[object, ...]) -> Delivery:
    number, channel, route, state, attempts, next_attempt_at, created_at = row
    return Delivery(
        int(str(number)), event, str(channel), str(route), state, int(str(attempts)),  # type: ignore[arg-type]
        parse_or_none(next_attempt_at if next_attempt_at is None else str(next_attempt_at)),
        parse_time(str(created_at)),
    )  # fmt: skip


def claim(
    conn: sqlite3.Connection,
    batch: Sequence[Delivery],
    *,
    key: str,
    message: Mapping[str, object],
    summary: bool,
    now: datetime,
) -> None:
    """Fix what one message carries, before the first byte of it leaves."""
    carrier, rest = batch[0], batch[1:]
    conn.execute(
        """UPDATE deliveries SET state = 'sending', key = :key, message_json = :message, summary = :summary,
             next_attempt_at = :next WHERE id = :id""",
        {
            "key": key, "message": json.dumps(message, ensure_ascii=False), "summary": int(summary),
            "next": iso(now + ATTEMPT), "id": carrier.id,
        },
    )  # fmt: skip
    conn.executemany(
        "UPDATE deliveries SET state = 'summarised', summary_id = ?, next_attempt_at = NULL WHERE id = ?",
        [(carrier.id, delivery.id) for delivery in rest],
    )


def attempt(conn: sqlite3.Connection, carrier_id: int, now: datetime) -> int:
    """Count an attempt that begins now; which one it is."""
    conn.execute(
        "UPDATE deliveries SET attempts = attempts + 1, next_attempt_at = ? WHERE id = ?",
        (iso(now + ATTEMPT), carrier_id),
    )
    return int(conn.execute("SELECT attempts FROM deliveries WHERE id = ?", (carrier_id,)).fetchone()[0])  # fmt: skip


def sent(conn: sqlite3.Connection, carrier_id: int, now: datetime) -> None:
    conn.execute(
        "UPDATE deliveries SET state = 'sent', sent_at = ?, next_attempt_at = NULL, error = NULL WHERE id = ?",
        (iso(now), carrier_id),
    )


def mark_failed(conn: sqlite3.Connection, carrier_id: int, error: str, again_at: datetime) -> None:
    conn.execute(
        "UPDATE deliveries SET error = ?, next_attempt_at = ? WHERE id = ?",
        (error, iso(again_at), carrier_id),
    )


def dead(
    conn: sqlite3.Connection, carrier_id: int, error: str, fallback: str | None, now: datetime
) -> None:
    """Give the message up; the fallback channel gets every event that it carried."""
    channel = conn.execute("SELECT channel FROM deliveries WHERE id = ?", (carrier_id,)).fetchone()[0]  # fmt: skip
    conn.execute(
        "UPDATE deliveries SET state = 'dead', error = ?, next_attempt_at = NULL WHERE id = ?",
        (error, carrier_id),
    )
    if fallback is None:
        return
    for delivery in carried(conn, carrier_id):
        why = f"could not be sent through {channel}: {error}"
        add_delivery(conn, delivery.event.id, fallback, route=delivery.route, why=why, held_until=None, now=now)  # fmt: skip


def take_up_late(conn: sqlite3.Connection, channel: str, now: datetime) -> int:
    """What the channel could not be told in time waits again, now that it can be reached; how many. What it
    refused, and what happened longer ago than `TAKEN_UP_FOR`, stays dead."""
    late = conn.execute(
        """SELECT d.id FROM deliveries d JOIN events e ON e.id = d.event_id
           WHERE d.state = 'dead' AND d.channel = ? AND substr(d.error, 1, ?) = ? AND e.moment >= ?""",
        (channel, len(TOO_LATE), TOO_LATE, iso(now - TAKEN_UP_FOR)),
    ).fetchall()
    for (carrier,) in late:
        conn.execute(
            """UPDATE deliveries SET state = 'waiting', attempts = 0, next_attempt_at = NULL, created_at = :now,
                 error = NULL, key = NULL, message_json = NULL, summary = 0, summary_id = NULL
               WHERE id = :carrier OR summary_id = :carrier""",
            {"carrier": carrier, "now": iso(now)},
        )
    return len(late)


def retry_dead(conn: sqlite3.Connection, now: datetime, channel: str | None = None) -> int:
    """Take dead messages up again, with the keys that they had; how many."""
    return conn.execute(
        """UPDATE deliveries SET state = 'sending', attempts = 0, next_attempt_at = :now, created_at = :now
           WHERE state = 'dead' AND (:channel IS NULL OR channel = :channel)""",
        {"now": iso(now), "channel": channel},
    ).rowcount


def resume_broken_off(conn: sqlite3.Connection, now: datetime) -> None:
    """Attempts that a sender before us broke off are due at once. Only for who holds the lock."""
    conn.execute(
        """UPDATE deliveries INDEXED BY deliveries_due SET next_attempt_at = ?
           WHERE state IN ('waiting', 'held', 'sending') AND state = 'sending' AND error IS NULL""",
        (iso(now),),
    )


def recent(conn: sqlite3.Connection, since: datetime) -> tuple[Sent, ...]:
    """Messages sent since then, and those under way: they may have arrived."""
    rows = conn.execute(
        f"""{CHANNELS} SELECT d.channel, d.route, d.sent_at, d.summary
             FROM channels CROSS JOIN deliveries d ON d.channel = channels.name AND d.sent_at >= :since AND d.state = 'sent'
           UNION ALL SELECT channel, route, coalesce(sent_at, created_at), summary FROM deliveries INDEXED BY deliveries_due
             WHERE state IN ('waiting', 'held', 'sending') AND state = 'sending'""",  # noqa: S608 (parts of ours)
        {"since": iso(since)},
    )
    return tuple(Sent(channel, route, parse_time(at), bool(summary)) for channel, route, at, summary in rows)  # fmt: skip


def close_unknown(conn: sqlite3.Connection, channels: Iterable[str]) -> int:
    """Deliveries to channels that alerts.yaml no longer has are dead, and shown as such."""
    return conn.execute(
        """UPDATE deliveries SET state = 'dead', error = 'alerts.yaml has no such channel any more'
           WHERE state IN ('waiting', 'held', 'sending') AND channel NOT IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(channels)),),
    ).rowcount


def already_sent(conn: sqlite3.Connection, event_id: int, channel: str, at: datetime) -> None:
    """For what left while the outbox could not be written."""
    conn.execute(
        "UPDATE deliveries SET state = 'sent', sent_at = ?, attempts = 1 WHERE event_id = ? AND channel = ?",
        (iso(at), event_id, channel),
    )


def carries_several(conn: sqlite3.Connection, carrier_id: int) -> bool:
    row = conn.execute("SELECT summary FROM deliveries WHERE id = ?", (carrier_id,)).fetchone()
    return bool(row[0])
