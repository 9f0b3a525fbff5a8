"""The gate before every request: spacing, concurrency and Retry-After by host group, in one run and between runs."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from extractors.planning import batches, due, next_attempt, next_poll, reread_at
from model import HostState

__all__ = ["HostGate", "batches", "due", "next_attempt", "next_poll", "reread_at"]

SHORT_WAIT = timedelta(seconds=60)  # a pause that a host asks for is waited out up to this long,
STRIKES = 3  # but not after so many answers of 429 in a row
MISSING_WAIT = timedelta(
    seconds=60
)  # after a 429 without Retry-After; doubles with each further one
LONGEST_WAIT = timedelta(hours=24)
FAILED_HOST = timedelta(minutes=10)  # a host that could not be connected to is left alone this long
FAILURES_THAT_TELL = 2  # connection failures in a row that make a host a failed one
# Server and client measure differently by some milliseconds; the promise is kept as the server sees it.
MARGIN = 0.02


@dataclass(slots=True)
class _Group:
    slots: asyncio.Semaphore
    starting: asyncio.Lock
    last_start: float = float("-inf")  # on the loop's clock
    started_at: datetime | None = None
    not_before: datetime | None = None
    strikes: int = 0  # answers of 429 in a row
    reason: str = ""


@dataclass(slots=True)
class _Host:
    failed_at: datetime
    failures: int = 0
    reason: str = ""


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
        self._connections = asyncio.Semaphore(connections)
        for state in (states or {}).values():
            group = self._group(state.group)
            group.started_at, group.not_before = state.last_started_at, state.not_before
            group.reason = state.reason

    async def enter(self, name: str, host: str, spacing: float = 0.0) -> HostState | None:
        """Wait for this group's turn. None: go, then `leave`; a state: held back, do not ask.

        `host` is host and port; `spacing` raises the seconds between starts, as Crawl-delay does.
        """
        group = self._group(name)
        if (state := self._refusal(name, group, host)) is not None:
            return state
        await group.slots.acquire()
        try:
            async with group.starting:
                state = await self._turn(name, group, host, spacing)
                if state is not None:
                    group.slots.release()
                    return state
                await self._connections.acquire()
                group.last_start = asyncio.get_running_loop().time()
                group.started_at = self.clock()
        except BaseException:
            group.slots.release()
            raise
        return None

    def leave(self, name: str) -> None:
        self._connections.release()
        self._groups[name].slots.release()

    def sent(self, name: str) -> None:
        """The request has only now left: spacing counts from here (connecting may take seconds)."""
        self._groups[name].last_start = asyncio.get_running_loop().time()

    def answered(self, name: str, host: str) -> None:
        """The host answered with anything but 429."""
        self._groups[name].strikes = 0
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

    def connect_failed(self, host: str, reason: str) -> None:
        known = self._hosts.setdefault(host, _Host(self.clock()))
        known.failures, known.failed_at, known.reason = known.failures + 1, self.clock(), reason

    def states(self) -> tuple[HostState, ...]:
        """What the next run must know."""
        return tuple(
            self._state(name, group)
            for name, group in self._groups.items()
            if group.started_at is not None or group.not_before is not None
        )

    def _group(self, name: str) -> _Group:
        group = self._groups.get(name)
        if group is None:
            slots = asyncio.Semaphore(self.concurrent)
            group = self._groups[name] = _Group(slots, asyncio.Lock())
        return group

    def _state(self, name: str, group: _Group) -> HostState:
        return HostState(name, group.not_before, group.started_at, reason=group.reason)

    def _refusal(self, name: str, group: _Group, host: str) -> HostState | None:
        """Set when the group must wait for longer than this run should, or the host is down."""
        known = self._hosts.get(host)
        if known is not None and known.failures >= FAILURES_THAT_TELL:
            until = known.failed_at + FAILED_HOST
            if until > self.clock():
                return HostState(name, failed_until=until, reason=known.reason)
        left = self._left(group)
        worn_out = group.strikes >= STRIKES and left > timedelta(0)
        return self._state(name, group) if left > SHORT_WAIT or worn_out else None

    def _left(self, group: _Group) -> timedelta:
        if group.not_before is None:
            return timedelta(0)
        return max(group.not_before - self.clock(), timedelta(0))

    async def _turn(self, name: str, group: _Group, host: str, spacing: float) -> HostState | None:
        """Sleep until the group may start again; returns at once when that would take too long."""
        if (spacing := max(spacing, self.seconds_between)) > 0:
            await self._sleep_until(group, spacing + MARGIN, name, host)
        while (state := self._refusal(name, group, host)) is None:
            if not (left := self._left(group)):
                return None
            await asyncio.sleep(left.total_seconds())
        return state

    async def _sleep_until(self, group: _Group, spacing: float, name: str, host: str) -> None:
        now = asyncio.get_running_loop().time
        while (delay := self._since(group) + spacing - now()) > 0:
            if self._refusal(name, group, host) is not None:
                return
            await asyncio.sleep(min(delay, 1.0))

    def _since(self, group: _Group) -> float:
        if group.last_start == float("-inf") and group.started_at is not None:
            ago = (self.clock() - group.started_at).total_seconds()
            group.last_start = asyncio.get_running_loop().time() - max(ago, 0.0)
        return group.last_start
