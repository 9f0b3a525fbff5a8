"""alerts, metrics and status --max-age as a user meets them."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result
from prometheus_client.parser import text_string_to_metric_families

from cli import main
from storage.runs import finish_run
from storage.store import Store
from tests.alerts import sinks
from tests.alerts.outboxes import add_event, add_story, database, webhook_yaml


def invoke(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


def ran(path: Path, at: datetime, state: str = "completed") -> None:
    with Store.open(path, now=at) as store:
        finish_run(store.db, store.start_run("watch", now=at), state, message="", stats={}, now=at)  # type: ignore[arg-type]


def test_check_tells_who_is_told_what_and_what_nobody_takes(tmp_path: Path) -> None:
    alerts = webhook_yaml(tmp_path, "https://soc.example.org/hook", route="    kinds: [story-new]")
    done = invoke("alerts", "check", "--alerts", alerts, KEY="k")
    assert done.exit_code == 0
    assert "main: story-new -> desk" in done.output
    assert "No route takes: story-escalated" in done.output
    missing = invoke("alerts", "check", "--alerts", alerts, KEY="")
    assert (missing.exit_code, "KEY is not set" in missing.output) == (1, True)


def test_check_tells_what_narrows_a_route(tmp_path: Path) -> None:
    narrow = "    severity: high\n    places: [US-AZ]\n    quiet: {hours: \"22:00-06:00\", unless: critical}"  # fmt: skip
    alerts = webhook_yaml(tmp_path, "https://soc.example.org/hook", route=narrow)
    answer = invoke("alerts", "check", "--alerts", alerts, KEY="k").output
    words = "held from 22:00 to 06:00 UTC, critical or more severe at once"
    assert f"main: every kind; high or more severe; places US-AZ; {words} -> desk" in answer


def test_check_tells_faults_and_exits_2(tmp_path: Path) -> None:
    alerts = webhook_yaml(tmp_path, "https://soc.example.org/hook", route="    severty: high")
    done = invoke("alerts", "check", "--alerts", alerts)
    assert done.exit_code == 2
    assert 'did you mean "severity"?' in done.output
    assert invoke("alerts", "check", "--alerts", tmp_path / "none.yaml").exit_code == 2


def test_the_json_schema_takes_what_the_loader_takes(tmp_path: Path) -> None:
    schema = json.loads(invoke("alerts", "check", "--schema").output)
    alerts = webhook_yaml(tmp_path, "https://soc.example.org/hook", route="    severity: high")
    jsonschema.validate(yaml.safe_load(alerts.read_text()), schema)
    alerts.write_text(alerts.read_text().replace("severity: high", "severty: high"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(alerts.read_text()), schema)


def test_test_sends_one_message_past_every_route(tmp_path: Path) -> None:
    with sinks.http() as sink:
        alerts = webhook_yaml(tmp_path, sink.url)
        assert invoke("alerts", "test", "desk", "--alerts", alerts, KEY="k").exit_code == 0
        assert invoke("alerts", "test", "nobody", "--alerts", alerts, KEY="k").exit_code == 2
    assert [request.json["events"][0]["kind"] for request in sink.accepted] == ["test"]
    assert invoke("alerts", "test", "desk", "--alerts", alerts, KEY="k").exit_code == 1


@pytest.mark.slow
def test_send_status_and_retry(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    path = database(tmp_path, now)
    add_story(path, 1, now)
    with sinks.http(lambda number, request: (403 if number == 1 else 200, {})) as sink:
        alerts = webhook_yaml(tmp_path, sink.url)
        both = ("--db", path, "--alerts", alerts)
        assert invoke("alerts", "status", *both).output.startswith(
            "1 waiting (1 of them not yet matched to a route), 0 could not be sent"
        )
        assert invoke("alerts", "send", *both, KEY="k").exit_code == 1
        assert invoke("alerts", "status", *both).exit_code == 1
        assert invoke("alerts", "retry", "--db", path).output.startswith("1 messages")
        assert invoke("alerts", "send", *both, KEY="k").exit_code == 0
        report = json.loads(invoke("alerts", "status", *both, "--json").output)
    assert (report["waiting"], report["dead"]) == (0, 0)
    assert report["recent"][0]["state"] == "sent"
    assert sink.requests[0].key == sink.requests[1].key


@pytest.mark.slow
def test_max_age_is_one_line_and_an_exit_code(tmp_path: Path) -> None:
    path, now = database(tmp_path), datetime.now(UTC)
    never = invoke("status", "--max-age", "30m", "--db", path)
    assert (never.exit_code, never.output) == (1, "BLIND: last good run never; no good run within 30 min\n")  # fmt: skip
    ran(path, now - timedelta(minutes=20))
    assert invoke("status", "--max-age", "30m", "--db", path).exit_code == 0
    assert invoke("status", "--max-age", "15m", "--db", path).exit_code == 1
    ran(path, now, "failed")
    failing = invoke("status", "--max-age", "30m", "--db", path)
    assert failing.exit_code == 1
    assert "the last run failed" in failing.output
    assert invoke("status", "--max-age", "soon", "--db", path).exit_code == 2


def test_metrics_are_what_prometheus_reads_and_what_the_database_says(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    path = database(tmp_path, now)
    ran(path, now)
    add_story(path, 1, now)
    add_event(path, "danger", "danger:x@1", now)
    out = tmp_path / "pollwatch.prom"
    assert invoke("metrics", "--db", path, "--out", out).exit_code == 0
    figures = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(out.read_text())
        for sample in family.samples
    }
    assert figures["pollwatch_up",] == 1
    assert abs(figures["pollwatch_last_good_run_timestamp_seconds",] - now.timestamp()) < 1
    assert figures["pollwatch_outbox_waiting",] == 2
    assert figures["pollwatch_queue_stories", "new"] == 1
    assert figures["pollwatch_run_failing",] == 0


@pytest.mark.slow
def test_metrics_answer_a_scraper_also_when_the_database_is_gone(tmp_path: Path) -> None:
    from prometheus_client import CollectorRegistry, start_http_server

    from commands.integrations.metrics import DatabaseCollector

    path = database(tmp_path)
    registry = CollectorRegistry()
    registry.register(DatabaseCollector(path))
    server, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        address = f"http://127.0.0.1:{server.server_port}/metrics"
        assert b"pollwatch_up 1.0" in urllib.request.urlopen(address).read()
        path.unlink()
        assert b"pollwatch_up 0.0" in urllib.request.urlopen(address).read()
    finally:
        server.shutdown()
        thread.join()
