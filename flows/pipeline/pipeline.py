"""One run from plan to last article, without Prefect: wiring; policy is in extractors/."""

import asyncio
import random
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from extractors.articles.fetch_page import Robots, fetch_page, fetch_part
from extractors.articles.several_pages import is_in_parts
from extractors.feed_list.network import own_headers
from extractors.feeds.parsing.entries import OthersShare, Publishers
from extractors.feeds.poll import poll_feed
from extractors.feeds.schedule import batches, due, is_usable, next_poll
from extractors.fetch.client import Client
from extractors.fetch.urls import host_group
from extractors.workers.in_flight import Backlog, OpenPages
from extractors.workers.parse_feed import parse_in
from flows.pipeline.further_pages import FurtherPages
from flows.pipeline.gather import gather_or_cancel
from flows.pipeline.inputs.caller import Caller
from flows.pipeline.inputs.options import Plan
from flows.pipeline.listing import (
    batch_name,
    entries_to_match,
    hosts_in_short,
    newest_and_unread,
    was_read,
)
from flows.pipeline.readers import PageReader, Readers
from flows.pipeline.stats import NewsByOutlet, reading_of
from flows.pipeline.writer import Writer
from model import (
    EntryMatch,
    EntryText,
    FeedHistory,
    FeedPoll,
    FeedSpec,
    Response,
    Unread,
    UrlAttempt,
)
from storage.acts.floods import brought_today
from storage.feeds import feed_histories
from storage.queries.articles.unread import (
    MOST_OF_A_FEED,
    Only,
    waiting_articles,
    whole_unread,
)

FEEDS_PER_TASK = 25
ARTICLES_PER_TASK = 250
ENTRIES_PER_JOB = 25


class Pipeline:
    """Everything that one run holds open. Decides nothing: policy is in extractors/."""

    def __init__(
        self,
        plan: Plan,
        caller: Caller,
        writer: Writer,
        readers: Readers,
        *,
        client: Client,
        robots: Robots,
    ) -> None:
        self.plan, self.caller, self.writer = plan, caller, writer
        self.client, self.robots = client, robots
        self.taken: set[int] = set()
        self.newest = 0
        self.reading: list[asyncio.Task[None]] = []
        self.backlog = Backlog(client.room)
        publishers = Publishers(plan.feeds.feeds)
        self.others, self.of_feed = OthersShare(publishers), Counter[str]()
        self.open_pages = OpenPages(publishers.know)
        self.news = NewsByOutlet((), ())
        self.names = Counter(spec.name for spec in plan.feeds.feeds)  # a host's, where none is set
        self.reader = PageReader(readers.pages, self.backlog, publishers, plan.feeds.feeds)
        self.parse = parse_in(readers.feeds)
        minutes = plan.options.max_minutes
        self.stop_at = None if minutes is None else time.monotonic() + 60 * minutes

    async def run(self) -> None:
        """Poll what is due and read what is unread, earlier failures included."""
        enabled = [spec for spec in self.plan.feeds.feeds if spec.enabled]
        now = datetime.now(UTC)
        due_at = now if self.plan.options.due_only else None
        histories = await self.writer.ask(lambda store: feed_histories(store.db, due_at))
        chosen = list(due(enabled, histories, now)) if self.plan.options.due_only else enabled
        first_time = {spec.id for spec in chosen if not was_read(histories.get(spec.id))}
        read_before = {spec.id for spec in self.plan.feeds.feeds} - first_time
        earlier = await self.writer.ask(lambda store: brought_today(store.db.conn, now))
        self.news = NewsByOutlet(self.plan.feeds.feeds, read_before, earlier)
        self.caller.observer.planned(len(chosen), len(enabled) - len(chosen))
        try:
            await self.start_reading(None)
            await gather_or_cancel(
                self.poll_batch(batch, histories) for batch in batches(chosen, FEEDS_PER_TASK)
            )
            await self.start_reading("again")
        except BaseException:  # cancelled, too: no page is read on for a run that has ended
            for task in self.reading:
                task.cancel()
            await asyncio.gather(*self.reading, return_exceptions=True)
            raise
        await gather_or_cancel(self.reading)
        await self.match_entries()
        self.writer.stats.deferred = await self.writer.ask(
            lambda store: waiting_articles(store.db, datetime.now(UTC))
        )

    async def match_entries(self) -> None:
        """What feeds say of articles of other outlets that were not due themselves."""
        after = 0
        while waiting := await self.writer.ask(partial(entries_to_match, after_id=after)):
            after = waiting[-1].entry_id
            for batch in batches(waiting, ENTRIES_PER_JOB):
                if not await self.match_batch(batch):
                    for entry in batch:  # one that cannot be matched must not take others with it
                        await self.match_batch([entry])

    async def match_batch(self, entries: Sequence[EntryText]) -> bool:
        """False: a worker did not survive it, and the next run will name these again."""
        matches = await self.reader.matched(entries)
        if matches is None:
            return False
        self.writer.stats.hits += await self.writer.entries(matches)
        await self.hold_floods(entries, matches)
        return True

    async def hold_floods(
        self, entries: Sequence[EntryText], matches: Sequence[EntryMatch]
    ) -> None:
        """Count the words of feeds that were hit under those who said them."""
        entry_of = {entry.entry_id: entry for entry in entries}
        for match in matches:
            if match.hits and (entry := entry_of.get(match.entry_id)):
                await self.hold_flood(entry.feed_id, entry.article_id, timedelta())

    async def hold_flood(self, feed_id: str, article_id: int, age: timedelta) -> None:
        if (outlet := self.news.floods(feed_id, article_id, age)) is not None:
            await self.writer.hold_flood(outlet)

    async def poll_batch(
        self, batch: Sequence[FeedSpec], histories: Mapping[str, FeedHistory]
    ) -> None:
        failing: list[tuple[FeedSpec, FeedPoll]] = []

        async def poll_one(spec: FeedSpec) -> None:
            if self.time_is_up():  # it stays due, and the longest waiting are polled first
                self.writer.stats.feeds_left += 1
                return
            poll = await self.poll(spec, histories.get(spec.id, FeedHistory(spec.id)))
            if not is_usable(poll):
                failing.append((spec, poll))

        async def work() -> None:
            await gather_or_cancel(poll_one(spec) for spec in batch)

        await self.caller.run_task("poll", f"poll {batch_name(batch)}", work)
        await gather_or_cancel(self.caller.fail_feed(spec, poll) for spec, poll in failing)
        await self.start_reading("new")

    async def poll(self, spec: FeedSpec, history: FeedHistory) -> FeedPoll:
        """Poll one feed; what it said is on disk when this returns."""
        async with self.backlog.held(self.parse) as parse:
            poll = await poll_feed(
                self.client,
                spec,
                history,
                now=datetime.now(UTC),
                auth=self.caller.secrets.get(spec.auth) if spec.auth else None,
                headers=own_headers(spec, self.caller.secrets),
                parse=parse,
            )
            decision = next_poll(
                history,
                poll,
                spec=spec,
                now=datetime.now(UTC),
                rng=random.Random(),  # noqa: S311
            )
            recorded = await self.writer.poll(poll, decision)
        named_by = spec.name if self.names[spec.name] == 1 else f"{spec.name} ({spec.id})"
        self.writer.stats.add_poll(poll, named_by, recorded.entries_new)
        self.caller.observer.polled(poll, recorded.entries_new)
        if recorded.entries_new and all(task.done() for task in self.reading):
            await self.start_reading("new", own=True)
        return poll

    async def start_reading(self, only: Only | None, *, own: bool = False) -> None:
        """Cut what is due and not yet in hand into batches by host, and start on them.

        `only="new"` looks just past the newest article that was there at an earlier call. `own`
        leaves out what its own outlet's feed has not named, which it may yet do in this batch.
        """
        after = self.newest if only == "new" else 0
        newest, listed = await self.writer.ask(
            partial(newest_and_unread, after_id=after, only=only)
        )
        if own:
            listed = tuple(unread for unread in listed if unread.spoken_for)
        else:
            self.newest = newest
        fresh = [unread for unread in listed if unread.article_id not in self.taken]
        self.taken |= {unread.article_id for unread in fresh}
        own_first = sorted(fresh, key=lambda unread: not unread.spoken_for)
        chosen = [unread for unread in own_first if self.takes_on(unread)]
        if chosen:
            self.caller.observer.to_read(len(chosen))
        for batch in batches(chosen, ARTICLES_PER_TASK):
            self.reading.append(asyncio.create_task(self.read_batch(batch)))

    def takes_on(self, unread: Unread) -> bool:
        """Whether the run may still take on the article: those without a page always, else within
        the shares of its feed and of the outlet whose page it is; who is refused uses up neither."""
        if unread.has_own_words:
            return True
        if self.of_feed[unread.feed_id] >= MOST_OF_A_FEED or not self.others.admits(unread):
            return False
        self.of_feed[unread.feed_id] += 1
        return True

    def time_is_up(self) -> bool:
        return self.stop_at is not None and time.monotonic() > self.stop_at

    async def read_batch(self, batch: Sequence[Unread]) -> None:
        hosts: defaultdict[str, deque[Unread]] = defaultdict(deque)
        for unread in batch:
            hosts[host_group(unread.url)].append(unread)

        async def lane(waiting: deque[Unread]) -> None:
            while waiting:
                await self.read(waiting.popleft())

        async def work() -> None:
            lanes = max(1, self.plan.feeds.settings.concurrent_requests)
            await gather_or_cancel(lane(queue) for queue in hosts.values() for _ in range(lanes))

        await self.caller.run_task(
            "read", f"read {len(batch)} from {hosts_in_short(list(hosts))}", work
        )

    async def read(self, unread: Unread) -> None:
        """Read one article; it is on disk, with its hits, when this returns."""
        if self.time_is_up():
            return
        if unread.listed_only:
            ids = [unread.article_id]
            (unread,) = await self.writer.ask(lambda store: whole_unread(store.db, ids))
        response, tried = (None, ()) if unread.has_own_words else await self.fetch(unread)
        page = await self.reader.read(unread, response)
        if response is not None and is_in_parts(page.article):
            response = replace(response, body=b"")  # none of it is held while others are waited for
            page, response = await self.further_pages(unread).read(page, response)
        reading = reading_of(unread, page.article, page.hits, response, now=datetime.now(UTC))
        reading = replace(
            reading, entry_matches=page.entry_matches, tried=tried, publisher=page.publisher
        )
        new_hits = await self.writer.reading(reading)
        self.writer.stats.add_reading(reading, new_hits)
        if new_hits:
            published = reading.article.published or reading.read_at
            await self.hold_flood(unread.feed_id, unread.article_id, reading.read_at - published)
        await self.hold_floods(unread.entries, page.entry_matches)
        self.caller.observer.read(unread, reading, new_hits)

    async def fetch(self, unread: Unread) -> tuple[Response, tuple[UrlAttempt, ...]]:
        """One page; waits first while the workers have more than enough to do."""
        await self.backlog.room_for_pages.wait()
        async with self.open_pages.turn(unread.feed_id, unread.url):
            return await fetch_page(self.client, unread, self.robots, self.admits(unread))

    def admits(self, unread: Unread) -> Callable[[str], bool]:
        """Whether a redirect from the article may lead to an address in this run."""
        spec = self.reader.specs.get(unread.feed_id)
        return partial(self.others.admits_hop, unread, spec)

    def further_pages(self, unread: Unread) -> FurtherPages:
        async def ask(address: str) -> Response:
            await self.backlog.room_for_pages.wait()
            self.of_feed[unread.feed_id] += 1
            async with self.open_pages.turn(unread.feed_id, address):
                return await fetch_part(self.client, address, self.robots, self.admits(unread))

        def may_ask() -> bool:
            return not self.time_is_up() and self.of_feed[unread.feed_id] < MOST_OF_A_FEED

        return FurtherPages(self.reader, ask, may_ask)
