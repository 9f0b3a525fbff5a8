"""A crowd of stories in an hour is told, and what only looks like one is not."""

from datetime import timedelta
from pathlib import Path

import pytest

from storage.outbox import monitor_events
from storage.outbox.outbox import Outbox
from storage.times import iso
from tests.alerts import sinks
from tests.alerts.making import NOON
from tests.alerts.outboxes import Clock, add_run, database, sender, webhook_yaml


def crowd(path: Path, at, count: int, first: int) -> None:
    """Hits of one rule in `count` stories at that time, as the pipeline stores them."""
    box = Outbox.open(path)
    with box.transaction():
        box.conn.execute("INSERT OR IGNORE INTO feeds (id, slug, name, url, outlet, added_at) VALUES (1, 'g', 'G', 'https://g.example', 'Gazette', ?)", (iso(at),))  # fmt: skip
        box.conn.execute("INSERT OR IGNORE INTO rules (id, slug, title, severity, category, status) VALUES (1, 'threats', 'Threats', 'high', 'people', 'stable')")  # fmt: skip
        box.conn.execute("INSERT OR IGNORE INTO rule_versions (id, rule_id, version, sha256, query, severity, category, label, created_at) VALUES (1, 1, 1, 'x', 'x', 'high', 'people', 'x', ?)", (iso(at),))  # fmt: skip
        for number in range(first, first + count):
            box.conn.execute("INSERT INTO stories (id, title, first_article_id, first_seen_at, last_seen_at) VALUES (?, 's', 0, ?, ?)", (number, iso(at), iso(at)))  # fmt: skip
            box.conn.execute("INSERT INTO articles (id, title, url, url_canonical, url_hash, feed_id, outlet, first_seen_at, day) VALUES (?, 't', 'u', 'u', ?, 1, 'Gazette', ?, ?)", (number, str(number), iso(at), iso(at)[:10]))  # fmt: skip
            box.conn.execute("INSERT INTO hits (article_id, rule_id, rule_version_id, story_id, severity, severity_rank, category, day, feed_id, score, snippet, terms_json, text_sha256, evidence_sha256, created_at, lane) VALUES (?, 1, 1, ?, 'high', 2, 'people', ?, 1, 0.5, 's', '[]', 'x', 'x', ?, 'shown')", (number, number, iso(at)[:10], iso(at)))  # fmt: skip
    box.close()


def spikes(path: Path, now) -> list[str]:
    box = Outbox.open(path)
    with box.transaction():
        monitor_events.record_spikes(box.conn, now)
    stored = [str(title) for (title,) in box.conn.execute("SELECT json_extract(payload_json, '$.title') FROM events WHERE kind = 'spike' ORDER BY id")]  # fmt: skip
    box.close()
    return stored


@pytest.mark.slow
def test_a_crowd_of_stories_in_an_hour_is_told_for_rule_category_and_outlet_once(
    tmp_path: Path,
) -> None:
    path = database(tmp_path)
    add_run(path, NOON - timedelta(hours=14))
    add_run(path, NOON - timedelta(minutes=80))
    for hour in range(2, 13):
        crowd(path, NOON - timedelta(hours=hour), 1, hour * 100)
    crowd(path, NOON - timedelta(minutes=20), 12, 5000)
    assert spikes(path, NOON) == [
        "12 stories of rule threats in the last hour, usually 0.9",
        "12 stories of category people in the last hour, usually 0.9",
        "12 stories of outlet Gazette in the last hour, usually 0.9",
    ]
    assert len(spikes(path, NOON + timedelta(minutes=10))) == 3, "told once"


def test_a_spike_names_stories_and_links_to_all_of_them(tmp_path: Path) -> None:
    path, clock = database(tmp_path), Clock()
    add_run(path, NOON - timedelta(hours=14))
    add_run(path, NOON - timedelta(minutes=80))
    crowd(path, NOON - timedelta(minutes=20), 12, 5000)
    with sinks.http() as sink:
        sender(path, webhook_yaml(tmp_path, sink.url, route="    kinds: spike"), clock, KEY="k").round()  # fmt: skip
    body = sink.accepted[0].json
    assert body["text"].count("\n- s") == 3, "headlines"
    assert body["link"] == "https://review.example.org/-/queue?tab=all&rule=threats&shown=2026-11-03T11%3A00%3A00.000Z"  # fmt: skip


def test_a_first_run_is_no_crowd(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_run(path, NOON - timedelta(hours=1))
    crowd(path, NOON - timedelta(minutes=20), 50, 1)
    assert spikes(path, NOON) == []


def test_a_steady_stream_is_no_crowd(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_run(path, NOON - timedelta(hours=14))
    add_run(path, NOON - timedelta(minutes=80))
    for hour in range(13):
        crowd(path, NOON - timedelta(hours=hour, minutes=30), 6, hour * 100 + 1)
    assert spikes(path, NOON) == []


def test_what_a_machine_catches_up_on_after_a_night_asleep_is_no_crowd(tmp_path: Path) -> None:
    path = database(tmp_path)
    add_run(path, NOON - timedelta(days=3))
    add_run(path, NOON - timedelta(hours=9))
    add_run(path, NOON - timedelta(minutes=75), "failed")
    add_run(path, NOON - timedelta(minutes=25))
    crowd(path, NOON - timedelta(minutes=20), 12, 5000)
    assert spikes(path, NOON) == []
