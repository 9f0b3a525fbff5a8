"""The gate before every request: spacing, concurrency and Retry-After by host group, in one run and between runs."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from model import HostState, Outcome

SHORT_WAIT = timedelta(seconds=60)  # a pause that a host asks for is waited out up to this long,
STRIKES = 3  # but not after so many answers of 429 in a row
MISSING_WAIT = timedelta(
    seconds=60
)  # after a 429 without Retry-After; doubles with each further one
LONGEST_WAIT = timedelta(hours=24)
FAILED_HOST = timedelta(minutes=10)  # a host that does not answer is left alone this long
FAILURES_THAT_TELL = 2.0  # without a good answer in between: two failures to connect, or
TIMEOUT_WEIGHT = 0.5  # four answers that never came to an end
# A busy server notices the first request late and the second in time; to it they must be apart, too.
MARGIN, MARGIN_SHARE = 0.05, 0.02


@dataclass(frozen=True, slots=True)
class Held:
    """Why nothing is asked now: the group must wait, or the host is down."""

    outcome: Outcome
    until: datetime
    reason: str


class Slots:
    """A semaphore that costs nothing while there is room; first come, first served."""

    __slots__ = ("free", "queue")

    def __init__(self, free: int) -> None:
        self.free, self.queue = free, deque[asyncio.Future[None]]()

    def try_take(self) -> bool:
        if self.free > 0 and not self.queue:
            self.free -= 1
            return True
        return False

    async def take(self) -> None:
        if self.try_take():
            return
        waiter = asyncio.get_running_loop().create_future()
        self.queue.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.give()
            raise

    def give(self) -> None:
        while self.queue:
            waiter = self.queue.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self.free += 1


@dataclass(slots=True)
class _Group:
    slots: Slots
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_start: float = float("-inf")  # on the loop's clock
    started_at: datetime | None = None
    not_before: datetime | None = None
    strikes: int = 0  # answers of 429 in a row
    reason: str = ""


@dataclass(slots=True)
class _Host:
    failed_at: datetime
    outcome: Outcome
    reason: str
    failures: float = 0.0


class HostGate:
    """One for a whole run, shared by all its batches; belongs to one event loop.

    Each host group has `seconds_between` starts (0: no spacing) and `concurrent` requests at once;
    `connections` counts all hosts. A request waits here holding nothing but its own group's turn,
    so that no host waits for another. `states` is what the run before left behind.
    """

    def __init__(
        self,
        *,
        seconds_between: float = 5.0,
        concurrent: int = 2,
        connections: int = 128,
        states: Mapping[str, HostState] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        rng: random.Random | None = None,
    ) -> None:
        self.seconds_between, self.concurrent = seconds_between, concurrent
        self.clock = clock
        self.rng = rng or random.Random()  # noqa: S311 (spreads waits, guards nothing)
        self._groups: dict[str, _Group] = {}
        self._hosts: dict[str, _Host] = {}
        self._connections = Slots(connections)
        for state in (states or {}).values():
            group = self._group(state.group)
            group.started_at, group.not_before = state.last_started_at, state.not_before
            group.reason = state.reason

    def refusal(self, name: str, host: str) -> Held | None:
        """Why this host would not be asked now, however long one waits in this run."""
        group = self._groups.get(name)
        return self._refusal(group or self._group(name), host)

    async def enter(self, name: str, host: str, spacing: float = 0.0) -> Held | None:
        """Wait for this group's turn. None: go, then `leave`; Held: do not ask.

        `host` is host and port; `spacing` raises the seconds between starts, as Crawl-delay does.
        """
        group = self._groups.get(name) or self._group(name)
        if (refusal := self._refusal(group, host)) is not None:
            return refusal
        await group.slots.take()
        try:
            refusal = await self._start(group, host, max(spacing, self.seconds_between))
        except BaseException:  # cancelled, too: the slot would be lost to its hosts
            group.slots.give()
            raise
        if refusal is not None:
            group.slots.give()
        return refusal

    async def _start(self, group: _Group, host: str, spacing: float) -> Held | None:
        if spacing <= 0 and group.not_before is None:
            if (refusal := self._refusal(group, host)) is None:
                await self._connections.take()
            return refusal
        async with group.starting:
            if (refusal := await self._turn(group, host, spacing)) is None:
                await self._connections.take()
                group.last_start = asyncio.get_running_loop().time()
                group.started_at = self.clock()
            return refusal

    def leave(self, name: str) -> None:
        self._connections.give()
        self._groups[name].slots.give()

    def sent(self, name: str) -> None:
        """The request has only now left: spacing counts from here (connecting may take seconds)."""
        self._groups[name].last_start = asyncio.get_running_loop().time()

    def answered(self, name: str, host: str, status: int | None) -> None:
        """The host gave a whole answer; a 429 says nothing good of the group."""
        if status != 429:
            self._groups[name].strikes = 0
        if self._hosts:
            self._hosts.pop(host, None)

    def hold(self, name: str, until: datetime | None, reason: str) -> datetime:
        """The group asked to wait (429); `until` is None when it did not say how long.

        Up to a minute is added at random, so that those who wait do not all come back at once.
        """
        group, now = self._group(name), self.clock()
        group.strikes += 1
        wait = MISSING_WAIT * 2 ** min(group.strikes - 1, 10) if until is None else until - now
        wait = min(wait + self.jitter(wait), LONGEST_WAIT)
        group.not_before = max(now + wait, group.not_before or now)
        group.reason = reason
        return group.not_before

    def jitter(self, wait: timedelta) -> timedelta:
        return timedelta(seconds=self.rng.uniform(0, min(60.0, max(1.0, wait.total_seconds()))))

    def did_not_answer(
        self, host: str, outcome: Outcome, reason: str, *, weight: float = 1.0
    ) -> None:
        gate = self._hosts.get(host)
        failures = weight if gate is None else gate.failures + weight
        self._hosts[host] = _Host(self.clock(), outcome, reason, failures)

    def states(self) -> tuple[HostState, ...]:
        """What the next run must know."""
        return tuple(
            HostState(name, group.not_before, group.started_at, reason=group.reason)
            for name, group in self._groups.items()
            if group.started_at is not None or group.not_before is not None
        )

    def _group(self, name: str) -> _Group:
        return self._groups.setdefault(name, _Group(Slots(self.concurrent)))

    def _refusal(self, group: _Group, host: str) -> Held | None:
        """Set when the group must wait for longer than this run should, or the host is down."""
        gate = self._hosts.get(host) if self._hosts else None
        if gate is not None and gate.failures >= FAILURES_THAT_TELL:
            until = gate.failed_at + FAILED_HOST
            if until > self.clock():
                return Held(gate.outcome, until, gate.reason)
        if group.not_before is None:
            return None
        remaining = self._left(group)
        worn_out = group.strikes >= STRIKES and remaining > timedelta(0)
        if remaining > SHORT_WAIT or worn_out:
            return Held(Outcome.RATE_LIMITED, group.not_before, group.reason)
        return None

    def _left(self, group: _Group) -> timedelta:
        if group.not_before is None:
            return timedelta(0)
        return max(group.not_before - self.clock(), timedelta(0))

    async def _turn(self, group: _Group, host: str, spacing: float) -> Held | None:
        """Sleep until the group may start again; returns at once when that would take too long."""
        now = asyncio.get_running_loop().time
        while (refusal := self._refusal(group, host)) is None:
            delay = self._left(group).total_seconds()
            if spacing > 0:
                apart = spacing * (1 + MARGIN_SHARE) + MARGIN
                delay = max(delay, self._since(group) + apart - now())
            if delay <= 0:
                return None
            await asyncio.sleep(min(delay, 1.0))
        return refusal

    def _since(self, group: _Group) -> float:
        if group.last_start == float("-inf") and group.started_at is not None:
            ago = (self.clock() - group.started_at).total_seconds()
            group.last_start = asyncio.get_running_loop().time() - max(ago, 0.0)
        return group.last_start
