"""Nouns for the alert tests, each with one short call; alerts.yaml is always read from real text."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alerts.alerts_yaml.config import AlertConfig
from alerts.alerts_yaml.load import load_alerts
from storage.outbox.event import Delivery, Event, Subject

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DESK = """
channels:
  - id: desk
    webhook: http://127.0.0.1:9/desk
    key: env:ALERT_KEY
"""


def config(text: str, folder: Path) -> AlertConfig:
    path = folder / "alerts.yaml"
    path.write_text(text, encoding="utf-8")
    return load_alerts(path)


def routed(route: str, folder: Path) -> AlertConfig:
    """One channel, desk, and one route whose further lines are given."""
    lines = "".join(f"    {line.strip()}\n" for line in route.strip().splitlines())
    return config(f"{DESK}routes:\n  - id: main\n    channels: desk\n{lines}", folder)


def story(number: int = 1, kind: str = "story-new", at: datetime = NOON, **facts: Any) -> Event:
    values = {
        "headline": f"Ballots of precinct {number} were left in a van",
        "outlet": "Gazette", "severity": "high", "category": "ballots", "tab": "new",
        "rules": ("unattended-ballots",), "rule_titles": ("Unattended ballots",), "region": "US-AZ",
        "language": "en", "relevance": 0.9, "passage": "They were found in a van on Tuesday.",
    }  # fmt: skip
    payload = facts.pop("payload", {})
    return Event(
        kind, at, f"{kind}:{number}", number, number, payload, Subject(**{**values, **facts})
    )


def waiting(event: Event, at: datetime = NOON, **fields: Any) -> Delivery:
    values = {"id": event.id, "channel": "desk", "route": "main", "state": "waiting", "attempts": 0,
             "next_attempt_at": None, "created_at": at}  # fmt: skip
    return Delivery(event=event, **{**values, **fields})
