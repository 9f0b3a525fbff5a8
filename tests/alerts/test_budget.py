"""Budgets, groups and summaries: no flood, and nothing that is not told."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.plan import MessageBatch, given_up, message_batches, next_send
from storage.outbox.event import Delivery, Event, Sent
from tests.alerts.making import DESK, MINUTE, NOON, config, story, waiting


def channel(folder: Path, budget: int, route: str = ""):
    settings = config(
        f"{DESK}    budget: {budget}\nroutes:\n  - {{id: main, channels: desk{route}}}\n", folder
    )
    return settings.channels[0], settings


def hour_of_flood(deliveries: list[Delivery], budget: int, folder: Path) -> list[tuple[datetime, MessageBatch]]:  # fmt: skip
    """What is sent in the hour after all of it came, looked at every 30 seconds."""
    desk, alert_config = channel(folder, budget)
    queued, sent, sizes = list(deliveries), [], []
    for step in range(120):
        now = NOON + step * timedelta(seconds=30)
        for batch in message_batches(desk, queued, sent, alert_config, now):
            sizes.append((now, batch))
            sent.append(Sent("desk", batch.carrier.route, now, batch.summary))
            gone = {delivery.id for delivery in batch.deliveries}
            queued = [delivery for delivery in queued if delivery.id not in gone]
    return sizes


@pytest.mark.slow
def test_two_thousand_stories_of_election_night_stay_in_budget_and_are_all_told(
    tmp_path: Path,
) -> None:
    flood = [waiting(story(number)) for number in range(1, 2001)]
    sizes = hour_of_flood(flood, 20, tmp_path)
    assert len(sizes) == 16, "15 by themselves, and one summary of the rest"
    carried = [delivery.id for _, batch in sizes for delivery in batch.deliveries]
    assert sorted(carried) == list(range(1, 2001))


def test_stories_that_trickle_in_over_budget_are_summed_up_several_times_an_hour(
    tmp_path: Path,
) -> None:
    desk, alert_config = channel(tmp_path, 20)
    sent: list[Sent] = []
    queued: list[Delivery] = []
    for minute in range(120):
        now = NOON + minute * MINUTE
        queued += [waiting(story(minute * 10 + n, at=now), now) for n in range(10)]
        for batch in message_batches(desk, queued, sent, alert_config, now):
            sent.append(Sent("desk", batch.carrier.route, now, batch.summary))
            gone = {delivery.id for delivery in batch.deliveries}
            queued = [delivery for delivery in queued if delivery.id not in gone]
        last_hour = [message for message in sent if now - message.sent_at < timedelta(hours=1)]
        assert len(last_hour) <= 20
        oldest = min((delivery.created_at for delivery in queued), default=now)
        assert now - oldest <= 15 * MINUTE, "silence"
    assert sum(message.summary for message in sent) >= 8


def test_the_gravest_go_by_themselves_when_there_is_no_room_for_all(tmp_path: Path) -> None:
    desk, alert_config = channel(tmp_path, 4)
    mixed = [waiting(story(n, severity="critical" if n > 97 else "low")) for n in range(1, 101)]
    batches = message_batches(desk, mixed, [], alert_config, NOON)
    assert [batch.carrier.id for batch in batches[:3]] == [98, 99, 100]
    assert batches[3].summary
    assert len(batches[3].deliveries) == 97


def test_what_a_person_escalates_does_not_wait_for_the_next_summary(tmp_path: Path) -> None:
    desk, alert_config = channel(tmp_path, 20)
    sent = [Sent("desk", "main", NOON, False)] * 15 + [Sent("desk", "main", NOON, True)]
    batches = message_batches(desk, [waiting(story(1)), waiting(story(2, "story-escalated"))], sent, alert_config, NOON)  # fmt: skip
    assert [batch.carrier.id for batch in batches] == [2]


def test_what_a_clock_that_was_ahead_has_sent_uses_no_budget_up(tmp_path: Path) -> None:
    desk, alert_config = channel(tmp_path, 4)
    ahead = NOON + timedelta(days=3)
    sent = [Sent("desk", "main", ahead, False)] * 3 + [Sent("desk", "main", ahead, True)]
    batches = message_batches(desk, [waiting(story(1))], sent, alert_config, NOON)
    assert [batch.carrier.id for batch in batches] == [1]


def test_the_last_place_of_a_budget_is_a_summarys(tmp_path: Path) -> None:
    desk, alert_config = channel(tmp_path, 4)
    batches = message_batches(desk, [waiting(story(n, "story-escalated")) for n in range(1, 11)], [], alert_config, NOON)  # fmt: skip
    assert [batch.summary for batch in batches] == [False, False, False, True]


def test_a_routes_own_budget_holds_beside_the_channels(tmp_path: Path) -> None:
    desk, alert_config = channel(tmp_path, 30, ", budget: 2")
    batches = message_batches(
        desk, [waiting(story(n)) for n in range(1, 6)], [], alert_config, NOON
    )
    assert [len(batch.deliveries) for batch in batches] == [1, 1, 3]


def test_all_that_happened_to_a_story_is_one_message_in_order(tmp_path: Path) -> None:
    desk, alert_config = channel(tmp_path, 30)
    first, grew = story(7), Event("story-grew", NOON, "grew:7", 9, 7, subject=story(7).subject)
    other = story(8)
    batches = message_batches(
        desk, [waiting(first), waiting(other), waiting(grew)], [], alert_config, NOON
    )
    assert [[delivery.event.id for delivery in batch.deliveries] for batch in batches] == [
        [7, 9],
        [8],
    ]


def test_what_is_held_comes_along_when_its_story_is_told(tmp_path: Path) -> None:
    desk, alert_config = channel(tmp_path, 30)
    held_delivery = waiting(story(7), state="held", next_attempt_at=NOON + timedelta(hours=8))
    other = waiting(story(9), state="held", next_attempt_at=NOON + timedelta(hours=8))
    grave = waiting(Event("story-escalated", NOON, "e:7", 8, 7, subject=story(7).subject))
    (batch,) = message_batches(desk, [held_delivery, other, grave], [], alert_config, NOON)
    assert [delivery.id for delivery in batch.deliveries] == [7, 8]


def test_an_outbox_that_nobody_served_for_a_day_is_one_message(tmp_path: Path) -> None:
    desk, alert_config = channel(tmp_path, 30)
    old = [waiting(story(n, at=NOON - timedelta(days=3))) for n in range(1, 50)]
    (batch,) = message_batches(desk, old, [], alert_config, NOON)
    assert batch.summary
    assert len(batch.deliveries) == 49


def test_attempts_wait_longer_each_time_and_as_long_as_the_receiver_asks() -> None:
    waits = [next_send(n, NOON, retry_after=None) - NOON for n in (1, 2, 3, 50)]
    assert waits == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40), timedelta(hours=1)]  # fmt: skip
    assert next_send(1, NOON, retry_after=NOON + timedelta(hours=2)) == NOON + timedelta(hours=2)


def test_a_channel_with_a_fallback_gives_up_sooner(tmp_path: Path) -> None:
    alone, _ = channel(tmp_path, 30)
    pair = config(f"{DESK}    fallback: b\n  - {{id: b, webhook: 'http://127.0.0.1:9/', key: env:K}}\nroutes:\n  - {{id: r, channels: desk}}\n", tmp_path)  # fmt: skip
    later = NOON + 11 * MINUTE
    assert not given_up(alone, NOON, later, refused=False)
    assert given_up(pair.channels[0], NOON, later, refused=False)
    assert given_up(alone, NOON, NOON, refused=True)
    assert given_up(alone, NOON, NOON + timedelta(hours=25), refused=False)
