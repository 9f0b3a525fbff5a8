"""What went where, when, why, and what waits: for `alerts status`, the page Alerts and metrics."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage.outbox.channels import states
from storage.outbox.deliveries import CHANNELS
from storage.times import iso, parse_or_none, parse_time


@dataclass(frozen=True, slots=True)
class ChannelCounts:
    """Deliveries of one channel; `messages_day` counts messages of the last 24 hours."""

    channel: str
    waiting: int
    held: int
    sending: int
    dead: int
    messages_day: int
    oldest_waiting_at: datetime | None
    last_ok_at: datetime | None
    paused_until: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    channels: tuple[ChannelCounts, ...]
    unrouted: int  # events that no sender has looked at
    oldest_unrouted_at: datetime | None

    @property
    def waiting(self) -> int:
        """Events and deliveries that are due to be sent, or will be."""
        return self.unrouted + sum(c.waiting + c.held + c.sending for c in self.channels)

    @property
    def dead(self) -> int:
        return sum(channel.dead for channel in self.channels)

    @property
    def failing(self) -> tuple[ChannelCounts, ...]:
        """Channels that did not take the last message, or that some message could never be sent to."""
        return tuple(channel for channel in self.channels if channel.dead or channel.error)


@dataclass(frozen=True, slots=True)
class SentLine:
    """One delivery as the page shows it."""

    id: int
    channel: str
    state: str
    kind: str
    title: str
    story_id: int | None
    route: str
    why: str
    attempts: int
    error: str
    key: str
    carrier_id: int | None  # the delivery whose message told it
    happened_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime | None


def outbox_status(
    conn: sqlite3.Connection, now: datetime, channels_set_up: Sequence[str] = ()
) -> OutboxStatus:
    """`channels_set_up` channels are listed though nothing ever went there."""
    since = iso(now - timedelta(days=1))
    counted = {row[0]: row for row in conn.execute(COUNTED, {"since": since})}
    by_channel = states(conn)
    names = sorted({*channels_set_up, *counted, *(by_channel if not channels_set_up else ())})
    channels = []
    for name in names:
        _, waiting, held_back, sending, dead, sent_count, oldest = counted.get(name, (name, 0, 0, 0, 0, 0, None))  # fmt: skip
        state = by_channel.get(name)
        channels.append(
            ChannelCounts(
                name, waiting, held_back, sending, dead, sent_count, parse_or_none(oldest),
                state.last_ok_at if state else None,
                state.paused_until if state else None,
                state.error if state else "",
            )
        )  # fmt: skip
    unrouted, first = conn.execute("SELECT count(*), min(moment) FROM events WHERE routed_at IS NULL").fetchone()  # fmt: skip
    return OutboxStatus(tuple(channels), unrouted, parse_or_none(first))


COUNTED = f"""{CHANNELS}, counted(channel, state, sent, created_at) AS (
    SELECT channel, state, 0, created_at FROM deliveries INDEXED BY deliveries_due WHERE state IN ('waiting', 'held', 'sending')
    UNION ALL SELECT channel, state, 0, created_at FROM deliveries INDEXED BY deliveries_dead WHERE state = 'dead'
    UNION ALL SELECT d.channel, d.state, 1, NULL FROM channels CROSS JOIN deliveries d ON d.channel = name AND d.sent_at >= :since AND d.state = 'sent')
  SELECT name, coalesce(sum(state = 'waiting'), 0), coalesce(sum(state = 'held'), 0), coalesce(sum(state = 'sending'), 0),
    coalesce(sum(state = 'dead'), 0), coalesce(sum(sent), 0), min(CASE WHEN state IN ('waiting', 'sending') THEN created_at END)
  FROM channels LEFT JOIN counted ON counted.channel = name WHERE name IS NOT NULL GROUP BY name"""  # noqa: S608 (parts of ours)
LINES = """SELECT d.id, d.channel, d.state, e.kind, coalesce(s.masked_title, s.title, json_extract(e.payload_json, '$.title'),
    json_extract(e.payload_json, '$.name'), json_extract(e.payload_json, '$.message'), e.key), e.story_id, d.route, d.why,
    d.attempts, coalesce(d.error, ''), coalesce(d.key, c.key, ''), d.summary_id, e.moment, coalesce(d.sent_at, c.sent_at), d.next_attempt_at
  FROM deliveries d JOIN events e ON e.id = d.event_id LEFT JOIN stories s ON s.id = e.story_id LEFT JOIN deliveries c ON c.id = d.summary_id
  WHERE {} ORDER BY d.id DESC LIMIT :limit"""
CHOICES = {
    "all": "1",
    "waiting": "d.state IN ('waiting', 'held', 'sending')",
    "dead": "d.state = 'dead'",
    "message": "d.key GLOB :key || '*' OR c.key GLOB :key || '*'",
    "channel": "d.channel = :key",
}


def sent_lines(
    conn: sqlite3.Connection, choice: str = "all", *, key: str = "", limit: int = 200
) -> tuple[SentLine, ...]:
    """The newest first. `message`: all that the message of that key carried."""
    rows = conn.execute(LINES.format(CHOICES[choice]), {"limit": limit, "key": key})
    return tuple(as_line(row) for row in rows)


def as_line(row: tuple[Any, ...]) -> SentLine:
    return SentLine(*row[:12], *map(parse_or_none, row[12:]))


@dataclass(frozen=True, slots=True)
class UnsentEvent:
    """An event that went to no channel, and why."""

    kind: str
    why: str
    happened_at: datetime
    story_id: int | None
    title: str


def newest_unrouted(conn: sqlite3.Connection, limit: int = 200) -> tuple[UnsentEvent, ...]:
    """The newest events that no sender has looked at: which channel they go to, if any, is not known yet."""
    rows = conn.execute(
        """SELECT e.kind, e.why, e.moment, e.story_id,
             coalesce(s.masked_title, s.title, json_extract(e.payload_json, '$.title'), f.name, e.key)
           FROM events e LEFT JOIN stories s ON s.id = e.story_id
             LEFT JOIN feeds f ON f.id = e.feed_id
           WHERE e.routed_at IS NULL ORDER BY e.id DESC LIMIT ?""",
        (limit,),
    )
    return tuple(
        UnsentEvent(kind, why, parse_time(at), story, title) for kind, why, at, story, title in rows
    )


def unsent_events(conn: sqlite3.Connection, limit: int = 50) -> tuple[UnsentEvent, ...]:
    """The newest events that no route wanted."""
    rows = conn.execute(
        """SELECT e.kind, e.why, e.moment, e.story_id, coalesce(s.masked_title, s.title, json_extract(e.payload_json, '$.title'), '')
           FROM events e LEFT JOIN stories s ON s.id = e.story_id WHERE e.why <> '' ORDER BY e.id DESC LIMIT ?""",
        (limit,),
    )
    return tuple(
        UnsentEvent(kind, why, parse_time(at), story, title) for kind, why, at, story, title in rows
    )


@dataclass(frozen=True, slots=True)
class StoryAlert:
    """What became of one event of a story: a channel and its state, or neither and why. Times as stored."""

    kind: str
    happened_at: str
    channel: str | None
    state: str | None
    sent_at: str | None
    why: str


def alerts_of_story(
    conn: sqlite3.Connection, story_id: int, limit: int = 20
) -> tuple[StoryAlert, ...]:
    """The newest first; events that no sender has looked at yet have no channel and no reason."""
    rows = conn.execute(
        """SELECT e.kind, e.moment, d.channel, d.state, coalesce(d.sent_at, c.sent_at), coalesce(nullif(d.error, ''), d.why, e.why)
           FROM events e LEFT JOIN deliveries d ON d.event_id = e.id LEFT JOIN deliveries c ON c.id = d.summary_id
           WHERE e.story_id = ? ORDER BY e.id DESC, d.id LIMIT ?""",
        (story_id, limit),
    )
    return tuple(StoryAlert(*row) for row in rows)


def message_text(conn: sqlite3.Connection, delivery_id: int) -> tuple[str, str] | None:
    """Subject and text of a message as it was composed."""
    row = conn.execute("SELECT message_json FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()  # fmt: skip
    if row is None or row[0] is None:
        return None
    message = json.loads(row[0])
    return str(message["subject"]), str(message["text"])
