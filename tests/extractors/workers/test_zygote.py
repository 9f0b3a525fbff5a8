"""Workers are forked from one process that has set up once, and are as safe as others."""

import asyncio
import gc
import os
import pickle
import resource
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from extractors.workers.errors import Cause, WorkerCrashed, WorkerTimeout
from extractors.workers.pool import Workers
from extractors.workers.processes.zygote import begun_zygote, can_fork, closed_zygote

pytestmark = [
    pytest.mark.slow,  # real processes
    pytest.mark.skipif(not can_fork(), reason="no file stands for a process here"),
]
JOB = "tests.extractors.workers.jobs:work"
SETUP = pickle.dumps((40,))
Story = Callable[[Workers], Awaitable[None]]


def within(story: Story, **settings: object) -> None:
    async def main() -> None:
        workers = Workers(JOB, **{"processes": 1, "setup": SETUP, **settings})  # type: ignore[arg-type]
        try:
            await story(workers)
        finally:
            workers.close()

    asyncio.run(main())


async def zygote_of(workers: Workers) -> int:
    pid = await workers.run(("set up by",))
    assert isinstance(pid, int)
    return pid


def test_setup_is_done_once_for_all_workers_and_for_those_in_their_place() -> None:
    async def story(workers: Workers) -> None:
        both = await asyncio.gather(workers.run(("slow pid",)), workers.run(("slow pid",)))
        zygote = await zygote_of(workers)
        assert len({*both, zygote}) == 3
        for pid in both:
            os.kill(int(str(pid)), signal.SIGKILL)
        assert await workers.run(("add", 2)) == 42
        assert await zygote_of(workers) == zygote

    within(story, processes=2)


def test_the_zygote_has_one_thread_and_holds_one_socket() -> None:
    async def story(workers: Workers) -> None:
        place = Path("/proc") / str(await zygote_of(workers))
        files = [str(file.readlink()) for file in (place / "fd").iterdir()]
        assert len(list((place / "task").iterdir())) == 1
        assert sum(file.startswith("socket:") for file in files) == 1
        assert not [file for file in files if file.startswith("pipe:")]

    within(story)


def test_a_killed_zygote_costs_no_job() -> None:
    async def story(workers: Workers) -> None:
        first = await zygote_of(workers)
        worker = await workers.run(("pid",))
        os.kill(first, signal.SIGKILL)
        assert await workers.run(("pid",)) == worker  # it goes on by itself
        os.kill(int(str(worker)), signal.SIGKILL)
        assert await workers.run(("add", 1)) == 41
        assert await zygote_of(workers) != first

    within(story)


def test_where_the_zygote_is_gone_a_dead_worker_counts_as_killed(tmp_path: Path) -> None:
    async def story(workers: Workers) -> None:
        os.kill(await zygote_of(workers), signal.SIGKILL)
        assert await workers.run(("die once", str(tmp_path / "died"))) == "survived"

    within(story)


def test_a_worker_that_outlived_its_zygote_and_dies_under_the_next_counts_as_killed() -> None:
    async def story(workers: Workers) -> None:
        both = await asyncio.gather(workers.run(("slow pid",)), workers.run(("slow pid",)))
        os.kill(await zygote_of(workers), signal.SIGKILL)
        longer = asyncio.create_task(workers.run(("slow pid",)))
        await asyncio.sleep(0)  # it takes its process, before the next job asks for fresh ones
        with pytest.raises(WorkerCrashed, match="killed from outside"):
            await workers.run(("die", signal.SIGKILL))  # until it is given up, in fresh processes
        assert await longer in both
        with pytest.raises(WorkerCrashed) as caught:
            await workers.run(("die", signal.SIGSEGV))
        assert caught.value.cause is Cause.CRASHED
        assert await workers.run(("add", 1)) == 41

    within(story, processes=2, known_job=("echo", 1))


def test_a_pool_beside_another_shares_its_zygote_and_keeps_its_own_limits() -> None:
    async def story(workers: Workers) -> None:
        beside = Workers(JOB, processes=1, deadline_seconds=0.3, memory_mb=200, beside=workers)
        try:
            assert await zygote_of(beside) == await zygote_of(workers)
            assert await beside.run(("limits",)) == 160
            assert await workers.run(("limits",)) == 360
            with pytest.raises(WorkerTimeout, match="processor time"):
                await beside.run(("spin",))
        finally:
            beside.close()
        assert await workers.run(("echo", 1)) == 1

    within(story)


@pytest.mark.parametrize("fork", [True, False])
def test_deaths_have_the_same_causes_however_a_process_began(fork: bool) -> None:
    async def story(workers: Workers) -> None:
        assert await workers.run(("add", 2)) == 42
        for job, cause in (
            (("die", signal.SIGSEGV), Cause.CRASHED),
            (("eat",), Cause.MEMORY),
            (("spin",), Cause.DEADLINE),
        ):
            with pytest.raises((WorkerCrashed, WorkerTimeout)) as caught:
                await workers.run(job)
            assert caught.value.cause is cause
        assert await workers.run(("add", 3)) == 43

    within(story, fork=fork, deadline_seconds=0.5)


def test_one_that_began_with_its_imports_takes_the_setup_that_is_known_later() -> None:
    async def story(workers: Workers) -> None:
        assert await workers.run(("add", 2)) == 42
        assert await zygote_of(workers) == began

    with closed_zygote(begun_zygote(JOB, 400)) as zygote:
        assert zygote is not None
        assert zygote.running is not None
        began = zygote.running.pid
        within(story, begun=zygote)
    assert not Path(f"/proc/{began}").exists()


@pytest.mark.parametrize("killed", [False, True])
def test_what_is_known_early_is_prepared_before_the_setup_and_again_after_a_death(
    killed: bool,
) -> None:
    async def story(workers: Workers) -> None:
        assert await workers.run(("prepared",)) == "rules"
        assert await workers.run(("add", 2)) == 42

    with closed_zygote(begun_zygote(JOB, 400)) as zygote:
        assert zygote is not None
        zygote.prepare("rules")
        assert zygote.running is not None
        if killed:
            os.kill(zygote.running.pid, signal.SIGKILL)
            zygote.running.gone(10)
        within(story, begun=zygote)


def test_what_the_first_job_would_wait_for_is_loaded_once_for_all_workers() -> None:
    async def story(workers: Workers) -> None:
        warm = {await workers.run(("warmed up by",)) for _ in range(2)}
        assert warm == {await zygote_of(workers)}

    within(story, processes=2)


def test_one_that_is_forgotten_ends_itself() -> None:
    zygote = begun_zygote(JOB, 400)
    assert zygote is not None
    running = zygote.running
    assert running is not None
    del zygote
    gc.collect()
    assert running.gone(10)


def test_one_that_began_and_was_never_needed_is_ended() -> None:
    with closed_zygote(begun_zygote(JOB, 400)) as zygote:
        assert zygote is not None
        assert zygote.running is not None
        began = zygote.running.pid
    assert not Path(f"/proc/{began}").exists()


def test_one_that_was_killed_at_its_imports_costs_no_job() -> None:
    async def story(workers: Workers) -> None:
        assert await workers.run(("add", 2)) == 42

    with closed_zygote(begun_zygote(JOB, 400)) as zygote:
        assert zygote is not None
        assert zygote.running is not None
        os.kill(zygote.running.pid, signal.SIGKILL)
        zygote.running.gone(10)
        within(story, begun=zygote)


def test_close_leaves_no_process_behind() -> None:
    pids: list[int] = []

    async def story(workers: Workers) -> None:
        pids.append(await zygote_of(workers))
        pids.append(int(str(await workers.run(("pid",)))))

    within(story)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_the_cpu_of_every_worker_counts_as_that_of_a_child_once_the_pool_is_closed() -> None:
    async def story(workers: Workers) -> None:
        burnt = await asyncio.gather(*(workers.run(("burn", 0.2)) for _ in range(3)))
        assert len(set(burnt)) == 3

    before = children_cpu()
    within(story, processes=3)
    assert children_cpu() - before >= 0.6


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
