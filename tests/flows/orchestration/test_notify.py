"""`deploy --notify` on a real server: what a notification block hears when runs fail, come late or stay away."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from tests.alerts import sinks
from tests.flows.orchestration.conftest import POLLWATCH, Prefect, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
NAMES = (
    "Pollwatch: a run failed",
    "Pollwatch: a run is late",
    "Pollwatch: no run ended well",
)


def heard(notified: sinks.Sink, subject: str) -> Callable[[], list[str]]:
    return lambda: [
        notice.json["message"] for notice in notified.accepted if notice.json["title"] == subject
    ]


def test_a_run_that_fails_is_told_with_its_cause(prefect: Prefect, notified: sinks.Sink) -> None:
    deployment = prefect.ask("/deployments/name/watch/every-15-minutes", None)
    parameters = {**deployment["parameters"], "feeds": "no-such-feeds.yaml"}
    prefect.ask(
        f"/deployments/{deployment['id']}/create_flow_run",
        {"parameters": parameters, "state": {"type": "SCHEDULED"}},
    )
    subject = "Pollwatch: watch BadConfiguration"
    (message,) = until(heard(notified, subject), seconds=400, what="notice of the failed run")
    assert "no-such-feeds.yaml" in message
    assert "/runs/flow-run/" in message


def emit(prefect: Prefect, event: str, resource: dict[str, str], **more: object) -> None:
    prefect.send(
        "POST",
        "/events",
        [{"id": str(uuid4()), "event": event, "occurred": datetime.now(UTC).isoformat(), "resource": resource, **more}],  # type: ignore[arg-type]
    )  # fmt: skip


def hasten(prefect: Prefect, name: str) -> None:
    """The automation with ten seconds for its patience, the least that Prefect takes."""
    automation = prefect.automation(name)
    fields = {
        key: automation[key] for key in ("name", "description", "enabled", "trigger", "actions")
    }
    fields["trigger"]["within"] = 10
    prefect.send("PUT", f"/automations/{automation['id']}", fields)


def test_silence_is_told_also_after_a_run_that_ended_well(
    prefect: Prefect, notified: sinks.Sink
) -> None:
    subject = "Pollwatch: no run ended well"
    # `deploy --notify` begins the wait; the server stores events some seconds after they were sent.
    until(lambda: prefect.events("pollwatch.deployed"), seconds=120, what="event of the deployment")
    hasten(prefect, subject)
    emit(prefect, "pollwatch.deployed", {"prefect.resource.id": "pollwatch.watch", "pollwatch.state": "deployed"})  # fmt: skip
    assert len(until(heard(notified, subject), seconds=300, what="notice of silence")) == 1
    emit(prefect, "pollwatch.run.finished", {"prefect.resource.id": "pollwatch.watch", "pollwatch.state": "completed"})  # fmt: skip
    until(
        lambda: len(heard(notified, subject)()) == 2, seconds=300, what="notice of a second silence"
    )


def test_a_run_that_no_worker_takes_is_told(prefect: Prefect, notified: sinks.Sink) -> None:
    subject = "Pollwatch: a run is late"
    hasten(prefect, subject)
    deployment = prefect.ask("/deployments/name/watch/every-15-minutes", None)
    run = prefect.ask(
        f"/deployments/{deployment['id']}/create_flow_run",
        {"state": {"type": "SCHEDULED", "name": "AwaitingRetry", "state_details": {"scheduled_time": "2099-01-01T00:00:00Z"}}},
    )  # fmt: skip
    tag = {"prefect.resource.id": "prefect.tag.pollwatch", "prefect.resource.role": "tag"}
    emit(prefect, "prefect.flow-run.Late", {"prefect.resource.id": f"prefect.flow-run.{run['id']}"}, related=[tag])  # fmt: skip
    (message,) = until(heard(notified, subject), seconds=300, what="notice of the late run")
    assert "did not start within 10 minutes" in message


def test_a_notification_block_is_a_channel(prefect: Prefect, notified: sinks.Sink, tmp_path: Path) -> None:  # fmt: skip
    alerts = tmp_path / "alerts.yaml"
    alerts.write_text(
        'channels:\n  - {id: desk, apprise: "block:slack-webhook/desk"}\nroutes:\n  - {id: all, channels: desk}\n'
    )
    assert "desk: sent" in prefect.run(POLLWATCH, "alerts", "test", "desk", "--alerts", str(alerts))
    assert heard(notified, "[LOW] Test: this is a test of the channel")()


def test_a_second_deploy_sets_back_what_was_changed_and_an_unknown_block_is_named(
    prefect: Prefect, notified: sinks.Sink
) -> None:
    output = prefect.run(POLLWATCH, "deploy", "--notify", "slack-webhook/desk")
    assert [f"“{name}”: present." in output for name in NAMES] == [True, False, False]
    assert [f"“{name}”: updated." in output for name in NAMES] == [False, True, True], (
        "hastened above"
    )
    with pytest.raises(AssertionError, match="there is no Prefect block slack-webhook/nosuch"):
        prefect.run(POLLWATCH, "deploy", "--notify", "slack-webhook/nosuch")
