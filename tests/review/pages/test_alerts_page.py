"""The page Alerts, one message as it was sent, and health for strangers."""

import csv
import json
import re
from datetime import UTC, datetime, timedelta

from storage.outbox import deliveries, waiting_events
from storage.outbox.outbox import Outbox
from storage.runs import finish_run
from storage.store import Store
from tests.review.conftest import Desk


def with_alerts(desk: Desk) -> None:
    """One sent, one dead, one held, and one that no route wanted."""
    now = datetime.now(UTC)
    box = Outbox.open(desk.ds.pollwatch_desk.path)
    with box.transaction():
        for number, kind in enumerate(("run-failed", "danger", "spike", "feed-silent"), 1):
            payload = {"title": f'<b onclick="x">trouble {number}</b>'}
            waiting_events.add_event_at(box.conn, kind, f"e{number}", now, payload)
        events = [
            event for event in waiting_events.unrouted_events(box.conn) if event.key.startswith("e")
        ]
        for event in events[:3]:
            held_until = now + timedelta(hours=8) if event.key == "e3" else None
            deliveries.add_delivery(box.conn, event.id, "desk", route="main", why="route main", held_until=held_until, now=now)  # fmt: skip
            deliveries.routed(box.conn, event.id, now)
        deliveries.routed(box.conn, events[3].id, now, "no route wants it")
        sent, dead, _ = deliveries.waiting_deliveries(box.conn, "desk")
        for delivery in (sent, dead):
            deliveries.claim(box.conn, [delivery], key=f"key{delivery.id}", message={"subject": "S", "text": "T"}, summary=False, now=now)  # fmt: skip
        deliveries.sent(box.conn, sent.id, now)
        deliveries.dead(box.conn, dead.id, "HTTP 403", None, now)
    box.close()


def test_the_page_shows_what_went_where_when_and_why_and_what_waits(desk: Desk) -> None:
    with_alerts(desk)
    page = desk.get("/-/alerts", "vera")
    assert page.status_code == 200
    for part in ("desk", "route main", "HTTP 403", "held", "no route wants it", "1 could not be sent"):  # fmt: skip
        assert part in page.text, part
    assert "<b onclick" not in page.text
    assert "trouble 2" in desk.get("/-/alerts?show=dead", "vera").text
    assert "trouble 1" not in desk.get("/-/alerts?show=dead", "vera").text


def test_events_that_are_counted_as_waiting_are_listed_though_no_sender_has_looked_at_them(
    desk: Desk,
) -> None:
    box = Outbox.open(desk.ds.pollwatch_desk.path)
    with box.transaction():
        waiting_events.add_event_at(
            box.conn, "danger", "w1", datetime.now(UTC), {"title": "disk nearly full"}
        )
        counted = len(waiting_events.unrouted_events(box.conn))
    box.close()
    for show in ("all", "waiting"):
        page = desk.get(f"/-/alerts?show={show}", "vera").text
        assert f"{counted} waiting ({counted} of them not yet matched to a route)" in page
        assert page.count('<td class="small">not yet matched to a route</td>') == counted
        assert "disk nearly full" in page
        assert "Nothing here" not in page
    assert "disk nearly full" not in desk.get("/-/alerts?show=dead", "vera").text


def test_a_story_shows_what_became_of_its_alerts(desk: Desk) -> None:
    now = datetime.now(UTC)
    box = Outbox.open(desk.ds.pollwatch_desk.path)
    number = box.conn.execute("SELECT id FROM stories WHERE tab = 'new' LIMIT 1").fetchone()[0]
    with box.transaction():
        for event in waiting_events.unrouted_events(box.conn):
            deliveries.routed(box.conn, event.id, now)
        waiting_events.add_event_at(box.conn, "story-new", "once", now, {}, story_id=number)
        (event,) = waiting_events.unrouted_events(box.conn)
        deliveries.routed(box.conn, event.id, now, "no route wants it (grave: medium)")
    box.close()

    page, alerts = desk.get(f"/-/story/{number}", "vera"), desk.get("/-/alerts", "vera")
    assert "sent to nobody" in page.text
    assert "no route wants it (grave: medium)" in page.text
    assert f'<a href="/-/story/{number}">' in alerts.text.partition("went nowhere")[2]


def test_a_message_can_be_read_as_it_was_sent_and_all_that_it_carried_found(desk: Desk) -> None:
    with_alerts(desk)
    rows = json.loads(desk.get("/-/alerts.json", "vera").text)["rows"]
    sent = next(row for row in rows if row["state"] == "sent")
    assert desk.get(f"/-/alerts/{sent['id']}.txt", "vera").text == "S\n\nT\n"
    assert desk.get("/-/alerts/999.txt", "vera").status_code == 404
    report = json.loads(desk.get(f"/-/alerts.json?message={sent['key']}", "vera").text)["rows"]
    assert [row["id"] for row in report] == [sent["id"]]


def test_health_says_one_word_to_strangers(desk: Desk) -> None:
    assert desk.get("/-/health?minutes=5", None).status_code == 503, "the last run is older"
    now = datetime.now(UTC)
    with Store.open(desk.ds.pollwatch_desk.path, now=now) as store:
        finish_run(
            store.db, store.start_run("watch", now=now), "completed", message="", stats={}, now=now
        )
    answer = desk.get("/-/health?minutes=5", None)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert desk.get("/-/health?minutes=0", None).status_code == 503
    assert desk.get("/-/health?minutes=x", None).status_code == 200


def test_as_data_stand_the_events_that_went_nowhere_too_with_their_reason(desk: Desk) -> None:
    with_alerts(desk)
    rows = json.loads(desk.get("/-/alerts.json", "vera").text)["rows"]
    reasons = {row["why"] for row in rows if row["state"] == "sent to nobody"}
    waiting = [row for row in rows if row["why"] == "not yet matched to a route"]

    assert reasons == {"no route wants it"}
    assert waiting
    assert {row["state"] for row in waiting} == {"waiting"}
    assert [row["happened_at"] for row in rows] == sorted((row["happened_at"] for row in rows), reverse=True)  # fmt: skip
    dead = json.loads(desk.get("/-/alerts.json?show=dead", "vera").text)["rows"]
    assert {row["state"] for row in dead} == {"dead"}
    first, *_ = csv.DictReader(desk.get("/-/alerts.csv", "vera").text.lstrip("\ufeff").splitlines())  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", first["happened_at"])
