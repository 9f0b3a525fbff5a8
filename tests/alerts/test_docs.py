"""docs/alerts.md and docs/api.md: every command in them runs, every example works against a real server."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from alerts.alerts_yaml.json_schema import alerts_schema
from alerts.alerts_yaml.load import load_alerts
from alerts.sender import Sender
from cli import main
from storage.runs import finish_run
from storage.store import Store
from tests.alerts import sinks
from tests.alerts.outboxes import add_event, add_story, database, webhook_yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EXAMPLE = DOCS / "examples" / "alerts.yaml"
WITH_DB = ("status", "send", "retry", "metrics", "report", "queue", "export", "create", "list", "revoke")  # fmt: skip


def commands(page: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]


def mail_example() -> str:
    """The whole alerts.yaml that the page gives for e-mail."""
    page = (DOCS / "alerts.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    return next(block for block in blocks if "{id: mail" in block)


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch):
    with sinks.http() as sink:
        for name in ("DESK_URL", "PAGER_URL", "ANN_URL"):
            monkeypatch.setenv(name, sink.url.replace("http://", "json://"))
        monkeypatch.setenv("SOC_URL", sink.url)
        monkeypatch.setenv("SOC_KEY", "k")
        monkeypatch.setenv("PING_URL", sink.url)
        yield sink


@pytest.mark.slow
@pytest.mark.parametrize("page", ["alerts.md", "api.md"])
def test_every_command_of_the_page_runs(
    page: str, tmp_path: Path, secrets: sinks.Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    path = database(tmp_path, now)
    with Store.open(path, now=now) as store:
        finish_run(
            store.db, store.start_run("watch", now=now), "completed", message="", stats={}, now=now
        )
    add_story(path, 1, now)
    monkeypatch.chdir(tmp_path)
    by_mail = tmp_path / "alerts.yaml"
    by_mail.write_text(mail_example(), encoding="utf-8")
    lines = commands(page)
    assert len(lines) >= 10
    for line in lines:
        program, *arguments = shlex.split(line)
        if program == "export":  # an account of a mail server; the sink stands for it
            assert arguments[0].startswith("MAIL=mailtos://")
            monkeypatch.setenv("MAIL", secrets.url.replace("http://", "json://"))
            continue
        if arguments[0] == "deploy":
            continue  # needs a Prefect server: tests/flows/orchestration/test_notify.py
        assert program == "./pollwatch", line
        if any(word in WITH_DB for word in arguments[:2]):
            arguments += ["--db", str(path)]
        if arguments[0] in ("alerts", "report") and "retry" not in arguments:
            arguments += ["--alerts", str(by_mail if "mail" in arguments else EXAMPLE)]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, (line, done.output, done.exception)


def test_the_example_loads_and_the_schema_in_docs_takes_it() -> None:
    output = json.loads((DOCS / "alerts.schema.json").read_text(encoding="utf-8"))
    assert output == alerts_schema()
    jsonschema.validate(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")), output)
    assert len(load_alerts(EXAMPLE).routes) == 4


@pytest.mark.slow
def test_the_python_and_the_curl_example_read_a_real_server(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    path = database(tmp_path, now)
    for number in (1, 2, 3):
        add_story(path, number, now)
    answer = CliRunner().invoke(main, ["tokens", "create", "t", "--scope", "read:queue", "--db", str(path)])  # fmt: skip
    port = sinks.free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", "from cli import main; main()", "review", "--db", str(path), "--port", str(port), "--no-open", "--alerts", str(tmp_path / "none.yaml")],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "POLLWATCH_URL": url, "POLLWATCH_TOKEN": answer.output.strip()}
    try:
        answers(f"{url}/-/health")
        answer = subprocess.run([sys.executable, str(DOCS / "examples" / "read_queue.py")], env=environment, capture_output=True, text=True, check=True)  # fmt: skip
        (line,) = re.findall(r"```curl\n(.*?)\n```", (DOCS / "api.md").read_text(encoding="utf-8"))
        curled = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, text=True, check=True)  # fmt: skip
    finally:
        server.terminate()
        server.wait(30)
    assert [row.split("\t")[1] for row in answer.stdout.splitlines()] == ["Story 1", "Story 2", "Story 3"]  # fmt: skip
    assert [story["id"] for story in json.loads(curled.stdout)["stories"]] == [1, 2]


@pytest.mark.slow  # starts a receiver
def test_the_receiver_of_the_examples_keeps_a_story_up_to_date_and_takes_no_forgery(
    tmp_path: Path,
) -> None:
    now, port = datetime.now(UTC), sinks.free_port()
    path, url = database(tmp_path, now), f"http://127.0.0.1:{port}/"
    add_story(path, 1, now)
    receiver = subprocess.Popen(
        [sys.executable, str(DOCS / "examples" / "receive_alerts.py"), str(port)],
        env={**os.environ, "SOC_KEY": "k"}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        answers(url)
        alerts = webhook_yaml(tmp_path, url)
        desk = Sender(path, alerts, resolve=lambda name: "k")
        assert desk.round().sent == 1
        add_event(path, "story-withdrawn", "gone:1", datetime.now(UTC), story=1)
        assert desk.round().sent == 1
        add_event(path, "story-new", "forged", datetime.now(UTC), story=1)
        assert Sender(path, alerts, resolve=lambda name: "another key").round().dead == 1
        with urllib.request.urlopen(url, timeout=5) as answer:
            board = json.load(answer)
    finally:
        receiver.terminate()
        receiver.wait(10)
    assert board == {"story-1": "[HIGH] Withdrawn by the publisher: Story 1"}


def answers(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server did not come up")
