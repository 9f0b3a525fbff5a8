"""`pollwatch feeds parse`: the entries of a feed, and one clear line for what is none."""

import json
from pathlib import Path

import pytest

from tests.commands.feeds.test_feeds import DATA, run


def test_parse() -> None:
    result = run("parse", DATA / "rss.xml", "--url", "https://courier.example/feed")

    report = json.loads(result.output)
    assert result.exit_code == 0
    assert report["problem"] is None
    assert report["feed"]["title"] == "Lantern County Courier & Times"
    assert report["entries"][0]["url"].startswith("https://courier.example/")


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe", b"<html></html>", b"{", b"<rs"])
def test_parse_of_garbage(body: bytes) -> None:
    result = run("parse", "-", stdin=body)

    report = json.loads(result.output)
    assert report["entries"] == []
    assert report["problem"]
    assert result.exit_code == 1


def test_parse_of_no_file(tmp_path: Path) -> None:
    assert run("parse", tmp_path).exit_code == 2
    assert run("parse", tmp_path / "none").exit_code == 2
