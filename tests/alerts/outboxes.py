"""Databases with stories and events in them, as the sender finds them."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from alerts.sender import Sender
from storage.outbox import waiting_events
from storage.outbox.outbox import Outbox
from storage.runs import finish_run
from storage.store import Store
from storage.times import iso
from tests.alerts.making import NOON
from tests.databases import new_store


def database(folder: Path, at: datetime = NOON) -> Path:
    path = folder / "pollwatch.db"
    new_store(path, at).close()
    return path


def add_run(path: Path, at: datetime, state: str = "completed", flow: str = "watch") -> None:
    """A run that began, and unless it is running ended, at that moment."""
    with Store.open(path, now=at) as store:
        number = store.start_run(flow, now=at)
        if state != "running":
            finish_run(store.db, number, state, message=state, stats={}, now=at)  # type: ignore[arg-type]


def add_story(path: Path, number: int, at: datetime, severity: str = "high") -> None:
    """A story in the queue, and the event that it is new."""
    box = Outbox.open(path)
    with box.transaction():
        box.conn.execute(
            """INSERT INTO stories (id, title, first_article_id, first_seen_at, last_seen_at, status, lane, outlet,
                 severity, category, relevance, language, region, published_at)
               VALUES (:id, :title, 0, :at, :at, 'new', 'shown', 'Gazette', :severity, 'ballots', 0.9, 'en', 'US-AZ', :at)""",
            {"id": number, "title": f"Story {number}", "at": iso(at), "severity": severity},
        )
        waiting_events.add_event_at(
            box.conn, "story-new", f"story:{number}:new", at, {}, story_id=number
        )
    box.close()


def add_event(path: Path, kind: str, key: str, at: datetime, story: int | None = None, **payload: object) -> None:  # fmt: skip
    box = Outbox.open(path)
    with box.transaction():
        waiting_events.add_event_at(box.conn, kind, key, at, payload, story_id=story)
    box.close()


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    box = Outbox.open(path)
    try:
        return [tuple(row) for row in box.conn.execute(sql)]
    finally:
        box.close()


def states(path: Path) -> dict[str, int]:
    stored = rows(path, "SELECT state, count(*) FROM deliveries GROUP BY 1")
    return {str(state): int(str(count)) for state, count in stored}


class Clock:
    """Time of the test's making."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **length: float) -> None:
        self.at += timedelta(**length)


def sender(path: Path, alerts: Path, clock: Clock, **secrets: str) -> Sender:
    def resolve(name: str) -> str:
        return secrets[name.removeprefix("env:")]

    return Sender(path, alerts, resolve=resolve, clock=clock)


def webhook_yaml(folder: Path, url: str, *, channel: str = "", route: str = "", more: str = "") -> Path:  # fmt: skip
    path = folder / "alerts.yaml"
    path.write_text(
        f"""settings: {{run_every_minutes: 1440, url: "https://review.example.org"}}
channels:
  - id: desk
    webhook: {url}
    key: env:KEY
{channel}
{more}
routes:
  - id: main
    channels: desk
{route}
""",
        encoding="utf-8",
    )
    return path


def as_json(text: str) -> object:
    return json.loads(text)
