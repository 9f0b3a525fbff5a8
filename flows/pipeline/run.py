"""Opens what a run needs, keeps its row in `runs` true whatever happens, and closes everything."""

import asyncio
import logging
import os
import pickle
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from alerts.sender import Sender
from extractors.articles.fetch_page import Robots
from extractors.cluster.start import cluster_workers, require_libraries
from extractors.feed_list.network import proxies_of
from extractors.feeds.poll_index import Parse
from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from extractors.workers.memory import spare_memory
from extractors.workers.parse_feed import JOB as PARSE_JOB
from extractors.workers.parse_feed import parse_in
from extractors.workers.pool import Workers
from extractors.workers.runner import JobRunner
from extractors.workers.zygote import Zygote, begun_zygote
from flows.archive.unmatched import match_unmatched
from flows.pipeline.alerting import alongside
from flows.pipeline.configuration import keep_configuration
from flows.pipeline.limits import require_limits
from flows.pipeline.live_lists import with_live_lists
from flows.pipeline.options import Plan
from flows.pipeline.page_job import KnownJob
from flows.pipeline.pipeline import FailFeed, Pipeline, RunTask
from flows.pipeline.probe import FEED_JOB, probe
from flows.pipeline.progress import Observer
from flows.pipeline.stats import FinalState, RunStats, final_state
from flows.pipeline.writer import Writer, begin_run, end, end_recorded
from model import ConfigError, FeedList, Settings
from storage.errors import Unwritable
from storage.feeds import sync_feeds
from storage.hosts import host_states, robots_files, save_host_states, save_robots
from storage.ingest import feed_words
from storage.ingest.paragraphs import boilerplate
from storage.lock import RunLock
from storage.queries.monitor.blindness import blindness
from storage.rules import sync_rules
from storage.runs import keep_faults, without_rules
from storage.store import Store
from storage.stories import linking
from storage.upkeep.clock import pull_back

logger = logging.getLogger("pollwatch")
NO_MEMORY: Mapping[str, frozenset[int]] = {}  # of boilerplate
PAGE_JOB = "flows.pipeline.page_job:read_page"
PAGE_DEADLINE_SECONDS = 10.0
PAGE_MEMORY_MB = 400


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended, for whoever asked for it."""

    run_id: int
    state: FinalState
    message: str
    tally: RunStats
    faults: tuple[ConfigError, ...] = ()  # of feeds and rules that were left out or stood in for


async def run_watch(
    plan: Plan,
    *,
    run_task: RunTask,
    fail_feed: FailFeed,
    observer: Observer,
    secrets: Mapping[str, str],
    prefect_run_id: str | None = None,
    sender: Sender | None = None,
) -> RunResult:
    """One run over `plan`; `sender` sends alerts meanwhile, and what is left of them at its end.

    Raises `storage.errors.AnotherRun` while another is under way, and `BadInstallation`, with
    nothing written about any feed, when a known feed, page or match does not work here.
    """
    require_limits()
    spare_memory()
    require_libraries(plan.feeds.settings.cluster)
    make_folder(plan.options.db.parent)
    with RunLock(plan.options.db), begun_zygote(PAGE_JOB, PAGE_MEMORY_MB) as begun:
        async with alongside(sender), Writer(plan.options.db) as writer:
            await begin_run(writer, plan, prefect_run_id)
            tally = RunStats()
            async with end_recorded(writer, tally):
                live = await work_through(
                    plan, writer, tally, run_task, fail_feed, observer, secrets, begun
                )
            return await concluded(writer, live, tally, sender)


async def work_through(
    plan: Plan,
    writer: Writer,
    tally: RunStats,
    run_task: RunTask,
    fail_feed: FailFeed,
    observer: Observer,
    secrets: Mapping[str, str],
    begun: Zygote | None,
) -> Plan:
    """Poll, read and match; the plan with its live lists, which the run went by."""
    repeated = await writer.ask(lambda store: boilerplate(store.db.conn))
    async with readers_for(plan, repeated, observer, begun) as (workers, parsers):
        await probe(pages=workers, feeds=parsers)  # before anything is said of a feed
        live = await with_live_lists(plan, writer, tally, partial(client_for, plan, secrets))
        await adopt(writer, live, plan.feeds)
        await with_everything_open(
            live,
            writer,
            tally,
            run_task,
            fail_feed,
            observer,
            secrets,
            workers,
            parse_in(parsers),
        )
    return live


async def concluded(
    writer: Writer, live: Plan, tally: RunStats, sender: Sender | None
) -> RunResult:
    """How a run ended that came to its end, in its row and for the caller."""
    state, message = final_state(tally, live.feeds, live.faults)
    blind = await writer.ask(lambda store: blindness(store.db.conn))
    if blind is not None and state != "failed":
        state, message = "failed", f"{blind.sentence}; {message}"
    await end(writer, state, message, tally)
    if sender is not None and state != "failed":
        await asyncio.to_thread(sender.ping)
    return RunResult(writer.run_id, state, message, tally, live.faults)


def require_database(db: Path) -> None:
    """Open the database once, or create it: raises now what would stop a run later."""
    make_folder(db.parent)
    with RunLock(db), Store.open(db, now=datetime.now(UTC)):
        pass


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(str(folder), error.strerror or str(error)) from error


async def with_everything_open(
    plan: Plan,
    writer: Writer,
    tally: RunStats,
    run_task: RunTask,
    fail_feed: FailFeed,
    observer: Observer,
    secrets: Mapping[str, str],
    workers: JobRunner,
    parse: Parse,
) -> None:
    settings = plan.feeds.settings
    hosts = await writer.ask(lambda store: host_states(store.db))
    robots = Robots(
        await writer.ask(lambda store: robots_files(store.db, datetime.now(UTC))),
        obey=settings.obey_robots,
    )
    gate = HostGate(
        seconds_between=settings.seconds_between_requests,
        concurrent=settings.concurrent_requests,
        states=hosts,
    )
    try:
        async with client_for(plan, secrets, gate) as client:
            watch = Pipeline(
                plan,
                writer=writer,
                client=client,
                workers=workers,
                parse=parse,
                robots=robots,
                tally=tally,
                run_task=run_task,
                fail_feed=fail_feed,
                observer=observer,
                secrets=secrets,
            )
            await watch.run()
            await writer.ask(lambda store: linking.propose(store.db, datetime.now(UTC)))
            await writer.ask(lambda store: feed_words.fill(store.db))
    finally:
        tally.read_at.update(workers.read_at)
        await writer.ask(lambda store: save_host_states(store.db, gate.states()))
        await writer.ask(lambda store: save_robots(store.db, robots.fresh()))


def client_for(plan: Plan, secrets: Mapping[str, str], gate: HostGate | None = None) -> Client:
    settings = plan.feeds.settings
    return Client(
        user_agent=user_agent(settings),
        allow=settings.allow_addresses,
        gate=gate or HostGate(seconds_between=settings.seconds_between_requests),
        proxies=proxies_of(plan.feeds, secrets, os.environ),
    )


@contextmanager
def workers_for(
    plan: Plan,
    repeated: Mapping[str, frozenset[int]] = NO_MEMORY,
    begun: Zygote | None = None,
) -> Iterator[tuple[Workers, Workers]]:
    """Pools of this machine that read pages and parse feeds, closed at the end."""
    within = partial(Workers, deadline_seconds=PAGE_DEADLINE_SECONDS, memory_mb=PAGE_MEMORY_MB)
    setup = pickle.dumps((plan.rules, repeated))
    processes = plan.options.processes
    pages = within(PAGE_JOB, processes=processes, setup=setup, known=KnownJob(), begun=begun)
    parsers = within(PARSE_JOB, processes=1, known=FEED_JOB, beside=pages)
    try:
        yield pages, parsers
    finally:
        parsers.close()
        pages.close()


@asynccontextmanager
async def readers_for(
    plan: Plan,
    repeated: Mapping[str, frozenset[int]],
    observer: Observer,
    begun: Zygote | None = None,
) -> AsyncIterator[tuple[JobRunner, Workers]]:
    """What reads pages, here or on a cluster, and the pool that parses feeds, which is always here.

    What is boilerplate is fixed here, before the first page: so neither order nor machine changes
    what is matched. Of a cluster, the pool of this machine starts no process unless it is lost.
    """
    with workers_for(plan, repeated, begun) as (pages, parsers):
        if (address := plan.feeds.settings.cluster) is None:
            yield pages, parsers
            return
        cluster = cluster_workers(
            address,
            pages,
            security=plan.options.cluster_security,
            patience=plan.options.cluster_patience,
            read_on=plan.feeds.settings.cluster_lost == "local",
            tell=observer.noted,
        )
        try:
            yield cluster, parsers
        finally:
            await cluster.aclose()


async def adopt(writer: Writer, plan: Plan, own: FeedList) -> None:
    """Feeds and rules of this run become those of the database; `own` is what feeds.yaml itself lists."""
    now = datetime.now(UTC)
    await writer.ask(lambda store: keep_faults(store.db, writer.run_id, plan.faults))
    await writer.ask(lambda store: sync_feeds(store.db, plan.feeds.feeds, now))
    pulled_back = await writer.ask(lambda store: pull_back(store.db, now))
    if pulled_back:
        logger.warning("the clock was ahead once: %d times in the future are now", pulled_back)
    await writer.ask(
        lambda store: sync_rules(
            store.db,
            plan.rules.rules,
            now,
            unfinished=plan.unfinished,
            threshold=plan.relevance_threshold,
        )
    )
    await writer.ask(lambda store: keep_configuration(store, own, plan.rules, plan.faults))
    if plan.rules.rules:
        await writer.ask(lambda store: match_unmatched(store, plan.rules, writer.run_id, now))
    else:
        await writer.ask(lambda store: without_rules(store.db, now))


def user_agent(settings: Settings) -> str:
    return f"Pollwatch/{version('pollwatch')} (+{settings.contact})"
