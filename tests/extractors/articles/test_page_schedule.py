from datetime import UTC, datetime, timedelta

from extractors.articles.page_schedule import next_attempt, reread_at, stub_reread_at
from model import Outcome

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def hours(outcome: Outcome, attempts: int, wait: timedelta | None = None) -> float | None:
    at = next_attempt(outcome, attempts, None if wait is None else NOW + wait, NOW)
    return None if at is None else (at - NOW).total_seconds() / 3600


def test_pages_get_three_more_tries() -> None:
    assert [hours(Outcome.TIMEOUT, n) for n in (1, 2, 3, 4)] == [1, 6, 24, None]
    assert [hours(Outcome.EXTRACTION_EMPTY, n) for n in (1, 2, 3, 4)] == [1, 6, 24, None]


def test_hopeless_pages_get_fewer() -> None:
    assert hours(Outcome.BAD_URL, 1) is hours(Outcome.NO_LINK, 1) is hours(Outcome.OK, 1) is None
    assert [hours(Outcome.GONE, n) for n in (1, 2)] == [24, None]
    assert [hours(Outcome.ROBOTS, n) for n in (1, 2, 3)] == [24, 168, None]


def test_pages_wait_as_long_as_asked() -> None:
    assert hours(Outcome.RATE_LIMITED, 1, timedelta(hours=2)) == 2
    assert hours(Outcome.SERVER_ERROR, 1, timedelta(seconds=36)) == 0.01
    assert hours(Outcome.RATE_LIMITED, 7, timedelta(seconds=36)) == 0.5
    assert hours(Outcome.RATE_LIMITED, 21, timedelta(hours=2)) is None


def test_a_page_that_was_not_asked_is_tried_again_however_often() -> None:
    wait = NOW + timedelta(hours=2)
    assert next_attempt(Outcome.RATE_LIMITED, 99, wait, NOW, was_asked=False) == wait
    for outcome in (Outcome.RATE_LIMITED, Outcome.PROXY):
        assert next_attempt(outcome, 99, None, NOW, was_asked=False) == NOW + timedelta(hours=1)


def test_pages_with_hits_are_read_again_ever_more_seldom() -> None:
    waits = [reread_at(reads, NOW) for reads in range(7)]

    assert [None if at is None else (at - NOW).total_seconds() / 3600 for at in waits] == [
        1,
        6,
        24,
        72,
        168,
        336,
        None,
    ]


STUB = "Police were called to the county building. This story will be updated. " * 5


def test_a_short_young_page_without_a_hit_is_read_once_more() -> None:
    hour = timedelta(hours=1)

    assert stub_reread_at(STUB, NOW - hour, 0, NOW) == NOW + 3 * hour
    assert stub_reread_at(STUB, NOW - hour, 1, NOW) is None
    assert stub_reread_at(STUB, NOW - 7 * hour, 0, NOW) is None
    assert stub_reread_at(STUB, None, 0, NOW) is None
    assert stub_reread_at(STUB * 10, NOW - hour, 0, NOW) is None


def test_a_page_whose_text_is_in_doubt_is_read_once_more_whatever_its_length_and_age() -> None:
    hour = timedelta(hours=1)

    assert stub_reread_at(STUB * 10, None, 0, NOW, doubtful=True) == NOW + 3 * hour
    assert stub_reread_at(STUB * 10, None, 1, NOW, doubtful=True) is None
