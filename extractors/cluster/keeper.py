"""Keeps the connection to a scheduler, and knows which of its workers may be given pages."""

import asyncio
import pickle
import time
from collections.abc import Callable, Sequence

from extractors.cluster.members import Members, Patience
from extractors.cluster.on_worker import BatchAnswer, RunOrders
from extractors.cluster.session import Cluster, SchedulerGone, Session, Unusable, WorkersDied
from extractors.workers.errors import NoCluster
from extractors.workers.processes.child import DONE, LAST
from extractors.workers.runner import Tell


class Keeper:
    """`watch()` runs until the cluster is given up, and then raises `NoCluster`.

    `stirred` is called whenever more can be read than before, `tell` with a sentence of each change.
    """

    def __init__(
        self,
        cluster: Cluster,
        orders: RunOrders,
        setup: bytes,
        *,
        patience: Patience,
        tell: Tell,
        stirred: Callable[[], None],
    ) -> None:
        self._cluster, self._orders, self._setup = cluster, orders, setup
        self._patience, self._tell, self._stirred = patience, tell, stirred
        self.members = Members()
        self.session: Session | None = None
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._trouble = ""
        self._since = time.monotonic()  # that no worker is ready

    async def watch(self) -> None:
        try:
            while True:
                try:
                    await self._look()
                except SchedulerGone as gone:
                    await self._disconnect(gone)
                self._judge()
                await asyncio.sleep(self._patience.look)
        finally:
            self._stop_checks()

    async def close(self) -> None:
        if self.session is not None:
            await self.session.close(self.members.ready())
        await self._cluster.close()

    async def result(self, session: Session, requests: Sequence[bytes]) -> BatchAnswer:
        """One batch there and back. Raises `SchedulerGone`, or `WorkersDied` where it is to be tried
        again: its workers have died, have left, or keep it too long."""
        allowed = self.members.ready()
        future = session.read(requests, allowed)
        answer = asyncio.create_task(session.result(future))
        until = time.monotonic() + self._patience.batch
        try:
            while not answer.done():
                await asyncio.wait({answer}, timeout=self._patience.look)
                if not answer.done() and time.monotonic() > until:
                    self.silence(await session.who_has(future))
                    raise WorkersDied("a worker kept the batch too long")
                if self.session is not session:
                    raise SchedulerGone("the connection was lost")
                if not answer.done() and not any(at in self.members.by_address for at in allowed):
                    raise WorkersDied("the worker left")
            return await answer
        finally:
            answer.cancel()
            session.cancel(future)

    def forgot(self, address: str) -> None:
        """It has to be given the rules again, as after a long silence."""
        if (member := self.members.by_address.get(address)) is not None and member.state == "ready":
            member.state = "new"

    def silence(self, address: str | None) -> None:
        """It kept a batch too long: no further one before it has read the known page again."""
        member = self.members.by_address.get(address or "")
        if address is not None and member is not None and member.state == "ready":
            member.state = "silent"
            self._tell(f"{self.members.name_of(address)} does not answer; its pages go elsewhere")

    async def _look(self) -> None:
        if self.session is None:
            self.session = await self._cluster.open(self._orders, self._setup)
            if self._trouble:
                self._tell(f"{self._cluster.address} answers again")
        for name in self.members.update(await self.session.workers()):
            self._tell(f"{name} has left the cluster")
        self._checks = {at: check for at, check in self._checks.items() if not check.done()}
        for address, member in self.members.by_address.items():
            if member.state in ("new", "silent") and address not in self._checks:
                self._checks[address] = asyncio.create_task(self._check(self.session, address))

    async def _check(self, session: Session, address: str) -> None:
        """Let one worker read the known page; it is ready once it has."""
        try:
            future = session.prepare(address)
            async with asyncio.timeout(self._patience.check):
                batch = await session.result(future)
        except (SchedulerGone, WorkersDied, TimeoutError):
            return  # the next look tries again, if it is still there
        except Unusable as broken:
            self.refuse(address, f"it cannot run Pollwatch ({broken})")
            return
        if fault := batch.refused or probe_fault(batch):
            self.refuse(address, fault)
        elif (member := self.members.by_address.get(address)) is not None:
            member.state = "ready"
            self._tell(f"{self.members.name_of(address)} reads pages ({member.threads} at once)")
            self._stirred()

    def refuse(self, address: str, why: str) -> None:
        if (member := self.members.by_address.get(address)) is not None:
            member.state, member.why = "refused", why
            self._tell(f"{self.members.name_of(address)} is given no pages: {why}")

    async def _disconnect(self, fault: SchedulerGone) -> None:
        if not self._trouble:
            self._tell(f"{self._cluster.address} does not answer; waiting for it")
        self._trouble = f"its scheduler does not answer ({fault})"
        self._stop_checks()
        self.members.clear()
        session, self.session = self.session, None
        if session is not None:
            await session.close(())

    def _judge(self) -> None:
        """Raises `NoCluster` once there has been nobody to read for too long."""
        now = time.monotonic()
        if self.members.ready():
            self._since, self._trouble = now, ""
        elif now - self._since > self._patience.cluster:
            why = self.members.trouble() if self.session is not None else self._trouble
            seconds = f"{self._patience.cluster:g} s"
            raise NoCluster(f"{self._cluster.address} could not read pages for {seconds}: {why}")

    def _stop_checks(self) -> None:
        for check in list(self._checks.values()):
            check.cancel()


def probe_fault(batch: BatchAnswer) -> str:
    """Why the known page was not read, "" where it was."""
    kind, words = batch.answers[0]
    if kind in (DONE, LAST):
        return ""
    return f"it cannot read a known page: {words.decode('utf-8', 'replace').strip()[-300:]}"


def known_job(orders: RunOrders) -> object:
    return pickle.loads(orders.known_job)  # noqa: S301 - pickled by this process
