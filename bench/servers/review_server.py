"""The review server over a database, in a process of its own, and the browser that looks at it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking",
    "--no-first-run",
]  # fmt: skip


@contextmanager
def review_server(
    db: Path, port: int = 0, team: Path | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server's process, ended with the body, and its one-time link; with a team file its address."""
    command = [sys.executable, "-c", "import cli; cli.main()", "review", "--db", str(db), "--port", str(port), "--no-open"]  # fmt: skip
    command += ["--config", str(team)] if team else []
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        link = next(
            (line for line in server.stdout if ("at http" if team else "token=") in line), None
        )
        if link is None:
            raise SystemExit("the review server did not start")
        yield server, link[link.index("http") :].strip()
    finally:
        server.terminate()
        server.wait(60)
