import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from extractors.feeds.schedule import batches, due, next_poll
from model import Entry, FeedCache, FeedHistory, FeedPoll, FeedSpec, NextPoll, Outcome

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
SPEC = FeedSpec("paper", "Paper", "https://paper.example/feed")
CACHE = FeedCache(etag='"1"')


def entries(*keys: str) -> tuple[Entry, ...]:
    return tuple(Entry(key, key, None, None, key, None, None, "", "") for key in keys)


def history(**changes: object) -> FeedHistory:
    earlier = FeedHistory(
        "paper",
        cache=CACHE,
        next_poll_at=NOW,
        last_polled_at=NOW - timedelta(hours=1),
        last_ok_at=NOW - timedelta(hours=1),
        last_entry_at=NOW - timedelta(hours=2),
        last_keys=frozenset("abcdefghij"),
    )
    return replace(earlier, **changes)  # type: ignore[arg-type]


def poll(outcome: Outcome = Outcome.OK, keys: str = "", **changes: object) -> FeedPoll:
    polled = FeedPoll("paper", NOW, outcome, "Said.", 200, CACHE, entries=entries(*keys))
    return replace(polled, **changes)  # type: ignore[arg-type]


def planned(
    earlier: FeedHistory, latest: FeedPoll, *, spec: FeedSpec = SPEC, seed: int = 1
) -> NextPoll:
    return next_poll(earlier, latest, spec=spec, now=NOW, rng=random.Random(seed))


def minutes(plan: NextPoll) -> float:
    return (plan.next_poll_at - NOW).total_seconds() / 60


@pytest.mark.parametrize(
    ("keys", "before", "after"),
    [
        ("abcdefghij", 60, 70),
        ("abcdefgxyz", 60, 70),
        ("abcdexyzuv", 60, 60),
        ("axyzuvwrst", 120, 60),
        ("axyzuvwrst", 60, 10),
        ("", 60, 70),
    ],
    ids=["nothing new", "30 % new", "half new", "90 % new", "down to the floor", "empty"],
)
def test_the_interval_follows_the_share_of_new_entries(keys: str, before: int, after: int) -> None:
    plan = planned(history(interval_seconds=before * 60), poll(keys=keys))

    assert plan.interval_seconds == after * 60
    assert after * 60 * 0.949 <= minutes(plan) * 60 <= after * 60 * 1.051
    assert not plan.gap


def test_an_unchanged_feed_slows_down_to_a_day_at_most() -> None:
    earlier = history()
    for _ in range(200):
        plan = planned(earlier, poll(Outcome.NOT_MODIFIED))
        earlier = replace(earlier, interval_seconds=plan.interval_seconds)

    assert plan.interval_seconds == 86_400


def test_a_feed_silent_for_a_month_slows_down_by_hours() -> None:
    silent = history(last_entry_at=NOW - timedelta(days=40))

    assert planned(silent, poll(Outcome.NOT_MODIFIED)).interval_seconds == 7200


def test_without_validators_the_floor_is_higher() -> None:
    polled = poll(keys="axyzuvwrst", cache=FeedCache())

    assert planned(history(), polled).interval_seconds == 1800


def test_a_poll_off_its_plan_does_not_change_the_interval() -> None:
    for off in (timedelta(hours=-3), timedelta(hours=3)):
        earlier = history(next_poll_at=NOW + off)

        assert planned(earlier, poll(Outcome.NOT_MODIFIED)).interval_seconds == 3600


def test_no_shared_entry_is_a_gap_and_halves_the_interval() -> None:
    plan = planned(history(), poll(keys="uvwxyz", hint_seconds=86_400))

    assert plan.gap
    assert plan.interval_seconds == 1800
    assert minutes(plan) < 40
    assert "missed" in plan.why


def test_a_gap_that_turns_out_to_list_what_was_known_changes_nothing() -> None:
    plan = planned(history(interval_seconds=7200), poll(keys="xyz"))
    instead = plan.if_known

    assert instead is not None
    assert (instead.gap, instead.interval_seconds) == (False, 7200)
    assert "most entries are known, under new ids" in instead.why
    assert planned(history(), poll(keys="xyz", cut=True)).if_known is None


def test_a_first_or_empty_poll_has_no_gap() -> None:
    first = history(last_keys=frozenset(), last_ok_at=None)

    assert not planned(first, poll(keys="xyz")).gap
    assert not planned(history(), poll(Outcome.EMPTY)).gap
    assert not planned(history(), poll(Outcome.NOT_MODIFIED)).gap


def test_hints_and_retry_after_make_it_later_never_sooner() -> None:
    assert 225 < minutes(planned(history(), poll(keys="abc", hint_seconds=14_400))) < 255
    assert minutes(planned(history(), poll(keys="abc", hint_seconds=60))) > 60
    assert minutes(planned(history(), poll(keys="abc", hint_seconds=10**7))) <= 1440 * 1.05
    retry_after = NOW + timedelta(hours=5)
    assert planned(history(), poll(keys="abc", retry_after=retry_after)).next_poll_at == retry_after


def test_a_fixed_interval_is_kept() -> None:
    fixed = replace(SPEC, interval_minutes=15)
    plan = planned(history(), poll(keys="abcdefghij", hint_seconds=7200), spec=fixed)

    assert plan.interval_seconds == 900
    assert 14 < minutes(plan) < 16


def test_failures_back_off_in_a_line_and_are_never_the_end() -> None:
    earlier, waits = history(), []
    for _ in range(80):
        plan = planned(earlier, poll(Outcome.TIMEOUT, http_status=None))
        waits.append(minutes(plan))
        earlier = replace(earlier, failures=plan.failures, failure_weight=plan.failure_weight)

    assert waits[0] == pytest.approx(60, rel=0.06)
    assert waits[9] == pytest.approx(300, rel=0.06)
    assert waits[29] == pytest.approx(15 * 60, rel=0.06)
    assert max(waits[:30]) <= 24 * 60 * 1.06
    assert plan.failures == 80
    assert max(waits) <= 30 * 24 * 60 * 1.06
    healed = planned(earlier, poll(keys="abc"))
    assert (healed.failures, healed.failure_weight) == (0, 0.0)


def test_hard_failures_weigh_more_than_soft_ones() -> None:
    earlier = history(failure_weight=2.0, failures=3)

    assert planned(earlier, poll(Outcome.FORBIDDEN)).failure_weight == 3.0
    assert planned(earlier, poll(Outcome.SERVER_ERROR)).failure_weight == 2.5
    assert planned(earlier, poll(Outcome.CANCELLED)).failure_weight == 2.25


def test_a_feed_that_is_gone_sleeps_and_can_wake() -> None:
    plan = planned(history(), poll(Outcome.GONE, http_status=410))

    assert plan.dormant
    assert 7 * 1440 <= minutes(plan) <= 7 * 1440 * 1.06
    assert not planned(history(dormant=True), poll(keys="abc")).dormant


def test_being_held_back_is_no_failure_of_the_feed() -> None:
    until = NOW + timedelta(minutes=9)
    plan = planned(history(), poll(Outcome.RATE_LIMITED, http_status=None, retry_after=until))

    assert (plan.failures, plan.failure_weight) == (0, 0.0)
    assert plan.next_poll_at == until


def test_a_proxy_that_is_set_wrongly_here_is_no_failure_of_the_feed() -> None:
    plan = planned(history(failure_weight=1.0, failures=2), poll(Outcome.PROXY))

    assert (plan.failures, plan.failure_weight) == (2, 1.0)
    assert minutes(plan) <= 64
    assert plan.why.endswith(": the proxy lets nothing through.")


def test_a_malformed_feed_with_entries_is_a_success() -> None:
    assert planned(history(), poll(Outcome.MALFORMED, keys="abc")).failures == 0
    assert planned(history(), poll(Outcome.MALFORMED)).failures == 1


def test_due_feeds_come_longest_waiting_first() -> None:
    specs = [replace(SPEC, id=name) for name in ("late", "later", "new", "soon", "off", "failing")]
    specs[4] = replace(specs[4], enabled=False)
    histories = {
        "late": history(next_poll_at=NOW - timedelta(minutes=5)),
        "later": history(next_poll_at=NOW - timedelta(hours=5)),
        "soon": history(next_poll_at=NOW + timedelta(minutes=4)),
        "failing": history(next_poll_at=NOW + timedelta(minutes=4), failure_weight=1.0),
    }
    now_due = {"failing": history(next_poll_at=NOW, failure_weight=1.0)}

    assert [spec.id for spec in due(specs, histories, NOW)] == ["new", "later", "late", "soon"]
    assert [spec.id for spec in due(specs[-1:], now_due, NOW)] == ["failing"]


@pytest.mark.slow
def test_what_is_due_among_180_000_feeds_is_found_within_a_second() -> None:
    late, soon = history(next_poll_at=NOW), history(next_poll_at=NOW + timedelta(hours=1))
    specs = [FeedSpec(str(n), "Paper", "https://paper.example/feed") for n in range(180_000)]
    histories = {spec.id: soon if int(spec.id) % 2 else late for spec in specs}

    began = time.process_time()
    due_feeds = due(specs, histories, NOW)

    assert time.process_time() - began < 1.0
    assert len(due_feeds) == 90_000


def test_batches_keep_hosts_together_and_their_size() -> None:
    urls = [f"https://{host}.example{n}.org/{n}" for n in range(4) for host in ("a", "b", "c")]
    urls += [f"https://big.example/{n}" for n in range(12)]
    cut = batches([replace(SPEC, url=url) for url in urls], 5)

    assert [len(batch) for batch in cut] == [3, 3, 3, 3, 5, 5, 2]
    assert sorted(spec.url for batch in cut for spec in batch) == sorted(urls)
    assert all(len({spec.url.split("/")[2][2:] for spec in batch}) == 1 for batch in cut[:4])
