"""What no transaction brings about: silence, danger, crowds, and all well again; also without a database."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.message import happened
from alerts.sender import Sender
from alerts.standstill import Standstill
from storage.database.errors import DamagedDatabase, DiskFull
from storage.outbox import monitor_events
from storage.outbox.event import Event
from storage.outbox.outbox import Outbox
from storage.queries.monitor import liveness
from storage.runs import finish_run
from storage.store import Store
from storage.times import iso, parse_time
from tests.alerts import sinks
from tests.alerts.making import NOON
from tests.alerts.outboxes import Clock, add_run, add_story, database, rows, sender, webhook_yaml

QUARTER = timedelta(minutes=15)


def look(path: Path, now) -> list[str]:
    """The kinds of event that one look adds."""
    box = Outbox.open(path)
    before = {row[0] for row in box.conn.execute("SELECT id FROM events")}
    troubles = monitor_events.troubles(box.conn, path, now, every=QUARTER)
    with box.transaction():
        monitor_events.record_troubles(box.conn, troubles, now)
    stored = [kind for number, kind in box.conn.execute("SELECT id, kind FROM events ORDER BY id") if number not in before]  # fmt: skip
    box.close()
    return stored


def test_two_missed_intervals_are_told_once_and_so_is_the_next_good_run(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_run(path, NOON)
    assert look(path, NOON + 2 * QUARTER) == []
    assert look(path, NOON + 2 * QUARTER + timedelta(minutes=1)) == ["nothing-ran"]
    assert look(path, NOON + 5 * QUARTER) == []
    add_run(path, NOON + 6 * QUARTER)
    assert look(path, NOON + 6 * QUARTER) == ["well-again"]
    assert look(path, NOON + 7 * QUARTER) == []
    assert look(path, NOON + 9 * QUARTER) == ["nothing-ran"], "a second spell is told anew"


def test_a_silence_is_told_with_what_is_known_of_its_cause(tmp_path: Path) -> None:
    path, database_line = database(tmp_path), list[int]()
    add_run(path, NOON)

    def explain() -> tuple[str, ...]:
        database_line.append(1)
        return ("no worker asks the work pool pollwatch for work",)

    with sinks.http() as sink:
        alerts, clock = webhook_yaml(tmp_path, sink.url), Clock()
        sender = Sender(path, alerts, resolve=lambda name: "k", clock=clock, explain=explain)
        for day in (0, 3, 1):
            clock.pass_by(days=day)
            sender.round()

    (why,) = rows(path, "SELECT json_extract(payload_json, '$.why') FROM events")[0]
    assert str(why).endswith(
        "one is expected every 1440; no worker asks the work pool pollwatch for work"
    )
    assert database_line == [1], "asked once a spell"


def test_a_run_that_hangs_is_silence_too(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_run(path, NOON)
    add_run(path, NOON + QUARTER, "running")
    assert look(path, NOON + 3 * QUARTER) == ["nothing-ran"]
    (why,) = rows(path, "SELECT json_extract(payload_json, '$.why') FROM events")[0]
    assert "under way since then" in str(why)


def test_a_failed_run_is_an_event_of_its_own_transaction_and_the_next_good_one_ends_it(
    tmp_path: Path,
) -> None:
    path = database(tmp_path)
    for minutes in (0, 15):
        add_run(path, NOON + timedelta(minutes=minutes), "failed")
    kinds = [kind for (kind,) in rows(path, "SELECT kind FROM events ORDER BY id")]
    assert kinds == ["run-failed"]
    add_run(path, NOON + 2 * QUARTER)
    assert look(path, NOON + 2 * QUARTER) == ["well-again"]
    assert look(path, NOON + 3 * QUARTER) == []


def test_a_long_row_of_failed_runs_is_told_at_growing_intervals(tmp_path: Path) -> None:
    path = database(tmp_path)
    with Store.open(path, now=NOON) as store:
        for hour in range(57):
            at = NOON + timedelta(hours=hour)
            number = store.start_run("watch", now=at)
            finish_run(store.db, number, "failed", message="no feed answered", stats={}, now=at)
    stored = rows(
        path, "SELECT moment, json_extract(payload_json, '$.runs') FROM events ORDER BY id"
    )
    hours = [(parse_time(str(moment)) - NOON) / timedelta(hours=1) for moment, _ in stored]
    assert hours == [0, 1, 2, 4, 8, 16, 32, 56]
    assert [runs for _, runs in stored] == [1 + hour for hour in hours]
    add_run(path, NOON + timedelta(hours=80))
    # and no backup was made in three days
    assert look(path, NOON + timedelta(hours=80)) == ["danger", "well-again"]
    add_run(path, NOON + timedelta(hours=81), "failed")
    assert len(rows(path, "SELECT 1 FROM events WHERE kind = 'run-failed'")) == len(stored) + 1


def test_a_reminder_says_how_many_runs_failed_and_since_when(tmp_path: Path) -> None:
    payload = {"flow": "watch", "message": "no feed answered", "runs": 5, "since": iso(NOON)}
    event = Event("run-failed", NOON + timedelta(hours=1), "run:5:failed", 5, payload=payload)
    assert "5 in a row since 2026-" in happened(event)


def test_each_flow_that_failed_is_told_to_be_well_again(tmp_path: Path) -> None:
    path = database(tmp_path)
    for flow in ("watch", "rematch"):
        add_run(path, NOON, "failed", flow)
    add_run(path, NOON + QUARTER)
    assert look(path, NOON + QUARTER) == ["well-again"]
    add_run(path, NOON + QUARTER, flow="rematch")
    assert look(path, NOON + QUARTER) == ["well-again"]


def test_a_clock_that_went_back_is_told(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_run(path, NOON)
    assert look(path, NOON - timedelta(hours=3)) == ["danger"]


@pytest.mark.slow
def test_a_disk_that_fills_up_is_told_and_told_to_be_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = database(tmp_path)
    add_run(path, NOON)
    monkeypatch.setattr(liveness, "LEAST_ROOM", 10**18)
    assert look(path, NOON) == ["danger"]
    monkeypatch.setattr(liveness, "LEAST_ROOM", 0)
    assert look(path, NOON) == ["well-again"]


@pytest.mark.slow
def test_rules_that_are_left_out_are_told_and_another_fault_again(tmp_path: Path) -> None:
    path = database(tmp_path)
    for why in ("unknown key", "unknown key", "no query"):
        add_run(path, NOON)
        box = Outbox.open(path)
        with box.transaction():
            box.conn.execute(
                "UPDATE runs SET faults_json = ? WHERE id = (SELECT max(id) FROM runs)",
                (f'[{{"path": "rules/a.yaml", "line": 3, "why": "{why}"}}]',),
            )
        box.close()
        look(path, NOON)
    stored = rows(path, "SELECT json_extract(payload_json, '$.why') FROM events WHERE kind = 'danger'")  # fmt: skip
    assert len(stored) == 2
    assert "rules/a.yaml:3: unknown key" in str(stored[0][0])


@pytest.mark.slow
def test_a_damaged_database_is_told_from_memory_once_and_remembered_when_it_is_back(
    tmp_path: Path,
) -> None:
    path, clock = database(tmp_path), Clock()
    add_run(path, NOON)
    whole = path.read_bytes()
    path.write_bytes(b"x" * len(whole))
    with sinks.http() as sink:
        alerts = webhook_yaml(tmp_path, sink.url)
        for _ in range(3):
            sender(path, alerts, clock, KEY="k").round()  # a new process each time
            clock.pass_by(minutes=5)
        assert len(sink.requests) == 1
        assert "is not a Pollwatch database" in sink.requests[0].json["text"]
        path.write_bytes(whole)
        sender(path, alerts, clock, KEY="k").round()
    kinds = [event["kind"] for event in sink.events()]
    assert kinds == ["danger", "well-again"]
    sent = rows(path, "SELECT e.kind, d.state FROM deliveries d JOIN events e ON e.id = d.event_id ORDER BY e.id")  # fmt: skip
    assert sent == [("danger", "sent"), ("well-again", "sent")]
    clock.pass_by(minutes=61)
    sender(path, alerts, clock, KEY="k").round()
    assert not list(tmp_path.glob("*.alerts-spool.jsonl"))


@pytest.mark.slow
def test_a_database_that_stays_locked_is_told_and_one_that_is_busy_a_moment_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.database import connection

    monkeypatch.setattr(connection, "BUSY_MS", 50)
    monkeypatch.setattr(connection, "PRAGMAS", ("busy_timeout = 50",))
    path, clock = database(tmp_path), Clock()
    add_story(path, 1, NOON)
    with sinks.http() as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        desk.round()
        assert sink.requests == []
        clock.pass_by(seconds=31)
        desk.round()
        assert [request.json["events"][0]["kind"] for request in sink.requests] == ["danger"]
        blocker.execute("ROLLBACK")
        blocker.close()
        clock.pass_by(minutes=2)
        desk.round()
    assert {event["kind"] for event in sink.events()} == {"danger", "well-again", "story-new"}


def test_a_full_disk_is_told_to_the_channels_and_the_fault_goes_on_up(tmp_path: Path) -> None:
    with sinks.http() as sink:
        desk = sender(tmp_path / "no.db", webhook_yaml(tmp_path, sink.url), Clock(), KEY="k")
        assert desk.speak(DiskFull("data/pollwatch.db")) == 1
        assert desk.speak(DiskFull("data/pollwatch.db")) == 0
        assert desk.speak(DamagedDatabase("data/pollwatch.db", "malformed")) == 1
    assert [request.json["events"][0]["kind"] for request in sink.requests] == ["danger"] * 2


def test_a_silence_in_which_the_machine_slept_is_told_as_that(tmp_path: Path) -> None:
    path, clock, awake = database(tmp_path), Clock(), [0.0]
    add_run(path, NOON)
    with sinks.http() as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        desk.explain = lambda: ("nobody serves watch/served",)
        desk.standstill = Standstill(lambda: awake[0])
        for seconds, asleep in (
            (3, 0),
            (400, 0),
            (3, 60 * 3600),
        ):  # a slow round, then two and a half days
            awake[0] += seconds
            clock.pass_by(seconds=seconds + asleep)
            desk.standstill.look(clock())
            desk.round()

    (why,) = rows(path, "SELECT json_extract(payload_json, '$.why') FROM events")[0]
    assert str(why).endswith("; this machine stood still for 60 hours until now, asleep or paused")
