"""Bundles of evidence: one proves itself, and one that was changed is found out."""

import io
import json
import subprocess
import sys
import zipfile
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

    told = verify(folder)

    assert told.returncode == 0, told.stdout
    assert "signature: fits" in told.stdout
    assert "WRONG" not in told.stdout
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
