"""status, coverage and backup as a user meets them: real files, real exit codes, no tracebacks."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from model import Outcome
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.rules import sync_rules
from storage.runs import finish_run
from storage.store import Store
from tests.databases import new_store
from tests.storage.making import NO_PROCESS, decision, entry, feed, poll, reading, rule
from tests.storage.release import release_0_1

OUTAGE = rule("outage")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """One run just now: gazette answered and has a hit, herald timed out."""
    path, now = tmp_path / "watch.db", datetime.now(UTC)
    with new_store(path, now) as store:
        sync_feeds(store.db, [feed("gazette"), feed("herald")], now)
        sync_rules(store.db, [OUTAGE], now)
        run = store.start_run("watch", now=now)
        bad = poll(feed_id="herald", at=now, outcome=Outcome.TIMEOUT, sentence="no answer in 20 s")
        good = poll(entry("a"), at=now)
        record_polls(store.db, run, [(good, decision(now)), (bad, decision(now, failures=1))], now)
        (unread,) = unread_articles(store.db, now, limit=9)
        record_readings(store.db, run, [reading(unread.article_id, "An outage.", OUTAGE, at=now)])
        finish_run(
            store.db, run, "completed-with-errors", message="1 of 2 feeds failed", stats={}, now=now
        )
    return path


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_status_tells_run_feeds_queue_and_coverage(db: Path) -> None:
    done = invoke("status", "--db", db)

    assert done.exit_code == 0
    assert "completed-with-errors" in done.output
    assert "2 feeds polled, 0 unchanged, 1 failing; 1 new entries; 1 read" in done.output
    assert "Queue      1 new" in done.output
    assert "1 today, 1 in 7 days, from 1 of 2 feeds, seen until" in done.output
    assert "herald: failing: no answer in 20 s" in done.output


def test_status_for_programs(db: Path) -> None:
    report = json.loads(invoke("status", "--db", db, "--json").output)

    assert report["queue"]["new"] == 1
    assert report["run"]["run"]["state"] == "completed-with-errors"
    assert report["coverage"]["sentence"].startswith("from 1 of 2 feeds")
    assert [each["id"] for each in report["feeds"]] == ["herald", "gazette"]


def test_status_before_the_first_run_exits_1(tmp_path: Path) -> None:
    new_store(tmp_path / "new.db", datetime.now(UTC)).close()

    done = invoke("status", "--db", tmp_path / "new.db")

    assert done.exit_code == 1
    assert "none yet: ./pollwatch run" in done.output


def test_coverage_shows_each_feed_and_exits_1_when_one_is_blocked(db: Path) -> None:
    done = invoke("coverage", "--db", db, "--since", "3h")

    assert done.exit_code == 1
    assert any(
        line.startswith("gazette  ") and line.rstrip().endswith("#")
        for line in done.output.splitlines()
    )
    assert any("B  no answer in 20 s" in line for line in done.output.splitlines())
    assert "from 1 of 2 feeds" in done.output


def test_coverage_for_programs(db: Path) -> None:
    report = json.loads(invoke("coverage", "--db", db, "--since", "1d", "--json").output)

    assert report["counts"]["seen"] == 1
    assert report["feeds"][0]["hours"][-1] == "seen"
    assert len(report["hours"]) == len(report["feeds"][0]["hours"])


@pytest.mark.parametrize("span", ["soon", "0h", "99d", "-3h"])
def test_coverage_refuses_a_span_that_is_none(db: Path, span: str) -> None:
    assert invoke("coverage", "--db", db, f"--since={span}").exit_code == 2


@pytest.mark.parametrize("command", [["status"], ["coverage"], ["backup", "x.db"]])
def test_without_a_database_they_say_what_to_do(tmp_path: Path, command: list[str]) -> None:
    done = invoke(*command, "--db", tmp_path / "none.db")

    assert done.exit_code == 2
    assert "yet: run ./pollwatch run" in done.output
    assert "Traceback" not in done.output


def test_backup_copies_database_and_reviews(db: Path, tmp_path: Path) -> None:
    copy, lines = tmp_path / "copies", tmp_path / "reviews.jsonl"
    copy.mkdir()

    done = invoke("backup", copy, "--reviews", lines, "--db", db)

    assert done.exit_code == 0, done.output
    assert invoke("status", "--db", copy / "watch.db").exit_code == 0
    assert lines.read_text() == ""


@pytest.mark.parametrize("target", ["", "/no/such/place/x.db", "{db}"])
def test_backup_refuses_what_it_cannot_do(db: Path, target: str) -> None:
    arguments = [target.format(db=db)] if target else []

    done = invoke("backup", *arguments, "--db", db)

    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert isinstance(done.exception, SystemExit)


@pytest.mark.parametrize("command", ["status", "coverage", "backup"])
def test_help_has_examples(command: str) -> None:
    assert f"./pollwatch {command}" in invoke(command, "--help").output


@pytest.mark.slow
def test_demo_replaces_no_other_file(db: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("kept", encoding="utf-8")

    for path in (db, tmp_path / "notes.txt", tmp_path):
        refused = invoke("demo", "--db", path)
        assert (refused.exit_code, "replaces no other file" in refused.stderr) == (2, True)
    assert db.stat().st_size > 0
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "kept"


@pytest.mark.slow  # asks Prefect why, which takes seconds to import
def test_a_monitor_that_stopped_long_ago_is_blind(db: Path) -> None:
    with Store.open(db, now=datetime.now(UTC)) as store, store.db.conn:
        store.db.execute(
            """UPDATE runs SET started_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-26 hours'),
                 finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-26 hours')"""
        )

    done = invoke("status", "--db", db)

    assert done.exit_code == 1
    assert "BLIND      the next run is overdue" in done.output


def test_a_run_of_a_clock_that_was_ahead_is_not_called_now(db: Path) -> None:
    with Store.open(db, now=datetime.now(UTC)) as store, store.db.conn:
        store.db.execute(
            "UPDATE runs SET started_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+3 hours')"
        )

    done = invoke("status", "--db", db)

    assert done.exit_code == 1
    assert "the last run lies in the future" in done.output


def test_status_sees_that_the_process_of_a_run_was_killed(db: Path) -> None:
    with Store.open(db, now=datetime.now(UTC)) as store, store.db.conn:
        store.start_run("watch", now=datetime.now(UTC))
        store.db.execute("UPDATE runs SET pid = ? WHERE id = 2", [NO_PROCESS])

    done = invoke("status", "--db", db)

    assert done.exit_code == 1
    assert "Last run   crashed, began" in done.output
    assert "its process ended without a word" in done.output
    assert "BLIND      the last run crashed" in done.output


def test_a_fault_that_the_last_run_left_out_stands_in_status(db: Path) -> None:
    fault = '[{"path": "rules/mine.yaml", "line": 7, "why": "the query is cut short"}]'
    with Store.open(db, now=datetime.now(UTC)) as store, store.db.conn:
        store.db.execute("UPDATE runs SET faults_json = ?", [fault])

    done = invoke("status", "--db", db)

    assert done.exit_code == 1
    assert "Fault      rules/mine.yaml:7: the query is cut short" in done.output


def test_acts_of_a_database_older_than_acts_on_stories_are_not_asked_for_in_vain(
    tmp_path: Path,
) -> None:
    old = release_0_1(tmp_path / "old.db")

    done = invoke("backup", "--reviews", tmp_path / "acts.jsonl", "--db", old)

    assert done.exit_code == 2
    assert "has schema version 1, this Pollwatch needs" in done.stderr
    assert not (tmp_path / "acts.jsonl").exists()
