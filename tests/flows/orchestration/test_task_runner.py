"""A `watch` with a DaskTaskRunner reads its pages on that runner's cluster, and Prefect shows where."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from demo.newsroom import Newsroom
from tests.extractors.cluster.processes import DaskProcesses
from tests.flows.orchestration.conftest import ROOT, Prefect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
OWN_FLOW = """
import asyncio, sys
from prefect_dask import DaskTaskRunner
from flows.watch import watch
on_dask = watch.with_options(task_runner=DaskTaskRunner(address=sys.argv[1]))
asyncio.run(on_dask(feeds=sys.argv[2], db=sys.argv[3], seconds_between_requests=0, return_state=True))
"""


def test_pages_are_read_on_the_cluster_of_the_flows_task_runner(
    prefect: Prefect, tmp_path: Path
) -> None:
    db = tmp_path / "pollwatch.db"
    with Newsroom(ports=(0,) * 7) as newsroom, DaskProcesses(tmp_path) as dask:
        newsroom.write_feeds(tmp_path / "feeds.yaml")
        dask.add_worker("of-the-runner")
        words = [sys.executable, "-c", OWN_FLOW, dask.address, str(tmp_path / "feeds.yaml"), str(db)]  # fmt: skip
        done = subprocess.run(words, cwd=ROOT, env=prefect.env, capture_output=True, text=True, check=False)  # fmt: skip

    assert done.returncode == 0, done.stderr
    with sqlite3.connect(db) as conn:
        (message,) = conn.execute("SELECT message FROM runs").fetchone()
    assert "; read at of-the-runner (" in message
    latest = {"artifacts": {"key": {"any_": ["read-at"]}}}
    (shown,) = prefect.ask("/artifacts/latest/filter", latest)
    (row,) = json.loads(shown["data"])
    assert row["worker"] == "of-the-runner"
    assert row["texts"] > 20
