"""A Prefect server with our deployments and a worker, started as compose.yaml does, one for all tests of this folder."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import containers
from tests.alerts import sinks

ROOT = Path(__file__).parents[3]
POLLWATCH = str(Path(sys.executable).with_name("pollwatch"))
PATIENCE = 120  # seconds for one answer: a busy machine is no fault
MAKE_BLOCK = """
import sys
from prefect.blocks.notifications import SlackWebhook
SlackWebhook(url=sys.argv[1]).save("desk", overwrite=True)
"""


def until(there: Callable[[], Any], *, seconds: float, what: str) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := there():
            return answer
        time.sleep(1)
    raise AssertionError(f"no {what} within {seconds:g} s")


class Prefect:
    """A server of our own, and its API."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api"
        self.env = {**os.environ, "PREFECT_HOME": str(folder), "PREFECT_API_URL": self.url}
        self.log = (folder / "log.txt").open("wb")
        self.started = [self.start(*containers.command("server"), "--port", str(port))]
        until(self.answers, seconds=300, what="Prefect server")

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log)

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
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def send(self, method: str, path: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        for patience in range(20, -1, -1):
            try:
                urllib.request.urlopen(request, timeout=PATIENCE).close()
                return
            except urllib.error.HTTPError as error:
                if error.code != 503 or not patience:  # its database is busy: it asks to come again
                    raise
            time.sleep(1)

    def automation(self, name: str) -> dict[str, Any]:
        listed: list[dict[str, Any]] = self.ask("/automations/filter", {})
        return next(automation for automation in listed if automation["name"] == name)

    def events(self, name: str) -> list[dict[str, Any]]:
        query = {"filter": {"event": {"name": [name]}}, "limit": 50}
        events: list[dict[str, Any]] = self.ask("/events/filter", query)["events"]
        return events

    def close(self) -> None:
        for process in reversed(self.started):
            process.terminate()
            try:
                process.wait(60)
            except (
                subprocess.TimeoutExpired
            ):  # a worker ends by SIGINT, which a job in the background ignores
                process.kill()
                process.wait()
        self.log.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture(scope="session")
def notified() -> Iterator[sinks.Sink]:
    """What the notification block slack-webhook/desk sends."""
    with sinks.http() as sink:
        yield sink


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory, notified: sinks.Sink) -> Iterator[Prefect]:
    server = Prefect(tmp_path_factory.mktemp("prefect"), free_port())
    try:
        # A Slack block takes every address that Apprise knows.
        server.run(sys.executable, "-c", MAKE_BLOCK, notified.url.replace("http:", "json:"))
        server.run(*containers.command("deploy"), "--notify", "slack-webhook/desk")
        server.started.append(server.start(*containers.command("worker")))
        yield server
    finally:
        server.close()
