"""What the sender asks every few seconds costs the same however much was ever sent."""

from pathlib import Path

import pytest

from storage.outbox.outbox import Outbox
from storage.queries.monitor.alert_figures import outbox_status
from storage.times import iso
from tests.alerts.making import NOON
from tests.alerts.outboxes import Clock, add_event, add_story, database, sender, webhook_yaml

SENT_BEFORE = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
  INSERT INTO events (kind, key, moment, story_id, routed_at) SELECT 'story-grew', 'story:1:grew:' || i, :at, 1, :at FROM n"""
DELIVERED = """INSERT INTO deliveries (event_id, channel, route, state, created_at, sent_at, key)
  SELECT id, 'desk', 'all', 'sent', :at, :at, 'key' || id FROM events WHERE kind = 'story-grew'"""


def steps_of_a_round(folder: Path, sent_before: int) -> tuple[int, int]:
    """Of a round of the sender with nothing to do, and of `alerts status`: SQLite's steps, in hundreds."""
    path, clock = database(folder), Clock()
    add_story(path, 1, NOON)
    add_event(path, "danger", "danger:disk@then", NOON, why="5 MB are left")
    alerts = webhook_yaml(folder, "http://127.0.0.1:9/")
    box = Outbox.open(path)
    with box.transaction():
        yesterweek = {"count": sent_before, "at": iso(NOON.replace(day=1))}
        box.conn.execute("UPDATE events SET routed_at = moment")
        box.conn.execute(SENT_BEFORE, yesterweek)
        box.conn.execute(DELIVERED, yesterweek)
    desk = sender(path, alerts, clock, KEY="k", WEBHOOK_URL="http://127.0.0.1:9/")
    config = desk.reload()
    assert config is not None
    desk.send(box, config)  # what is told once
    clock.pass_by(minutes=10)

    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    box.conn.set_progress_handler(count, 100)
    desk.send(box, config)
    of_round, counted[0] = counted[0], 0
    outbox_status(box.conn, clock())
    box.conn.set_progress_handler(None, 100)
    box.close()
    return of_round, counted[0]


@pytest.mark.slow
def test_a_round_and_the_status_cost_no_more_after_thousands_of_alerts(tmp_path: Path) -> None:
    folders = [tmp_path / "few", tmp_path / "many"]
    for folder in folders:
        folder.mkdir()
    few, many = (
        steps_of_a_round(folder, count) for folder, count in zip(folders, (20, 4000), strict=True)
    )

    assert many[0] <= 1.5 * few[0] + 5
    assert many[1] <= 1.5 * few[1] + 5
