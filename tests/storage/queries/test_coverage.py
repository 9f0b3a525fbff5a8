"""The ledger says of every hour what was seen, and never more than that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from model import Outcome
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.queries.coverage import answering_lately, coverage
from storage.queries.feed_health import feed_health
from storage.store import Store
from tests.storage.making import HOUR, NOON, decision, entry, failure, feed, listed, poll, reading

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def polled(
    store: Store,
    hour: float,
    *keys: str,
    ok: bool = True,
    gap: bool = False,
    feed_id: str = "gazette",
) -> None:
    at = NOON + hour * HOUR
    outcome = Outcome.OK if ok else Outcome.TIMEOUT
    news = poll(*map(entry, keys), feed_id=feed_id, at=at, outcome=outcome, sentence=outcome)
    record_polls(store.db, None, [(news, decision(at, gap=gap, failures=0 if ok else 1))], at)


def ledger(store: Store, hours: int, feed_id: str = "gazette") -> Sequence[str | None]:
    ledger = coverage(store.db, since=NOON, now=NOON + hours * HOUR - MINUTE)
    return next(each.hours for each in ledger.feeds if each.id == feed_id)


def test_an_hour_is_seen_once_a_later_poll_was_answered(store: Store) -> None:
    polled(store, 0.1, "a")
    polled(store, 2.1, "a", "b")

    assert ledger(store, 4) == ("seen", "seen", "seen", "late")


def test_the_hour_that_is_not_over_counts_only_once_the_planned_poll_is_overdue(
    store: Store,
) -> None:
    at = NOON + 0.9 * HOUR
    planned = replace(decision(at), next_poll_at=NOON + 1.6 * HOUR)
    record_polls(store.db, None, [(poll(entry("a"), at=at), planned)], at)

    def seen(hour: float) -> tuple[Sequence[str | None], float | None]:
        ledger = coverage(store.db, since=NOON, now=NOON + hour * HOUR)
        row = next(each for each in ledger.feeds if each.id == "gazette")
        return row.hours, ledger.counts["late"]

    assert seen(1.5) == (("seen", None), 0)
    assert seen(1.7) == (("seen", "late"), 1)
    assert seen(2.1) == (("seen", "late", "late"), 2), "an hour that is over was not seen"


def test_a_gap_covers_the_hours_since_the_answer_before(store: Store) -> None:
    polled(store, 0.1, "a")
    polled(store, 2.1, "z", gap=True)
    polled(store, 3.1, "z")

    assert ledger(store, 4) == ("seen", "gap", "gap", "seen")


def test_a_feed_that_does_not_answer_is_blocked_until_it_does(store: Store) -> None:
    polled(store, 0.1, "a")
    polled(store, 1.1, ok=False)
    polled(store, 2.1, ok=False)
    assert ledger(store, 4) == ("seen", "blocked", "blocked", "blocked")

    polled(store, 3.1, "a", "b")
    assert ledger(store, 4) == ("seen", "seen", "seen", "seen")


def test_a_feed_never_polled_says_so(store: Store) -> None:
    assert ledger(store, 2) == ("never", "never")


def test_hours_before_the_first_poll_were_never_seen(store: Store) -> None:
    polled(store, 2.1, "a")

    assert ledger(store, 3) == ("never", "never", "seen")


def test_an_hour_with_an_article_that_could_not_be_read_is_partial(store: Store) -> None:
    polled(store, 0.1, "a")
    polled(store, 1.1, "a", "b")
    first, second = (u.article_id for u in unread_articles(store.db, NOON + 2 * HOUR, limit=9))
    record_readings(store.db, None, [reading(first, "Fine."), failure(second, at=NOON + 2 * HOUR)])

    assert ledger(store, 2) == ("seen", "partial")


def test_hours_before_a_feed_was_listed_do_not_count(store: Store) -> None:
    sync_feeds(store.db, [feed("gazette"), feed("herald"), feed("times")], NOON + 2 * HOUR)

    assert ledger(store, 3, "times") == (None, None, "never")


def test_the_sentence_tells_how_far_we_saw(store: Store) -> None:
    polled(store, 0.5, "a")
    polled(store, 0.5, feed_id="herald", ok=False)

    ledger = coverage(store.db, since=NOON, now=NOON + HOUR - MINUTE)

    assert ledger.sentence == "from 1 of 2 feeds, seen until 2026-11-03 12:30 UTC"
    assert ledger.counts == {"seen": 1, "partial": 0, "gap": 0, "late": 0, "blocked": 1, "never": 0}
    assert ledger.share == 0.5


def flags(store: Store, at: float = 0, feed_id: str = "gazette") -> tuple[str, ...]:
    health = feed_health(store.db, NOON + at * DAY)
    return next(each.flags for each in health if each.id == feed_id)


def test_health_flags_what_a_person_should_see(store: Store) -> None:
    assert flags(store) == ("never",)
    polled(store, 0, "a")
    assert flags(store) == ()
    polled(store, 1, ok=False)
    assert flags(store) == ("failing",)
    polled(store, 2, "b", gap=True)
    assert flags(store) == ("gap",)
    polled(store, 24 * 15, "b")
    assert flags(store, 15.1) == ("silent",)
    polled(store, 24 * 16, ok=False)
    assert flags(store, 40) == ("dead", "failing", "silent")


def what_happened(store: Store, at: float = 0) -> str:
    health = feed_health(store.db, NOON + at * DAY)
    return next(each.what_happened for each in health if each.id == "gazette")


def test_a_sentence_says_why_a_feed_that_answers_has_its_flags(store: Store) -> None:
    assert what_happened(store) == "not polled yet"
    polled(store, 0, "a")
    assert what_happened(store) == "ok"
    polled(store, 2, "b", gap=True)
    assert what_happened(store) == "entries were probably missed at 1 poll of the last 7 days"
    polled(store, 24 * 15, "b")
    assert what_happened(store, 15.1) == "nothing new for 15 days"
    polled(store, 24 * 16, ok=False)
    assert what_happened(store, 40) == "timeout", "of a feed that fails, what it failed with"


def test_a_moved_and_a_dormant_feed_are_flagged(store: Store) -> None:
    moved = poll(entry("a"), moved_to="https://new.example/rss")
    gone = poll(feed_id="herald", outcome=Outcome.GONE)
    record_polls(
        store.db, None, [(moved, decision()), (gone, decision(dormant=True, failures=1))], NOON
    )

    assert flags(store) == ("moved",)
    assert flags(store, feed_id="herald") == ("dormant", "failing")


@pytest.mark.parametrize(("last_week", "alarm"), [(10, None), (8, None), (1, "low"), (30, "high")])
def test_the_volume_alarm_holds_a_week_against_four(
    store: Store, last_week: int, alarm: str | None
) -> None:
    key = iter(range(100_000))
    for n in range(36):
        count = 9 + n % 3 if n < 29 else last_week
        polled(store, 24 * n, *(f"k{next(key)}" for _ in range(count)))

    (level,) = (h.volume for h in feed_health(store.db, NOON + 36 * DAY) if h.id == "gazette")

    assert level.alarm == alarm


def test_a_young_feed_raises_no_volume_alarm(store: Store) -> None:
    polled(store, 0, *(f"k{n}" for n in range(500)))

    assert flags(store, 8) == ()


def test_what_stands_beside_counts_looks_back_24_hours_also_after_midnight(store: Store) -> None:
    polled(store, 0.1, "a")  # at noon
    midnight = NOON.replace(hour=0, minute=3) + DAY

    assert answering_lately(store.db.conn, midnight).sentence.startswith("from 1 of ")
    assert answering_lately(store.db.conn, NOON + 26 * HOUR).sentence.startswith("from 0 of ")


def test_a_disabled_feed_is_only_that(store: Store) -> None:
    sync_feeds(
        store.db, [feed("gazette", enabled=False, reason="asks for money"), feed("herald")], NOON
    )

    assert flags(store) == ("disabled",)
    assert coverage(store.db, since=NOON, now=NOON).disabled == 1


def test_a_time_that_is_over_is_judged_by_its_own_polls_and_by_the_first_after_it(
    store: Store,
) -> None:
    polled(store, 0.1, "a")
    polled(store, 1.1, ok=False)
    polled(store, 3.1, "a", "b")
    polled(store, 5.1, "z", gap=True)

    def until(hours: float) -> tuple[Sequence[str | None], int, str]:
        ledger = coverage(store.db, since=NOON + HOUR, now=NOON + hours * HOUR - MINUTE, past=True)
        return ledger.feeds[0].hours, ledger.answering, ledger.sentence

    assert until(3)[:2] == (("seen", "seen"), 0), "by the answer at 15:06, which came after it"
    assert until(4)[:2] == (("seen", "seen", "seen"), 1), "the gap at 17:06 is of another time"
    assert until(4)[2].endswith(f"seen until {NOON + 3.1 * HOUR:%Y-%m-%d %H:%M} UTC")


def test_a_feed_whose_pages_nearly_all_cannot_be_read_is_flagged(store: Store) -> None:
    numbers = listed(store, [f"page-{n}" for n in range(6)])
    record_readings(store.db, None, [failure(number, at=NOON) for number in numbers[:4]])
    assert flags(store) == ()
    record_readings(store.db, None, [failure(numbers[4], at=NOON)])
    assert flags(store) == ("unread",)
    (health,) = [feed for feed in feed_health(store.db, NOON) if feed.id == "gazette"]
    assert health.what_happened == "5 of 5 pages of 7 days could not be read"
    record_readings(store.db, None, [reading(numbers[4], "A body.", at=NOON + HOUR)])
    assert flags(store) == ()
    assert flags(store, 9) == (), "what is older than a week counts no more"
