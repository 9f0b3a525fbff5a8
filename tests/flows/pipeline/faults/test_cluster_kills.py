"""A cluster whose workers are killed at random, over a thousand pages, and over links that lose packets."""

import json
import urllib.request
from pathlib import Path

import pytest

from bench.cluster import one_round
from demo.newsroom import Newsroom
from tests.extractors.cluster import namespaces

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


def save_pages(folder: Path) -> None:
    """The demo's articles as files, as bench.servers.pressroom serves them again and again."""
    folder.mkdir()
    rows = []
    with Newsroom(ports=(0,) * 7) as newsroom:
        for number, article in enumerate(newsroom.expectations()):
            if article.state == "read" and article.edition == 1:
                with urllib.request.urlopen(article.url, timeout=20) as page:
                    (folder / f"{number}.html").write_bytes(page.read())
                rows.append({"file": f"{number}.html", "title": article.title})
    (folder / "index.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")


def test_killed_workers_leave_the_articles_hits_and_evidence_of_one_machine(
    tmp_path: Path,
) -> None:
    save_pages(tmp_path / "pages")
    cluster = one_round(tmp_path / "pages", 1000, 24, workers=3, kill=100)["cluster"]

    assert cluster["same"]
    assert cluster["pages"] == 1000
    assert cluster["hits"] > 500
    assert cluster["killed"] >= 5


def test_lossy_links_and_killed_workers_leave_the_articles_hits_and_evidence_of_one_machine(
    tmp_path: Path,
) -> None:
    if (why := namespaces.unavailable()) is not None:
        pytest.skip(why)
    save_pages(tmp_path / "pages")
    cluster = one_round(tmp_path / "pages", 300, 24, workers=3, kill=50, loss=3)["cluster"]

    assert cluster["same"]
    assert cluster["pages"] == 300
    assert cluster["hits"] > 150
    assert cluster["killed"] >= 3
    assert cluster["lost"] > 30
