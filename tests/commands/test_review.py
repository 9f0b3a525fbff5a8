"""Starting the review server: what stops it is said in one line."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.review import sample

pytestmark = pytest.mark.slow


def started(db: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import cli; cli.main()", "review", "--no-open", "--db", str(db), *more]  # fmt: skip
    return subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120
    )


def test_a_port_in_use_is_said_in_one_line_with_the_way_out(tmp_path: Path) -> None:
    db = Path(shutil.copy(sample.write(tmp_path / "sample.db"), tmp_path / "pollwatch.db"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = started(db, "--port", str(port))

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"Error: cannot listen on port {port} of 127.0.0.1: another program, perhaps a review server of yours, listens there. "
        "--port names another; --port 0 picks a free one.\n"
    )
