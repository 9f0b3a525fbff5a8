"""The whole way over the invented newsroom: real HTTP, real worker processes, a real SQLite file."""

import pytest

from tests.flows.conftest import Runs

pytestmark = pytest.mark.slow


def test_every_entry_ends_as_what_the_newsroom_made_of_it(runs: Runs) -> None:
    # Where neither page nor feed gives a text, the headline is kept as one.
    states = {"failed": "partial"}
    expected = {e.url: states.get(e.state, e.state) for e in runs.first.expected if e.edition == 1}
    state_of = dict(runs.first.rows("SELECT url_canonical, state FROM articles"))

    assert state_of == expected
    assert runs.first.outcome.stats.entries_new == len(expected)


def test_what_stood_in_the_way_is_named(runs: Runs) -> None:
    first = runs.first
    assert {outcome for (outcome,) in first.rows("SELECT outcome FROM articles")} == {
        "ok",
        "http-404",
        "bot-wall",
        "paywall",
    }
    sick = first.rows("SELECT slug FROM feeds WHERE last_outcome = 'http-5xx'")
    assert sick == [("wrenfield-radio",)]
    assert first.outcome.state == "completed-with-errors"
    assert first.outcome.message.startswith("1 of 7 feeds failed")


def test_evidence_is_an_exact_slice_of_the_stored_text(runs: Runs) -> None:
    wrong = runs.first.rows(
        """SELECT h.id FROM hits h JOIN article_texts t USING (article_id), json_each(h.terms_json) e
           WHERE e.value->>'field' IN ('title', 'body') AND e.value->>'text' <> substr(
             CASE e.value->>'field' WHEN 'title' THEN t.title ELSE t.body END,
             (e.value->>'start') + 1, (e.value->>'end') - (e.value->>'start'))"""
    )
    assert runs.first.outcome.stats.hits > 20
    assert wrong == []


def test_each_page_is_fetched_once(runs: Runs) -> None:
    pages = {url: n for url, n in runs.first.requests.items() if url not in runs.feeds}
    assert max(pages.values()) == 1


def test_a_second_run_asks_only_for_feeds_and_is_answered_304(runs: Runs) -> None:
    before, after = runs.first.requests, runs.again.requests
    urls = {url for url, count in after.items() if count != before.get(url, 0)}

    assert urls == set(runs.feeds)
    assert runs.again.outcome.stats.feeds_unchanged == 6
    assert runs.again.outcome.stats.entries_new == 0
    sizes = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM hits)"
    assert runs.again.rows(sizes) == runs.first.rows(sizes)


def test_the_second_edition_brings_new_articles_and_rereads_the_corrected_one(runs: Runs) -> None:
    third = runs.second_edition

    assert (third.outcome.stats.entries_new, third.outcome.stats.read) == (3, 4)
    assert third.rows("SELECT count(*) FROM articles WHERE versions = 2") == [(1,)]
    added = third.rows("SELECT count(*) FROM hits WHERE passage_change = 'added'")
    assert added != [(0,)]


def test_a_story_in_three_outlets_is_one_story(runs: Runs) -> None:
    assert runs.first.rows("SELECT max(copies), max(outlets) FROM stories") == [(3, 3)]


def test_robots_files_are_kept_for_the_next_run(runs: Runs) -> None:
    assert runs.first.rows("SELECT count(*) FROM robots") == [(6,)]


def test_the_run_stands_in_the_database_with_what_it_did(runs: Runs) -> None:
    ended = runs.first.outcome
    stored = runs.first.rows("SELECT state, message, stats_json->>'read' FROM runs")
    assert stored == [(ended.state, ended.message, ended.stats.read)]
