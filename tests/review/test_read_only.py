"""A database on a file system that is mounted read-only, as on a disc of evidence: all of it can be
looked at, and a verdict is refused in one sentence."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from commands.doctor.setup import database
from commands.status import command as status
from review import app, server
from review.auth.team_file import team_of_one
from tests.review.conftest import Desk

pytestmark = pytest.mark.slow
MOUNTED = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'


def test_a_mounted_disc_is_looked_at_and_takes_no_verdict(db: Path) -> None:
    alone = ["unshare", "-rm", "sh", "-c", MOUNTED, "sh", str(db.parent)]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("no file system can be mounted read-only here")
    before = sorted(db.parent.iterdir())
    program = [sys.executable, "-m", "tests.review.test_read_only", str(db)]

    done = subprocess.run([*alone, *program], capture_output=True, text=True, timeout=100)

    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == [
        "status",
        "queue 200",
        "story 200",
        "verdict 403 The database lies on a read-only file system: it can be read, but nothing can be decided or saved.",
        f"doctor {db} lies on a read-only file system: it can be read, and nothing can be stored",
    ]
    assert sorted(db.parent.iterdir()) == before


def look(path: Path) -> None:
    """What somebody does who opens it, each thing in one line."""
    answer = CliRunner().invoke(status, ["--db", str(path)]).output
    click.echo("status" if answer.startswith("Database   ") else answer)
    team = team_of_one("ana")
    assert server.ready(path, datetime.now(UTC)) is None
    server.keep_settings(path, team)
    desk = Desk(app.build(path, team))
    click.echo(f"queue {desk.get('/-/queue', 'ana').status_code}")
    click.echo(f"story {desk.get('/-/story/2', 'ana').status_code}")
    refused = desk.act(2, "confirmed", 0, "ana")
    click.echo(f"verdict {refused.status_code} {refused.json()['message']}")
    click.echo("doctor " + "; ".join(check.message for check in database(path)))
    desk.close()


if __name__ == "__main__":
    look(Path(sys.argv[1]))
