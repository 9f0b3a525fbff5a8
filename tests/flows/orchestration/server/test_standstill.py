"""Why no run begins, by a real server: what is paused, who is missing, and who does not answer."""

import json
import os
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest

from tests.flows.orchestration.conftest import ROOT, Prefect, free_port, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ASK = """
import json, sys
from flows.orchestration.server.standstill import why_no_run_begins
print(json.dumps(why_no_run_begins(sys.argv[1])))
"""


def why(prefect: Prefect, flow: str) -> list[str]:
    reasons: list[str] = json.loads(prefect.run(sys.executable, "-c", ASK, flow))
    return reasons


def made(prefect: Prefect) -> tuple[str, str, str]:
    """A flow with a deployment on a work pool of its own: flow and pool by name, deployment by id."""
    flow = f"flow-{uuid4().hex[:8]}"
    pool = f"pool-{flow}"
    prefect.ask("/work_pools/", {"name": pool, "type": "process"})
    created: dict[str, Any] = prefect.ask("/flows/", {"name": flow})
    schedule = {"schedule": {"interval": 900}, "active": True}
    deployment = prefect.ask(
        "/deployments/",
        {"name": "d", "flow_id": created["id"], "work_pool_name": pool, "schedules": [schedule]},
    )
    return flow, pool, deployment["id"]


def test_what_stands_in_the_way_is_named(prefect: Prefect) -> None:
    flow, pool, deployment = made(prefect)
    missing = f"no worker asks the work pool {pool} for work: prefect worker start --pool {pool}"
    assert why(prefect, flow) == [missing]

    prefect.send("PATCH", f"/work_pools/{pool}", {"is_paused": True})
    assert why(prefect, flow) == [f"the work pool {pool} is paused in Prefect"]

    prefect.send("PATCH", f"/deployments/{deployment}", {"paused": True})
    assert why(prefect, flow) == [f"the schedule of {flow}/d is paused in Prefect"]

    prefect.send("DELETE", f"/deployments/{deployment}", {})
    assert why(prefect, flow) == [f"Prefect knows no deployment of {flow}: ./pollwatch deploy"]


def test_nothing_is_said_where_a_worker_asks_for_work(prefect: Prefect) -> None:
    until(lambda: why(prefect, "watch") == [], seconds=180, what="worker that asks for work")


def test_a_server_that_does_not_answer_is_named() -> None:
    port = free_port()
    env = {**os.environ, "PREFECT_API_URL": f"http://user:secret@127.0.0.1:{port}/api"}
    done = subprocess.run(
        [sys.executable, "-c", ASK, "watch"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip

    (reason,) = json.loads(done.stdout)
    assert reason.startswith("the Prefect server at http://")
    assert "does not answer" in reason
    assert "secret" not in reason
