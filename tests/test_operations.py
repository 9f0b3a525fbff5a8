"""docs/operations.md: backup and restore run as they stand; units and compose.yaml are checked.

What the units and containers start is run by tests/flows/orchestration/test_prefect.py (server,
deploy, worker), test_serve.py beside it, and tests/review/auth/test_proxies.py (review).
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from storage.feeds import sync_feeds
from storage.store import Store
from tests import containers
from tests.storage.making import feed

ROOT = Path(__file__).parents[1]
TESTED = re.compile(r"<!-- a test runs this block -->\n```sh\n(.*?)```", re.S)


@pytest.mark.slow
def test_a_backup_is_restored_by_the_commands_of_the_page(tmp_path: Path) -> None:
    _, backup, restore, *_ = TESTED.findall((ROOT / "docs" / "operations.md").read_text("utf-8"))
    (tmp_path / "pollwatch").symlink_to(Path(sys.executable).with_name("pollwatch"))
    db = tmp_path / "data" / "pollwatch.db"
    db.parent.mkdir()
    with Store.open(db, now=datetime.now(UTC)) as store:
        sync_feeds(store.db, [feed()], datetime.now(UTC))

    subprocess.run(["sh", "-ec", backup], cwd=tmp_path, check=True)
    db.write_bytes(b"damaged " * 1000)
    done = subprocess.run(
        ["sh", "-c", restore], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1, done.stderr  # as no run has finished yet
    assert "Feeds      1 listed" in done.stdout
    with sqlite3.connect(db) as conn:
        assert conn.execute("SELECT slug FROM feeds").fetchall() == [(feed().id,)]
    assert (tmp_path / "data" / "damaged" / "pollwatch.db").exists()


@pytest.mark.slow
def test_an_installation_moves_by_the_commands_of_the_page(tmp_path: Path) -> None:
    *_, pack, unpack = TESTED.findall((ROOT / "docs" / "operations.md").read_text("utf-8"))
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "pollwatch").symlink_to(Path(sys.executable).with_name("pollwatch"))
    for name in ("local/feeds.yaml", "rules/local/mine.yaml", "data/backups/one.db"):
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (old / name).write_text(name, "utf-8")
    with Store.open(old / "data" / "pollwatch.db", now=datetime.now(UTC)) as store:
        sync_feeds(store.db, [feed()], datetime.now(UTC))

    subprocess.run(["sh", "-ec", pack], cwd=old, check=True)
    shutil.move(old / "pollwatch-mine.tar.gz", new)
    done = subprocess.run(["sh", "-c", unpack], cwd=new, capture_output=True, text=True, check=False)  # fmt: skip

    assert "Feeds      1 listed" in done.stdout, done.stderr
    for name in ("local/feeds.yaml", "rules/local/mine.yaml", "data/backups/one.db"):
        assert (new / name).read_text("utf-8") == name


@pytest.mark.slow
def test_own_files_are_found_and_git_ignores_them(tmp_path: Path) -> None:
    for name in ("feeds.yaml", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("local"))
    (tmp_path / "pollwatch").symlink_to(Path(sys.executable).with_name("pollwatch"))
    for git in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "."]):  # fmt: skip
        subprocess.run(["git", *git], cwd=tmp_path, check=True)
    own, *_ = TESTED.findall((ROOT / "docs" / "operations.md").read_text("utf-8"))

    done = subprocess.run(["sh", "-ec", own], cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "POLLWATCH_HOME": str(tmp_path)})  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "https://paper.example/rss" in (tmp_path / "local" / "feeds.yaml").read_text("utf-8")
    assert (tmp_path / "feeds.yaml").read_bytes() == (ROOT / "feeds.yaml").read_bytes()
    assert not [line for line in done.stdout.splitlines() if line[:2] in (" M", "??")]


def units() -> dict[str, str]:
    """The page's unit as it stands, and those that it says to make of it, by what they start."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    whole, others = re.findall(r"```ini\n(.*?)```", page, re.S)
    starts = [*others.splitlines(), *re.findall(r"`(ExecStart=[^`]+)`", page)]
    units = [whole, *(re.sub(r"ExecStart=.*", start, whole) for start in starts)]
    return {started_by(unit).removeprefix("prefect ").split()[0]: unit for unit in units}


def started_by(unit: str) -> str:
    (start,) = re.findall(r"^ExecStart=/opt/pollwatch/pollwatch (.*)$", unit, re.M)
    return str(start)


def test_units_and_containers_start_the_same() -> None:
    by_units = {started_by(unit).replace("/opt/pollwatch/", "") for unit in units().values()}
    by_containers = {
        str(service["command"]).removeprefix("./pollwatch ").replace(" --host 0.0.0.0", "")
        for service in containers.services().values()
    }

    assert by_units == (by_containers - {"deploy"}) | {"serve"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("name", ["serve", "server", "worker", "review"])
def test_systemd_takes_the_units(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"pollwatch-{name}.service"
    unit = units()[name].replace("/opt/pollwatch/pollwatch", sys.executable)
    path.write_text(unit.replace("/opt/pollwatch", str(tmp_path)))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True, check=False
    )

    assert [line for line in done.stderr.splitlines() if path.name in line] == []
    assert done.returncode == 0


def docker_compose() -> list[str] | None:
    """Asked only when a test needs it: the answer takes a process."""
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]):
            answer = subprocess.run([*words, "version"], capture_output=True, check=False)
            if answer.returncode == 0:
                return words
    return None


@pytest.mark.slow
def test_docker_compose_takes_the_file() -> None:
    compose = docker_compose()
    if compose is None:
        pytest.skip("no docker compose on this machine")
    env = {**os.environ, "DATASETTE_SECRET": "of-the-environment"}
    done = subprocess.run(
        [*compose, "-f", str(containers.COMPOSE), "config"],
        capture_output=True, text=True, check=False, env=env,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    services: dict[str, Any] = yaml.safe_load(done.stdout)["services"]
    for name, service in containers.services().items():
        command = services[name]["command"]  # its second version writes words, its first a line
        assert (command if isinstance(command, str) else " ".join(command)) == service["command"]
    assert services["review"]["environment"]["DATASETTE_SECRET"] == "of-the-environment"
