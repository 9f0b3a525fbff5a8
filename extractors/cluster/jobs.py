"""Jobs that wait for a worker, and how many of them travel together. Knows no Dask."""

import asyncio
from collections import deque
from dataclasses import dataclass

MOST_IN_BATCH = 25  # past that a batch costs the flow no less a page
MOST_BATCH_BYTES = 8_000_000
MOST_LOSSES = 4  # of workers with a job, before the job is given up


@dataclass(slots=True, eq=False)
class Job:
    """A pickled job and who waits for its answer: kind and bytes."""

    request: bytes
    answer: asyncio.Future[tuple[bytes, bytes]]
    losses: int = 0


def take_batch(waiting: deque[Job], threads: int) -> list[Job]:
    """The next batch off the queue: its share of what waits, so that no worker is idle meanwhile.

    A job that was lost with an earlier batch travels alone: it may be what was wrong with it.
    """
    while waiting and waiting[0].answer.done():  # its run was cancelled
        waiting.popleft()
    if not waiting:
        return []
    batch = [waiting.popleft()]
    most, size = min(MOST_IN_BATCH, -(-(len(waiting) + 1) // threads)), len(batch[0].request)
    while waiting and len(batch) < most and not batch[0].losses and not waiting[0].losses:
        size += len(waiting[0].request)
        if size > MOST_BATCH_BYTES:
            break
        job = waiting.popleft()
        if not job.answer.done():
            batch.append(job)
    return batch
