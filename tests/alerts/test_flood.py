"""Election night: 2,000 stories in one hour through a real sender, to a receiver that also fails at times."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.outbox import waiting_events
from storage.outbox.outbox import Outbox
from storage.queries.monitor.alert_figures import sent_lines
from storage.times import iso
from tests.alerts import sinks
from tests.alerts.making import NOON
from tests.alerts.outboxes import Clock, database, sender, states, webhook_yaml

pytestmark = pytest.mark.slow  # sixty rounds over 2,000 stories

STORIES, BUDGET, HOUR = 2_000, 20, timedelta(hours=1)


def publish(path: Path, first: int, count: int, at: datetime) -> None:
    """Stories with their events, as one batch of a run stores them."""
    box = Outbox.open(path)
    with box.transaction():
        for number in range(first, first + count):
            box.conn.execute(
                """INSERT INTO stories (id, title, first_article_id, first_seen_at, last_seen_at, status, lane, outlet,
                     severity, category, relevance, language, region, published_at)
                   VALUES (:id, :title, 0, :at, :at, 'new', 'shown', 'Gazette', 'high', 'ballots', 0.9, 'en', 'US-AZ', :at)""",
                {"id": number, "title": f"Story {number}", "at": iso(at)},
            )
            waiting_events.add_event_at(
                box.conn, "story-new", f"story:{number}:new", at, {}, story_id=number
            )
    box.close()


def test_no_channel_gets_more_than_its_budget_and_nothing_is_missing(tmp_path: Path) -> None:
    path, clock, arrived = database(tmp_path), Clock(), list[datetime]()

    def answer(number: int, request: sinks.Request) -> sinks.Answer:
        if number % 7 == 3:
            return 503, {}
        arrived.append(clock())
        return 200, {}

    with sinks.http(answer) as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url, channel=f"    budget: {BUDGET}"), clock, KEY="k")  # fmt: skip
        messages = 0
        for minute in range(60):
            due = STORIES * (minute + 1) // 60
            publish(path, messages + 1, due - messages, clock())
            messages = due
            desk.round()
            clock.pass_by(minutes=1)
        while set(states(path)) - {"sent", "summarised"} and clock() < NOON + 3 * HOUR:
            desk.round()
            clock.pass_by(minutes=1)
    assert all(sum(at - HOUR < other <= at for other in arrived) <= BUDGET for at in arrived)
    told_in = Counter[str]()
    for delivery in sink.accepted:
        told_in[delivery.key] += delivery.json["events_in_all"]
    assert sum(told_in.values()) == STORIES, "the summaries and the single messages count every story once"  # fmt: skip
    box = Outbox.open(path)
    shown = {key: sent_lines(box.conn, "message", key=key, limit=STORIES) for key in told_in}
    box.close()
    assert {key: len(lines) for key, lines in shown.items()} == told_in
    assert {line.story_id for lines in shown.values() for line in lines} == set(range(1, STORIES + 1))  # fmt: skip
    summaries = [delivery.json for delivery in sink.accepted if delivery.json["type"] == "summary"]
    assert all(summary["link"].endswith(f"?message={summary['key']}") for summary in summaries)
