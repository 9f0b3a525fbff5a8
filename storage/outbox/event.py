"""The nouns of the outbox: what happened, and what is known of the story or feed that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

DeliveryState = Literal["waiting", "held", "sending", "sent", "summarised", "dead"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What routes choose by. A story fills all of it; a feed what it has; a run or a disk nothing."""

    headline: str = ""
    outlet: str = ""
    outlets: int = 1
    owners: int = 1
    language: str | None = None
    region: str | None = None
    place: str | None = None
    category: str | None = None
    severity: str | None = None
    relevance: float | None = None
    rules: tuple[str, ...] = ()
    rule_titles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    passage: str = ""  # masked, as the queue shows it
    tab: str | None = None  # where the queue shows the story
    assigned_to: str | None = None
    reviewed_by: str | None = None
    published_at: datetime | None = None
    url: str = ""  # the source's; the publisher's words, never trusted


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `key` is unique for ever; `id` is 0 while it is not stored."""

    kind: str
    moment: datetime
    key: str
    id: int = 0
    story_id: int | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one channel."""

    id: int
    event: Event
    channel: str
    route: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of the last hour, for budgets."""

    channel: str
    route: str
    sent_at: datetime
    summary: bool
