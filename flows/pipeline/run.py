"""Opens what a run needs, keeps its row in `runs` true whatever happens, and closes everything."""

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from alerts.sender import Sender
from extractors.articles.fetch_page import Robots
from extractors.cluster.start import require_libraries
from extractors.feed_list.network import proxies_of
from extractors.fetch.client import Client
from extractors.fetch.request import user_agent
from extractors.fetch.throttle import HostGate
from extractors.workers.processes.memory import kept_apart, spare_memory
from extractors.workers.processes.zygote import Zygote
from flows.archive.unmatched import match_unmatched
from flows.pipeline.alerts_alongside import alongside
from flows.pipeline.inputs.caller import Caller
from flows.pipeline.inputs.configuration import keep_configuration
from flows.pipeline.inputs.live_lists import with_live_lists
from flows.pipeline.inputs.options import Plan
from flows.pipeline.pipeline import Pipeline
from flows.pipeline.probe import probe
from flows.pipeline.readers import Readers, page_zygote, readers_for
from flows.pipeline.stats import FinalState, RunStats, final_state
from flows.pipeline.system_limits import require_limits
from flows.pipeline.writer import Writer, begin_run, end, end_recorded
from model import ConfigError, FeedList
from storage.database.errors import Unwritable
from storage.database.lock import RunLock
from storage.feeds import sync_feeds
from storage.hosts import host_states, robots_files, save_host_states, save_robots
from storage.ingest import feed_words
from storage.ingest.boilerplate_memory import boilerplate
from storage.queries.monitor.blindness import blindness
from storage.rules import sync_rules
from storage.runs import keep_faults, without_rules
from storage.store import Store
from storage.stories import linking
from storage.upkeep.clock import pull_back

logger = logging.getLogger("pollwatch")
BARE = Caller()
STOPPED = "The run was told to stop; what was read is stored, the next run goes on from there."


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended, for whoever asked for it."""

    run_id: int
    state: FinalState
    message: str
    stats: RunStats
    faults: tuple[ConfigError, ...] = ()  # of feeds and rules that were left out or stood in for


async def run_watch(plan: Plan, caller: Caller = BARE) -> RunResult:
    """One run over `plan`.

    Raises `storage.database.errors.AnotherRun` while another is under way, and `BadInstallation`, with
    nothing written about any feed, when a known feed, page or match does not work here.
    """
    require_limits()
    spare_memory()
    require_libraries(plan.feeds.settings.cluster)
    make_folder(plan.options.db.parent)
    with page_zygote(plan) as begun, RunLock(plan.options.db), kept_apart():
        async with alongside(caller.sender), Writer(plan.options.db) as writer:
            await begin_run(writer, plan, caller.prefect_run_id)
            async with end_recorded(writer):
                live = await work_through(plan, caller, writer, begun)
            return await concluded(writer, live, caller.sender)


async def work_through(plan: Plan, caller: Caller, writer: Writer, begun: Zygote | None) -> Plan:
    """Poll, read and match; the plan with its live lists, which the run went by."""
    repeated = await writer.ask(lambda store: boilerplate(store.db.conn))
    async with readers_for(plan, repeated, caller.observer.noted, begun) as readers:
        await probe(pages=readers.pages, feeds=readers.feeds)  # before anything is said of a feed
        live = await with_live_lists(plan, writer, partial(client_for, plan, caller.secrets))
        await adopt(writer, live, plan.feeds)
        await with_everything_open(live, caller, writer, readers)
    return live


async def concluded(writer: Writer, live: Plan, sender: Sender | None) -> RunResult:
    """How a run ended that came to its end, in its row and for the caller."""
    state, message = final_state(writer.stats, live.feeds, live.faults)
    blind = await writer.ask(lambda store: blindness(store.db.conn))
    if blind is not None and state != "failed":
        state, message = "failed", f"{blind.sentence}; {message}"
    await end(writer, state, message)
    if sender is not None and state != "failed":
        await asyncio.to_thread(sender.ping)
    return RunResult(writer.run_id, state, message, writer.stats, live.faults)


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
    plan: Plan, caller: Caller, writer: Writer, readers: Readers
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
        async with client_for(plan, caller.secrets, gate) as client:
            await Pipeline(plan, caller, writer, readers, client=client, robots=robots).run()
            await writer.ask(lambda store: linking.propose(store.db, datetime.now(UTC)))
            await writer.ask(lambda store: feed_words.fill(store.db))
    finally:
        writer.stats.read_at.update(readers.pages.read_at)
        await writer.ask(lambda store: save_host_states(store.db, gate.states()))
        await writer.ask(lambda store: save_robots(store.db, robots.fresh()))


def client_for(plan: Plan, secrets: Mapping[str, str], gate: HostGate | None = None) -> Client:
    settings = plan.feeds.settings
    return Client(
        user_agent=user_agent(settings.contact),
        allow=settings.allow_addresses,
        gate=gate or HostGate(seconds_between=settings.seconds_between_requests),
        proxies=proxies_of(plan.feeds, secrets, os.environ),
    )


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
