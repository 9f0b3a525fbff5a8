"""The sender killed up to a hundred times over a receiver that fails, hangs and says 429: nothing lost."""

import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.alerts import sinks
from tests.alerts.making import NOON
from tests.alerts.outboxes import add_event, add_story, database, rows, states, webhook_yaml

SPEED = 60  # an hour of the sender's clock is a minute of ours, so that pauses pass by
PROGRAM = """
import sys, time
from datetime import datetime, timedelta, UTC
from pathlib import Path
from alerts.sender import Sender
from storage.database.errors import AnotherRun
begin = datetime.fromisoformat(sys.argv[3])
def clock():
    return begin + {speed} * (datetime.now(UTC) - begin)
sender = Sender(Path(sys.argv[1]), Path(sys.argv[2]), resolve=lambda name: "k", clock=clock)
print("ready", flush=True)
while True:
    try:
        sender.round()
    except AnotherRun:
        pass
    time.sleep(0.02)
"""


def answer(number: int, request: sinks.Request) -> sinks.Answer:
    rng = random.Random(number)
    return rng.choices([(200, {}), (503, {}), 0.4, (429, {"Retry-After": "30"})], [70, 12, 9, 9])[0]  # fmt: skip


def start(path: Path, alerts: Path, begin: datetime) -> subprocess.Popen[str]:
    program = PROGRAM.format(speed=SPEED)
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(path), str(alerts), begin.isoformat()],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.readline()
    return child


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kills", [pytest.param(8, marks=pytest.mark.slow), pytest.param(100, marks=pytest.mark.long)])  # fmt: skip
def test_kills_lose_nothing_and_repeat_only_under_the_same_key(kills: int, tmp_path: Path) -> None:
    rng, begin = random.Random(7), datetime.now(UTC)
    path, stories = database(tmp_path, begin), 0

    def now() -> datetime:
        return begin + SPEED * (datetime.now(UTC) - begin)

    with sinks.http(answer) as sink:
        alerts = webhook_yaml(tmp_path, sink.url, channel="    budget: 10000\n    per_minute: 600")
        for _ in range(kills):
            child = start(path, alerts, begin)
            for number in range(2):
                stories += 1
                add_story(path, stories, now())
                if number:
                    add_event(
                        path, "story-escalated", f"escalated:{stories}", now(), story=stories - 1
                    )
            time.sleep(rng.uniform(0.02, 0.5))
            child.send_signal(signal.SIGKILL)
            child.wait()
        child = start(path, alerts, begin)
        until = time.monotonic() + 240
        while time.monotonic() < until and set(states(path)) - {"sent", "summarised"}:
            time.sleep(0.5)
        child.send_signal(signal.SIGKILL)
        child.wait()
    stored = [str(key) for (key,) in rows(path, "SELECT key FROM events WHERE kind LIKE 'story-%' ORDER BY id")]  # fmt: skip
    carriers: defaultdict[str, set[str]] = defaultdict(set)
    for request in sink.accepted:
        for event in request.json["events"]:
            carriers[event["key"]].add(request.key)
    lost = [key for key in stored if key not in carriers]
    again = {key: messages for key, messages in carriers.items() if len(messages) > 1}
    repeated = sum(count - 1 for count in sink.keys().values())
    print(f"{kills} kills, {len(stored)} events, {len(sink.requests)} requests, {len(lost)} lost, {repeated} repeated with their key, {len(again)} with another")  # noqa: T201  # fmt: skip
    assert lost == []
    assert again == {}
    by_story: defaultdict[str, list[datetime]] = defaultdict(list)
    for event in sink.events():
        by_story[event["story"]].append(datetime.fromisoformat(event["moment"]))
    assert all(moments == sorted(moments) for moments in by_story.values())


@pytest.mark.slow
def test_an_attempt_that_a_kill_broke_off_is_made_again_with_its_key_and_its_events(
    tmp_path: Path,
) -> None:
    from tests.alerts.outboxes import Clock, sender

    path = database(tmp_path)
    add_story(path, 1, NOON)
    with sinks.http(lambda number, request: 0.0 if number > 1 else 30.0) as sink:
        alerts = webhook_yaml(tmp_path, sink.url)
        child = start(path, alerts, NOON)
        until = time.monotonic() + 60
        while not sink.requests and time.monotonic() < until:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
        add_event(path, "story-grew", "grew:1", NOON, story=1)
        desk = sender(path, alerts, Clock(NOON + timedelta(days=1, minutes=-5)), KEY="k")
        desk.round()
        desk.round()
    first, again, later = sink.requests
    assert first.key == again.key != later.key
    assert [event["key"] for event in again.json["events"]] == ["story:1:new"]
    assert [event["key"] for event in later.json["events"]] == ["grew:1"]


@pytest.mark.slow
def test_two_senders_at_once_send_nothing_twice(tmp_path: Path) -> None:
    begin = datetime.now(UTC)
    path = database(tmp_path, begin)
    for number in range(1, 31):
        add_story(path, number, begin)
    with sinks.http(lambda number, request: 0.02) as sink:
        alerts = webhook_yaml(tmp_path, sink.url, channel="    budget: 1000\n    per_minute: 600")
        children = [start(path, alerts, begin) for _ in range(3)]
        until = time.monotonic() + 60
        while states(path) != {"sent": 30} and time.monotonic() < until:
            time.sleep(0.1)
        for child in children:
            child.kill()
            child.wait()
    assert len(sink.requests) == 30
    assert len(sink.keys()) == 30
