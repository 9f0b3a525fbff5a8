"""Speaks when the outbox itself cannot: the disk full, the database locked, damaged or gone."""

from collections.abc import Sequence
from datetime import datetime

from alerts.alerts_yaml.config import AlertConfig
from alerts.channels.secrets import Resolve
from alerts.channels.send import send_to_channel
from alerts.message import Setting, single
from alerts.plan import MessageBatch
from alerts.routing import choices
from alerts.spool import Spoken, Spool
from storage.database.errors import StorageError
from storage.outbox import deliveries, waiting_events
from storage.outbox.event import Delivery, Event
from storage.outbox.outbox import Outbox


def speak(error: StorageError, config: AlertConfig, spool: Spool, resolve: Resolve, now: datetime) -> int:  # fmt: skip
    """Tell every channel that would hear of it, from memory; how many heard. Quiet hours do not hold it."""
    key = danger_key(error)
    why = f"nothing new can be stored: {error}"
    event = Event("danger", now, key, payload={"title": str(error), "why": why})
    heard = 0
    for choice in choices(event, config, now):
        channel = config.channel(choice.channel)
        if channel is None or spool.is_silenced(key, channel.id, now):
            continue
        delivery = Delivery(0, event, channel.id, choice.route, "waiting", 0, None, now)
        result = send_to_channel(
            channel, single(MessageBatch((delivery,)), Setting(config.url, "")), resolve, now
        )
        spool.add(Spoken(key, str(error), channel.id, now.isoformat(), result.ok))
        heard += result.ok
    return heard


def danger_key(error: StorageError) -> str:
    return f"danger:{type(error).__name__}"


def take_spooled(outbox: Outbox, entries: Sequence[Spoken], now: datetime) -> None:
    """Move what was said without the outbox into it. In a transaction."""
    conn = outbox.conn
    spoken = [notice for notice in entries if notice.ok and not notice.stored]
    began: dict[str, str] = {}  # of each trouble's spell
    for notice in spoken:
        began[notice.key] = min(notice.at, began.get(notice.key, notice.at))
    for notice in spoken:
        key = f"{notice.key}@{began[notice.key]}"
        at = datetime.fromisoformat(notice.at)
        waiting_events.add_event_at(
            conn, "danger", key, at, {"title": notice.why, "why": notice.why}
        )
        number = waiting_events.event_number(conn, key)
        deliveries.add_delivery(conn, number, notice.channel, route="", why="sent without the database", held_until=None, now=at)  # fmt: skip
        deliveries.already_sent(conn, number, notice.channel, at)
        deliveries.routed(conn, number, now)
