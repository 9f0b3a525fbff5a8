"""`pollwatch trace` as somebody types it who was sent a story that the queue does not show."""

import json
import sqlite3
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
from tests.databases import new_store
from tests.storage.making import decision, entry, failure, feed, poll


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """gazette listed a story whose page failed; herald never answered."""
    path, now = tmp_path / "watch.db", datetime.now(UTC)
    with new_store(path, now) as store:
        sync_feeds(store.db, [feed("gazette"), feed("herald")], now)
        bad = poll(feed_id="herald", at=now, outcome=Outcome.TIMEOUT, sentence="no answer in 20 s")
        good = poll(entry("a", title="Ballots, found: in a ditch", summary=""), at=now)
        record_polls(store.db, None, [(good, decision(now)), (bad, decision(now, failures=1))], now)
        (unread,) = unread_articles(store.db, now, limit=9)
        record_readings(store.db, None, [failure(unread.article_id, at=now)])
    return path


def traced(db: Path, *what: str) -> Result:
    return CliRunner().invoke(main, ["trace", *what, "--db", str(db)])


@pytest.mark.parametrize("what", ["http://www.gazette.example/a/", "1"])
def test_an_address_or_a_number_tells_where_the_story_stopped(db: Path, what: str) -> None:
    done = traced(db, what)

    assert done.exit_code == 0
    assert "Article 1: Ballots, found: in a ditch [Gazette]" in done.output
    assert "-> read     Nothing but its headline is known: it said 503." in done.output


def test_so_do_words_of_its_headline(db: Path) -> None:
    assert "Article 1:" in traced(db, "Ballots, found: in a ditch").output
    assert "Article 1:" in traced(db, "ditch", "ballots").output


def test_an_address_that_nobody_listed_leads_to_the_feeds_that_should_have(db: Path) -> None:
    done = traced(db, "https://herald.example/scoop")

    assert done.exit_code == 1
    assert "No feed has listed https://herald.example/scoop." in done.output
    assert "-> Herald: failing; no answer in 20 s; no entry so far." in done.output


def test_an_outlet_that_is_not_listed_is_said_to_be_none(db: Path) -> None:
    assert "none of the list is of that site" in traced(db, "https://else.example/scoop").output


def test_words_that_nobody_wrote_say_how_many_feeds_were_read(db: Path) -> None:
    done = traced(db, "never written")

    assert done.exit_code == 1
    assert done.output.startswith("No stored article has these words; from 1 of 2 feeds")


@pytest.mark.parametrize("typed", ["9" * 5000, "http://[::1", "https://[x]y/z"])
def test_what_is_no_number_and_no_address_is_words(db: Path, typed: str) -> None:
    done = traced(db, typed)

    assert done.exit_code == 1
    assert done.output.startswith("No stored article has these words; from 1 of 2 feeds")


def test_it_speaks_json(db: Path) -> None:
    found = json.loads(traced(db, "1", "--json").output)

    assert [step["name"] for step in found["articles"][0]["steps"] if step["stopped"]] == ["read", "matched"]  # fmt: skip


def test_a_terminal_gets_words_alone(db: Path) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE articles SET problem = 'it said ' || char(27) || ']0;x' || char(7, 155) || '31m ' || char(8238) || '503'")  # fmt: skip

    assert "it said  ]0;x  31m  503." in traced(db, "1").output
