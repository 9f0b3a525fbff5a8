"""One run from plan to last article, without Prefect: wiring, in the order of docs/how-it-works.md."""

import asyncio
import random
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from extractors.http import Client
from extractors.planning import batches, due, is_usable, next_attempt, next_poll, reread_at
from extractors.polling import Parse, poll_feed
from extractors.reading import Robots, fetch_page
from extractors.urls import host_group
from extractors.walls import wall_by_answer
from extractors.workers import WorkerCrashed, Workers, WorkerTimeout
from flows.observing import Observer
from flows.reading import FeedTextJob, PageJob
from flows.settings import Plan
from flows.writing import Writer
from model import (
    Article,
    FeedHistory,
    FeedPoll,
    FeedSpec,
    Hit,
    Outcome,
    Reading,
    Response,
    Unread,
)

FEEDS_PER_TASK = 25
ARTICLES_PER_TASK = 100
MOST_BYTES_WAITING = 50_000_000  # of pages fetched and not yet extracted

RunTask = Callable[[str, str, Callable[[], Awaitable[None]]], Awaitable[None]]
FailFeed = Callable[[FeedSpec, FeedPoll], Awaitable[None]]


@dataclass(slots=True)
class Tally:
    """What a run has done so far."""

    feeds_polled: int = 0
    feeds_unchanged: int = 0
    feeds_failed: list[tuple[str, str]] = field(default_factory=list)  # name, sentence
    entries_seen: int = 0
    entries_new: int = 0
    read: int = 0
    partial: int = 0
    failed: int = 0
    deferred: int = 0  # left for the next run: time was up, or the host asked us to wait
    hits: int = 0

    def add_poll(self, poll: FeedPoll, name: str, new: int) -> None:
        self.feeds_polled += 1
        self.feeds_unchanged += poll.outcome is Outcome.NOT_MODIFIED
        self.entries_seen += len(poll.entries)
        self.entries_new += new
        if not is_usable(poll):
            self.feeds_failed.append((name, poll.sentence))

    def add_reading(self, reading: Reading) -> None:
        self.read += reading.state == "read"
        self.partial += reading.state == "partial"
        self.failed += reading.state == "failed"
        self.hits += len(reading.hits)


class Watch:
    """Everything that one run holds open. Decides nothing: policy is in extractors/."""

    def __init__(
        self,
        plan: Plan,
        *,
        writer: Writer,
        client: Client,
        workers: Workers,
        parse: Parse,
        robots: Robots,
        run_task: RunTask,
        fail_feed: FailFeed,
        observer: Observer,
        secrets: Mapping[str, str],
        tally: Tally,
    ) -> None:
        self.plan, self.writer, self.client = plan, writer, client
        self.workers, self.parse = workers, parse
        self.robots, self.run_task, self.fail_feed = robots, run_task, fail_feed
        self.observer, self.secrets = observer, secrets
        self.tally = tally
        self.taken: set[int] = set()
        self.reading: set[asyncio.Task[None]] = set()
        self.bytes_waiting = 0
        self.room = asyncio.Event()
        self.room.set()
        self.specs = {spec.id: spec for spec in plan.feeds.feeds}
        minutes = plan.options.max_minutes
        self.stop_at = None if minutes is None else time.monotonic() + 60 * minutes

    async def run(self) -> None:
        """Poll what is due and read what is unread, earlier failures included."""
        histories = await self.writer.ask(lambda store: store.histories())
        enabled = [spec for spec in self.plan.feeds.feeds if spec.enabled]
        now = datetime.now(UTC)
        chosen = list(due(enabled, histories, now)) if self.plan.options.due_only else enabled
        self.observer.planned(len(chosen), len(enabled) - len(chosen))
        await self.start_reading()
        await asyncio.gather(
            *(self.poll_batch(batch, histories) for batch in batches(chosen, FEEDS_PER_TASK))
        )
        while self.reading:
            await asyncio.gather(*self.reading)

    async def poll_batch(
        self, batch: Sequence[FeedSpec], histories: Mapping[str, FeedHistory]
    ) -> None:
        failing: list[tuple[FeedSpec, FeedPoll]] = []

        async def poll_one(spec: FeedSpec) -> None:
            poll = await self.poll(spec, histories.get(spec.id, FeedHistory(spec.id)))
            if not is_usable(poll):
                failing.append((spec, poll))

        async def work() -> None:
            await asyncio.gather(*(poll_one(spec) for spec in batch))

        await self.run_task("poll", f"poll {named(batch)}", work)
        await asyncio.gather(*(self.fail_feed(spec, poll) for spec, poll in failing))
        await self.start_reading()

    async def poll(self, spec: FeedSpec, history: FeedHistory) -> FeedPoll:
        """Poll one feed; what it said is on disk when this returns."""
        poll = await poll_feed(
            self.client,
            spec,
            history,
            now=datetime.now(UTC),
            auth=self.secrets.get(spec.id),
            parse=self.parse,
        )
        decision = next_poll(
            history,
            poll,
            spec=spec,
            now=datetime.now(UTC),
            rng=random.Random(),  # noqa: S311
        )
        recorded = await self.writer.poll(poll, decision)
        self.tally.add_poll(poll, spec.name, recorded.entries_new)
        self.observer.polled(poll, recorded.entries_new)
        return poll

    async def start_reading(self) -> None:
        """Cut what is due and not yet in hand into batches by host, and start on them."""
        now = datetime.now(UTC)
        listed = await self.writer.ask(lambda store: store.unread(now, limit=100_000))
        fresh = [unread for unread in listed if unread.article_id not in self.taken]
        self.taken |= {unread.article_id for unread in fresh}
        if fresh:
            self.observer.to_read(len(fresh))
        for batch in batches(fresh, ARTICLES_PER_TASK):
            task = asyncio.create_task(self.read_batch(batch))
            self.reading.add(task)
            task.add_done_callback(self.reading.discard)

    async def read_batch(self, batch: Sequence[Unread]) -> None:
        hosts: defaultdict[str, deque[Unread]] = defaultdict(deque)
        for unread in batch:
            hosts[host_group(unread.url)].append(unread)

        async def lane(waiting: deque[Unread]) -> None:
            while waiting:
                await self.read(waiting.popleft())

        async def work() -> None:
            lanes = max(1, self.plan.feeds.settings.concurrent_requests)
            await asyncio.gather(*(lane(queue) for queue in hosts.values() for _ in range(lanes)))

        await self.run_task("read", f"read {len(batch)} from {', '.join(list(hosts)[:3])}", work)

    async def read(self, unread: Unread) -> None:
        """Read one article; it is on disk, with its hits, when this returns."""
        if self.stop_at is not None and time.monotonic() > self.stop_at:
            self.tally.deferred += 1
            return
        needs_page = not (unread.full_text or unread.url.startswith("feed:"))
        response = await self.fetch(unread) if needs_page else None
        article, hits = await self.extract(unread, response)
        reading = judge(unread, article, hits, response, now=datetime.now(UTC))
        await self.writer.reading(reading)
        self.tally.add_reading(reading)
        self.observer.read(unread, reading, hits)

    async def fetch(self, unread: Unread) -> Response:
        """One page; waits first while the workers have more than enough to do."""
        await self.room.wait()
        return await fetch_page(self.client, unread, self.robots)

    async def extract(
        self, unread: Unread, response: Response | None
    ) -> tuple[Article, tuple[Hit, ...]]:
        if response is None:
            outcome = Outcome.OK if unread.full_text else Outcome.NO_LINK
            problem = "" if unread.full_text else "the entry has no link that can be read"
            return await self.match_feed_text(unread, outcome, problem)
        if response.outcome is not Outcome.OK:
            answer = (response.status, response.headers, response.body)
            outcome, problem = wall_by_answer(*answer) or (response.outcome, response.sentence)
            return await self.match_feed_text(unread, outcome, problem)
        job = PageJob(unread, response.body, response.final_url, dict(response.headers))
        try:
            with self.counted(len(response.body)):
                return await self.in_worker(job)
        except WorkerTimeout:
            why = "the page took too long to parse and was given up"
        except WorkerCrashed:
            why = "the page crashed the parser, or made it use too much memory"
        return await self.match_feed_text(unread, Outcome.EXTRACTION_TIMEOUT, why)

    @contextmanager
    def counted(self, size: int) -> Iterator[None]:
        self.bytes_waiting += size
        if self.bytes_waiting > MOST_BYTES_WAITING:
            self.room.clear()
        try:
            yield
        finally:
            self.bytes_waiting -= size
            if self.bytes_waiting <= MOST_BYTES_WAITING:
                self.room.set()

    async def match_feed_text(
        self, unread: Unread, outcome: Outcome, problem: str
    ) -> tuple[Article, tuple[Hit, ...]]:
        return await self.in_worker(FeedTextJob(unread, outcome, problem))

    async def in_worker(self, job: PageJob | FeedTextJob) -> tuple[Article, tuple[Hit, ...]]:
        answer = await self.workers.run(job)
        assert isinstance(answer, tuple)
        return answer


def judge(
    unread: Unread,
    article: Article,
    hits: Sequence[Hit],
    response: Response | None,
    *,
    now: datetime,
) -> Reading:
    """What the outcome means for the article's row: its state, and when to try again."""
    whole = article.outcome is Outcome.OK
    again = (
        (reread_at(unread.reads, now) if hits and response else None)
        if whole
        else next_attempt(
            article.outcome, unread.attempts + 1, response.retry_after if response else None, now
        )
    )
    return Reading(
        article_id=unread.article_id,
        article=article,
        hits=tuple(hits),
        read_at=now,
        state="read" if whole else "partial" if article.body else "failed",
        next_attempt_at=again,
        http_status=response.status if response else None,
        duration_ms=response.duration_ms if response else 0,
    )


def named(batch: Sequence[FeedSpec]) -> str:
    first = batch[0].name
    return first if len(batch) == 1 else f"{first} and {len(batch) - 1} more"
