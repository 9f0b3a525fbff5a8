"""Relevance on the way to the database: stored with the hash of its weights, rescored by a rematch."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from demo.newsroom import Newsroom
from flows.archive.rematch import rematch_archive
from flows.pipeline.inputs.options import Options, load_plan
from matchers.rules.load import load_rules
from tests.flows.conftest import RULES, watch_once

pytestmark = pytest.mark.slow  # whole runs over a newsroom


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After one run over the newsroom, with a copy of the shipped rules."""
    home = tmp_path_factory.mktemp("desk")
    shutil.copytree(RULES, home / "rules")
    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(home / "feeds.yaml")
        watch_once(
            load_plan(
                Options(
                    feeds=home / "feeds.yaml",
                    rules=home / "rules",
                    db=home / "p.db",
                    due_only=False,
                )
            )
        )
    return home


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "p.db") as connection:
        return connection.execute(sql).fetchall()


def test_each_hit_is_stored_with_its_relevance_and_the_weights_behind_it(folder: Path) -> None:
    weights = load_rules(folder / "rules").weights
    assert weights is not None

    stored = rows(folder, "SELECT DISTINCT weights_sha256 FROM hits WHERE still_matches")
    chances = rows(folder, "SELECT relevance, relevance_json, lane FROM hits WHERE still_matches")

    assert stored == [(weights.sha256,)]
    assert len(chances) > 10
    assert all(0 < relevance < 1 and json.loads(parts) for relevance, parts, _ in chances)
    assert all(
        (lane == "unlikely") == (relevance < weights.threshold)
        for relevance, _, lane in chances
        if lane != "experimental"
    )
    assert rows(folder, "SELECT weights_sha256 FROM runs WHERE flow = 'watch'") == [
        (weights.sha256,)
    ]


def test_new_weights_are_a_rematch_that_tells_nobody(folder: Path) -> None:
    path = folder / "rules" / "relevance.json"
    item = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**item, "bias": -40.0}), "utf-8")
    before = rows(folder, "SELECT count(*) FROM hits WHERE still_matches")
    events = rows(folder, "SELECT count(*) FROM events")

    done = rematch_archive(folder / "p.db", load_rules(folder / "rules"))

    assert (done.gained, done.lost) == (0, 0)
    assert done.articles > 0
    standing = "FROM hits WHERE still_matches AND lane <> 'experimental'"
    assert rows(folder, f"SELECT DISTINCT lane {standing} AND severity <> 'critical'") == [
        ("unlikely",)
    ]
    # A critical rule that holds by the headline alone waits nowhere, whatever the weights.
    assert rows(folder, f"SELECT DISTINCT severity {standing} AND lane = 'shown'") == [
        ("critical",)
    ]
    assert rows(folder, "SELECT count(*) FROM hits WHERE still_matches") == before
    assert rows(folder, "SELECT count(*) FROM events") == events
    again = rematch_archive(folder / "p.db", load_rules(folder / "rules"))
    assert again.articles == 0
