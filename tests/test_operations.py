"""The commands of docs/operations.md for backup and restore, run as they stand."""

import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.store import Store
from tests.storage.making import feed

ROOT = Path(__file__).parents[1]
TESTED = re.compile(r"<!-- a test runs this block -->\n```sh\n(.*?)```", re.S)


@pytest.mark.slow
def test_a_backup_is_restored_by_the_commands_of_the_page(tmp_path: Path) -> None:
    backup, restore = TESTED.findall((ROOT / "docs" / "operations.md").read_text("utf-8"))
    (tmp_path / "pollwatch").symlink_to(Path(sys.executable).with_name("pollwatch"))
    db = tmp_path / "data" / "pollwatch.db"
    db.parent.mkdir()
    with Store.open(db, now=datetime.now(UTC)) as store:
        store.sync_feeds([feed()], datetime.now(UTC))

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
