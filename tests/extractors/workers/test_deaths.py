"""A worker that dies carries its cause; innocent jobs are tried again; what is broken stops everything."""

import asyncio
import os
import pickle
import random
import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from extractors.workers.errors import BadInstallation, Cause, WorkerCrashed, WorkerTimeout
from extractors.workers.pool import Workers
from extractors.workers.processes.exits import cause_of

pytestmark = pytest.mark.slow  # real processes
ROOT = Path(__file__).parents[3]
JOB = "tests.extractors.workers.jobs:work"
KNOWN = ("echo", "known")


@contextmanager
def pool(job: str = JOB, **settings: object) -> Iterator[Workers]:
    workers = Workers(job, **{"processes": 1, "known_job": KNOWN, **settings})  # type: ignore[arg-type]
    try:
        yield workers
    finally:
        workers.close()


def within(story: Callable[[Workers], Awaitable[None]], job: str = JOB, **settings: object) -> None:
    async def main() -> None:
        with pool(job, **settings) as workers:
            await story(workers)

    asyncio.run(main())


def test_a_job_whose_process_is_killed_from_outside_is_tried_again(tmp_path: Path) -> None:
    async def story(workers: Workers) -> None:
        assert await workers.run(("die once", str(tmp_path / "died"))) == "survived"

    within(story)


@pytest.mark.slow
def test_a_job_whose_process_is_killed_each_time_is_given_up_with_that_cause() -> None:
    async def story(workers: Workers) -> None:
        with pytest.raises(WorkerCrashed, match=r"killed from outside \(SIGKILL\)") as caught:
            await workers.run(("die", signal.SIGKILL))
        assert caught.value.cause is Cause.KILLED
        assert await workers.run(("echo", 1)) == 1

    within(story)


def test_what_an_earlier_job_left_behind_costs_no_later_job() -> None:
    async def story(workers: Workers) -> None:
        await workers.run(("leave damage",))
        assert await workers.run(("stumble",)) == "whole"

    within(story)


@pytest.mark.slow
def test_jobs_that_crash_in_a_row_stop_nothing_while_the_known_job_works() -> None:
    async def story(workers: Workers) -> None:
        for _ in range(7):
            with pytest.raises(WorkerCrashed) as caught:
                await workers.run(("die", signal.SIGSEGV))
            assert caught.value.cause is Cause.CRASHED
        assert await workers.run(("echo", "on")) == "on"

    within(story)


@pytest.mark.slow
def test_five_deaths_in_a_row_stop_it_where_the_known_job_dies_too(tmp_path: Path) -> None:
    job = ("exit if", str(tmp_path / "broken"))

    async def story(workers: Workers) -> None:
        assert await workers.probe() == "fine"
        (tmp_path / "broken").touch()
        ends = [await end_of(workers, job) for _ in range(5)]
        assert [type(end) for end in ends[:3]] == [WorkerCrashed] * 3
        assert type(ends[4]) is BadInstallation
        assert re.match(r"5 worker processes died .*ended with 3", str(ends[4]))
        with pytest.raises(BadInstallation):
            await workers.run(("echo", 1))

    within(story, known_job=job)


async def end_of(workers: Workers, payload: object) -> Exception | None:
    try:
        await workers.run(payload)
    except (WorkerCrashed, BadInstallation) as end:
        return end
    return None


def test_a_probe_names_the_module_that_is_missing() -> None:
    async def story(workers: Workers) -> None:
        with pytest.raises(BadInstallation, match=r"could not start: .*No module named 'no_such"):
            await workers.probe()

    within(story, "no_such_library:work")


@pytest.mark.slow
def test_a_job_is_stopped_by_its_processor_time() -> None:
    async def story(workers: Workers) -> None:
        with pytest.raises(WorkerTimeout, match="used up its processor time"):
            await workers.run(("spin",))
        assert await workers.run(("sleep", 0.8)) == "slept"  # waiting is not working

    within(story, deadline_seconds=0.4)


@pytest.mark.slow
def test_a_job_that_waits_for_ever_is_stopped_by_the_clock() -> None:
    async def story(workers: Workers) -> None:
        with pytest.raises(WorkerTimeout, match=r"no answer after 2.4 s"):
            await workers.run(("sleep", 30))

    within(story, deadline_seconds=0.2)


@pytest.mark.parametrize(
    ("code", "words", "starting", "cause"),
    [
        (-9, "", False, Cause.KILLED),
        (-15, "", True, Cause.KILLED),
        (-signal.SIGPROF, "", False, Cause.DEADLINE),
        (-11, "", False, Cause.CRASHED),
        (-6, "memory allocation of 80 bytes failed", False, Cause.MEMORY),
        (1, "Traceback ...\nImportError: libxml2.so", True, Cause.NOT_STARTED),
        (3, "", False, Cause.CRASHED),
    ],
)
def test_the_exit_tells_the_cause(code: int, words: str, starting: bool, cause: Cause) -> None:
    assert cause_of(code, words, starting=starting).cause is cause


@pytest.mark.slow
def test_processes_killed_at_random_change_no_answer() -> None:
    chance = random.Random(3)

    async def story(workers: Workers) -> None:
        jobs = [asyncio.create_task(workers.run(("slow echo", n))) for n in range(60)]
        kills, at = 0, 3
        while not all(job.done() for job in jobs):
            await asyncio.sleep(0.02)
            if sum(job.done() for job in jobs) >= at:
                kills += kill_one_child(chance)
                at += chance.randint(2, 9)
        assert [await job for job in jobs] == list(range(60))
        assert kills >= 5

    within(story, processes=2)


def kill_one_child(chance: random.Random) -> bool:
    """One of the worker processes, whose parent is their zygote."""
    parents = {int(path.parent.name): parent_of(path) for path in Path("/proc").glob("[0-9]*/stat")}
    workers = [pid for pid, parent in parents.items() if parents.get(parent) == os.getpid()]
    if workers:
        os.kill(chance.choice(workers), signal.SIGKILL)
    return bool(workers)


def parent_of(stat: Path) -> int:
    try:
        state, parent = stat.read_text("utf-8").rpartition(")")[2].split()[:2]
    except OSError:
        return 0
    return 0 if state == "Z" else int(parent)


TRAP = "import pathlib; pathlib.Path({mark!r}).touch(); raise SystemExit('sprung')"
IN_TRAPS = """
import asyncio, pickle, sys
sys.path[:] = [{root!r}, *[entry for entry in sys.path if entry and entry != {traps!r}]]
from extractors.workers.pool import Workers
async def main():
    workers = Workers({job!r}, processes=1, setup=pickle.dumps((2,)))
    print(await workers.run(("add", 40)))
    workers.close()
asyncio.run(main())
"""


def test_neither_the_folder_nor_pythonpath_can_stand_in_for_a_module(tmp_path: Path) -> None:
    traps, mark = tmp_path / "traps", tmp_path / "sprung"
    traps.mkdir()
    for name in ("model", "extractors", "lxml", "storage", "pickle", "resource", "tests"):
        (traps / f"{name}.py").write_text(TRAP.format(mark=str(mark)), "utf-8")
    code = IN_TRAPS.format(root=str(ROOT), traps=str(traps), job=JOB)
    process = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=traps,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "elsewhere")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.stdout, mark.exists()) == ("42\n", False), process.stderr


def test_a_request_is_pickled_before_a_process_is_taken() -> None:
    async def story(workers: Workers) -> None:
        with pytest.raises((pickle.PicklingError, AttributeError)):
            await workers.run(lambda: None)
        assert await workers.run(("echo", 1)) == 1

    within(story)
