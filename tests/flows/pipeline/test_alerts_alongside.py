"""Alerts of real runs over the invented newsroom: told while they run, also past kills and a failing database."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from alerts.sender import Sender
from demo.newsroom import Newsroom
from flows.pipeline.inputs.caller import Caller
from flows.pipeline.inputs.options import Plan
from flows.pipeline.run import RunResult, run_watch
from tests.alerts import sinks
from tests.alerts.outboxes import rows, states, webhook_yaml
from tests.flows.conftest import RULES, planned

pytestmark = pytest.mark.slow  # whole runs over a newsroom

ROOT = Path(__file__).parents[3]
RUN = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from flows.pipeline.inputs.options import Options, load_plan
from tests.flows.pipeline.test_alerts_alongside import watch_and_tell
folder = Path({folder!r})
options = Options(feeds=folder / "feeds.yaml", rules=Path({rules!r}), db=folder / "pollwatch.db", due_only=False)
watch_and_tell(load_plan(options), folder / "alerts.yaml")
"""


def watch_and_tell(plan: Plan, alerts: Path) -> RunResult:
    sender = Sender(plan.options.db, alerts, resolve=lambda name: "k")
    run = run_watch(plan, Caller(sender=sender))
    return asyncio.run(run)


def stored(db: Path, kind: str = "story-%") -> set[str]:
    return {str(key) for (key,) in rows(db, f"SELECT key FROM events WHERE kind LIKE '{kind}'")}


def test_a_run_tells_every_new_story_before_it_ends_and_pings_the_switch(tmp_path: Path) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom, sinks.http() as sink, sinks.http() as switch:
        switch.answer = lambda number, request: (200, {})
        alerts = webhook_yaml(tmp_path, sink.url, channel="    budget: 1000\n    per_minute: 600")
        text = alerts.read_text().replace("settings: {", f'settings: {{ping_url: "{switch.url}", ')
        alerts.write_text(text, encoding="utf-8")
        plan = planned(newsroom, tmp_path)
        ended = watch_and_tell(plan, alerts)
        events = {event["key"] for event in sink.events()}
        assert stored(plan.options.db) <= events
        assert len(events) > 3
        assert set(states(plan.options.db)) <= {"sent", "summarised"}
        assert ended.state != "failed"
        assert len(switch.requests) == 1

        newsroom.publish_second_edition()
        watch_and_tell(plan, alerts)
        assert stored(plan.options.db) <= {event["key"] for event in sink.events()}
    assert max(sink.keys().values()) == 1


def test_without_alerts_yaml_events_wait_and_the_run_goes_on(tmp_path: Path) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        plan = planned(newsroom, tmp_path)
        watch_and_tell(plan, tmp_path / "alerts.yaml")
    assert rows(plan.options.db, "SELECT count(*) FROM events WHERE routed_at IS NULL") != [(0,)]


def test_faults_in_alerts_yaml_stop_no_run(tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text("chanels: []\n", encoding="utf-8")
    with Newsroom(ports=(0,) * 7) as newsroom:
        plan = planned(newsroom, tmp_path)
        assert watch_and_tell(plan, tmp_path / "alerts.yaml").stats.read > 10


@pytest.mark.long
@pytest.mark.timeout(900)
def test_runs_killed_over_a_failing_receiver_lose_no_story(tmp_path: Path) -> None:
    chance = random.Random(11)

    def answer(number: int, request: sinks.Request) -> sinks.Answer:
        choices: list[sinks.Answer] = [(200, {}), (503, {}), 0.3, (429, {"Retry-After": "1"})]
        return random.Random(number).choices(choices, [6, 2, 1, 1])[0]

    with Newsroom(ports=(0,) * 7) as newsroom, sinks.http(answer) as sink:
        webhook_yaml(tmp_path, sink.url, channel="    budget: 1000\n    per_minute: 600")
        planned(newsroom, tmp_path)
        code = RUN.format(root=str(ROOT), folder=str(tmp_path), rules=str(RULES))
        for kill in range(12):
            if kill == 6:
                newsroom.publish_second_edition()
            run = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
            time.sleep(chance.uniform(2.0, 12.0))
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        db = tmp_path / "pollwatch.db"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
        sink.answer = lambda number, request: (200, {})  # the receiver is well again
        desk = Sender(db, tmp_path / "alerts.yaml", resolve=lambda name: "k")
        until = time.monotonic() + 300
        while time.monotonic() < until and set(states(db)) - {"sent", "summarised"}:
            desk.try_round()
            time.sleep(2)
        waiting = rows(db, "SELECT state, attempts, error, next_attempt_at FROM deliveries WHERE state NOT IN ('sent', 'summarised')")  # fmt: skip
        assert waiting == []
        assert rows(db, "SELECT count(*) FROM events WHERE routed_at IS NULL") == [(0,)]
    carriers: defaultdict[str, set[str]] = defaultdict(set)
    for request in sink.accepted:
        for event in request.json["events"]:
            carriers[event["key"]].add(request.key)
    assert stored(db) <= set(carriers)
    assert all(len(keys) == 1 for keys in carriers.values())
    with sqlite3.connect(db) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_article_that_was_handed_in_is_read_matched_and_told_by_the_next_run(
    tmp_path: Path,
) -> None:
    from datetime import UTC, datetime, timedelta

    from storage import tokens
    from storage.ingest.feeds import pushed
    from storage.outbox.outbox import Outbox

    with Newsroom(ports=(0,) * 7) as newsroom, sinks.http() as sink:
        alerts = webhook_yaml(tmp_path, sink.url, channel="    budget: 1000\n    per_minute: 600")
        plan = planned(newsroom, tmp_path)
        watch_and_tell(plan, alerts)
        box, now = Outbox.open(plan.options.db), datetime.now(UTC)
        text = "Ransomware shut down the county election office on Tuesday. " * 8
        with box.transaction():
            tokens.create_token(box.conn, name="desk", actor="desk", scopes=("push:articles",), lasts=timedelta(days=1), by="t", now=now)  # fmt: skip
            (token,) = tokens.tokens_listed(box.conn)
            assert token.feed_id is not None
            pushed.record_pushed(box.conn, token.feed_id, pushed.Pushed("Ransomware at the election office", text), now)  # fmt: skip
        box.close()
        watch_and_tell(plan, alerts)
    states_of = rows(plan.options.db, "SELECT a.state, a.outcome, a.problem FROM articles a JOIN feeds f ON f.id = a.feed_id WHERE f.kind = 'webhook'")  # fmt: skip
    assert [state for state, _, _ in states_of] == ["read"], states_of
    events = [event["subject"] for event in sink.events() if event["subject"]]
    assert any(subject["outlet"] == "Pushed by desk" for subject in events)
    assert rows(plan.options.db, "SELECT listed FROM feeds WHERE kind = 'webhook'") == [(0,)]
