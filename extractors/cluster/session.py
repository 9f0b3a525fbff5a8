"""One connection to a Dask scheduler, with Dask's ways of failing told apart.

Plain `distributed` and not a `DaskTaskRunner`: a task for each batch costs Prefect's server 30 ms of
CPU each, a bare run has no Prefect at all, and the pipeline needs a client of its own event loop.
A flow that has a `DaskTaskRunner` reads on that runner's cluster; `flows/orchestration/` sees to it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any, cast

from distributed import Client, Future, LocalCluster, Security
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError, FatalCommClosedError
from distributed.scheduler import KilledWorker

from extractors.cluster.address import local_processes
from extractors.cluster.on_worker import BatchAnswer, RunOrders, forget_run, read_batch, take_rules
from extractors.workers.errors import NoCluster

logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we report what matters
SECONDS_TO_CONNECT = 10.0


class SchedulerGone(Exception):  # noqa: N818 - named for what happened
    """The scheduler does not answer, or has forgotten what it was given."""


class WorkersDied(Exception):  # noqa: N818
    """Several workers died with the batch, or the one that it was meant for is gone."""


class Unusable(Exception):  # noqa: N818
    """A worker could not even begin, and said why."""


class Session:
    """A client of one scheduler, for one run's rules."""

    def __init__(self, client: Client, orders: RunOrders, setup: bytes) -> None:
        self._client, self._orders, self._setup = client, orders, setup

    async def workers(self) -> dict[str, tuple[str, int]]:
        """Of each worker that is up: by address, its name and its threads."""
        try:
            async with asyncio.timeout(SECONDS_TO_CONNECT):
                assert self._client.scheduler is not None
                identity: dict[str, Any] = await self._client.scheduler.identity()
        except (OSError, CommClosedError, TimeoutError, AttributeError, AssertionError) as error:
            raise SchedulerGone(str(error)) from error
        if self._client.status != "running":
            raise SchedulerGone("the connection was lost")
        return {
            address: (str(worker["name"]), int(worker["nthreads"]))
            for address, worker in identity["workers"].items()
            if worker["status"] == "running"
        }

    def prepare(self, worker: str) -> Future[BatchAnswer]:
        return self._submit(take_rules, self._orders, self._setup, workers=[worker])

    def read(self, requests: Sequence[bytes], workers: Sequence[str]) -> Future[BatchAnswer]:
        return self._submit(read_batch, self._orders.key, list(requests), workers=list(workers))

    def _submit(self, function: Any, *words: object, workers: list[str]) -> Future[BatchAnswer]:
        try:
            return self._client.submit(function, *words, workers=workers, pure=False, retries=0)
        except (OSError, CommClosedError, RuntimeError, AttributeError) as error:
            raise SchedulerGone(str(error)) from error

    async def result(self, future: Future[BatchAnswer]) -> BatchAnswer:
        """What became of it. Raises `SchedulerGone`, `WorkersDied` or `Unusable`."""
        try:
            batch = await future
        except KilledWorker as died:
            raise WorkersDied(str(died)) from died
        except (FutureCancelledError, CommClosedError, OSError) as lost:
            raise SchedulerGone(str(lost)) from lost
        except Exception as broken:  # whatever a worker without our code raised
            raise Unusable(f"{type(broken).__name__}: {error_words(broken)}") from broken
        if not isinstance(batch, BatchAnswer):
            raise Unusable(f"it answered with {type(batch).__name__}")
        return batch

    async def who_has(self, future: Future[BatchAnswer]) -> str | None:
        """The worker at which a batch is, waiting or under way."""
        with contextlib.suppress(OSError, CommClosedError, TimeoutError):
            async with asyncio.timeout(SECONDS_TO_CONNECT):
                at: dict[str, Sequence[str]] = await self._client.processing()
            return next((worker for worker, keys in at.items() if future.key in keys), None)
        return None

    def cancel(self, future: Future[BatchAnswer]) -> None:
        with contextlib.suppress(OSError, CommClosedError, RuntimeError, AttributeError):
            future.release()

    async def close(self, workers: Sequence[str]) -> None:
        """Goodbye; `workers` end the processes of this run."""
        with contextlib.suppress(Exception):  # whoever does not hear it closes them in ten minutes
            async with asyncio.timeout(3):
                if workers:
                    await self._client.run(forget_run, self._orders.key, workers=list(workers), on_error="ignore")  # fmt: skip
        with contextlib.suppress(Exception):  # what Dask raises on its way out changes nothing
            async with asyncio.timeout(5):
                await self._client.close()


class Cluster:
    """Where sessions are opened: a scheduler that somebody started, or our own for `local[N]`."""

    def __init__(self, address: str, security: Security | None = None) -> None:
        self.address, self._security = address, security
        self._local: LocalCluster | None = None

    async def open(self, orders: RunOrders, setup: bytes) -> Session:
        """Raises SchedulerGone while nobody answers, NoCluster where nobody ever will."""
        try:
            target = await self._start_local() if local_processes(self.address) else self.address
            client = await Client(
                target, asynchronous=True, set_as_default=False, direct_to_workers=False,
                timeout=SECONDS_TO_CONNECT, security=self._security, name="pollwatch",
            )  # fmt: skip
        except FatalCommClosedError as error:
            raise NoCluster(
                f"{self.address} and this run show certificates of different makers; both must be "
                "signed by what DASK_DISTRIBUTED__COMM__TLS__CA_FILE names"
            ) from error
        except (OSError, CommClosedError, TimeoutError) as error:
            raise SchedulerGone(error_words(error)) from error
        except (TypeError, ValueError, RuntimeError) as error:
            raise NoCluster(
                f"{self.address} cannot be used: {error_words(error)}; for tls:// set "
                "DASK_DISTRIBUTED__COMM__TLS__CA_FILE, __CLIENT__CERT and __CLIENT__KEY"
            ) from error
        return Session(client, orders, setup)

    async def _start_local(self) -> LocalCluster:
        if self._local is None:
            self._security = Security.temporary()  # else any user of this machine runs code as us
            self._local = await LocalCluster(
                n_workers=local_processes(self.address), threads_per_worker=1, processes=True,
                asynchronous=True, dashboard_address=None, host="127.0.0.1", protocol="tls://",
                security=self._security, silence_logs=logging.CRITICAL,
            )  # fmt: skip
        return self._local

    async def close(self) -> None:
        if self._local is not None:
            with contextlib.suppress(Exception):  # as above
                async with asyncio.timeout(20):
                    await cast(Any, self._local.close())


def error_words(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
