"""An installation that does not work is said to be that, and no feed or page carries the blame."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from demo.newsroom import Newsroom
from tests.flows.conftest import RULES

ROOT = Path(__file__).parents[4]
# The base interpreter has none of our libraries: what a worker then meets is a broken installation.
BROKEN = """
import sys
sys.executable = sys._base_executable
from cli import main
main()
"""


def run(*arguments: object, program: str = BROKEN) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def newsroom(tmp_path: Path) -> object:
    with Newsroom(ports=(0,) * 7) as open_newsroom:
        open_newsroom.write_feeds(tmp_path / "feeds.yaml")
        yield open_newsroom


@pytest.mark.slow
def test_a_missing_library_stops_a_run_before_its_first_request(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    db = tmp_path / "watch.db"
    done = run("run", "--feeds", tmp_path / "feeds.yaml", "--rules", RULES, "--db", db)

    assert done.returncode == 2
    (line_printed,) = [line for line in done.stderr.splitlines() if "installation" in line]
    assert line_printed.startswith(
        "pollwatch: this installation does not work: a worker process could not"
    )
    assert "No module named" in line_printed
    assert "Traceback" not in done.stderr
    assert sum(newsroom.requests().values()) == 0
    with sqlite3.connect(db) as conn:
        (row,) = conn.execute("SELECT state, message FROM runs").fetchall()
        counts = [
            conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in ("feeds", "polls", "entries", "articles", "rules")
        ]
    assert row[0] == "failed"
    assert row[1].startswith("BadInstallation: a worker process could not start")
    assert counts == [0] * 5


@pytest.mark.slow
def test_extract_names_what_is_missing_and_not_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Ballots</p>", "utf-8")
    done = run("extract", page, "--url", "https://example.org/a")

    assert done.returncode == 2
    assert "this installation does not work" in done.stderr
    assert done.stdout == ""
