"""A cluster whose workers die, hang, join late or read otherwise; real Dask processes."""

import asyncio
import pickle
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from distributed import Security

from extractors.cluster.code_version import code_version
from extractors.cluster.members import Patience
from extractors.cluster.on_worker import RunOrders
from extractors.cluster.session import Cluster
from extractors.cluster.workers import HERE, ClusterWorkers
from extractors.workers.errors import Cause, NoCluster, WorkerCrashed, WorkerTimeout
from extractors.workers.pool import Workers
from tests.extractors.cluster.namespaces import certificate
from tests.extractors.cluster.processes import ROOT, DaskProcesses

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
JOB = "tests.extractors.workers.jobs:work"
KNOWN = ("add", 1)
SETUP = pickle.dumps((5,))
QUICK = Patience(batch=15, cluster=240, look=0.2)


def orders(deadline: float = 10) -> RunOrders:
    return RunOrders("tests", JOB, deadline, 400, pickle.dumps(KNOWN), code_version())


def on_cluster(
    address: str,
    story: Callable[[ClusterWorkers], Awaitable[None]],
    *,
    patience: Patience = QUICK,
    otherwise: bool = False,
    deadline: float = 10,
    hear: Callable[[str], None] | None = None,
    security: Security | None = None,
) -> list[str]:
    """Runs the story; returns what was told meanwhile, unless `hear` was to hear it."""
    lines: list[str] = []

    async def main() -> None:
        here = Workers(JOB, processes=1, setup=SETUP, known_job=KNOWN)
        workers = ClusterWorkers(
            Cluster(address, security), orders(deadline), SETUP, tell=hear or lines.append, patience=patience,
            otherwise=here if otherwise else None,
        )  # fmt: skip
        try:
            await story(workers)
        finally:
            await workers.aclose()
            here.close()

    asyncio.run(main())
    return lines


async def add(workers: ClusterWorkers, numbers: range) -> list[object]:
    return list(await asyncio.gather(*(workers.run(("add", n)) for n in numbers)))


def expected(numbers: range) -> list[object]:
    return [n + 5 for n in numbers]


def test_jobs_fare_on_a_cluster_as_they_do_here(tmp_path: Path) -> None:
    async def story(workers: ClusterWorkers) -> None:
        assert await workers.probe() == 6
        answered = 0
        while len(workers.read_at) < 2:  # on a busy machine one may have done them all
            assert await add(workers, range(300)) == expected(range(300))
            answered += 300
        assert set(workers.read_at) == {"one", "two"}
        assert sum(workers.read_at.values()) == answered
        with pytest.raises(WorkerTimeout):
            await workers.run(("spin",))
        for payload, cause in (
            (("raise",), Cause.RAISED), (("eat",), Cause.MEMORY), (("die", 11), Cause.CRASHED),
            (("stranger",), Cause.ANSWER),
        ):  # fmt: skip
            with pytest.raises(WorkerCrashed) as death:
                await workers.run(payload)
            assert death.value.cause is cause
        assert await add(workers, range(10)) == expected(range(10))

    with DaskProcesses(tmp_path) as dask:
        dask.add_worker("one")
        dask.add_worker("two", threads=2)
        lines = on_cluster(dask.address, story, patience=Patience(look=0.2), deadline=1)
    assert sorted(lines) == ["one reads pages (1 at once)", "two reads pages (2 at once)"]


def test_workers_that_die_leave_or_hang_lose_no_job_and_one_that_joins_late_helps(
    tmp_path: Path,
) -> None:
    heard: list[str] = []
    departures = {"dies has left the cluster", "leaves has left the cluster"}
    with DaskProcesses(tmp_path) as dask:
        for name in ("dies", "leaves", "hangs", "stays"):
            dask.add_worker(name)

        async def story(workers: ClusterWorkers) -> None:
            while len(workers.read_at) < 4:
                await add(workers, range(30))
            slow = [asyncio.create_task(workers.run(("slow echo", n))) for n in range(120)]
            await asyncio.sleep(1)
            dask.kill("dies")
            dask.leave("leaves")
            dask.stop("hangs")
            dask.add_worker("late")
            assert await asyncio.gather(*slow) == list(range(120))
            while "late" not in workers.read_at or not departures <= set(heard):
                await asyncio.gather(*(workers.run(("slow echo", n)) for n in range(9)))

        on_cluster(dask.address, story, hear=heard.append)
    assert "hangs does not answer; its pages go elsewhere" in heard


def test_a_scheduler_that_comes_back_is_gone_on_with(tmp_path: Path) -> None:
    heard: list[str] = []
    away = asyncio.Event()

    def hear(line: str) -> None:
        heard.append(line)
        if line.endswith("does not answer; waiting for it"):
            away.set()

    with DaskProcesses(tmp_path) as dask:
        dask.add_worker("before")

        async def story(workers: ClusterWorkers) -> None:
            await workers.probe()
            slow = [asyncio.create_task(workers.run(("slow echo", n))) for n in range(40)]
            await asyncio.sleep(0.5)
            dask.kill_scheduler()
            await away.wait()
            await asyncio.to_thread(dask.start_scheduler)
            dask.add_worker("after")
            assert await asyncio.gather(*slow) == list(range(40))
            assert "after" in workers.read_at

        on_cluster(dask.address, story, hear=hear)
    assert f"{dask.address} answers again" in heard


@pytest.mark.long  # in short: tests/flows/pipeline/test_cluster.py
def test_a_scheduler_that_stays_away_ends_every_job_with_the_reason_or_moves_it_here(
    tmp_path: Path,
) -> None:
    with DaskProcesses(tmp_path) as dask:
        address = dask.address

    async def refused(workers: ClusterWorkers) -> None:
        for _ in range(2):
            with pytest.raises(NoCluster, match="for 1 s: its scheduler does not answer"):
                await workers.run(("add", 1))

    async def here(workers: ClusterWorkers) -> None:
        assert await add(workers, range(20)) == expected(range(20))
        assert workers.read_at == {HERE: 20}

    soon = Patience(cluster=1, look=0.2)
    on_cluster(address, refused, patience=soon)
    lines = on_cluster(address, here, patience=soon, otherwise=True)
    assert lines[-1].endswith("; this machine reads on")


def test_a_run_with_another_certificate_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    pem, key = map(str, certificate(tmp_path / "other"))
    other = Security(tls_ca_file=pem, tls_client_cert=pem, tls_client_key=key)

    async def refused(workers: ClusterWorkers) -> None:
        with pytest.raises(NoCluster, match="show certificates of different makers"):
            await workers.run(("add", 1))

    with DaskProcesses(tmp_path, tls=True) as dask:
        lines = on_cluster(dask.address, refused, security=other)
    assert lines == []


def test_a_worker_of_other_code_is_given_nothing_and_told_of(tmp_path: Path) -> None:
    other = tmp_path / "other"
    for name in ("config", "extractors", "flows", "matchers", "model", "storage", "tests"):
        shutil.copytree(ROOT / name, other / name, ignore=shutil.ignore_patterns("__pycache__", "data"))  # fmt: skip
    shutil.copy(ROOT / "privacy.py", other / "privacy.py")
    with (other / "extractors" / "articles" / "extract.py").open("a") as file:
        file.write("\n# another version\n")

    with DaskProcesses(tmp_path) as dask:
        dask.add_worker("old", home=other)

        async def story(workers: ClusterWorkers) -> None:
            waiting = asyncio.create_task(add(workers, range(50)))
            await refused.wait()
            dask.add_worker("current")
            assert await waiting == expected(range(50))
            assert set(workers.read_at) == {"current"}

        heard: list[str] = []
        refused = asyncio.Event()

        def hear(line: str) -> None:
            heard.append(line)
            refused.set()

        on_cluster(dask.address, story, hear=hear)
    assert heard[0].startswith("old is given no pages: Pollwatch's code is ")
    assert heard[1:] == ["current reads pages (1 at once)"]
