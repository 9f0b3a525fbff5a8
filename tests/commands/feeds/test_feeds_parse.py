"""`pollwatch feeds parse`: the entries of a feed, and one clear line for what is none."""

import json
from pathlib import Path

import pytest

from tests.commands.feeds.test_feeds import DATA, run


def test_parse() -> None:
    result = run("parse", DATA / "rss.xml", "--url", "https://courier.example/feed")

    said = json.loads(result.output)
    assert result.exit_code == 0
    assert said["problem"] is None
    assert said["feed"]["title"] == "Lantern County Courier & Times"
    assert said["entries"][0]["url"].startswith("https://courier.example/")


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe", b"<html></html>", b"{", b"<rs"])
def test_parse_of_garbage(body: bytes) -> None:
    result = run("parse", "-", stdin=body)

    said = json.loads(result.output)
    assert said["entries"] == []
    assert said["problem"]
    assert result.exit_code == 1


def test_parse_of_no_file(tmp_path: Path) -> None:
    assert run("parse", tmp_path).exit_code == 2
    assert run("parse", tmp_path / "none").exit_code == 2
