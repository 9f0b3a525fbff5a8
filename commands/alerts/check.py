"""`pollwatch alerts check` and `test`: whether alerts.yaml is right, and whether a channel hears us."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import click

from alerts.alerts_yaml.config import AlertConfig, Route
from alerts.alerts_yaml.hours import Hours
from alerts.alerts_yaml.json_schema import alerts_schema
from alerts.channels.send import send_to_channel
from alerts.kinds import EVENT_KINDS
from alerts.message import Setting, single
from alerts.plan import MessageBatch
from commands.alerts.alerts_file import loaded_alerts, secret
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import alerts_option
from storage.outbox.event import Delivery, Event


@click.command(
    "check",
    short_help="Report faults, or show channels and routes.",
    epilog="""\b
Examples:
  ./pollwatch alerts check
  ./pollwatch alerts check --schema > alerts.schema.json

\b
Exit codes: 0 all good; 1 a secret is missing; 2 there is no alerts.yaml, or it has faults.""",
)
@alerts_option
@click.option("--schema", "as_schema", is_flag=True, help="Print the JSON Schema of alerts.yaml.")
def check_alerts(alerts: Path, as_schema: bool) -> None:
    """Check alerts.yaml: report every fault, or show its channels and routes. Sends nothing."""
    if as_schema:
        click.echo(json.dumps(alerts_schema(), indent=2))
        return
    with faults_as_messages():
        config = loaded_alerts(alerts)
    for line in described(config):
        click.echo(line)
    missing = list(missing_channel_secrets(config))
    for line in missing:
        click.echo(line, err=True)
    sys.exit(1 if missing else 0)


def described(config: AlertConfig) -> list[str]:
    """Who is told of what, in words."""
    counts = [(len(config.channels), "channel"), (len(config.routes), "route")]
    lines = [f"{config.path}: " + ", ".join(f"{n} {word}{'s' * (n != 1)}" for n, word in counts)]
    for channel in config.channels:
        kind = "webhook" if channel.webhook else "apprise"
        fallback = f", then {channel.fallback}" if channel.fallback else ""
        person = f", for {channel.person}" if channel.person else ""
        lines.append(f"  {channel.id}: {kind}, at most {channel.budget} an hour{person}{fallback}")
    for route in config.routes:
        lines.append(f"  {route.id}: {route_choices(route)} -> {', '.join(route.channels)}")
    heard = {kind for route in config.routes for kind in route.kinds or EVENT_KINDS}
    unheard = [kind for kind in EVENT_KINDS if kind not in heard and kind != "test"]
    if unheard:
        lines.append(f"No route takes: {', '.join(unheard)}")
    if not config.url:
        lines.append("No `url:` under `settings:`: messages will hold no link to their story.")
    return lines


def route_choices(route: Route) -> str:
    """What a route takes: its kinds, and each choice that narrows them."""
    lists = ("categories", "rules", "tags", "outlets", "places", "languages")
    narrowing = [f"{name} {', '.join(getattr(route, name))}" for name in lists if getattr(route, name)]  # fmt: skip
    if route.severity:
        narrowing.insert(0, f"{route.severity} or more severe")
    if route.relevance is not None:
        narrowing.insert(0, f"relevance {route.relevance:.0%} or more")
    if route.hours:
        narrowing.append(f"from {hours_words(route.hours)}")
    if route.quiet:
        unless = f", {route.quiet_unless} or more severe at once" if route.quiet_unless else ""
        narrowing.append(f"held from {hours_words(route.quiet)}{unless}")
    return "; ".join([", ".join(route.kinds) or "every kind", *narrowing])


def hours_words(hours: Hours) -> str:
    return f"{hours.start:%H:%M} to {hours.end:%H:%M} {hours.zone}"


def missing_channel_secrets(config: AlertConfig) -> list[str]:
    unset = []
    for channel in config.channels:
        for name in (channel.apprise, channel.webhook, channel.key):
            if name is None or name.startswith("http"):
                continue
            try:
                secret(name)
            except LookupError as missing:
                unset.append(f"{channel.id}: {missing.args[0]}")
    return unset


@click.command(
    short_help="Send one test message to a channel.",
    epilog="""\b
Example:
  ./pollwatch alerts test desk

\b
Exit codes: 0 the channel took it; 1 it did not; 2 there is no such channel, or alerts.yaml has faults.""",
)
@click.argument("channel")
@alerts_option
def test(channel: str, alerts: Path) -> None:
    """Send one test message to CHANNEL, now and past every route, budget and quiet hour."""
    with faults_as_messages():
        config = loaded_alerts(alerts)
    chosen = config.channel(channel)
    if chosen is None:
        names = ", ".join(channel.id for channel in config.channels)
        click.echo(f"There is no channel {channel} in {alerts}; it has: {names}", err=True)
        sys.exit(2)
    now = datetime.now(UTC)
    event = Event("test", now, f"test:{uuid4()}", payload={"title": "this is a test of the channel"})  # fmt: skip
    delivery = Delivery(0, event, channel, "", "waiting", 0, None, now)
    message = single(MessageBatch((delivery,)), Setting(config.url, ""))
    result = send_to_channel(chosen, message, secret, now)
    click.echo(f"{channel}: sent" if result.ok else f"{channel}: {result.error}", err=not result.ok)
    sys.exit(0 if result.ok else 1)
