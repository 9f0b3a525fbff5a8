"""Jobs that wait for a worker, and how many of them travel together. Knows no Dask."""

import asyncio
import pickle
from collections import deque
from dataclasses import dataclass

MOST_IN_BATCH = 25  # past that a batch costs the flow no less a page
MOST_BATCH_BYTES = 4_000_000  # reached, the batch is full
MOST_LOSSES = 4  # of workers with a job, before the job is given up


@dataclass(slots=True, eq=False)
class WaitingJob:
    """A job and who waits for its answer: kind and bytes. Pickled only when it travels: a second
    copy of every page that waits would fill the memory."""

    payload: object
    answer: asyncio.Future[tuple[bytes, bytes]]
    losses: int = 0

    def packed(self) -> bytes:
        return pickle.dumps(self.payload, 5)


@dataclass(frozen=True, slots=True)
class Load:
    """What travels together."""

    jobs: list[WaitingJob]
    requests: list[bytes]


def take_batch(waiting: deque[WaitingJob], threads: int) -> Load | None:
    """The next batch off the queue: its share of what waits, so that no worker is idle meanwhile.

    A job that was lost with an earlier batch travels alone: it may be what was wrong with it.
    """
    most, size = min(MOST_IN_BATCH, -(-len(waiting) // threads)), 0
    load = Load([], [])
    while waiting and len(load.jobs) < most and size < MOST_BATCH_BYTES:
        if load.jobs and (load.jobs[0].losses or waiting[0].losses):
            break
        job = waiting.popleft()
        if not job.answer.done():  # else its run was cancelled
            request = job.packed()
            load.jobs.append(job)
            load.requests.append(request)
            size += len(request)
    return load if load.jobs else None
