"""From what waits for one channel to messages: by story, within budget, over it as one summary. Pure.

A budget of N an hour is N messages in any 60 minutes. A quarter of it (at least one) is kept for
summaries, spread over the hour; what people did and what endangers the monitor may use all of it
but the last place, which is always a summary's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from alerts.alerts_yaml.config import AlertConfig, Channel
from alerts.kinds import kind_of
from alerts.routing import STALE, event_severity, rank
from storage.outbox.event import Delivery, Sent
from storage.upkeep.clock import AHEAD

HOUR = timedelta(hours=1)
LARGEST_SUMMARY = 5_000  # deliveries closed by one summary, in one transaction
GIVE_UP_AFTER = timedelta(hours=24)
FALL_BACK_AFTER = timedelta(minutes=10)  # for a channel with another one to fall back on


@dataclass(frozen=True, slots=True)
class MessageBatch:
    """Deliveries that one message carries; the first of them is the carrier."""

    deliveries: tuple[Delivery, ...]
    summary: bool = False

    @property
    def carrier(self) -> Delivery:
        return self.deliveries[0]

    @property
    def urgent(self) -> bool:
        return any(kind_of(delivery.event.kind).urgent for delivery in self.deliveries)

    @property
    def rank(self) -> int:
        return max(rank(event_severity(delivery.event)) for delivery in self.deliveries)


def message_batches(
    channel: Channel,
    waiting: Sequence[Delivery],
    sent_messages: Sequence[Sent],
    config: AlertConfig,
    now: datetime,
) -> tuple[MessageBatch, ...]:
    """What to send now, in order; what is not in it waits for its hour or its budget."""
    due = due_now(waiting, now)
    stale = [delivery for delivery in due if now - delivery.event.moment > STALE]
    fresh = [delivery for delivery in due if now - delivery.event.moment <= STALE]
    budget = Budget(channel, config, sent_messages, now)
    chosen: list[MessageBatch] = []
    over: list[Delivery] = list(stale)
    grouped = sorted(by_story(fresh), key=lambda batch: (not batch.urgent, -batch.rank, batch.carrier.id))  # fmt: skip
    for batch in grouped:
        if budget.take(batch):
            chosen.append(batch)
        else:
            over += batch.deliveries
    if over and budget.take_summary():
        chosen.append(summary_batch(over))
    return tuple(chosen)


def due_now(waiting: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """What is held no longer, and what is held of the same stories: a story's order is kept."""
    due = [
        delivery
        for delivery in waiting
        if delivery.next_attempt_at is None or delivery.next_attempt_at <= now
    ]
    ids, stories = (
        {delivery.id for delivery in due},
        {delivery.event.story_id for delivery in due} - {None},
    )
    return [
        delivery for delivery in waiting if delivery.id in ids or delivery.event.story_id in stories
    ]


def by_story(due: Iterable[Delivery]) -> list[MessageBatch]:
    """One batch for each story, whatever happened to it; other events stand alone."""

    def key(delivery: Delivery) -> tuple[int, int]:
        story = delivery.event.story_id
        return (1, story) if story is not None else (0, delivery.id)

    ordered = sorted(due, key=lambda delivery: (key(delivery), delivery.event.id))
    return [MessageBatch(tuple(group)) for _, group in groupby(ordered, key=key)]


def summary_batch(over: Iterable[Delivery]) -> MessageBatch:
    """The gravest first; one message for all of them, however many."""

    def order(delivery: Delivery) -> tuple[bool, int, int]:
        event = delivery.event
        return (not kind_of(event.kind).urgent, -rank(event_severity(event)), delivery.id)

    return MessageBatch(tuple(sorted(over, key=order)[:LARGEST_SUMMARY]), summary=True)


class Budget:
    """What may still be sent to a channel this hour, by channel and by route."""

    def __init__(
        self, channel: Channel, config: AlertConfig, sent_messages: Sequence[Sent], now: datetime
    ) -> None:
        recent = [
            attempt
            for attempt in sent_messages
            # What a clock that was ahead has sent would use the budget up until that day comes
            if attempt.channel == channel.id and -AHEAD <= now - attempt.sent_at < HOUR
        ]
        self.total, self.used = channel.budget, len(recent)
        self.kept_back = max(1, channel.budget // 4)
        last = max((attempt.sent_at for attempt in recent if attempt.summary), default=None)
        self.summary_due = last is None or now - last >= HOUR / self.kept_back
        self.routes = {route.id: route.budget for route in config.routes if route.budget}
        self.by_route: dict[str, int] = {}
        for attempt in recent:
            if not attempt.summary:
                self.by_route[attempt.route] = self.by_route.get(attempt.route, 0) + 1

    def take(self, batch: MessageBatch) -> bool:
        """Count one message of its own, if there is room for it."""
        most = self.total - (1 if batch.urgent else self.kept_back)
        route = batch.carrier.route
        spent, limit = self.by_route.get(route, 0), self.routes.get(route)
        if self.used >= most or (limit is not None and spent >= limit and not batch.urgent):
            return False
        self.used += 1
        self.by_route[route] = spent + 1
        return True

    def take_summary(self) -> bool:
        if self.used >= self.total or not self.summary_due:
            return False
        self.used += 1
        return True


def next_send(attempts: int, now: datetime, *, retry_after: datetime | None) -> datetime:
    """When a failed message is tried again: 10 s, doubled each time, at most an hour apart."""
    planned = now + min(timedelta(seconds=10 * 2 ** min(attempts - 1, 12)), HOUR)
    return max(planned, retry_after) if retry_after else planned


def given_up(channel: Channel, created_at: datetime, now: datetime, *, refused: bool) -> bool:
    """Whether a failed message is dead: refused for good, or tried long enough."""
    return refused or now - created_at > (FALL_BACK_AFTER if channel.fallback else GIVE_UP_AFTER)
