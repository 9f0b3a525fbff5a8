"""The launcher in a folder whose files bear the names of modules."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.newsroom import Newsroom

ROOT = Path(__file__).parents[1]


LAUNCHER = ROOT / "pollwatch"


TRAPS = [
    "model",
    "cli",
    "commands",
    "config",
    "demo",
    "extractors",
    "flows",
    "matchers",
    "storage",
    "review",
    "click",
    "yaml",
    "lxml",
    "json",
    "pickle",
    "logging",
    "sqlite3",
    "trafilatura",
    "prefect",
    "datasette",
    "sitecustomize",
    "usercustomize",
]


@pytest.fixture
def in_traps(tmp_path: Path):
    """The launcher, called in a folder whose modules bear our names, with PYTHONPATH naming it."""
    traps, mark = tmp_path / "traps", tmp_path / "sprung"
    traps.mkdir()
    for name in TRAPS:
        spring = f"open({str(mark)!r}, 'a').write({name!r})\nraise SystemExit('trap')\n"
        (traps / f"{name}.py").write_text(spring, "utf-8")
    ready = tmp_path / "venv"
    (ready / "bin").mkdir(parents=True)
    (ready / "bin" / "python").symlink_to(sys.executable)
    (ready / "bin" / "pollwatch").symlink_to(Path(sys.prefix) / "bin" / "pollwatch")
    both = (ROOT / "requirements.lock").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    stamp = subprocess.run(["cksum"], input=both, capture_output=True, check=True).stdout
    (ready / "ready-run").write_bytes(stamp)

    def call(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
        env = {"PYTHONPATH": str(traps), "POLLWATCH_VENV": str(ready), "HOME": str(tmp_path)}
        done = subprocess.run(
            [str(LAUNCHER), *map(str, arguments)],
            env={**os.environ, **env}, cwd=traps, input=stdin,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert not mark.exists(), f"{mark.read_text()} was imported: {done.stderr}"
        return done

    return call


@pytest.mark.slow
def test_match_and_rules_work_in_a_folder_of_traps(in_traps) -> None:
    line = '{"id": 1, "title": "", "text": "Hackers hit the poll books of the county."}'

    matched = in_traps("match", "-", stdin=line)
    listed = in_traps("rules", "list")

    assert (matched.returncode, '"hits":[{' in matched.stdout) == (0, True), matched.stderr
    assert listed.returncode == 0, listed.stderr


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_run_demo_and_review_work_in_a_folder_of_traps(in_traps, tmp_path: Path) -> None:
    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(tmp_path / "feeds.yaml")
        ran = in_traps("run", "--feeds", tmp_path / "feeds.yaml", "--db", tmp_path / "watch.db")
    demo = in_traps("demo", "--db", tmp_path / "demo.db")
    review = in_traps("review", "--db", tmp_path / "demo.db", "--host", "nowhere.invalid")

    assert ran.returncode == 1, ran.stderr  # one feed of the newsroom fails
    assert "1 failed" in ran.stdout
    assert demo.returncode == 0, demo.stderr
    assert "so it needs --config" in review.stderr  # Datasette and the plugin are loaded by then
