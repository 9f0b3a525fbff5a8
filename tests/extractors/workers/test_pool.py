"""Worker processes: deadlines, memory, crashes, cancelling, and no orphans."""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.workers.pool import WorkerCrashed, Workers, WorkerTimeout
from model import Evidence, Outcome

pytestmark = pytest.mark.slow  # real processes and servers; .ci/run runs them

JOB = "tests.extractors.workers.jobs:work"


@contextmanager
def pool(**settings: object) -> Iterator[Workers]:
    workers = Workers(JOB, **{"processes": 1, **settings})  # type: ignore[arg-type]
    try:
        yield workers
    finally:
        workers.close()


def test_answers_and_setup() -> None:
    async def main() -> list[object]:
        with pool(setup=pickle.dumps((40,))) as workers:
            return [await workers.run(("add", 2)), await workers.run(("echo", "x" * 3_000_000))]

    added, echoed = asyncio.run(main())
    assert added == 42
    assert echoed == "x" * 3_000_000


def test_nouns_come_back_whole() -> None:
    async def main() -> object:
        with pool() as workers:
            return await workers.run(("noun",))

    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert asyncio.run(main()) == (Outcome.OK, Evidence("body", 0, 1, "a", "a"), moment)


def test_a_hanging_job_costs_that_job_only() -> None:
    async def main() -> None:
        with pool(processes=2, deadline_seconds=1) as workers:
            await asyncio.gather(*(workers.run(("echo", n)) for n in range(4)))
            hung, fine = await asyncio.gather(
                workers.run(("spin",)), workers.run(("echo", 1)), return_exceptions=True
            )
            assert isinstance(hung, WorkerTimeout)
            assert fine == 1
            assert await workers.run(("echo", 2)) == 2

    asyncio.run(main())


def test_memory_faults_and_deaths_are_told_apart() -> None:
    async def main() -> None:
        with pool(memory_mb=300) as workers:
            with pytest.raises(WorkerCrashed, match="too much memory"):
                await workers.run(("eat",))
            with pytest.raises(WorkerCrashed, match="a fault of the job"):
                await workers.run(("raise",))
            with pytest.raises(WorkerCrashed, match=r"signal 11(?s:.*)last words"):
                await workers.run(("die", signal.SIGSEGV))
            assert await workers.run(("print",)) == "printed"

    asyncio.run(main())


def test_the_parent_reads_nothing_but_nouns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        with pool() as workers:
            for job in ("stranger", "attack"):
                with pytest.raises(WorkerCrashed, match="not a type that an answer may hold"):
                    await workers.run((job,))

    monkeypatch.chdir(tmp_path)
    asyncio.run(main())
    assert not (tmp_path / "attacked").exists()


def test_cancelling_kills_the_job_and_frees_the_place() -> None:
    async def main() -> None:
        with pool() as workers:
            pid = await workers.run(("pid",))
            task = asyncio.create_task(workers.run(("sleep", 30)))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            other = await asyncio.wait_for(workers.run(("pid",)), 20)
            assert other != pid

    asyncio.run(main())


def test_a_process_killed_between_jobs_is_replaced_unseen() -> None:
    async def main() -> None:
        with pool() as workers:
            pid = await workers.run(("pid",))
            os.kill(int(str(pid)), signal.SIGKILL)
            await asyncio.sleep(0.1)
            assert await workers.run(("echo", "again")) == "again"

    asyncio.run(main())


def test_the_event_loop_never_waits_for_a_pipe() -> None:
    """A worker at work reads nothing: what is too large for its pipe must not hold the loop up."""

    async def main() -> int:
        turns = 0
        with pool() as workers:
            await workers.run(("echo", 0))
            slow = asyncio.create_task(workers.run(("sleep", 0.6)))
            big = asyncio.create_task(workers.run(("echo", b"x" * 8_000_000)))
            while not slow.done():
                await asyncio.sleep(0.01)
                turns += 1
            await big
        return turns

    assert asyncio.run(main()) > 3


def test_a_thousand_jobs_cost_little_each() -> None:
    async def main() -> float:
        with pool(processes=2) as workers:
            await asyncio.gather(*(workers.run(("echo", n)) for n in range(8)))
            began = time.process_time()
            answers = await asyncio.gather(*(workers.run(("echo", n)) for n in range(1000)))
            assert answers == list(range(1000))
            return (time.process_time() - began) / 1000

    assert asyncio.run(main()) < 0.002  # about 0.1 ms of processor time


LARGE_PARENT = """
import asyncio
from extractors.workers.pool import Workers
ballast = b"x" * 350_000_000
async def main():
    workers = Workers("tests.extractors.workers.jobs:work", processes=1)
    print(len({await workers.run(("pid",)) for _ in range(5)}))
    workers.close()
asyncio.run(main())
"""


def test_a_parent_that_is_large_does_not_cost_a_process_for_each_job() -> None:
    root = Path(__file__).parents[3]
    process = subprocess.run(
        [sys.executable, "-c", LARGE_PARENT], cwd=root, capture_output=True, text=True, check=True
    )
    assert process.stdout == "1\n"


def test_close_ends_jobs_under_way() -> None:
    async def main() -> None:
        workers = Workers(JOB, processes=1)
        task = asyncio.create_task(workers.run(("sleep", 30)))
        await asyncio.sleep(0.5)
        workers.close()
        with pytest.raises((WorkerCrashed, OSError, ValueError)):
            await asyncio.wait_for(task, 5)

    asyncio.run(main())


PARENT = f"""
import asyncio, sys
from extractors.workers.pool import Workers
async def main():
    workers = Workers({JOB!r}, processes=2, deadline_seconds=1)
    both = await asyncio.gather(workers.run(("slow pid",)), workers.run(("slow pid",)))
    busy = asyncio.create_task(workers.run(("spin",)))
    await asyncio.sleep(0.2)
    print(*both, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.slow
def test_no_orphan_outlives_a_killed_parent() -> None:
    root = Path(__file__).parents[3]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=root, text=True
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()

    deadline = time.monotonic() + 8
    while any(running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(pids) == 2
    assert not [pid for pid in pids if running(pid)]


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and ") Z " in status.read_text())
