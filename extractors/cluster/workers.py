"""Pages read on a Dask cluster: the same `run` and `probe` as the pool of this machine.

Pages travel in batches to workers that have shown that they read as this machine does. A batch
whose worker dies, hangs or leaves is tried again elsewhere, job by job; a scheduler that goes away
is waited for. Nothing is lost by that: reading a page changes nothing but the answer.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Coroutine, Mapping

from extractors.cluster.jobs import MOST_LOSSES, Load, WaitingJob, take_batch
from extractors.cluster.keeper import Keeper, known_job
from extractors.cluster.members import Patience
from extractors.cluster.on_worker import BatchAnswer, RunOrders, raise_loss
from extractors.cluster.session import Cluster, SchedulerGone, Session, Unusable, WorkersDied
from extractors.workers.errors import Cause, NoCluster, WorkerCrashed
from extractors.workers.pool import Workers, value_of
from extractors.workers.runner import Tell

GATHER_SECONDS = 0.02  # jobs that come within that travel together
BATCHES_PER_THREAD = 2  # one is read while the next one travels
HERE = "this machine"


class ClusterWorkers:
    """For use by the tasks of one event loop; `aclose` ends what the first job started.

    `otherwise` reads where the cluster is given up; without it every job then raises `NoCluster`. `tell` hears one sentence of each change.
    """

    def __init__(
        self,
        cluster: Cluster,
        orders: RunOrders,
        setup: bytes,
        *,
        tell: Tell,
        otherwise: Workers | None = None,
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        self._orders, self._tell, self._otherwise = orders, tell, otherwise
        self._stirred = asyncio.Event()
        self._keeper = Keeper(
            cluster, orders, setup, patience=patience, tell=tell, stirred=self._stirred.set
        )
        self._waiting: deque[WaitingJob] = deque()
        self._open: set[WaitingJob] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = False
        self._travelling = 0  # batches
        self._read_at: Counter[str] = Counter()
        self._here: Workers | None = None
        self._lost: NoCluster | None = None

    @property
    def read_at(self) -> Mapping[str, int]:
        return self._read_at

    async def run(self, payload: object) -> object:
        """As `Workers.run`. Raises `NoCluster` where the cluster was given up for good."""
        if not self._started:
            self._started = True
            self._start(self._keep())
            self._start(self._feed())
        if self._lost is not None:
            raise self._lost
        if self._here is None:
            try:
                return await self._run_there(payload)
            except _MovedHere:
                pass
        assert self._here is not None
        answer = await self._here.run(payload)
        self._read_at[HERE] += 1
        return answer

    async def probe(self) -> object:
        """The known job's answer, by the first worker that is ready, waited for."""
        answer = await self.run(known_job(self._orders))
        self._read_at.clear()
        return answer

    async def aclose(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._keeper.close()

    async def _run_there(self, payload: object) -> object:
        job = WaitingJob(payload, asyncio.get_running_loop().create_future())
        self._open.add(job)
        self._waiting.append(job)
        self._stirred.set()
        try:
            answer = await job.answer
        finally:
            self._open.discard(job)
        raise_loss(answer)
        return value_of(*answer)

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A fault of our own must not leave jobs waiting for ever."""
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._give_up(NoCluster(f"the cluster cannot be used: {type(fault).__name__}: {fault}"))

    async def _keep(self) -> None:
        try:
            await self._keeper.watch()
        except NoCluster as lost:
            self._give_up(lost)

    def _give_up(self, lost: NoCluster) -> None:
        """The jobs that wait move to this machine, or end with the reason."""
        if self._otherwise is None:
            lost = NoCluster(f"{lost}; what was read is stored, the rest waits for the next run")
            self._lost = lost
        else:
            self._here = self._otherwise
            self._tell(f"{lost}; this machine reads on")
        self._waiting.clear()
        for job in self._open:
            if not job.answer.done():
                job.answer.set_exception(_MovedHere() if self._here is not None else lost)

    async def _feed(self) -> None:
        """Send off what waits, as long as there are workers for it."""
        while True:
            await self._stirred.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._stirred.clear()
            while (session := self._keeper.session) is not None and (load := self._next()):
                self._travelling += 1
                self._start(self._carry(session, load))

    def _next(self) -> Load | None:
        threads = self._keeper.members.threads()
        free = self._travelling < BATCHES_PER_THREAD * threads
        return take_batch(self._waiting, threads) if free else None

    async def _carry(self, session: Session, load: Load) -> None:
        """One batch there and back."""
        try:
            self._deliver(load.jobs, await self._keeper.result(session, load.requests))
        except (WorkersDied, Unusable) as died:
            self._try_again(load.jobs, str(died))
        except SchedulerGone:
            self._try_again(load.jobs, None)
        finally:
            self._travelling -= 1
            self._stirred.set()

    def _deliver(self, jobs: list[WaitingJob], batch: BatchAnswer) -> None:
        if batch.unprepared:
            self._keeper.forgot(batch.worker)
            self._try_again(jobs, None)
            return
        if batch.refused or len(batch.answers) != len(jobs):
            self._keeper.refuse(batch.worker, batch.refused or "it answered out of turn")
            self._try_again(jobs, None)
            return
        self._read_at[self._keeper.members.name_of(batch.worker)] += len(jobs)
        for job, answer in zip(jobs, batch.answers, strict=True):
            if not job.answer.done():
                job.answer.set_result(answer)

    def _try_again(self, jobs: list[WaitingJob], loss: str | None) -> None:
        """`loss` counts against the jobs, as it may be one of them that takes workers down."""
        for job in jobs:
            job.losses += loss is not None
            if job.answer.done():
                continue
            if job.losses >= MOST_LOSSES:
                why = f"{job.losses} workers of the cluster were lost with it: {loss}"
                job.answer.set_exception(WorkerCrashed(Cause.KILLED, why))
            else:
                self._waiting.append(job)


class _MovedHere(Exception):  # noqa: N818 - never leaves this module
    """The cluster was given up while the job waited, and this machine reads on."""
