"""A rule file or a feed entry that somebody is in the middle of editing never stops the collection."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.newsroom import Newsroom
from flows.pipeline.inputs.options import Options, Plan, load_plan
from flows.pipeline.run import RunResult
from storage.store import Store
from tests.flows.conftest import RULES, watch_once

pytestmark = pytest.mark.slow  # whole runs over a newsroom

CUT_SHORT = """- id: cut-short
  title: Somebody is still writing this
  severity: high
  category: other
  query: ballot NEAR/
"""


class Desk:
    """A newsroom, a copy of the shipped rules that can be broken, and a database."""

    def __init__(self, newsroom: Newsroom, folder: Path) -> None:
        self.newsroom, self.folder = newsroom, folder
        self.feeds, self.rules, self.db = folder / "feeds.yaml", folder / "rules", folder / "p.db"
        newsroom.write_feeds(self.feeds)
        shutil.copytree(RULES, self.rules)

    def plan(self) -> Plan:
        return load_plan(Options(feeds=self.feeds, rules=self.rules, db=self.db, due_only=False))

    def run(self) -> RunResult:
        return watch_once(self.plan())

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.db) as connection:
            return connection.execute(sql).fetchall()

    def standing(self) -> set[object]:
        return {row[0] for row in self.rows("SELECT id FROM hits WHERE still_matches")}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """After one good run."""
    with Newsroom(ports=(0,) * 7) as newsroom:
        new_desk = Desk(newsroom, tmp_path_factory.mktemp("desk"))
        new_desk.run()
        yield new_desk


@pytest.fixture(autouse=True)
def whole_again(desk: Desk) -> Iterator[None]:
    yield
    shutil.rmtree(desk.rules)
    shutil.copytree(RULES, desk.rules)
    desk.newsroom.write_feeds(desk.feeds)


def a_rule_file(desk: Desk) -> Path:
    """One that holds a rule with standing hits."""
    ((path,),) = desk.rows(
        """SELECT rules.path FROM hits JOIN rules ON rules.id = hits.rule_id
           WHERE still_matches GROUP BY rules.id ORDER BY count(*) DESC LIMIT 1"""
    )
    return Path(str(path))


def test_an_unfinished_rule_is_left_out_and_the_others_go_on(desk: Desk) -> None:
    before = len(desk.plan().rules.rules)
    (desk.rules / "mine.yaml").write_text(CUT_SHORT)

    plan = desk.plan()

    assert len(plan.rules.rules) == before
    assert [fault.path for fault in plan.faults] == [str(desk.rules / "mine.yaml")] * len(
        plan.faults
    )
    assert plan.faults


def test_a_file_that_is_no_yaml_leaves_its_rules_as_they_were_last_whole(desk: Desk) -> None:
    whole = {rule.id: rule.sha256 for rule in desk.plan().rules.rules}
    hits = desk.standing()
    path = a_rule_file(desk)
    path.write_text(path.read_text() + "\n  - broken: [")

    plan = desk.plan()
    ended = watch_once(plan)

    assert {rule.id: rule.sha256 for rule in plan.rules.rules} == whole
    assert ended.state == "completed-with-errors"
    assert f"fault in {path}" in ended.message
    assert hits <= desk.standing()
    assert desk.rows("SELECT count(*) FROM rules WHERE NOT active") == [(0,)]
    ((faults,),) = desk.rows(f"SELECT faults_json FROM runs WHERE id = {ended.run_id}")
    assert json.loads(str(faults))[0]["path"] == str(path)
    stored = desk.rows("SELECT count(*) FROM events WHERE kind = 'configuration-fault'")
    watch_once(desk.plan())
    assert desk.rows("SELECT count(*) FROM events WHERE kind = 'configuration-fault'") == stored


def test_a_rule_that_no_version_can_stand_in_for_loses_no_hit(desk: Desk) -> None:
    hits = desk.standing()
    with sqlite3.connect(desk.db) as connection:  # as a database of an earlier release
        connection.execute("UPDATE rule_versions SET written_out_json = NULL")
        connection.execute("UPDATE articles SET next_attempt_at = '2020-01-01T00:00:00.000Z'")
    path = a_rule_file(desk)
    path.write_text("[")

    plan = desk.plan()
    watch_once(plan)

    assert any(rule_id not in {rule.id for rule in plan.rules.rules} for rule_id in plan.unfinished)
    assert hits <= desk.standing()
    shutil.copytree(RULES, desk.rules, dirs_exist_ok=True)
    desk.run()  # a good run keeps every rule written out
    assert desk.rows("SELECT value FROM facts WHERE key = 'rules_asleep'") == [("[]",)]


def test_a_broken_word_list_leaves_every_rule_that_uses_it_as_it_was(desk: Desk) -> None:
    whole = {rule.id: rule.sha256 for rule in desk.plan().rules.rules}
    path = min((desk.rules / "terms").glob("*.yaml"))
    path.write_text(path.read_text().replace("- ", "-", 1))

    plan = desk.plan()

    assert plan.faults
    assert {rule.id: rule.sha256 for rule in plan.rules.rules} == whole


def test_restored_rules_find_what_the_whole_ones_find(desk: Desk) -> None:
    from matchers.engine.engine import compile_rules, find_hits
    from matchers.text.article_text import ArticleText

    whole = compile_rules(desk.plan().rules)
    path = min((desk.rules / "terms").glob("*.yaml"))
    path.write_text("nothing: [\n")
    restored = compile_rules(desk.plan().rules)
    texts = desk.rows("SELECT title, body FROM article_texts")

    for title, body in texts:
        text = ArticleText(title=str(title), body=str(body))
        hits = [(hit.rule_id, hit.rule_sha256, hit.snippet) for hit in find_hits(whole, text)]
        again = [(hit.rule_id, hit.rule_sha256, hit.snippet) for hit in find_hits(restored, text)]
        assert sorted(again) == sorted(hits)
    assert len(texts) > 20


def test_a_rule_that_is_taken_out_of_a_good_file_goes_although_another_file_is_faulty(
    desk: Desk,
) -> None:
    (desk.rules / "mine.yaml").write_text(CUT_SHORT)
    path = a_rule_file(desk)
    here = {rule.id for rule in desk.plan().rules.rules if rule.path == str(path)}
    path.unlink()

    rule_ids = {rule.id for rule in desk.plan().rules.rules}

    assert here
    assert not here & rule_ids


def test_a_faulty_feed_entry_goes_on_as_it_was_and_the_others_too(desk: Desk) -> None:
    whole = desk.plan().feeds.feeds
    text = desk.feeds.read_text()
    desk.feeds.write_text(text.replace("- id:", "- intervall: 5\n  id:", 1))

    plan = desk.plan()

    assert {spec.id for spec in plan.feeds.feeds} == {spec.id for spec in whole}
    assert len(plan.faults) == 1
    assert 'unknown key "intervall"' in str(plan.faults[0])


def test_a_feed_list_that_is_no_yaml_stops_nothing(desk: Desk) -> None:
    whole = desk.plan().feeds
    desk.feeds.write_text("feeds: [\n")

    plan = desk.plan()
    watch_once(plan)

    assert (plan.feeds.feeds, plan.feeds.settings) == (whole.feeds, whole.settings)
    assert desk.rows("SELECT count(*) FROM feeds WHERE NOT listed") == [(0,)]


def test_before_the_first_run_a_feed_list_must_be_whole(desk: Desk, tmp_path: Path) -> None:
    desk.feeds.write_text("feeds: [\n")

    with pytest.raises(ExceptionGroup):
        load_plan(Options(feeds=desk.feeds, rules=desk.rules, db=tmp_path / "new.db"))


def test_with_no_usable_rule_pages_are_read_and_matched_by_the_next_good_run(
    desk: Desk, tmp_path: Path
) -> None:
    other = Desk(desk.newsroom, tmp_path)
    whole = other.run()
    expected = other.rows("SELECT count(DISTINCT article_id) FROM hits WHERE entry_id IS NULL")
    blind = Desk.__new__(Desk)
    blind.newsroom, blind.feeds, blind.rules = other.newsroom, other.feeds, other.rules
    blind.db = tmp_path / "blind.db"
    Store.open(blind.db, now=datetime.now(UTC)).close()  # a database without any rule in it
    shutil.rmtree(blind.rules)
    blind.rules.mkdir()
    (blind.rules / "mine.yaml").write_text(CUT_SHORT)

    first = blind.run()
    stored = blind.rows("SELECT count(*) FROM articles WHERE text_sha256 IS NOT NULL")
    shutil.rmtree(blind.rules)
    shutil.copytree(RULES, blind.rules)
    blind.run()

    assert first.stats.read == whole.stats.read
    assert stored[0][0]
    stored = blind.rows("SELECT count(DISTINCT article_id) FROM hits WHERE entry_id IS NULL")
    assert stored == expected
    assert blind.rows("SELECT count(*) FROM facts WHERE key = 'unmatched_since'") == [(0,)]


@pytest.mark.parametrize("state", ["faulty", "gone"])
def test_relevance_goes_on_by_the_last_good_weights_and_the_fault_is_told(
    desk: Desk, state: str
) -> None:
    shutil.copytree(RULES, desk.rules, dirs_exist_ok=True)
    whole = desk.plan().rules
    path = desk.rules / "relevance.json"
    if state == "faulty":
        path.write_text('{\n  "bias": -1,\n  oops')
    else:
        path.unlink()

    plan = desk.plan()

    assert plan.rules.weights_sha256 == whole.weights_sha256
    assert plan.rules.sha256 == whole.sha256  # so that no text is matched anew
    (fault,) = plan.faults
    place = f"{path}:3:3: " if state == "faulty" else f"{path}: is missing"
    assert str(fault).startswith(place)


def test_a_first_run_asks_for_weights_that_can_be_read(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(RULES, desk.rules, dirs_exist_ok=True)
    (desk.rules / "relevance.json").write_text("{")
    options = Options(feeds=desk.feeds, rules=desk.rules, db=tmp_path / "n.db", due_only=False)

    with pytest.raises(ExceptionGroup) as caught:
        load_plan(options)

    assert [str(fault).split(": ")[0] for fault in caught.value.exceptions] == [
        f"{desk.rules / 'relevance.json'}:1:2"
    ]
