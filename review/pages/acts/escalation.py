"""Who hears of an escalation by alerts.yaml, said at once to whoever escalates."""

import json
import sqlite3
from datetime import datetime

from datasette.app import Datasette

from alerts import routing
from alerts.alerts_yaml.config import AlertConfig
from alerts.alerts_yaml.last_good import InUse, in_use
from review import database, state
from review.pages import responses
from storage.outbox import waiting_events

MOST_STORIES_ASKED = 50  # stories of one act that are asked about
NOBODY_IS_TOLD = "Nobody is told"
ESCALATED = """SELECT id, kind, story_id, feed_id, moment, key, payload_json FROM events WHERE id IN (
    SELECT max(id) FROM events WHERE kind = 'story-escalated' AND story_id IN (SELECT value FROM json_each(:stories)) GROUP BY story_id)"""


async def who_is_told(ds: Datasette, stories: tuple[int, ...]) -> str:
    """ "Goes to: desk, phone", or why nobody is told. A message may still fail; the page Alerts shows that."""
    room, now = state.of(ds), responses.now()
    in_force = in_use(room.alerts, room.path) if room.alerts else InUse(None)
    config = in_force.config
    if config is None and in_force.faults:
        return f"{NOBODY_IS_TOLD}: alerts.yaml has a fault"
    if config is None or not config.channels:
        return f"{NOBODY_IS_TOLD}: no channel is set up in alerts.yaml"
    return await database.read_snapshot(ds, lambda c: channels_reached(c, config, stories, now))


def channels_reached(
    connection: sqlite3.Connection, config: AlertConfig, stories: tuple[int, ...], now: datetime
) -> str:
    rows = connection.execute(
        ESCALATED, {"stories": json.dumps(stories[:MOST_STORIES_ASKED])}
    ).fetchall()
    escalations = waiting_events.with_subjects(connection, map(tuple, rows))
    chosen = {(choice.channel, choice.held_until) for event in escalations for choice in routing.choices(event, config, now)}  # fmt: skip
    if not chosen:
        return f"{NOBODY_IS_TOLD}: {routing.why_unrouted(escalations[0], config, now) if escalations else 'no event was written'}"
    channels = sorted({f"{channel} (from {held_until:%H:%M} UTC)" if held_until else channel for channel, held_until in chosen})  # fmt: skip
    return f"Goes to: {', '.join(channels)}"
