"""The README's way onto a schedule, with a real Prefect server and a real worker."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.newsroom import Newsroom

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[3]
PREFECT = str(Path(sys.executable).with_name("prefect"))
POLLWATCH = str(Path(sys.executable).with_name("pollwatch"))


def until(there: Callable[[], Any], *, seconds: float, what: str) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := there():
            return found
        time.sleep(1)
    raise AssertionError(f"no {what} within {seconds:g} s")


class Prefect:
    """A server of our own, and its API."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api"
        self.env = {**os.environ, "PREFECT_HOME": str(folder), "PREFECT_API_URL": self.url}
        self.log = (folder / "log.txt").open("wb")
        self.started = [self.start("server", "start", "--port", str(port))]
        until(self.answers, seconds=120, what="Prefect server")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [PREFECT, *arguments], cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log
        )

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def answers(self) -> bool:
        try:
            return bool(self.ask("/health", None))
        except OSError:
            return False

    def ask(self, path: str, body: dict[str, Any] | None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def close(self) -> None:
        for process in reversed(self.started):
            process.terminate()
            process.wait(60)
        self.log.close()


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    server = Prefect(tmp_path_factory.mktemp("prefect"), 9411)
    try:
        server.run(POLLWATCH, "deploy")
        server.started.append(server.start("worker", "start", "--pool", "pollwatch"))
        yield server
    finally:
        server.close()


def test_the_deployment_is_scheduled_and_never_piles_up(prefect: Prefect) -> None:
    found = prefect.ask("/deployments/name/watch/every-15-minutes", None)

    assert [schedule["schedule"]["interval"] for schedule in found["schedules"]] == [900]
    assert found["global_concurrency_limit"]["limit"] == 1
    assert found["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    waiting = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    until(lambda: prefect.ask("/flow_runs/count", waiting), seconds=90, what="scheduled run")


def test_killed_runs_have_an_automation_that_ends_them(prefect: Prefect) -> None:
    names = [found["name"] for found in prefect.ask("/automations/filter", {})]
    assert names == ["Pollwatch: a run without a heartbeat has crashed"]


def test_a_run_tells_which_feed_failed_and_leaves_its_tables(
    prefect: Prefect, tmp_path: Path
) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(tmp_path / "feeds.yaml")
        found = prefect.ask("/deployments/name/watch/every-15-minutes", None)
        parameters = {
            **found["parameters"],
            "feeds": str(tmp_path / "feeds.yaml"),
            "db": str(tmp_path / "pollwatch.db"),
        }
        run = prefect.ask(
            f"/deployments/{found['id']}/create_flow_run",
            {"parameters": parameters, "state": {"type": "SCHEDULED"}},
        )
        ended = until(lambda: ended_run(prefect, run["id"]), seconds=240, what="finished flow run")

    assert (ended["state_type"], ended["state_name"]) == ("COMPLETED", "CompletedWithErrors")
    assert ended["state"]["message"].startswith("1 of 7 feeds failed")
    mine = {"flow_runs": {"id": {"any_": [run["id"]]}}}
    tasks = until(lambda: failed_tasks(prefect, mine), seconds=60, what="red task run")
    assert [task["name"] for task in tasks] == ["Wrenfield Public Radio"]
    assert "503" in tasks[0]["state"]["message"]
    artifacts = prefect.ask("/artifacts/latest/filter", {})
    assert {"new-hits", "feed-health", "failed-pages"} <= {
        artifact["key"] for artifact in artifacts
    }


def ended_run(prefect: Prefect, run_id: str) -> dict[str, Any] | None:
    run: dict[str, Any] = prefect.ask(f"/flow_runs/{run_id}", None)
    return run if run["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None


def failed_tasks(prefect: Prefect, mine: dict[str, Any]) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = prefect.ask("/task_runs/filter", mine)
    return [task for task in tasks if task["state_type"] == "FAILED"]
