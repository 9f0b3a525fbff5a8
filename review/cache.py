"""Figures that may be some seconds old: counted once, served at once, refreshed behind."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
MOST_CACHED = 500
REST = 20  # times as long as it took to count, so that counting behind the pages leaves the processors to them
QUICK = 0.02  # seconds: what takes no longer is counted again before it is shown
LONGEST_RECOUNT = 1.0  # seconds for that, on a disk that is busy now


@dataclass(slots=True)
class CachedAnswer(Generic[T]):
    value: T
    at: float
    took: float  # seconds


@dataclass(slots=True)
class Cache:
    """An answer younger than `fresh` is served as it is, or than twenty times what it took to count;
    one younger than `stale` is served and counted again behind, but for one that is quickly counted: of that
    a person who has just given a verdict would see a page that knows nothing of it; it is served as it was where counting fails, or takes long for once.
    `forget()` after a write of our own: what was being counted meanwhile is not kept."""

    fresh: float = 10.0
    stale: float = 300.0
    clock: Callable[[], float] = time.monotonic
    answers: dict[Hashable, CachedAnswer[object]] = field(default_factory=dict)
    counting: dict[Hashable, asyncio.Task[object]] = field(default_factory=dict)

    async def get(
        self, key: Hashable, count: Callable[[], Awaitable[T]], *, fresh: float | None = None, quick: float = QUICK
    ) -> T:  # fmt: skip
        """`fresh` where counting costs more than most, `quick` for a page that people rarely open."""
        fresh = self.fresh if fresh is None else fresh
        cached = self.answers.get(key)
        age = self.clock() - cached.at if cached else self.stale
        if cached and age < max(fresh, REST * cached.took):
            return cast("T", cached.value)  # one key, one type
        task = self.counting.get(key)
        if task is None:
            task = asyncio.ensure_future(self._count(key, count))
            task.add_done_callback(_seen)
            self.counting[key] = task
        if cached and age < self.stale and (cached.took > quick or not await _soon(task)):
            return cast("T", cached.value)
        return cast("T", await asyncio.shield(task))

    def age(self, key: Hashable) -> float:
        """Seconds since what is served under `key` was counted; 0 where nothing is."""
        return self.clock() - self.answers[key].at if key in self.answers else 0.0

    async def _count(self, key: Hashable, count: Callable[[], Awaitable[T]]) -> object:
        began = self.clock()
        try:
            value = await count()
            if len(self.answers) >= MOST_CACHED:
                self.answers.clear()
            ended = self.clock()
            if self._is_awaited(key):
                self.answers[key] = CachedAnswer(value, ended, ended - began)
            return value
        finally:
            if self._is_awaited(key):
                del self.counting[key]

    def _is_awaited(self, key: Hashable) -> bool:
        """False where a write came since the task that runs began to count."""
        return self.counting.get(key) is asyncio.current_task()

    def forget(self, key: Hashable) -> None:
        self.answers.pop(key, None)
        self.counting.pop(key, None)


async def _soon(task: asyncio.Task[object]) -> bool:
    """Whether it is counted within the longest wait."""
    await asyncio.wait({task}, timeout=LONGEST_RECOUNT)
    return task.done() and not task.cancelled() and task.exception() is None


def _seen(task: asyncio.Task[Any]) -> None:
    """What fails behind a page that was served from before fails no page; the next one counts again."""
    if not task.cancelled():
        task.exception()


SHOWN_FOR = 3_600.0  # seconds: what was counted longer ago says nothing of now


@dataclass(slots=True)
class CountedBehind(Generic[T]):
    """Figures that cost seconds of processor time each: nobody waits for one, one is counted at a time, and
    after it none for twenty times as long as it took. One younger than `fresh` is not counted again."""

    fresh: float = 60.0
    clock: Callable[[], float] = time.monotonic
    answers: dict[Hashable, CachedAnswer[T]] = field(default_factory=dict)
    waiting: dict[Hashable, Callable[[], Awaitable[T]]] = field(default_factory=dict)
    counting: tuple[Hashable, asyncio.Task[None]] | None = None
    rest_until: float = 0.0

    def get(self, key: Hashable, count: Callable[[], Awaitable[T]]) -> T | None:
        """What was counted last, within the hour; None where nothing was. Runs on the loop that serves the pages."""
        cached = self.answers.get(key)
        age = self.clock() - cached.at if cached else SHOWN_FOR
        if age >= self.fresh and (self.counting is None or self.counting[0] != key):
            self.waiting[key] = count
        self._count_next()
        return cached.value if cached and age < SHOWN_FOR else None

    def _count_next(self) -> None:
        if self.counting is not None or not self.waiting or self.clock() < self.rest_until:
            return
        key = next(iter(self.waiting))
        task = asyncio.ensure_future(self._count(key, self.waiting.pop(key)))
        task.add_done_callback(_seen)
        self.counting = (key, task)

    def age(self, key: Hashable) -> float:
        """Seconds since what is served under `key` was counted; 0 where nothing is."""
        return self.clock() - self.answers[key].at if key in self.answers else 0.0

    async def _count(self, key: Hashable, count: Callable[[], Awaitable[T]]) -> None:
        began = self.clock()
        try:
            value = await count()
            if len(self.answers) >= MOST_CACHED:
                self.answers.clear()
            self.answers[key] = CachedAnswer(value, self.clock(), self.clock() - began)
        finally:
            rest = REST * (self.clock() - began)
            self.counting, self.rest_until = None, self.clock() + rest
            asyncio.get_running_loop().call_later(rest, self._count_next)
