"""Worker processes with a deadline per job: a job that hangs or eats memory costs that job only.

Our own rather than pebble or concurrent.futures: those fork or re-import the parent's main
module (Prefect's engine), send their results through threads, and one killed process breaks a
whole ProcessPoolExecutor. Here the parent needs no thread, never blocks the event loop, and reads
answers with an unpickler that knows only our nouns, so that a parser taken over by a hostile
page cannot run code in the parent.
"""

import asyncio
import pickle
from collections.abc import Mapping
from dataclasses import dataclass

from extractors.workers.answers import load_answer
from extractors.workers.errors import (
    BadInstallation,
    Cause,
    NoAnswer,
    WorkerCrashed,
    WorkerTimeout,
)
from extractors.workers.processes.child import DONE, FAILED, MEMORY
from extractors.workers.processes.process import WorkerProcess
from extractors.workers.processes.spawn import ProcessOrigin, Spawning, WorkerOrders
from extractors.workers.processes.zygote import Forking, Zygote, can_fork

__all__ = ["BadInstallation", "Cause", "NoAnswer", "WorkerCrashed", "WorkerTimeout", "Workers"]

WALL_FACTOR = 12  # seconds on the clock that a job may take for each of processor time
MOST_KILLS = 4  # a job whose process was killed from outside that often is given up
MOST_DEATHS = 5  # in a row, with no finished job between them


@dataclass(frozen=True, slots=True)
class PoolKind:
    """What a pool was made for, so that another machine can make one like it."""

    job: str
    deadline_seconds: float
    memory_mb: int
    setup: bytes
    known_job: object


class Workers:
    """A pool of processes that run `module:function` on what they are given.

    Processes start when they are needed, are replaced when they die, and end with their parent,
    however it ends. For use by the tasks of one event loop. `deadline_seconds` are of processor
    time, so that a busy machine fails no job; on the clock a job may take `WALL_FACTOR` as long.
    `known_job` is a job that works wherever workers do: it tells bad jobs from a bad installation.
    Where they can, processes are forked from one that has imported and set up once; `beside` is
    a pool whose one does for this too, needs no setup then, and must be closed after this; `begun`
    is one that has started on its imports before the setup was known, and is closed with this.
    """

    def __init__(
        self,
        job: str,
        *,
        processes: int,
        deadline_seconds: float = 10,
        memory_mb: int = 400,
        setup: bytes = b"",
        known_job: object = None,
        beside: "Workers | None" = None,
        fork: bool = True,
        begun: Zygote | None = None,
    ) -> None:
        self.kind = PoolKind(job, deadline_seconds, memory_mb, setup, known_job)
        orders = WorkerOrders(job, deadline_seconds, WALL_FACTOR, memory_mb)
        self._zygote: Zygote | None = None
        origin: ProcessOrigin = Spawning(orders, setup)
        if fork and can_fork():
            shared = None if beside is None else beside._zygote
            self._zygote = shared or begun or Zygote(job, memory_mb)
            if shared is None:
                self._zygote.setup = setup
            origin = Forking(self._zygote, orders)
        self._origin, self._closes_zygote = origin, beside is None
        self._wall = deadline_seconds * WALL_FACTOR
        self._slots = asyncio.Semaphore(processes)
        self._idle: list[WorkerProcess] = []
        self._all: set[WorkerProcess] = set()
        self._closed = False
        self._known_job = known_job
        self._deaths = 0  # in a row
        self._unusable: BadInstallation | None = None

    async def run(self, payload: object) -> object:
        """The function's answer. Waits for a free process; cancelling kills the job.

        A job whose process died for no fault of its own is tried again in a fresh one. Raises
        `WorkerTimeout`, `WorkerCrashed`, or `BadInstallation` where processes die in a row and the
        known job does not work either.
        """
        async with self._slots:
            # Pickled only now: a second copy of every page that waits would fill the memory.
            kind, answer = await self._try(pickle.dumps(payload, 5))
        return value_of(kind, answer)

    async def ask(self, request: bytes) -> tuple[bytes, bytearray]:
        """As `run`, of a pickled job: kind and answer as the process sent them, for `value_of`."""
        async with self._slots:
            return await self._try(request)

    async def probe(self) -> object:
        """The known job's answer. Raises `BadInstallation` with the cause where there is none."""
        async with self._slots:
            return value_of(*await self._ask_known())

    def close(self) -> None:
        """Kill every process; jobs under way raise WorkerCrashed."""
        self._closed = True
        for process in list(self._all):
            process.kill()
        for process in list(self._all):
            process.reap(5)
        self._all.clear()
        self._idle.clear()
        if self._zygote is not None and self._closes_zygote:
            self._zygote.close()

    async def aclose(self) -> None:
        self.close()

    @property
    def read_at(self) -> Mapping[str, int]:
        """Empty: this machine reads them all, and a run says so by naming nobody."""
        return {}

    async def _try(self, request: bytes) -> tuple[bytes, bytearray]:
        kills, fresh = 0, False
        while True:
            if self._unusable is not None:
                raise self._unusable
            try:
                return await self._once(request, fresh=fresh)
            except _Died as died:
                cause = died.death.cause
                if cause is Cause.CLOSED:
                    raise died.death from None
                await self._count(died.death)
                kills += cause is Cause.KILLED and died.jobs > 0
                innocent = died.jobs == 0 or (cause is Cause.KILLED and kills < MOST_KILLS)
                # What ended a process after other jobs may be what one of those left behind.
                if not innocent and (fresh or died.jobs == 1):
                    raise died.death from None
                fresh = True

    async def _once(self, request: bytes, *, fresh: bool) -> tuple[bytes, bytearray]:
        process = self._free(fresh=fresh)
        try:
            await process.start()
            kind, answer = await process.ask(request, self._wall)
        except WorkerTimeout:
            self._drop(process)
            self._deaths = 0  # it did what it was asked, only for too long
            raise
        except WorkerCrashed as death:
            self._drop(process)
            raise _Died(death, process.jobs) from death
        except BaseException:  # cancelled, too: its answer would be the next job's
            self._drop(process)
            raise
        if kind in (DONE, FAILED):
            self._idle.append(process)
        else:
            self._drop(process)
        if kind == MEMORY:
            raise _Died(WorkerCrashed(Cause.MEMORY, "the job used too much memory"), process.jobs)
        self._deaths = 0
        return kind, answer

    async def _count(self, death: NoAnswer) -> None:
        """After too many deaths in a row: is it the jobs, or does nothing work here?"""
        self._deaths += 1
        if self._deaths < MOST_DEATHS or self._unusable is not None:
            return
        why = f"{self._deaths} worker processes died in a row: {death.sentence}"
        if self._known_job is None:
            self._unusable = BadInstallation(why)
            raise self._unusable
        try:
            await self._ask_known()
        except BadInstallation:
            self._unusable = BadInstallation(why)
            raise self._unusable from death

    async def _ask_known(self) -> tuple[bytes, bytearray]:
        request = pickle.dumps(self._known_job, 5)
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._once(request, fresh=attempt > 1)
            except _Died as died:
                if died.death.cause is not Cause.KILLED or attempt == MOST_DEATHS:
                    raise BadInstallation(died.death.sentence) from died.death
            except NoAnswer as death:
                raise BadInstallation(death.sentence) from death

    def _free(self, *, fresh: bool) -> WorkerProcess:
        if self._closed:
            raise _Died(WorkerCrashed(Cause.CLOSED, "the workers are closed"), 0)
        for process in [process for process in self._all if process.killed]:
            if process.reap(0):
                self._all.discard(process)
        if fresh and self._idle:  # so that there are never more than `processes`
            self._drop(self._idle.pop())
        while self._idle and not fresh:
            process = self._idle.pop()
            if process.alive():
                return process
            self._drop(process)
        try:
            process = WorkerProcess(self._origin)
        except WorkerCrashed as death:
            raise _Died(death, 0) from death
        self._all.add(process)
        return process

    def _drop(self, process: WorkerProcess) -> None:
        process.kill()
        if process.reap(0):
            self._all.discard(process)


def value_of(kind: bytes, answer: bytes | bytearray) -> object:
    """What a process answered. Raises `WorkerCrashed` for a job that raised, or for a type that an answer may not hold."""
    if kind == FAILED:
        words = answer.decode("utf-8", "replace").strip()
        raise WorkerCrashed(Cause.RAISED, f"the job raised {words.splitlines()[-1]}\n{words}")
    return load_answer(answer)


class _Died(Exception):  # noqa: N818 - never leaves this module
    """A process ended before its answer; `jobs` is how many it had been given, this one included."""

    def __init__(self, death: NoAnswer, jobs: int) -> None:
        super().__init__(str(death))
        self.death, self.jobs = death, jobs
