"""Which channels an event goes to, by which route, and until when it is held. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.alerts_yaml.config import AlertConfig, Route
from alerts.kinds import PROPOSED, kind_of
from model import SEVERITIES
from storage.outbox.event import Event, Subject

NEWS_TABS = frozenset({"new", "escalated", "confirmed"})  # tabs in which a proposed story is news
ROUTES_NAMED = 5
STALE = timedelta(hours=24)  # older events never go out one by one: the outbox was not served


@dataclass(frozen=True, slots=True)
class Choice:
    """One channel for one event. `held_until` is set in quiet hours."""

    channel: str
    route: str
    held_until: datetime | None
    why: str


def choices(event: Event, config: AlertConfig, now: datetime) -> tuple[Choice, ...]:
    """Where `event` goes: each channel once, by the first route that would send it soonest."""
    best: dict[str, Choice] = {}
    for choice in [*to_person(event, config), *by_routes(event, config, now)]:
        before = best.get(choice.channel)
        if before is None or (before.held_until and not choice.held_until):
            best[choice.channel] = choice
    return tuple(best.values())


def why_unrouted(event: Event, config: AlertConfig, now: datetime) -> str:
    """Why an event goes nowhere, for people: what each of the first routes lacked."""
    if kept_back(event):
        return f"the queue does not show the story (it is {event.subject.tab if event.subject else 'gone'})"  # fmt: skip
    if days := event.payload.get("backlog_days"):
        return f"it is not news: published {days} days ago, before its feed was first polled"
    if not config.routes:
        return "alerts.yaml has no routes"
    refusals = [
        f"{route.id}: {unmet_choice(route, event, now)}" for route in config.routes[:ROUTES_NAMED]
    ]
    more = len(config.routes) - ROUTES_NAMED
    return f"no route wants it ({'; '.join(refusals)}{f'; and {more} more' if more > 0 else ''})"


def to_person(event: Event, config: AlertConfig) -> Iterator[Choice]:
    """A story that somebody is handed is told to that person, without any route."""
    if event.kind != "story-assigned":
        return
    for channel in config.channels:
        if channel.person and channel.person == event.payload.get("to"):
            yield Choice(channel.id, "", None, f"assigned to {channel.person}")


def by_routes(event: Event, config: AlertConfig, now: datetime) -> Iterator[Choice]:
    if kept_back(event) or event.payload.get("backlog_days"):
        return
    for route in config.routes:
        if unmet_choice(route, event, now) is not None:
            continue
        release_at = held_until(route, event, now)
        why = f"route {route.id}" + (f", held until {release_at:%H:%M} UTC by its quiet hours" if release_at else "")  # fmt: skip
        for channel in route.channels:
            yield Choice(channel, route.id, release_at, why)


def kept_back(event: Event) -> bool:
    """Whether a machine proposed a story that the queue keeps back: unlikely, muted, snoozed."""
    if event.kind not in PROPOSED or event.subject is None:
        return False
    if event.kind == "story-withdrawn":
        return event.subject.tab not in NEWS_TABS | {"gone"}
    return event.subject.tab not in NEWS_TABS


def unmet_choice(route: Route, event: Event, now: datetime) -> str | None:
    """The first choice of a route that this event does not meet; None when the route wants it."""
    if route.kinds and event.kind not in route.kinds:
        return "not one of its kinds"
    if route.hours is not None and not route.hours.holds(now):
        return "outside its hours"
    if route.severity and rank(event_severity(event)) < rank(route.severity):
        return f"{event_severity(event)}, and it wants {route.severity} or more severe"
    subject = event.subject or Subject()
    relevance = subject.relevance
    if route.relevance and relevance is not None and relevance < route.relevance:
        return f"relevance {relevance:.0%}, and it wants {route.relevance:.0%} or more"
    unmet = [name for name, is_met in choices_met(route, subject) if not is_met]
    return f"not of its {', '.join(unmet)}" if unmet else None


def event_severity(event: Event) -> str:
    """The story's, or that of the kind. An escalated story is grave whatever its rule says."""
    kind, own = kind_of(event.kind).severity, event.subject.severity if event.subject else None
    if own is None:
        return kind
    return max(own, kind, key=rank) if event.kind == "story-escalated" else own


def rank(name: str) -> int:
    return SEVERITIES.index(name) if name in SEVERITIES else 0


def choices_met(route: Route, subject: Subject) -> Iterator[tuple[str, bool]]:
    """What a route may choose by, and whether the story or feed is of it."""
    yield "categories", meets(route.categories, [subject.category])
    yield "rules", meets(route.rules, subject.rules)
    yield "tags", meets(route.tags, subject.tags)
    yield "outlets", meets(route.outlets, [subject.outlet])
    yield "places", meets_or_contains(route.places, [subject.region, subject.place])
    yield "languages", meets_or_contains(route.languages, [subject.language])


def meets(choices: tuple[str, ...], values: Iterable[str | None]) -> bool:
    names = {name.casefold() for name in values if name}
    return not choices or any(name.casefold() in names for name in choices)


def meets_or_contains(choices: tuple[str, ...], values: Iterable[str | None]) -> bool:
    """As `meets`, and a wide choice takes in what is narrower: US takes in US-AZ."""
    names = [name.casefold() for name in values if name]
    return not choices or any(
        name == wide.casefold() or name.startswith(f"{wide.casefold()}-")
        for wide in choices
        for name in names
    )


def held_until(route: Route, event: Event, now: datetime) -> datetime | None:
    """The end of the route's quiet hours when they hold the event back."""
    if route.quiet is None or not route.quiet.holds(now):
        return None
    if route.quiet_unless and rank(event_severity(event)) >= rank(route.quiet_unless):
        return None
    return route.quiet.end_after(now)
