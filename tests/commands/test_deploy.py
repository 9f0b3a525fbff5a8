"""`pollwatch deploy` where no Prefect server answers."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

POLLWATCH = str(Path(sys.executable).with_name("pollwatch"))


@pytest.mark.slow
def test_deploy_waits_for_a_server_and_then_says_how_to_start_one(tmp_path: Path) -> None:
    with socket.socket() as listener:  # bound and not listening: refused, and nobody else's
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}/api"
        env = {**os.environ, "PREFECT_HOME": str(tmp_path), "PREFECT_API_URL": url}
        done = subprocess.run([POLLWATCH, "deploy", "--wait", "1"], env=env, capture_output=True, text=True, check=False)  # fmt: skip

    assert done.returncode == 2
    assert f"Waiting up to 1 s for the Prefect server at {url}" in done.stdout
    assert f"./pollwatch prefect server start --port {port}" in done.stderr
