"""What is told of runs, the queue and rules is what is stored."""

from datetime import timedelta

import pytest

from model import Outcome
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries import reports
from storage.queries.articles.new_hits import new_hits
from storage.queries.articles.unread import unread_articles
from storage.queries.json_ready import json_ready
from storage.queries.monitor.alert_figures import ChannelCounts, OutboxStatus
from storage.queries.rules.figures import precision, rule_figures
from storage.rules import sync_rules
from storage.runs import finish_run
from storage.store import Store
from tests.storage.making import (
    HOUR,
    NOON,
    decision,
    entry,
    failure,
    poll,
    prose,
    reading,
    rule,
)

OUTAGE = rule("outage")


def a_run(store: Store) -> int:
    run = store.start_run("watch", ruleset_sha256="r1", now=NOON)
    failed = poll(feed_id="herald", outcome=Outcome.TIMEOUT)
    entries = [entry("a"), entry("b"), entry("c")]
    record_polls(
        store.db, run, [(poll(*entries), decision()), (failed, decision(failures=1))], NOON
    )
    a, b, c = (u.article_id for u in unread_articles(store.db, NOON, limit=9))
    record_readings(
        store.db,
        run,
        [
            reading(a, f"An outage. {prose(1)}", OUTAGE, at=NOON + HOUR),
            reading(b, "Only the summary.", state="partial", at=NOON + HOUR),
            failure(c, at=NOON + HOUR),
        ],
    )
    finish_run(
        store.db,
        run,
        "completed-with-errors",
        message="1 feed failed",
        stats={"n": 1},
        now=NOON + HOUR,
    )
    return run


def test_a_run_is_summed_up(store: Store) -> None:
    run = a_run(store)

    summary = reports.run_summary(store.db, run)

    assert (summary.feeds_polled, summary.feeds_failing, summary.entries_new) == (2, 1, 3)
    assert (summary.articles_read, summary.articles_partial, summary.articles_failed) == (1, 1, 1)
    assert summary.run.stats == {"n": 1}
    (hits,) = summary.hits
    assert (hits.rule, hits.hits, hits.snippet) == ("outage", 1, "An outage.")


def test_only_new_hits_belong_to_a_run(store: Store) -> None:
    a_run(store)
    second = store.start_run("watch", now=NOON + 2 * HOUR)
    record_readings(
        store.db, second, [reading(1, f"An outage. {prose(2)}", OUTAGE, at=NOON + 2 * HOUR)]
    )

    assert reports.run_summary(store.db, second).hits == ()


def test_a_new_hit_knows_its_place_and_its_passage_as_it_may_leave(store: Store) -> None:
    threats = rule("threat", category="election-worker-threats")
    sync_rules(store.db, [threats], NOON)
    run = store.start_run("watch", now=NOON)
    record_polls(store.db, run, [(poll(entry("a")), decision())], NOON)
    (article,) = (unread.article_id for unread in unread_articles(store.db, NOON, limit=9))
    body = f"The threat named her home at 118 Maple Street on Monday. {prose(1)}"
    record_readings(store.db, run, [reading(article, body, threats, at=NOON + HOUR)])

    (hit,) = new_hits(store.db, run, limit=5)

    assert "118 Maple Street" not in hit.snippet
    assert "The threat named her home at •" in hit.snippet
    assert (hit.category, hit.language, hit.region) == ("election-worker-threats", "en", "US-AZ")


def test_the_queue_is_counted_by_stories(store: Store) -> None:
    a_run(store)
    assert reports.queue(store.db) == reports.Queue(1, 0, 0, 0, 0)

    store.db.execute(
        "INSERT INTO story_reviews (story_id, action, actor) VALUES (1, 'escalated', 'ann')"
    )

    assert reports.queue(store.db) == reports.Queue(0, 0, 1, 0, 0)


def test_days_without_hits_are_listed_too(store: Store) -> None:
    a_run(store)

    days = reports.hits_per_day_with_gaps(store.db, NOON + timedelta(days=2), days=3)

    assert [(each.day, each.hits) for each in days] == [
        ("2026-11-03", 1),
        ("2026-11-04", 0),
        ("2026-11-05", 0),
    ]


def test_a_rule_is_rated_by_its_verdicts(store: Store) -> None:
    a_run(store)
    store.db.execute(
        "INSERT INTO story_reviews (story_id, action, reason, actor) VALUES (1, 'dismissed', 'old-news', 'ann')"
    )

    outage, recount = rule_figures(store.db.conn)

    assert (outage.stories, outage.precision.wrong, outage.precision.share) == (1, 1, 0.0)
    assert outage.reasons == (("old-news", 1),)
    assert (recount.stories, recount.precision.share, recount.precision.low) == (0, None, None)


@pytest.mark.parametrize(
    ("right", "wrong", "low", "high"), [(0, 10, 0.0, 0.278), (95, 5, 0.888, 0.978)]
)
def test_the_interval_is_wilsons(right: int, wrong: int, low: float, high: float) -> None:
    rated = precision(right, wrong)

    assert rated.share == right / (right + wrong)
    assert rated.low == pytest.approx(low, abs=0.001)
    assert rated.high == pytest.approx(high, abs=0.001)


def test_reports_become_plain_values(store: Store) -> None:
    run = a_run(store)

    summary = json_ready(reports.run_summary(store.db, run))

    assert isinstance(summary, dict)
    assert summary["run"]["started_at"] == "2026-11-03T12:00:00.000Z"
    assert summary["hits"][0]["rule"] == "outage"


def test_the_last_run_is_the_one_that_began_last_whatever_the_clock_said(store):
    store.start_run("watch", now=NOON + timedelta(days=730))  # by a clock two years ahead
    later = store.start_run("watch", now=NOON + HOUR)

    last = reports.run_of(store.db)

    assert last is not None
    assert last.id == later


def test_no_more_workers_are_counted_where_all_are_named() -> None:
    four = {"a": 4, "b": 3, "c": 2, "d": 1}

    assert reports.read_at_sentence(four) == "a (4), b (3), c (2), d (1)"
    assert reports.read_at_sentence({**four, "e": 1}) == "a (4), b (3), c (2), d (1) and 1 more"


def test_a_channel_fails_by_a_dead_message_as_by_its_last_error() -> None:
    def channel(dead: int, error: str) -> ChannelCounts:
        return ChannelCounts("desk", 0, 0, 0, dead, 0, None, None, None, error)

    channels = (channel(1, ""), channel(0, "HTTP 403"), channel(0, ""))
    assert OutboxStatus(channels, 0, None).failing == channels[:2]
