"""The README's way onto a schedule, with a real Prefect server and a real worker."""

import re
import time
import urllib.error
from pathlib import Path
from typing import Any

import pytest

from demo.newsroom import Newsroom
from tests.flows.orchestration.conftest import POLLWATCH, Prefect, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
CRASH = "Pollwatch: a run without a heartbeat has crashed"


def test_the_deployment_is_scheduled_and_never_piles_up(prefect: Prefect) -> None:
    deployment = prefect.ask("/deployments/name/watch/every-15-minutes", None)

    assert [schedule["schedule"]["interval"] for schedule in deployment["schedules"]] == [900]
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    waiting = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    until(lambda: prefect.ask("/flow_runs/count", waiting), seconds=240, what="scheduled run")


def test_an_older_automation_is_brought_up_to_date_and_never_touches_a_finished_run(
    prefect: Prefect,
) -> None:
    automation = prefect.automation(CRASH)
    older = {
        key: automation[key] for key in ("name", "description", "enabled", "trigger", "actions")
    }
    older["actions"][0]["force"] = True
    prefect.send("PUT", f"/automations/{automation['id']}", older)

    again = prefect.run(POLLWATCH, "deploy")
    assert "Deployed: watch/every-15-minutes" in again
    assert "Automation for killed runs: updated." in again
    automation = prefect.automation(CRASH)
    assert automation["actions"][0]["force"] is False
    assert "Automation for killed runs: present." in prefect.run(POLLWATCH, "deploy")


@pytest.mark.long
def test_what_an_operator_changed_stays_until_a_reset(prefect: Prefect) -> None:
    deployment = prefect.ask("/deployments/name/watch/every-15-minutes", None)
    path = f"/deployments/{deployment['id']}"
    schedule = deployment["schedules"][0]
    hourly = {"schedule": {"cron": "5 * * * *", "timezone": "UTC"}, "active": False}
    prefect.send("PATCH", f"{path}/schedules/{schedule['id']}", hourly)
    parameters = deployment["parameters"] | {"max_minutes": 9, "processes": 3}
    prefect.send("PATCH", path, {"parameters": parameters})

    output = prefect.run(POLLWATCH, "deploy")
    kept_deployment = prefect.ask("/deployments/name/watch/every-15-minutes", None)
    again = prefect.run(POLLWATCH, "deploy")
    prefect.run(POLLWATCH, "deploy", "--reset")
    reset = prefect.ask("/deployments/name/watch/every-15-minutes", None)

    assert (
        "Kept: watch/every-15-minutes: parameters.max_minutes stays 9 (prefect.yaml: 13)" in output
    )
    assert "schedule.quarter-hourly.active stays False (prefect.yaml: True)" in output
    assert "schedule.quarter-hourly.when stays" in output
    assert kept_deployment["parameters"] == parameters
    assert [
        (each["active"], each["schedule"]["cron"]) for each in kept_deployment["schedules"]
    ] == [(False, "5 * * * *")]
    assert again.count("Kept: watch/every-15-minutes") == 4
    assert reset["parameters"] == deployment["parameters"]
    assert [each["schedule"]["interval"] for each in reset["schedules"]] == [900]
    assert "Kept:" not in prefect.run(POLLWATCH, "deploy")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("processes", 0),
        ("concurrent_requests", 0),
        ("max_minutes", -1),
        ("seconds_between_requests", -4),
        ("due_only", "perhaps"),
    ],
)
def test_a_parameter_that_would_hang_a_run_is_refused(
    prefect: Prefect, name: str, value: object
) -> None:
    deployment = prefect.ask("/deployments/name/watch/every-15-minutes", None)
    body = {"parameters": {**deployment["parameters"], name: value}, "state": {"type": "SCHEDULED"}}
    with pytest.raises(urllib.error.HTTPError) as caught:
        prefect.ask(f"/deployments/{deployment['id']}/create_flow_run", body)
    assert caught.value.code == 409
    assert name in caught.value.read().decode()


def test_the_form_of_a_run_describes_each_parameter(prefect: Prefect) -> None:
    deployment = prefect.ask("/deployments/name/watch/every-15-minutes", None)
    properties = deployment["parameter_openapi_schema"]["properties"]
    assert all(field.get("description") for field in properties.values())


def test_a_run_tells_which_feed_failed_and_leaves_its_tables(
    prefect: Prefect, tmp_path: Path
) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(tmp_path / "feeds.yaml")
        deployment = prefect.ask("/deployments/name/watch/every-15-minutes", None)
        parameters = {
            **deployment["parameters"],
            "feeds": str(tmp_path / "feeds.yaml"),
            "db": str(tmp_path / "pollwatch.db"),
        }
        run = prefect.ask(
            f"/deployments/{deployment['id']}/create_flow_run",
            {"parameters": parameters, "state": {"type": "SCHEDULED"}},
        )
        ended = until(lambda: ended_run(prefect, run["id"]), seconds=400, what="finished flow run")

    assert (ended["state_type"], ended["state_name"]) == ("COMPLETED", "CompletedWithErrors")
    assert ended["state"]["message"].startswith("1 of 7 feeds failed")
    mine = {"flow_runs": {"id": {"any_": [run["id"]]}}}
    tasks = until(lambda: failed_tasks(prefect, mine), seconds=180, what="red task run")
    assert [task["name"] for task in tasks] == ["Wrenfield Public Radio"]
    assert "503" in tasks[0]["state"]["message"]
    assert re.match(r"watch .* UTC: 7 feeds, 32 articles, \d+ hits", ended["name"])
    lines = until(lambda: log_lines(prefect, run["id"]), seconds=180, what="logs")
    assert not [line for line in lines if "NoneType" in line]
    assert len([line for line in lines if line.startswith("Wrenfield Public Radio: ")]) == 1
    assert len([line for line in lines if re.search(r": \d+ entries, \d+ new", line)]) == 6
    artifacts = prefect.ask("/artifacts/latest/filter", {})
    assert {"new-hits", "feed-health", "failed-pages"} <= {
        artifact["key"] for artifact in artifacts
    }
    until(lambda: "completed-with-errors" in labels(prefect, "run.finished", "state"), seconds=180, what="event")  # fmt: skip
    # The server stores events some seconds after they were sent, and hits are told after the run.
    until(lambda: {"high", "medium"} <= labels(prefect, "hit.new", "severity"), seconds=180, what="severities")  # fmt: skip
    until(lambda: {"US"} <= {region[:2] for region in labels(prefect, "hit.new", "region")}, seconds=180, what="a region")  # fmt: skip


def labels(prefect: Prefect, event: str, name: str) -> set[str]:
    resources = [event["resource"] for event in prefect.events(f"pollwatch.{event}")]
    return {
        resource[f"pollwatch.{name}"] for resource in resources if f"pollwatch.{name}" in resource
    }


def log_lines(prefect: Prefect, run_id: str) -> list[str]:
    """All lines of a run, once its last one is there."""
    query = {"logs": {"flow_run_id": {"any_": [run_id]}}, "limit": 200, "sort": "TIMESTAMP_ASC"}
    lines = [line["message"] for line in prefect.ask("/logs/filter", query)]
    return lines if any("Finished in state" in line for line in lines) else []


def ended_run(prefect: Prefect, run_id: str) -> dict[str, Any] | None:
    run: dict[str, Any] = prefect.ask(f"/flow_runs/{run_id}", None)
    return run if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None


def failed_tasks(prefect: Prefect, mine: dict[str, Any]) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = prefect.ask("/task_runs/filter", mine)
    return [task for task in tasks if task["state_type"] == "FAILED"]


def scheduled_by_the_minute(prefect: Prefect, folder: Path, runs: int) -> list[dict[str, Any]]:
    """So many runs that the scheduler itself started from a minute's schedule, fresh from `deploy`."""
    prefect.run(POLLWATCH, "deploy", "--reset")
    deployment = prefect.ask("/deployments/name/watch/every-15-minutes", None)
    path = f"/deployments/{deployment['id']}"
    files = {"feeds": str(folder / "feeds.yaml"), "db": str(folder / "minutes.db")}
    prefect.send("PATCH", path, {"parameters": {**deployment["parameters"], **files}})
    schedule = f"{path}/schedules/{deployment['schedules'][0]['id']}"
    prefect.send("PATCH", schedule, {"schedule": {"interval": 60}, "active": True})
    mine = {
        "flow_runs": {
            "deployment_id": {"any_": [deployment["id"]]},
            "state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}},
            "tags": {"all_": ["auto-scheduled"]},
        }
    }
    until(
        lambda: len(prefect.ask("/flow_runs/filter", mine)) >= runs,
        seconds=100 * runs + 200,
        what=f"{runs} finished runs",
    )
    prefect.send("PATCH", schedule, {"active": False})
    time.sleep(120)  # longer than the automation's patience
    ended: list[dict[str, Any]] = prefect.ask("/flow_runs/filter", mine)
    return ended


@pytest.mark.long
def test_a_run_that_the_scheduler_started_keeps_its_own_state(
    prefect: Prefect, tmp_path: Path
) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(tmp_path / "feeds.yaml")
        ended = scheduled_by_the_minute(prefect, tmp_path, 1)

    assert {run["state_name"] for run in ended} <= {"Completed", "CompletedWithErrors"}


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_twenty_scheduled_runs_keep_their_own_states(prefect: Prefect, tmp_path: Path) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(tmp_path / "feeds.yaml")
        ended = scheduled_by_the_minute(prefect, tmp_path, 20)

    assert len(ended) >= 20
    assert {run["state_name"] for run in ended} <= {"Completed", "CompletedWithErrors"}
