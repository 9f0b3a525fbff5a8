"""One round of the sender: route what is new, compose what is due, hand it to the channels side by side."""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.alerts_yaml.config import AlertConfig, Channel
from alerts.channels.result import SendResult
from alerts.channels.secrets import Resolve
from alerts.channels.send import send_to_channel
from alerts.message import Setting, message_of
from alerts.plan import HOUR, MessageBatch, given_up, message_batches, next_send
from alerts.routing import choices, why_unrouted
from storage.outbox import channels, deliveries, waiting_events
from storage.outbox.channels import ChannelState
from storage.outbox.outbox import Outbox

ATTEMPT_SECONDS = 60.0  # after which a channel that does not come back counts as failed
LONGEST_ROUND_PAUSE = timedelta(minutes=5)
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Round:
    """What one round did."""

    routed: int = 0
    sent: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(slots=True)
class Attempt:
    channel: Channel
    carrier: int
    number: int
    since: datetime  # when the delivery was made
    began: float


@dataclass(slots=True)
class Dispatcher:
    """Hands messages to channels, one at a time to each. Only its own thread touches the database."""

    outbox: Outbox
    config: AlertConfig
    resolve: Resolve
    clock: Clock
    setting: Setting
    done: Round = field(default_factory=Round)
    hung: dict[str, Future[SendResult]] = field(default_factory=dict)
    sent_at: dict[str, deque[float]] = field(default_factory=dict)

    def route(self) -> None:
        """Make the deliveries of every new event, a few hundred to a transaction."""
        while unrouted := waiting_events.unrouted_events(self.outbox.conn):
            now = self.clock()
            with self.outbox.transaction():
                for event in unrouted:
                    chosen = choices(event, self.config, now)
                    for choice in chosen:
                        deliveries.add_delivery(
                            self.outbox.conn, event.id, choice.channel, route=choice.route, why=choice.why,
                            held_until=choice.held_until, now=now,
                        )  # fmt: skip
                    why = "" if chosen else why_unrouted(event, self.config, now)
                    deliveries.routed(self.outbox.conn, event.id, now, why)
            self.done.routed += len(unrouted)

    def dispatch(self) -> None:
        """Send what is due until nothing is, or its channel pauses."""
        states = channels.states(self.outbox.conn)
        queues = {channel.id: self.queue(channel, states.get(channel.id)) for channel in self.config.channels}  # fmt: skip
        under_way: dict[Future[SendResult], Attempt] = {}
        while True:
            busy = {attempt.channel.id for attempt in under_way.values()}
            for channel in self.config.channels:
                queue = queues[channel.id]
                if queue and channel.id not in busy and self.may_send(channel):
                    started = self.start(channel, queue.popleft())
                    if started is not None:
                        under_way[started[0]] = started[1]
            if not under_way:
                return
            for future in finished(under_way):
                attempt = under_way.pop(future)
                if not self.settle(attempt, result_of(future, attempt)):
                    queues[attempt.channel.id].clear()
                if not future.done():
                    self.hung[attempt.channel.id] = future

    def queue(self, channel: Channel, state: ChannelState | None) -> deque[int | MessageBatch]:
        """Messages that were composed before, then what is new and within the budget."""
        now = self.clock()
        hung = self.hung.get(channel.id)
        paused = state and state.paused_until and state.paused_until > now
        if paused or (hung and not hung.done()):
            return deque()
        self.hung.pop(channel.id, None)
        again: list[int | MessageBatch] = [*deliveries.composed(self.outbox.conn, channel.id, now)]
        recent = deliveries.recent(self.outbox.conn, now - HOUR)
        waiting = deliveries.waiting_deliveries(self.outbox.conn, channel.id)
        return deque([*again, *message_batches(channel, waiting, recent, self.config, now)])

    def may_send(self, channel: Channel) -> bool:
        """Whether the channel's rate leaves room; the rest waits for the next round."""
        times = self.sent_at.setdefault(channel.id, deque())
        while times and time.monotonic() - times[0] > 60:
            times.popleft()
        return len(times) < channel.per_minute

    def start(
        self, channel: Channel, item: int | MessageBatch
    ) -> tuple[Future[SendResult], Attempt] | None:
        """Fix what the message carries, count the attempt, and only then let it leave."""
        now, conn = self.clock(), self.outbox.conn
        with self.outbox.transaction():
            if isinstance(item, MessageBatch):
                batch, written = item, message_of(item, self.setting)
                mail = {"subject": written.subject, "text": written.text}
                deliveries.claim(conn, batch.deliveries, key=written.key, message=mail, summary=batch.summary, now=now)  # fmt: skip
                carrier = batch.carrier
            else:
                carried = deliveries.carried(conn, item)
                summary = deliveries.carries_several(conn, item)
                written, carrier = (
                    message_of(MessageBatch(carried, summary), self.setting),
                    carried[0],
                )
            number = deliveries.attempt(conn, carrier.id, now)
        self.sent_at[channel.id].append(time.monotonic())
        future = in_thread(lambda: send_to_channel(channel, written, self.resolve, now))
        return future, Attempt(channel, carrier.id, number, carrier.created_at, time.monotonic())

    def settle(self, attempt: Attempt, result: SendResult) -> bool:
        """Write down what came of an attempt; whether the channel may go on."""
        now, conn, channel = self.clock(), self.outbox.conn, attempt.channel
        before = channels.states(conn).get(channel.id, ChannelState())
        with self.outbox.transaction():
            if result.ok:
                deliveries.sent(conn, attempt.carrier, now)
                channels.save_channel(conn, channel.id, ChannelState(last_ok_at=now))
                if before.failures and channel.fallback is None:
                    deliveries.take_up_late(conn, channel.id, now)
                self.done.sent += 1
                return True
            self.done.failed += 1
            if given_up(channel, attempt.since, now, refused=result.refused):
                error = result.error if result.refused else f"{deliveries.TOO_LATE}{result.error}"
                deliveries.dead(conn, attempt.carrier, error, channel.fallback, now)
                self.done.dead += 1
            else:
                again = next_send(attempt.number, now, retry_after=result.retry_after)
                deliveries.mark_failed(conn, attempt.carrier, result.error, again)
            channels.save_channel(conn, channel.id, paused(before, result, now))
        return result.refused


def paused(before: ChannelState, result: SendResult, now: datetime) -> ChannelState:
    """A channel that failed is left alone for a while; one that refused a message is not at fault."""
    failures = before.failures + 1
    if result.refused:
        return ChannelState(failures, None, result.error, before.last_ok_at)
    pause = min(timedelta(seconds=5 * 2 ** min(failures - 1, 10)), LONGEST_ROUND_PAUSE)
    until = max(now + pause, result.retry_after or now)
    return ChannelState(failures, until, result.error, before.last_ok_at)


def in_thread(work: Callable[[], SendResult]) -> Future[SendResult]:
    """Run in a daemon thread: a channel that never answers must not keep the process from ending."""
    future: Future[SendResult] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001 (handed on to whoever settles the attempt)
            future.set_exception(error)

    threading.Thread(target=run, name="alert", daemon=True).start()
    return future


def finished(under_way: dict[Future[SendResult], Attempt]) -> list[Future[SendResult]]:
    """Attempts that came back, and those that were waited for long enough."""
    ended, rest = wait(under_way, timeout=0.5, return_when=FIRST_COMPLETED)
    late = [
        sending for sending in rest if time.monotonic() - under_way[sending].began > ATTEMPT_SECONDS
    ]
    return [*ended, *late]


def result_of(future: Future[SendResult], attempt: Attempt) -> SendResult:
    if not future.done():
        return SendResult(False, f"no answer within {ATTEMPT_SECONDS:.0f} seconds")
    error = future.exception()
    if error is not None:  # a fault of a plugin must not stop the other channels
        return SendResult(False, f"{type(error).__name__} in the channel {attempt.channel.id}")
    return future.result()
