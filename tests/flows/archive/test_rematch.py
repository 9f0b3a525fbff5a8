"""A rematch in processes: the same as one text after another, resumed after a kill, told by a sample."""

import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from flows.archive.rematch import preview_archive, rematch_archive
from flows.archive.sample import Estimate, estimate_share, sample_archive
from matchers.rules.load import RuleSet, load_rules
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.store import Store
from tests.databases import new_store
from tests.storage.making import (
    NOON,
    decision,
    entry,
    failure,
    feed,
    listed,
    poll,
    prose,
    reading,
)  # fmt: skip

COUNT = 230  # more than two steps
RULE = """
- id: outage
  title: Outage
  severity: high
  category: infrastructure
  query: {query}
  examples: {{match: ["An outage of the tally server."], ignore: ["Nothing."]}}
"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "p.db"
    with new_store(path, NOON) as store:
        fill(store)
    return path


def fill(store: Store) -> None:
    sync_feeds(store.db, [feed()], NOON)
    run = store.start_run("watch", ruleset_sha256="old", now=NOON)
    ids = listed(store, [f"k{n}" for n in range(COUNT)])
    texts = [f"{'The tally server had an outage. ' * (n % 10 == 0)}{prose(n, 60)}" for n in ids]
    record_readings(store.db, run, [reading(n, text) for n, text in zip(ids, texts, strict=True)])


def ruleset(folder: Path, query: str = "outage") -> RuleSet:
    rules = folder / f"{len(query)}"
    rules.mkdir(exist_ok=True)
    (rules / "outage.yaml").write_text(RULE.format(query=query), encoding="utf-8")
    return load_rules(rules)


def hits(db: Path) -> list[tuple[int, int]]:
    with sqlite3.connect(db) as connection:
        return connection.execute(
            "SELECT article_id, still_matches FROM hits ORDER BY article_id"
        ).fetchall()


EVERY_TENTH = [(n, 1) for n in range(10, COUNT + 1, 10)]


@pytest.mark.slow
def test_every_text_is_matched_once_and_a_dry_run_says_the_same(db: Path, tmp_path: Path) -> None:
    rules = ruleset(tmp_path)

    dry = preview_archive(db, rules)
    assert hits(db) == []
    done = rematch_archive(db, rules)

    assert (dry.articles, dry.gained, dry.lost) == (COUNT, 23, 0)
    assert (done.articles, done.gained, done.lost) == (COUNT, 23, 0)
    assert hits(db) == EVERY_TENTH
    assert rematch_archive(db, rules).articles == 0


@pytest.mark.slow
def test_headlines_that_earlier_releases_left_without_a_text_are_found(
    db: Path, tmp_path: Path
) -> None:
    titles = ["An outage of the tally server", "The fair was good", "An outage elsewhere"]
    with Store.open(db, now=NOON) as store:
        headlines = [entry(f"h{n}", title=title, summary="") for n, title in enumerate(titles)]
        record_polls(store.db, None, [(poll(*headlines), decision())], NOON)
        ids = [unread.article_id for unread in unread_articles(store.db, NOON, limit=10)]
        record_readings(store.db, 1, [failure(number, at=NOON) for number in ids])
        # The page of the last one was another outlet's: the words are matched as its feed's.
        store.db.execute("UPDATE entries SET ruleset_sha256 = 'old' WHERE article_id = ?", [ids[2]])
    rules = ruleset(tmp_path)

    dry, done, again = preview_archive(db, rules), rematch_archive(db, rules), rematch_archive(db, rules)  # fmt: skip

    assert (dry.articles, dry.gained) == (done.articles, done.gained) == (COUNT + 3, 23 + 2)
    assert again.articles == 0
    assert hits(db) == [*EVERY_TENTH, (ids[0], 1), (ids[2], 1)]
    with sqlite3.connect(db) as connection:
        sql = "SELECT state, outcome, attempts, text_sha256 IS NULL, story_id IS NULL FROM articles WHERE id >= ?"
        kept, failed = ("partial", "http-5xx", 1, 0), ("failed", "http-5xx", 1, 1, 0)
        assert connection.execute(sql, [ids[0]]).fetchall() == [(*kept, 0), (*kept, 1), failed]


@pytest.mark.slow
def test_one_that_was_killed_goes_on_where_it_was(db: Path, tmp_path: Path) -> None:
    rules = ruleset(tmp_path)
    if (child := os.fork()) == 0:  # dies between two transactions, as a killed process does
        rematch_archive(db, rules, progress=lambda *_: os._exit(9))
    os.waitpid(child, 0)

    done = rematch_archive(db, rules)

    assert done.articles == COUNT - 100
    assert hits(db) == EVERY_TENTH


@pytest.mark.slow
def test_a_sample_of_all_is_no_estimate(db: Path, tmp_path: Path) -> None:
    done = sample_archive(db, ruleset(tmp_path), 1000)

    assert (done.sampled, done.articles) == (COUNT, COUNT)
    assert done.gaining == Estimate(23, 23, 23)
    assert done.losing == Estimate(0, 0, 0)
    assert len(done.changes) == 23
    assert hits(db) == []


@pytest.mark.slow
def test_the_command_tells_what_a_sample_means_for_all(db: Path, tmp_path: Path) -> None:
    ruleset(tmp_path)
    command = ["rematch", "--db", str(db), "--rules", str(tmp_path / "6"), "--sample", "120"]

    answer = CliRunner().invoke(main, [*command, "--dry-run"])

    assert answer.output.startswith("120 of 230 articles matched again: about ")
    assert answer.exit_code == 1
    assert CliRunner().invoke(main, command).exit_code == 2  # --sample without --dry-run


@pytest.mark.parametrize("hits", [0, 3, 50, 100])
def test_an_estimate_lies_in_its_interval_and_within_the_archive(hits: int) -> None:
    of_all = estimate_share(hits, 100, 100_000)

    assert of_all.articles == hits * 1000
    assert 0 <= of_all.low <= of_all.articles <= of_all.high <= 100_000
    assert of_all.low >= hits  # so many were seen
    assert of_all.high > 0  # none found is not none there


def test_a_larger_sample_narrows_the_interval() -> None:
    few, many = estimate_share(10, 1000, 100_000), estimate_share(100, 10_000, 100_000)

    assert many.high - many.low < (few.high - few.low) / 3
