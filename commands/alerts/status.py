"""`pollwatch alerts status`: what waits, what is dead, how each channel does."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from commands.alerts.alerts_file import loaded_alerts
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import alerts_option, db_option, json_option
from storage.queries.json_ready import json_ready
from storage.queries.monitor.alert_figures import (
    ChannelCounts,
    OutboxStatus,
    outbox_status,
    sent_lines,
)
from storage.store import Store

LINES_SHOWN = 20


@click.command(
    "status",
    epilog="""\b
Examples:
  ./pollwatch alerts status
  ./pollwatch alerts status --json | jq .waiting

\b
Exit codes: 0 good; 1 messages are dead or a channel fails; 2 there is no database.""",
)
@alerts_option
@db_option
@json_option
def alerts_status(alerts: Path, db: Path, as_json: bool) -> None:
    """Show what waits, what could not be sent, and each channel."""
    now = datetime.now(UTC)
    with faults_as_messages(), Store.open_existing(db) as store:
        channels = (
            [channel.id for channel in loaded_alerts(alerts).channels] if alerts.exists() else []
        )
        outbox = outbox_status(store.db.conn, now, channels)
        recent = sent_lines(store.db.conn, limit=LINES_SHOWN)
    if as_json:
        whole = {**status_as_mapping(outbox), "waiting": outbox.waiting, "dead": outbox.dead,
                 "recent": json_ready(recent)}  # fmt: skip
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        for line in status_lines_of_outbox(outbox, now):
            click.echo(line)
        for delivery in recent:
            at = delivery.sent_at or delivery.happened_at
            click.echo(f"  {at:%m-%d %H:%M} {delivery.state:<10} {delivery.channel:<12} {delivery.kind}: {delivery.title[:80]}")  # fmt: skip
    sys.exit(1 if outbox.failing else 0)


def status_as_mapping(outbox: OutboxStatus) -> dict[str, object]:
    mapping = json_ready(outbox)
    assert isinstance(mapping, dict)
    return mapping


def status_lines_of_outbox(outbox: OutboxStatus, now: datetime) -> list[str]:
    if not outbox.channels:
        return ["No channel has been used yet; docs/alerts.md shows how to set one up.",
                f"{outbox.unrouted} events wait for a route in alerts.yaml."]  # fmt: skip
    width = max(len(channel.channel) for channel in outbox.channels)
    shown = [f"{channel.channel:<{width}}  {channel_line(channel)}" for channel in outbox.channels]
    return [f"{outbox.waiting} waiting ({outbox.unrouted} of them not yet matched to a route), {outbox.dead} could not be sent", *shown]  # fmt: skip


def channel_line(channel: ChannelCounts) -> str:
    parts = [f"{channel.messages_day} sent in 24 h", f"{channel.waiting + channel.sending} wait"]
    if channel.held:
        parts.append(f"{channel.held} held")
    if channel.dead:
        parts.append(f"{channel.dead} DEAD")
    if channel.error:
        parts.append(f"failing: {channel.error}")
    return ", ".join(parts)
