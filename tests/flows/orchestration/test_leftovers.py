"""A run that is stopped, or killed, leaves no process behind, and ends none that is not its own."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.newsroom import Newsroom

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
ROOT = Path(__file__).parents[3]


def until(there: Callable[[], object], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if there():
            return True
        time.sleep(0.1)
    return False


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Callable[[], list[int]]]:
    """The processes that were started with this test's folder in their environment."""

    def all_of_it() -> list[int]:
        pids = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                pids += [int(path.parts[2])] if str(tmp_path).encode() in path.read_bytes() else []
            except OSError:
                continue
        return [pid for pid in pids if alive(pid)]

    yield all_of_it
    for pid in all_of_it():
        os.kill(pid, signal.SIGKILL)


def start(folder: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "PREFECT_HOME": str(folder / "prefect")}
    env.pop("PREFECT_API_URL", None)
    command = "from cli import main; main()"
    options = ["run", "--feeds", folder / "feeds.yaml", "--db", folder / "x.db", "--pace", "2"]
    return subprocess.Popen(
        [sys.executable, "-c", command, *map(str, options)],
        cwd=ROOT, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def is_reading(db: Path) -> bool:
    if not db.exists():
        return False
    try:
        with sqlite3.connect(db) as conn:
            return bool(conn.execute("SELECT 1 FROM articles WHERE state = 'read'").fetchone())
    except sqlite3.OperationalError:
        return False


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_nothing_behind_and_says_how_it_ended(
    tmp_path: Path, household: Callable[[], list[int]], sign: signal.Signals
) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(tmp_path / "feeds.yaml")
        run = start(tmp_path)
        assert until(lambda: is_reading(tmp_path / "x.db"), seconds=240)
        assert len(household()) > 2  # its workers among them

        run.send_signal(sign)
        _, stderr = run.communicate(timeout=180)

    assert until(lambda: not household(), seconds=60)
    assert "Traceback" not in stderr
    with sqlite3.connect(tmp_path / "x.db") as conn:
        (state,) = conn.execute("SELECT state FROM runs").fetchone()
    assert state == {"SIGKILL": "running", "SIGTERM": "cancelled", "SIGINT": "cancelled"}[sign.name]
    assert run.returncode == {"SIGKILL": -9, "SIGTERM": 143, "SIGINT": 1}[sign.name]
