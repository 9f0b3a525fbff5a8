"""What a Dask worker does: it hands pages on to processes of our own and their answers back.

The Dask worker itself never looks into a page or an answer. Deadline, memory limit and the fresh
process after a death are those of `extractors.workers.pool`, as on one machine.
"""

import pickle
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from distributed import get_worker

from extractors.cluster.code_version import code_version, difference
from extractors.workers.errors import BadInstallation, Cause, WorkerCrashed, WorkerTimeout
from extractors.workers.pool import Workers

LATE, CRASHED = b"T", b"C"  # beside the kinds that a process itself answers with
IDLE_SECONDS = 600.0  # pools of runs that said no goodbye are closed after that
PackedAnswer = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class RunOrders:
    """What all batches of one run have in common. `key` names the run's rules."""

    key: str
    job: str
    deadline_seconds: float
    memory_mb: int
    known_job: bytes  # pickled
    code: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What became of a batch: an answer to each job, or the one sentence of why there is none.

    `unprepared`: this worker does not know the run's rules, or not any more.
    """

    worker: str
    answers: tuple[PackedAnswer, ...] = ()
    refused: str = ""
    unprepared: bool = False


@dataclass(slots=True)
class _Pool:
    workers: Workers
    used_at: float


_pools: dict[str, _Pool] = {}


async def take_rules(orders: RunOrders, setup: bytes) -> BatchAnswer:
    """Take the run's rules, once for each worker, and read the known page with them.

    They come with this job, and not as data that workers hand to each other: one that hangs would
    keep them from the others.
    """
    worker = get_worker()
    if differs := difference(orders.code, code_version()):
        return BatchAnswer(worker.address, refused=differs)
    _close_idle()
    if orders.key not in _pools:
        _pools[orders.key] = _Pool(_start(orders, setup, worker.state.nthreads), time.monotonic())
    return await read_batch(orders.key, [orders.known_job])


async def read_batch(key: str, requests: Sequence[bytes]) -> BatchAnswer:
    """One job after another, so that each of the worker's threads stands for one process."""
    address = get_worker().address
    pool = _pools.get(key)
    if pool is None:
        return BatchAnswer(address, unprepared=True)
    answers = []
    for request in requests:
        pool.used_at = time.monotonic()
        try:
            answers.append(await _answer(pool.workers, request))
        except BadInstallation as broken:
            return BatchAnswer(address, refused=f"its installation does not work: {broken}")
    return BatchAnswer(address, tuple(answers))


def forget_run(key: str) -> None:
    """The run is over: end the processes that know its rules."""
    if (pool := _pools.pop(key, None)) is not None:
        pool.workers.close()


def _start(orders: RunOrders, setup: bytes, processes: int) -> Workers:
    return Workers(
        orders.job,
        processes=processes,
        deadline_seconds=orders.deadline_seconds,
        memory_mb=orders.memory_mb,
        setup=setup,
        known_job=pickle.loads(orders.known_job),  # noqa: S301 - a noun of the flow that gives the orders
    )


def _close_idle() -> None:
    now = time.monotonic()
    for key in [key for key, pool in _pools.items() if now - pool.used_at > IDLE_SECONDS]:
        forget_run(key)


async def _answer(workers: Workers, request: bytes) -> PackedAnswer:
    try:
        kind, answer = await workers.ask(request)
        return kind, bytes(answer)
    except WorkerTimeout as late:
        return LATE, str(late).encode()
    except WorkerCrashed as death:
        return CRASHED, f"{death.cause.value}\n{death}".encode()


def raise_loss(answer: PackedAnswer) -> None:
    """Raises what `_answer` caught on the worker."""
    kind, words = answer[0], answer[1].decode("utf-8", "replace")
    if kind == LATE:
        raise WorkerTimeout(Cause.DEADLINE, words)
    if kind == CRASHED:
        cause, _, why = words.partition("\n")
        raise WorkerCrashed(Cause(cause), why)
