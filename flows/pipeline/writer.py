"""The one writer: every change to the database of a run goes through here, several per transaction."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from extractors.workers.errors import BadInstallation
from flows.pipeline.inputs.options import Plan
from flows.pipeline.stats import FinalState, RunStats
from model import EntryMatch, FeedPoll, NextPoll, Reading
from storage.acts.floods import hold_flood
from storage.database.connection import write_txn
from storage.database.errors import Busy
from storage.ingest.entry_matches import record_entries
from storage.ingest.feeds.polls import RecordedPoll, record_polls
from storage.ingest.readings import record_readings
from storage.runs import finish_run, keep_faults
from storage.store import Store

logger = logging.getLogger("pollwatch")
T = TypeVar("T")
Work = tuple[FeedPoll, NextPoll] | Reading
LARGEST_TRANSACTION = 25  # articles; keeps the write lock far below a reviewer's patience
PATIENCE_SECONDS = 600.0  # while another program holds the database locked
BETWEEN_TRIES_SECONDS = 1.0
GATHERING_SECONDS = 0.05  # that a reading waits for others, as a transaction costs more than they


@dataclass(slots=True)
class _Queued:
    work: Work
    done: asyncio.Future[RecordedPoll | int]


class Writer:
    """Owns the only write connection of a run, in a thread of its own.

    Work that waits while a transaction is under way goes into the next one together.
    A failing transaction fails everything in it; nothing of it is stored.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._queue: asyncio.Queue[_Queued] = asyncio.Queue()
        self._store: Store | None = None
        self._loop_task: asyncio.Task[None] | None = None
        self.run_id = 0
        self.stats = RunStats()  # what the run's row will say

    async def __aenter__(self) -> Self:
        self._store = await self._patiently(lambda: Store.open(self._path, now=datetime.now(UTC)))
        self._loop_task = asyncio.create_task(self._drain())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._loop_task is not None
        self._loop_task.cancel()
        await asyncio.gather(self._loop_task, return_exceptions=True)
        await self.ask(lambda store: store.close())
        self._thread.shutdown()

    async def ask(self, question: Callable[[Store], T]) -> T:
        """Run `question` on the writer's thread, between transactions.

        It may be asked again: while another program holds the database locked, the run waits.
        """
        store = self._store
        assert store is not None, "the writer is open"
        return await self._patiently(lambda: question(store))

    async def _patiently(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + PATIENCE_SECONDS
        while True:
            try:
                return await loop.run_in_executor(self._thread, work)
            except Busy as busy:  # SQLite waited for BUSY_MS already
                if loop.time() > give_up_at:
                    raise
                logger.warning("%s; trying again", busy)
            await asyncio.sleep(BETWEEN_TRIES_SECONDS)

    async def poll(self, poll: FeedPoll, decision: NextPoll) -> RecordedPoll:
        """Returns once the poll, its entries and its validators are on disk together."""
        recorded = await self._put((poll, decision))
        assert isinstance(recorded, RecordedPoll)
        return recorded

    async def reading(self, reading: Reading) -> int:
        """Returns once the article and its hits are on disk together: how many hits are new."""
        new_hits = await self._put(reading)
        assert isinstance(new_hits, int)
        return new_hits

    async def entries(self, matches: Sequence[EntryMatch]) -> int:
        """What the rules found in feeds' own words, on disk when this returns: how many are new."""
        now = datetime.now(UTC)
        stored = await self.ask(lambda store: record_entries(store.db, self.run_id, matches, now))
        return sum(hit.change == "new" for hit in stored)

    async def hold_flood(self, outlet: str) -> None:
        """Mute for a day what this outlet goes on to bring."""
        self.stats.held_back.append(outlet)
        logger.warning("%s brings more stories than reviewers can read: muted for a day", outlet)
        now = datetime.now(UTC)

        def hold(store: Store) -> None:
            with write_txn(store.db):
                hold_flood(store.db.conn, outlet, now)

        await self.ask(hold)

    async def _put(self, work: Work) -> RecordedPoll | int:
        queued = _Queued(work, asyncio.get_running_loop().create_future())
        await self._queue.put(queued)
        return await queued.done

    async def _drain(self) -> None:
        while True:
            waiting = [await self._queue.get()]
            if isinstance(waiting[0].work, Reading):
                await asyncio.sleep(GATHERING_SECONDS)
            while len(waiting) < LARGEST_TRANSACTION and not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            await self._write([item for item in waiting if isinstance(item.work, Reading)])
            await self._write([item for item in waiting if not isinstance(item.work, Reading)])
            del waiting  # a large feed must not stay in memory until the next work comes

    async def _write(self, waiting: Sequence[_Queued]) -> None:
        if not waiting:
            return
        work = [item.work for item in waiting]
        try:
            answers = await self.ask(lambda store: self._store_all(store, work))
        except BaseException as error:  # handed on to whoever waits for it
            if len(waiting) > 1 and isinstance(error, Exception):
                for item in waiting:  # one that cannot be stored must not take others with it
                    await self._write([item])
                return
            _fail(waiting, error)
            if not isinstance(error, Exception):
                raise
            return
        for item, answer in zip(waiting, answers, strict=True):
            if not item.done.done():
                item.done.set_result(answer)

    def _store_all(self, store: Store, work: Sequence[Work]) -> Sequence[RecordedPoll | int]:
        readings = [item for item in work if isinstance(item, Reading)]
        if readings:
            stored = record_readings(store.db, self.run_id, readings)
            new = Counter(hit.article_id for hit in stored if hit.change == "new")
            return [new[reading.article_id] for reading in readings]
        polls = [item for item in work if not isinstance(item, Reading)]
        return list(record_polls(store.db, self.run_id, polls, datetime.now(UTC)))


def _fail(waiting: Sequence[_Queued], error: BaseException) -> None:
    for item in waiting:
        if not item.done.done():
            item.done.set_exception(error)


async def begin_run(writer: Writer, plan: Plan, prefect_run_id: str | None) -> None:
    now = datetime.now(UTC)
    writer.run_id = await writer.ask(
        lambda store: store.start_run(
            "watch",
            prefect_run_id=prefect_run_id,
            code_version=version("pollwatch"),
            ruleset_sha256=plan.rules.sha256 if plan.rules.rules else None,
            weights_sha256=plan.rules.weights_sha256,
            now=now,
        )
    )
    await writer.ask(lambda store: keep_faults(store.db, writer.run_id, plan.faults))


@asynccontextmanager
async def end_recorded(writer: Writer) -> AsyncIterator[None]:
    """The run's row says how it ended when the body raises."""
    try:
        yield
    except BadInstallation as error:
        await end(writer, "failed", f"{type(error).__name__}: {error}")
        raise
    except Exception as error:  # an edge of the run: its row says what it was, then it goes on
        await end(writer, "crashed", f"{type(error).__name__}: {error}")
        raise
    except BaseException:  # cancelled, or a signal's own, wherever that found the process at work
        await end(writer, "cancelled", "the run was cancelled")
        raise


async def end(writer: Writer, state: FinalState, message: str) -> None:
    run, stats, now = writer.run_id, asdict(writer.stats), datetime.now(UTC)
    await writer.ask(
        lambda store: finish_run(store.db, run, state, message=message, stats=stats, now=now)
    )
    logger.info("run %s: %s", state, message)
