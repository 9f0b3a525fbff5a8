"""A Prefect server whose `serve` was killed while it was being started does not outlive it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
# Gone long before the child's interpreter has come to ask for its end
STARTS_AND_DIES = """
import os, subprocess, sys
from flows.orchestration.server.prefect_server import dying_with_us
subprocess.Popen(dying_with_us([sys.executable, "-c", sys.argv[1]]))
os._exit(0)
"""
STARTS_AND_WAITS = STARTS_AND_DIES.replace("os._exit(0)", "import time; time.sleep(30)")


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the kernel for its end")
def test_a_server_whose_starter_died_first_does_not_start(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    touch = f"import pathlib; pathlib.Path({str(begun)!r}).touch()"

    subprocess.run([sys.executable, "-c", STARTS_AND_DIES, touch], cwd=ROOT, check=True)
    time.sleep(5)
    alone = begun.exists()
    waiting = subprocess.Popen([sys.executable, "-c", STARTS_AND_WAITS, touch], cwd=ROOT)
    deadline = time.monotonic() + 60
    while not begun.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    waiting.kill()
    waiting.wait()

    assert (alone, begun.exists()) == (False, True)
