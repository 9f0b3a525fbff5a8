"""A story's row and chips follow its hits."""

import json
from datetime import timedelta

import pytest

from model import EntryMatch, Evidence, Hit, Rule
from storage.ingest import entry_matches
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.new_hits import new_hits
from storage.rules import sync_rules
from storage.store import Store
from storage.stories.muting import wake
from tests.storage.making import (
    HOUR,
    NOON,
    decision,
    entry,
    listed,
    poll,
    prose,
    reading,
    rows,
    value,
)  # fmt: skip
from tests.storage.stories.publishing import (
    BODY,
    BREACH,
    OUTAGE,
    RECOUNT,
    RUMOUR,
    kinds,
    publish,
    story,
)

pytestmark = pytest.mark.usefixtures("published")


def test_a_story_without_a_hit_is_in_no_tab(store: Store) -> None:
    publish(store, "gazette", prose(5))

    assert story(store, "status, tab, hits") == (None, None, 0)


def test_two_rules_are_two_chips_of_one_story(store: Store) -> None:
    publish(store, "gazette", f"An outage. A breach. {prose(1)}", OUTAGE, BREACH)

    assert story(store, "tab, severity, rules, hits") == ("new", "critical", 2, 2)
    assert rows(store, "SELECT severity, lane, hits FROM story_rules ORDER BY rule_id") == [
        ("high", "shown", 1),
        ("critical", "shown", 1),
    ]


@pytest.mark.parametrize(
    ("rules", "relevance", "tab"),
    [((RECOUNT,), None, "low"), ((RUMOUR,), None, "experimental"), ((OUTAGE,), 0.1, "unlikely"), ((OUTAGE,), 0.9, "new"), ((OUTAGE, RECOUNT), 0.9, "new")],
)  # fmt: skip
def test_what_is_not_for_the_queue_has_a_tab_of_its_own(
    store: Store, rules: tuple[Rule, ...], relevance: float | None, tab: str
) -> None:
    sync_rules(store.db, [OUTAGE, RECOUNT, BREACH, RUMOUR], NOON, threshold=0.4)

    publish(
        store, "gazette", f"An outage, a recount, a rumour. {prose(1)}", *rules, relevance=relevance
    )

    assert story(store, "tab") == (tab,)
    assert kinds(store) == (["story-new"] if tab == "new" else [])


def test_a_copy_by_another_owner_widens_the_story_and_says_so(store: Store) -> None:
    publish(store, "gazette", BODY)
    publish(store, "herald", BODY, hours=1)

    assert story(store, "outlets, hit_owners, status, reopened") == (2, 2, "new", 0)
    assert kinds(store) == ["story-new", "story-grew"]
    payload = json.loads(str(rows(store, "SELECT payload_json FROM events")[1][0]))
    assert (payload["before"], payload["owners"], payload["outlets"]) == (1, 2, ["Herald"])


def test_a_struck_rule_counts_no_longer_and_strikes_later_copies(store: Store) -> None:
    number = publish(store, "gazette", f"An outage. A breach. {prose(1)}", OUTAGE, BREACH)
    store.db.execute(
        "INSERT INTO story_reviews (story_id, action, rule_id, reason, actor) SELECT ?, 'strike', id, 'other-meaning', 'ann' FROM rules WHERE slug = 'breach'",
        [number],
    )

    publish(store, "herald", f"An outage. A breach. {prose(1)}", OUTAGE, BREACH, hours=1)

    assert rows(store, "SELECT count(*), sum(shown) FROM hits WHERE struck") == [(2, 0)]
    assert story(store, "severity, rules, tab") == ("high", 1, "new")
    assert rows(store, "SELECT struck_by, struck_reason FROM story_rules WHERE struck") == [
        ("ann", "other-meaning")
    ]


def test_a_passage_that_the_publisher_removed_leaves_the_queue_and_is_told(store: Store) -> None:
    (article,) = listed(store, ["a"])
    record_readings(store.db, None, [reading(article, BODY, OUTAGE)])

    record_readings(store.db, None, [reading(article, prose(1, 400), OUTAGE, at=NOON + HOUR)])

    assert story(store, "tab, rules") == ("gone", 0)
    assert kinds(store) == ["story-new", "story-withdrawn"]


def test_storing_the_same_readings_again_tells_nothing_twice(store: Store) -> None:
    (article,) = listed(store, ["a"])
    new_reading = reading(article, BODY, OUTAGE)
    for _ in range(3):
        record_readings(store.db, None, [new_reading])

    assert kinds(store) == ["story-new"]
    assert story(store, "grown") == (1,)


def test_publication_is_the_earliest_known_and_never_after_we_saw_it(store: Store) -> None:
    publish(store, "gazette", BODY)
    assert story(store, "published_at, date_source") == ("2026-11-03T12:00:00.000Z", "feed")

    store.db.execute("UPDATE articles SET published_at = '2027-01-01T00:00:00.000Z'")
    publish(store, "gazette", f"An outage. {prose(9)}", key="b")
    assert story(store, "date_source", 2) == ("feed",)


def test_a_critical_story_is_due_within_the_hour_unless_the_team_says_else(store: Store) -> None:
    publish(store, "gazette", f"A breach. {prose(1)}", BREACH)
    assert story(store, "due_at") == ("2026-11-03T13:00:00.000Z",)

    store.db.execute("""INSERT INTO facts VALUES ('due_minutes', '{"critical": 15}')""")
    publish(store, "herald", f"A breach. {prose(2)}", BREACH)
    assert story(store, "due_at", 2) == ("2026-11-03T12:15:00.000Z",)


@pytest.mark.parametrize(
    ("kind", "named"),
    [("phrase", "AN OUTAGE"), ("outlet", "gazette"), ("rule", "outage"), ("story", "1")],
)
def test_a_mute_hides_new_stories_until_it_runs_out(store: Store, kind: str, named: str) -> None:
    until = (NOON + timedelta(days=1)).isoformat(timespec="milliseconds")[:-6] + "Z"
    store.db.execute(
        "INSERT INTO mutes (kind, value, actor, created_at, until) VALUES (?, ?, 'ann', '2026', ?)",
        (kind, named, until),
    )

    publish(store, "gazette", BODY)
    assert story(store, "tab") == ("muted",)
    assert kinds(store) == []

    assert wake(store.db.conn, until) == 1
    assert story(store, "tab") == ("new",)


def test_a_story_with_one_part_that_is_not_muted_stays(store: Store) -> None:
    store.db.execute(
        "INSERT INTO mutes (kind, value, actor, created_at, until) VALUES ('rule', 'outage', 'ann', '2026', '9999')"
    )

    publish(store, "gazette", f"An outage. A breach. {prose(1)}", OUTAGE, BREACH)

    assert story(store, "tab") == ("new",)


def entry_hit(of: Rule, words: str) -> Hit:
    start = words.index(of.query)
    evidence = Evidence("title", start, start + len(of.query), of.query, of.query)
    return Hit(of.id, of.sha256, of.severity, of.category, 0.5, (evidence,), words, "title")


def aggregated(
    store: Store,
    title: str,
    *rules: Rule,
    at: int = 0,
    url: str = "https://gazette.example/a",
    run: int | None = None,
) -> None:
    """The aggregator lists an article in its own words, and `rules` hit them."""
    now = NOON + at * HOUR
    words = entry("x", title=title, url=url, canonical_url=url, speaks=False)
    record_polls(store.db, None, [(poll(words, feed_id="aggregator", at=now), decision(now))], now)
    ((number, sha256),) = rows(store, "SELECT id, content_sha256 FROM entries WHERE NOT speaks")
    match = EntryMatch(int(str(number)), str(sha256), tuple(entry_hit(r, title) for r in rules))
    entry_matches.record_entries(store.db, run, [match], now)


def test_what_an_aggregator_says_is_its_own_and_never_the_outlets(store: Store) -> None:
    publish(store, "gazette", prose(4))
    aggregated(store, "FALSE: a breach of the votes", BREACH, at=1)

    assert rows(store, "SELECT outlet FROM hits_readable") == [("Aggregator on Gazette",)]
    assert story(store, "outlet, hit_owners, tab") == ("Aggregator on Gazette", 1, "new")
    assert rows(store, "SELECT title FROM article_texts") == [("A title",)]


def test_a_run_tells_of_an_aggregators_words_as_the_aggregators(store: Store) -> None:
    publish(store, "gazette", prose(4))
    run = store.start_run("watch", now=NOON + HOUR)
    aggregated(store, "FALSE: a breach of the votes", BREACH, at=1, run=run)

    (hit,) = new_hits(store.db, run, limit=5)

    assert (hit.outlet, hit.title) == ("Aggregator on Gazette", "FALSE: a breach of the votes")


def test_the_outlets_own_words_lead_before_an_aggregators(store: Store) -> None:
    aggregated(store, "A breach", BREACH)
    publish(store, "gazette", BODY, OUTAGE, hours=1)

    assert story(store, "outlet, severity, hit_owners") == ("Gazette", "critical", 2)


def test_an_entry_of_a_page_never_read_begins_a_story_that_a_copy_may_leave(store: Store) -> None:
    publish(store, "herald", BODY)
    aggregated(store, "An outage", OUTAGE)
    assert value(store, "SELECT count(*) FROM stories WHERE status IS NOT NULL") == 2

    publish(store, "gazette", BODY, hours=1)

    assert value(store, "SELECT count(*) FROM stories WHERE status IS NOT NULL") == 1
    assert story(store, "merged_into, tab", 2) == (1, None)
    assert story(store, "hits, hit_owners") == (3, 3)


def test_changed_words_of_an_entry_are_kept_with_the_old_ones(store: Store) -> None:
    aggregated(store, "A breach", BREACH)
    aggregated(store, "A breach denied", BREACH, at=1)

    assert rows(store, "SELECT title FROM entry_texts ORDER BY title IS NULL") == [
        ("A breach",),
        (None,),
    ]
    assert rows(store, "SELECT title FROM entries WHERE NOT speaks") == [("A breach denied",)]
    assert value(store, "SELECT passage_change FROM hits") == "changed"
