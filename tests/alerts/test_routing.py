"""Which events go where, and when: choices, hours, quiet hours."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.alerts_yaml.hours import Hours
from alerts.routing import choices, why_unrouted
from storage.outbox.event import Event, Subject
from tests.alerts.making import DESK, NOON, config, routed, story


@pytest.mark.parametrize(
    ("route", "is_taken"),
    [
        ("severity: high", True),
        ("severity: critical", False),
        ("relevance: 0.8", True),
        ("relevance: 0.95", False),
        ("categories: [ballots, audits]", True),
        ("categories: audits", False),
        ("rules: unattended-ballots", True),
        ("rules: other", False),
        ("tags: [maricopa]", True),
        ("tags: [pima]", False),
        ("outlets: gazette", True),
        ("outlets: Herald", False),
        ("places: US", True),
        ("places: US-A", False),
        ("places: [US-NV, US-AZ]", True),
        ("languages: en", True),
        ("languages: es", False),
        ("kinds: [story-new]", True),
        ("kinds: [run-failed]", False),
    ],
)
def test_each_choice_of_a_route_decides(route: str, is_taken: bool, tmp_path: Path) -> None:
    event = story(tags=("maricopa",))
    assert bool(choices(event, routed(route, tmp_path), NOON)) is is_taken


def test_a_story_that_nobody_scored_passes_a_relevance_it_cannot_be_held_against(
    tmp_path: Path,
) -> None:
    assert choices(story(relevance=None), routed("relevance: 0.9", tmp_path), NOON)


@pytest.mark.parametrize(
    "tab", ["unlikely", "low", "experimental", "muted", "snoozed", "dismissed"]
)
def test_what_the_queue_keeps_back_is_never_alerted_as_new(tab: str, tmp_path: Path) -> None:
    chosen = routed("severity: low", tmp_path)
    assert choices(story(tab=tab), chosen, NOON) == ()
    assert tab in why_unrouted(story(tab=tab), chosen, NOON)
    assert choices(story(tab=tab, kind="story-escalated"), chosen, NOON), "a person said so"


def test_what_a_new_feed_brings_along_is_no_news(tmp_path: Path) -> None:
    chosen, old = routed("severity: low", tmp_path), story(payload={"backlog_days": 9})
    assert choices(old, chosen, NOON) == ()
    assert why_unrouted(old, chosen, NOON).startswith("it is not news: published 9 days ago")


@pytest.mark.parametrize(
    ("route", "lacked"),
    [
        ("severity: critical", "high, and it wants critical or more severe"),
        ("relevance: 0.99", "relevance 90%, and it wants 99% or more"),
        ("places: US-NV", "not of its places"),
        ("kinds: [run-failed]", "not one of its kinds"),
    ],
)
def test_what_no_route_wants_is_told_by_what_each_lacked(
    route: str, lacked: str, tmp_path: Path
) -> None:
    event = story(severity="high", relevance=0.9)
    assert choices(event, routed(route, tmp_path), NOON) == ()
    why = why_unrouted(event, routed(route, tmp_path), NOON)
    assert why.startswith("no route wants it (")
    assert lacked in why


def test_an_escalated_story_is_grave_whatever_its_rule_says(tmp_path: Path) -> None:
    event = story(kind="story-escalated", severity="low", tab="escalated")
    assert choices(event, routed("severity: high", tmp_path), NOON)


def test_a_failed_run_is_as_grave_as_its_kind_and_meets_no_choice_of_stories(
    tmp_path: Path,
) -> None:
    failed = Event("run-failed", NOON, "run:1:failed", 1)
    assert choices(failed, routed("severity: high", tmp_path), NOON)
    assert not choices(failed, routed("severity: critical", tmp_path), NOON)
    assert not choices(failed, routed("categories: ballots", tmp_path), NOON)


def test_feeds_are_chosen_by_their_outlet_and_place(tmp_path: Path) -> None:
    dead = Event("feed-dead", NOON, "feed:1", 1, subject=Subject("Gazette", "Gazette", region="US-AZ"))  # fmt: skip
    assert choices(dead, routed("places: US", tmp_path), NOON)
    assert not choices(dead, routed("places: MX", tmp_path), NOON)


def test_an_assigned_story_is_told_to_that_person_and_to_nobody_else(tmp_path: Path) -> None:
    people = f"{DESK}    person: ann\n  - {{id: bob, webhook: 'http://127.0.0.1:9/', key: env:K, person: bob}}\n"
    settings = config(f"{people}routes:\n  - {{id: a, channels: [desk, bob], kinds: spike}}\n", tmp_path)  # fmt: skip
    event = story(kind="story-assigned", payload={"to": "bob"})
    assert [choice.channel for choice in choices(event, settings, NOON)] == ["bob"]


def test_two_routes_to_one_channel_are_one_delivery_and_the_sooner_one(tmp_path: Path) -> None:
    settings = config(
        f"""{DESK}routes:
  - {{id: held, channels: desk, quiet: {{hours: "11:00-13:00"}}}}
  - {{id: now, channels: desk, severity: high}}
""",
        tmp_path,
    )
    (choice,) = choices(story(), settings, NOON)
    assert (choice.route, choice.held_until) == ("now", None)


def test_quiet_hours_hold_until_their_end_in_the_routes_own_zone_and_never_drop(
    tmp_path: Path,
) -> None:
    settings = config(
        f"""settings: {{timezone: America/Phoenix}}
{DESK}routes:
  - id: night
    channels: desk
    quiet: {{hours: "22:00-06:00", unless: critical}}
""",
        tmp_path,
    )
    night = datetime(2026, 11, 3, 7, 30, tzinfo=UTC)  # 00:30 in Phoenix
    (choice,) = choices(story(), settings, night)
    assert choice.held_until == datetime(2026, 11, 3, 13, 0, tzinfo=UTC)
    assert "held until 13:00 UTC" in choice.why
    (grave,) = choices(story(severity="critical"), settings, night)
    assert grave.held_until is None


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-11-06T23:00", True),  # Friday night
        ("2026-11-07T05:59", True),  # belongs to Friday night
        ("2026-11-07T06:00", False),
        ("2026-11-07T23:00", False),  # Saturday night
        ("2026-11-08T01:00", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(moment: str, holds: bool) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    nights = Hours(datetime(1, 1, 1, 22).time(), datetime(1, 1, 1, 6).time(), "UTC", frozenset({4}))
    assert nights.holds(at) is holds


def test_the_end_of_quiet_hours_keeps_the_wall_clock_when_summer_time_ends() -> None:
    quiet = Hours(datetime(1, 1, 1, 22).time(), datetime(1, 1, 1, 6).time(), "America/New_York")
    before = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)  # 23:00 on 31 October, summer time
    assert quiet.end_after(before) == datetime(2026, 11, 1, 11, 0, tzinfo=UTC)  # 06:00, winter time


def test_a_day_of_the_week_without_hours_is_the_whole_day(tmp_path: Path) -> None:
    route = routed("days: [tue]", tmp_path)
    assert choices(story(), route, NOON)  # 3 November 2026 is a Tuesday
    assert not choices(story(), route, datetime(2026, 11, 4, 12, 0, tzinfo=UTC))


WEEKEND = frozenset({5, 6})


@pytest.mark.parametrize(
    ("zone", "saturday"),
    [
        ("America/St_Johns", datetime(2026, 10, 31, 16, tzinfo=UTC)),  # Sunday has 25 hours
        ("Europe/Dublin", datetime(2026, 3, 28, 12, tzinfo=UTC)),  # Sunday has 23 hours
        ("Asia/Kolkata", datetime(2026, 3, 28, 12, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2028, 2, 25, 18, tzinfo=UTC)),
    ],
)
def test_a_quiet_weekend_ends_at_mondays_midnight_however_long_its_days_are(
    zone: str, saturday: datetime
) -> None:
    end = Hours(time(0), time(0), zone, WEEKEND).end_after(saturday)

    local = end.astimezone(ZoneInfo(zone))
    assert (local.weekday(), local.hour, local.minute) == (0, 0, 0)
    assert end - saturday < timedelta(hours=49)


def test_quiet_hours_that_end_in_an_hour_the_clock_shows_twice_end_after_now() -> None:
    quiet = Hours(time(22), time(1, 30), "America/New_York")
    second_time = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)  # 01:10 in New York, for the second time

    assert quiet.holds(second_time)
    assert quiet.end_after(second_time) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_hours_from_seven_to_seven_begin_at_seven() -> None:
    saturdays = Hours(time(7), time(7), "UTC", frozenset({5}))

    assert not saturdays.holds(datetime(2026, 11, 28, 6, 59, tzinfo=UTC))
    assert saturdays.holds(datetime(2026, 11, 29, 6, 59, tzinfo=UTC))
    assert saturdays.end_after(datetime(2026, 11, 28, 12, tzinfo=UTC)) == datetime(
        2026, 11, 29, 7, tzinfo=UTC
    )
