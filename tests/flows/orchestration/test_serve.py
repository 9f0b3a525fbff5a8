"""`pollwatch serve` alive: one on a database, faults saved while it runs, and its end."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from demo.newsroom import Newsroom
from flows.orchestration.serve import night_was_missed
from flows.pipeline.run import STOPPED
from storage.store import Store
from storage.upkeep.last_upkeep import note_done, note_failed
from tests.databases import new_store
from tests.flows.conftest import RULES
from tests.flows.orchestration.conftest import POLLWATCH, free_port
from tests.storage.making import NOON

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
CUT_SHORT = "- id: cut-short\n  title: Somebody is still writing\n  query: ballot NEAR/\n"


class Served:
    """A folder with feeds and rules of its own, and `serve` over it."""

    def __init__(self, folder: Path, newsroom: Newsroom) -> None:
        self.folder, self.port = folder, free_port()
        self.feeds, self.rules, self.db = folder / "feeds.yaml", folder / "rules", folder / "p.db"
        newsroom.write_feeds(self.feeds)
        shutil.copytree(RULES, self.rules)
        self.env = {**os.environ, "PREFECT_HOME": str(folder / "prefect")}
        self.env.pop("PREFECT_API_URL", None)
        self.said = folder / "said"
        with self.said.open("w") as out:
            self.process = subprocess.Popen(
                self.command(), cwd=folder, env=self.env, stdout=out, stderr=out
            )

    def command(self, *more: str, db: Path | None = None) -> list[str]:
        places = {"--feeds": self.feeds, "--rules": self.rules, "--db": db or self.db}
        named = [word for option, path in places.items() for word in (option, str(path))]
        return [POLLWATCH, "serve", "--minutes", "5", "--port", str(self.port), *named, *more]

    def call(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=400
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if not self.db.exists():
            return []
        try:
            with sqlite3.connect(self.db) as connection:
                return connection.execute(sql).fetchall()
        except sqlite3.OperationalError:  # its schema is being made
            return []

    def ended_runs(self) -> int:
        return len(self.rows("SELECT 1 FROM runs WHERE state != 'running'"))

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api{path}", data, {"Content-Type": "application/json"}
        )
        while True:
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as busy:
                if busy.code != 503:  # its database was locked by a run's own reports
                    raise
                time.sleep(1)

    def begin_run(self, deployment: str = "watch/served", **parameters: object) -> str:
        """Another run of a served deployment, without waiting for the schedule; its id in Prefect."""
        answer = self.ask(f"/deployments/name/{deployment}")
        path = f"/deployments/{answer['id']}/create_flow_run"
        run = self.ask(path, {"state": {"type": "SCHEDULED"}, "parameters": parameters})
        return str(run["id"])

    def run_now(self, deployment: str = "watch/served", **parameters: object) -> dict[str, Any]:
        """The same to its end, as Prefect has it."""
        run = self.begin_run(deployment, **parameters)
        ended = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        wait_for(lambda: self.ask(f"/flow_runs/{run}")["state_type"] in ended)
        flow_run: dict[str, Any] = self.ask(f"/flow_runs/{run}")
        return flow_run


def wait_for(there: Callable[[], object], seconds: float = 400) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.5)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """After its first run."""
    with Newsroom(ports=(0,) * 7) as newsroom:
        server = Served(tmp_path_factory.mktemp("served"), newsroom)
        try:
            wait_for(lambda: server.ended_runs() or server.process.poll() is not None)
            assert server.process.poll() is None, server.said.read_text()
            yield server
        finally:
            server.process.kill()
            server.process.wait(30)


def test_it_says_what_the_feeds_own_intervals_mean(served: Served) -> None:
    output = served.said.read_text()

    assert f"Serving every 5 minutes; runs at http://127.0.0.1:{served.port}." in output
    assert (
        "A run polls the feeds whose own interval has passed, so most runs find few due." in output
    )


def test_a_second_one_says_that_one_is_running_and_ends(served: Served) -> None:
    same_database = served.call(served.command())
    same_port = served.call(served.command(db=served.folder / "other.db"))

    assert same_database.returncode == 1
    assert re.match(
        rf"pollwatch: another serve run is under way \(process {served.process.pid}.*; this one ends\.",
        same_database.stderr,
    )
    assert same_port.returncode == 2
    assert f"a Prefect server answers on port {served.port} already" in same_port.stderr


def test_a_rule_a_word_list_and_a_feed_broken_meanwhile_stop_nothing_and_are_named_everywhere(
    served: Served,
) -> None:
    words = served.rules / "terms" / "attacks.yaml"
    (served.rules / "mine.yaml").write_text(CUT_SHORT)
    words.write_text(words.read_text() + "\nhalf: [")
    feeds = served.feeds.read_text()
    served.feeds.write_text(feeds.replace("- id:", "- intervall: 5\n  id:", 1))

    run = served.run_now(due_only=False)
    status = served.call([POLLWATCH, "status", "--db", str(served.db)])

    assert (run["state_type"], run["state_name"]) == ("COMPLETED", "CompletedWithFaults")
    # By its id: on a busy machine the schedule's own next run may have begun since.
    ((polled, state, faults, message),) = served.rows(
        f"""SELECT (SELECT count(DISTINCT feed_id) FROM polls WHERE run_id = runs.id), state, faults_json, message
            FROM runs WHERE prefect_run_id = '{run["id"]}'"""
    )
    assert polled == 7
    assert state == "completed-with-errors"
    names = {"mine.yaml", "attacks.yaml", "feeds.yaml"}
    assert names <= {Path(fault["path"]).name for fault in json.loads(faults)}
    assert "fault" in message
    assert status.returncode == 1
    for name in names:
        assert re.search(rf"^Fault +\S*{name}:\d+: ", status.stdout, re.M)
    events = served.rows("SELECT payload_json FROM events WHERE kind = 'configuration-fault'")
    assert [name for name in names if not any(name in payload for (payload,) in events)] == []


def test_each_night_it_forgets_draws_the_audit_and_keeps_a_backup(served: Served) -> None:
    nightly = served.ask("/deployments/name/maintain/served-nightly")
    (schedule,) = nightly["schedules"]

    run = served.run_now("maintain/served-nightly")

    assert schedule["active"]
    assert schedule["schedule"]["rrule"].endswith("FREQ=DAILY;BYHOUR=3;BYMINUTE=30;BYSECOND=0")
    assert schedule["schedule"]["timezone"] == "UTC"
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    (backup,) = (served.folder / "backups").glob("p-*.db")
    with Store.open_existing(backup) as copy:
        assert copy.db.execute("SELECT count(*) FROM runs").fetchone() >= (1,)


def test_when_its_prefect_server_is_killed_it_begins_anew_and_runs_go_on(served: Served) -> None:
    ended = served.ended_runs()
    children = ["pgrep", "-P", str(served.process.pid), "-f", "server start"]
    server = int(subprocess.run(children, capture_output=True, text=True, check=True).stdout)

    os.kill(server, signal.SIGKILL)

    wait_for(lambda: served.ended_runs() > ended or served.process.poll() is not None)
    assert served.process.poll() is None
    assert served.ended_runs() > ended
    assert "The Prefect server has died: serve begins anew" in served.said.read_text()


@pytest.mark.parametrize(
    ("now", "missed"),
    [
        ("2026-11-04T03:29", False),
        ("2026-11-04T03:31", True),
        ("2026-11-04T09:00", True),
        ("2026-11-03T23:00", False),
    ],
)
def test_a_night_in_which_the_machine_was_off_is_made_up_for(
    tmp_path: Path, now: str, missed: bool
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert not night_was_missed(tmp_path / "p.db", at)
    with new_store(tmp_path / "p.db", NOON) as store:
        note_done(store.db, datetime(2026, 11, 3, 3, 30, tzinfo=UTC))

    assert night_was_missed(tmp_path / "p.db", at) is missed


def test_upkeep_that_failed_in_the_night_is_not_tried_at_each_start(tmp_path: Path) -> None:
    morning = datetime(2026, 11, 4, 9, tzinfo=UTC)
    with new_store(tmp_path / "p.db", NOON) as store:
        note_failed(
            store.db, tmp_path / "p.db", "no room", datetime(2026, 11, 4, 3, 30, tzinfo=UTC)
        )

    assert not night_was_missed(tmp_path / "p.db", morning)


def test_sigterm_in_the_midst_of_a_run_ends_it_cleanly(served: Served) -> None:
    said_before = len(served.said.read_text())  # of a server that was killed
    served.begin_run(due_only=False)
    wait_for(lambda: served.rows("SELECT 1 FROM runs WHERE state = 'running'"))

    served.process.send_signal(signal.SIGTERM)
    served.process.wait(180)

    output = served.said.read_text()[said_before:]
    assert "Traceback" not in output
    assert "| ERROR" not in output
    assert STOPPED in output
    assert served.rows("SELECT count(*) FROM runs WHERE state = 'running'") == [(0,)]
    with pytest.raises(OSError):  # its Prefect server has gone with it
        served.ask("/health")
    assert served.process.returncode == 0
