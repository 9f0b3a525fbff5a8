"""Our own webhook against real receivers: signature, keys, Retry-After, refusals, hanging, fallback."""

import hashlib
import hmac
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from alerts.channels.webhook import retry_after_header
from storage.feeds import sync_feeds
from storage.store import Store
from storage.times import iso
from tests.alerts import sinks
from tests.alerts.making import NOON
from tests.alerts.outboxes import (
    Clock,
    add_event,
    add_story,
    database,
    rows,
    sender,
    states,
    webhook_yaml,
)
from tests.storage.making import feed


def test_a_message_arrives_signed_with_a_key_and_what_a_program_needs(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_story(path, 1, NOON)
    with sinks.http() as sink:
        done = sender(path, webhook_yaml(tmp_path, sink.url), Clock(), KEY="k3y").round()
    assert (done.routed, done.sent, done.failed) == (1, 1, 0)
    (request,) = sink.requests
    signed = request.headers["pollwatch-timestamp"].encode() + b"." + request.body
    expected = "v1=" + hmac.new(b"k3y", signed, hashlib.sha256).hexdigest()
    assert request.headers["pollwatch-signature"] == expected
    body = request.json
    assert body["key"] == request.key
    assert body["thread"] == "story-1"
    assert body["events"][0]["kind"] == "story-new"
    assert body["events"][0]["subject"]["headline"] == "Story 1"
    assert body["link"] == "https://review.example.org/-/story/1"
    assert states(path) == {"sent": 1}


@pytest.mark.slow
def test_a_second_round_sends_nothing_again(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_story(path, 1, NOON)
    with sinks.http() as sink:
        alerts = webhook_yaml(tmp_path, sink.url)
        sender(path, alerts, Clock(), KEY="k").round()
        sender(path, alerts, Clock(), KEY="k").round()
    assert len(sink.requests) == 1


@pytest.mark.slow
def test_a_receiver_that_says_when_to_come_back_is_left_alone_until_then(tmp_path: Path) -> None:
    path, clock = database(tmp_path), Clock()
    add_story(path, 1, NOON)
    add_story(path, 2, NOON)
    answers = [(429, {"Retry-After": "600"}), (200, {}), (200, {})]
    with sinks.http(lambda number, request: answers[number - 1]) as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        desk.round()
        assert len(sink.requests) == 1, "the second message does not knock either"
        clock.pass_by(minutes=9)
        desk.round()
        assert len(sink.requests) == 1
        clock.pass_by(minutes=2)
        desk.round()
    assert len(sink.requests) == 3
    assert sink.requests[0].key == sink.requests[1].key, "the same message, the same key"
    assert states(path) == {"sent": 2}


@pytest.mark.parametrize("value", ["600", format_datetime(NOON.replace(minute=10), usegmt=True)])
def test_both_forms_of_retry_after_are_read(value: str) -> None:
    assert retry_after_header(value, NOON) == NOON.replace(minute=10)


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "Tue, 99 Nov 2026"])
def test_a_retry_after_that_says_nothing_is_none(value: str | None) -> None:
    assert retry_after_header(value, NOON) is None


@pytest.mark.slow
def test_a_refused_message_is_dead_at_once_shown_and_can_be_taken_up_again(tmp_path: Path) -> None:
    from storage.outbox import deliveries
    from storage.outbox.outbox import Outbox

    path, clock = database(tmp_path), Clock()
    add_story(path, 1, NOON)
    with sinks.http(lambda number, request: (403 if number == 1 else 200, {})) as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        assert desk.round().dead == 1
        assert rows(path, "SELECT state, error FROM deliveries") == [("dead", "HTTP 403")]
        box = Outbox.open(path)
        with box.transaction():
            assert deliveries.retry_dead(box.conn, clock()) == 1
        box.close()
        desk.round()
    assert sink.requests[0].key == sink.requests[1].key
    assert states(path) == {"sent": 1}


@pytest.mark.slow
def test_one_refused_message_does_not_hold_up_the_others(tmp_path: Path) -> None:
    path = database(tmp_path)
    for number in (1, 2, 3):
        add_story(path, number, NOON)
    with sinks.http(lambda number, request: (400 if number == 1 else 200, {})) as sink:
        sender(path, webhook_yaml(tmp_path, sink.url), Clock(), KEY="k").round()
    assert states(path) == {"dead": 1, "sent": 2}


@pytest.mark.slow
def test_what_a_channel_cannot_say_its_fallback_says_with_the_reason(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_story(path, 1, NOON)
    with sinks.http(lambda number, request: (404, {})) as broken, sinks.http() as other:
        alerts = webhook_yaml(
            tmp_path, broken.url, channel="    fallback: other",
            more=f"  - {{id: other, webhook: '{other.url}', key: env:KEY}}",
        )  # fmt: skip
        desk = sender(path, alerts, Clock(), KEY="k")
        desk.round()
        desk.round()
    assert other.events()[0]["key"] == "story:1:new"
    assert rows(path, "SELECT channel, state, why FROM deliveries ORDER BY id") == [
        ("desk", "dead", "route main"),
        ("other", "sent", "could not be sent through desk: HTTP 404"),
    ]


@pytest.mark.slow  # waits for real seconds
def test_a_failing_channel_is_tried_ever_more_rarely_and_loses_nothing(tmp_path: Path) -> None:
    path, clock = database(tmp_path), Clock()
    for number in range(1, 6):
        add_story(path, number, NOON)
    with sinks.http(lambda number, request: (503, {}) if clock() < NOON.replace(hour=14) else (200, {})) as sink:  # fmt: skip
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        for _ in range(3 * 60 * 6):
            desk.round()
            clock.pass_by(seconds=10)
    failed = len(sink.requests) - len(sink.accepted)
    assert failed < 60, "two hours of failures"
    assert len(sink.events()) == 5
    assert max(sink.keys().values()) == 1
    assert states(path) == {"sent": 5}


@pytest.mark.slow
def test_messages_of_one_story_arrive_in_order_past_failures(tmp_path: Path) -> None:
    path, clock = database(tmp_path), Clock()
    add_story(path, 1, NOON)
    with sinks.http(lambda number, request: (503 if number in (1, 3) else 200, {})) as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        for number in range(4):
            desk.round()
            add_event(path, "story-escalated", f"escalated:{number}", clock(), story=1)
            clock.pass_by(minutes=6)
        for _ in range(3):
            desk.round()
            clock.pass_by(minutes=6)
    assert [event["key"] for event in sink.events()] == ["story:1:new", *(f"escalated:{n}" for n in range(4))]  # fmt: skip


@pytest.mark.slow  # waits for real seconds
def test_a_channel_that_hangs_does_not_hold_up_another(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_story(path, 1, NOON)
    with sinks.http(lambda number, request: 12.0) as hanging, sinks.http() as other:
        alerts = webhook_yaml(
            tmp_path, hanging.url,
            more=f"  - {{id: other, webhook: '{other.url}', key: env:KEY}}",
            route="  - {id: second, channels: other}",
        )  # fmt: skip
        sender(path, alerts, Clock(), KEY="k").round()
    assert other.accepted[0].at - hanging.requests[0].at < 5
    assert rows(path, "SELECT channel, state FROM deliveries ORDER BY channel") == [("desk", "sending"), ("other", "sent")]  # fmt: skip


def test_a_missing_key_is_told_without_sending_anything_unsigned(tmp_path: Path) -> None:
    from alerts.sender import Sender

    path = database(tmp_path)
    add_story(path, 1, NOON)
    with sinks.http() as sink:
        alerts = webhook_yaml(tmp_path, sink.url)
        Sender(path, alerts, clock=Clock()).round()
    assert sink.requests == []
    assert rows(path, "SELECT error FROM deliveries") == [("the environment variable KEY is not set",)]  # fmt: skip


@pytest.mark.slow
def test_a_channel_taken_out_of_alerts_yaml_leaves_no_message_waiting_for_ever(tmp_path: Path) -> None:  # fmt: skip
    path = database(tmp_path)
    add_story(path, 1, NOON)
    with sinks.http(lambda number, request: (503, {})) as sink:
        alerts = webhook_yaml(tmp_path, sink.url)
        sender(path, alerts, Clock(), KEY="k").round()
        alerts.write_text(alerts.read_text().replace("desk", "bureau"), encoding="utf-8")
        sender(path, alerts, Clock(), KEY="k").round()
    assert rows(path, "SELECT channel, state, error FROM deliveries") == [
        ("desk", "dead", "alerts.yaml has no such channel any more")
    ]


def test_a_first_run_tells_the_coverage_as_soon_as_a_feed_has_answered(tmp_path: Path) -> None:
    path, clock = database(tmp_path), Clock()
    with sinks.http() as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        desk.round()
        with Store.open(path, now=NOON) as store:
            sync_feeds(store.db, [feed()], NOON)
            store.db.execute("UPDATE feeds SET last_ok_at = ?", [iso(NOON)])
        add_story(path, 1, NOON)
        clock.pass_by(seconds=3)
        desk.round()
    assert [request.json["coverage"] for request in sink.requests] == [
        "from 1 of 1 feeds, seen until 2026-11-03 12:00 UTC"
    ]


@pytest.mark.slow
def test_a_receiver_that_was_down_for_two_days_is_told_all_of_it_once(tmp_path: Path) -> None:
    path, clock, down = database(tmp_path), Clock(), True
    with sinks.http(lambda number, request: (503, {}) if down else (200, {})) as sink:
        brisk = webhook_yaml(tmp_path, sink.url, channel="    per_minute: 600")
        alerts = sender(path, brisk, clock, KEY="k")
        for hour in range(0, 56, 8):
            down = hour < 48
            add_story(path, hour + 1, clock(), "critical")
            for _ in range(2):
                clock.pass_by(hours=4)
                alerts.round()

    assert sum(request.json["events_in_all"] for request in sink.accepted) == 7
    assert len(sink.accepted) == len(sink.keys())  # none twice
    by_state = states(path)
    assert by_state.pop("sent") + by_state.pop("summarised") == 7
    assert by_state == {}


@pytest.mark.parametrize(("days", "again"), [(13, 1), (15, 0)])
def test_what_happened_over_two_weeks_ago_is_not_tried_for_ever(
    tmp_path: Path, days: int, again: int
) -> None:
    from storage.outbox import deliveries
    from storage.outbox.outbox import Outbox

    path, clock = database(tmp_path), Clock()
    add_story(path, 1, NOON)
    with sinks.http(lambda number, request: (500, {})) as sink:
        alerts = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        alerts.round()
        clock.pass_by(hours=25)
        assert alerts.round().dead == 1
    box = Outbox.open(path)
    with box.transaction():
        assert deliveries.take_up_late(box.conn, "desk", NOON + timedelta(days=days)) == again
    box.close()


def test_what_a_receiver_refused_is_not_sent_again_because_another_message_arrives(
    tmp_path: Path,
) -> None:
    path, clock = database(tmp_path), Clock()
    with sinks.http(lambda number, request: (400, {}) if number == 1 else (200, {})) as sink:
        alerts = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        for number in (1, 2):
            add_story(path, number, clock())
            alerts.round()
            clock.pass_by(hours=1)
        alerts.round()

    assert states(path) == {"dead": 1, "sent": 1}
