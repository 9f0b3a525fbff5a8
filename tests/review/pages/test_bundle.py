"""Bundles of evidence: one proves itself, and one that was changed is found out."""

import hashlib
import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.review.conftest import Desk


def unpacked(desk: Desk, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(desk.get("/-/hit/1/bundle.zip").content)) as archive:
        archive.extractall(folder)
    return folder / "pollwatch-hit-1"


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "verify.py")], capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_bundle_proves_itself(desk: Desk, tmp_path: Path) -> None:
    desk.act(1, "confirmed", 0)
    folder = unpacked(desk, tmp_path)

    checks = verify(folder)

    assert checks.returncode == 0, checks.stdout
    assert "signature: fits" in checks.stdout
    assert "WRONG" not in checks.stdout
    assert json.loads((folder / "reviews.json").read_text())[0]["actor"] == "rita"
    assert (desk.ds.pollwatch_desk.key_path.stat().st_mode & 0o777) == 0o600


@pytest.mark.parametrize("name", ["text.txt", "reviews.json", "manifest.json", "evidence.json"])
def test_a_changed_bundle_is_found_out(desk: Desk, tmp_path: Path, name: str) -> None:
    folder = unpacked(desk, tmp_path)
    path = folder / name
    path.write_text(
        path.read_text().replace("e", "3", 1)
        if name == "text.txt"
        else path.read_text().replace("\n", " \n", 1) + " "
    )

    assert verify(folder).returncode == 1


def test_a_bundle_says_what_the_rule_looked_for(desk: Desk, db: Path, tmp_path: Path) -> None:
    """Its word lists written out, and no folder of the machine that made it."""
    written_out = {"query": "tabulators AND (tampering OR hacked)", "unless": None}
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute(
            "UPDATE rule_versions SET written_out_json = ?, definition_json = ?",
            [json.dumps(written_out), json.dumps({"path": "/srv/desk/rules/own.yaml", "line": 3})],
        )

    rule = json.loads((unpacked(desk, tmp_path) / "rule.json").read_text())

    assert json.loads(rule["written_out_json"]) == written_out
    assert json.loads(rule["definition_json"]) == {"path": "own.yaml", "line": 3}


def test_what_somebody_put_beside_a_bundle_is_named(desk: Desk, tmp_path: Path) -> None:
    folder = unpacked(desk, tmp_path)
    (folder / "translation.txt").write_text("What the article says.")

    checks = verify(folder)

    assert "??    translation.txt: no part of this bundle; nothing vouches for it" in checks.stdout


def test_a_text_of_which_nothing_was_covered_is_compared(desk: Desk, tmp_path: Path) -> None:
    folder = unpacked(desk, tmp_path)
    text = hashlib.sha256((folder / "text.txt").read_bytes()).hexdigest()
    evidence = json.loads((folder / "evidence.json").read_text())
    (folder / "redacted.json").write_text("{}")
    (folder / "evidence.json").write_text(json.dumps(evidence | {"text_sha256": text}))

    assert "ok    text.txt: is the text that matched" in verify(folder).stdout


def test_a_bundle_that_was_not_unpacked_is_told_so(desk: Desk, tmp_path: Path) -> None:
    folder = unpacked(desk, tmp_path)
    packed = tmp_path / "bundle.zip"
    packed.write_bytes(b"PK")

    answer = subprocess.run(
        [sys.executable, str(folder / "verify.py"), str(packed)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert answer.returncode == 1
    assert (
        answer.stderr
        == f"no bundle at {packed}: unpack the zip, and name the folder that comes out of it\n"
    )


def test_a_key_without_content_that_a_kill_left_is_made_anew(desk: Desk, tmp_path: Path) -> None:
    key = desk.ds.pollwatch_desk.key_path
    key.touch(mode=0o600)

    assert verify(unpacked(desk, tmp_path)).returncode == 0
    assert b"PRIVATE KEY" in key.read_bytes()
    assert (key.stat().st_mode & 0o777) == 0o600
