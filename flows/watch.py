"""The `watch` flow: what Prefect schedules every few minutes."""

import asyncio
import ipaddress
import os
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

os.environ.setdefault("DO_NOT_TRACK", "1")  # before Prefect is imported
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.exceptions import TerminationSignal
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import AfterValidator, Field

from config.home import HOME, in_force
from extractors.cluster.address import check_cluster
from extractors.feed_list.shard import parse_shard
from extractors.workers.errors import BadInstallation, NoCluster
from flows.orchestration.alert_sender import sender_for
from flows.orchestration.artifacts import publish_artifacts
from flows.orchestration.feed_secrets import resolve_secrets
from flows.orchestration.logs import LoggedRun, quiet_stops, quiet_tasks
from flows.orchestration.task_runner import on_task_runner
from flows.orchestration.tasks import PrefectTasks
from flows.pipeline.inputs.caller import Caller, Observer, Silent
from flows.pipeline.inputs.options import Options, Plan, faults_of, load_plan
from flows.pipeline.run import STOPPED, RunResult, run_watch
from model import ConfigError
from storage.database.errors import AnotherRun
from storage.queries.reports import run_summary
from storage.store import Store

# What the command line hands in beside the parameters, and takes out again.
PLAN: ContextVar[Plan | None] = ContextVar("PLAN", default=None)
OBSERVER: ContextVar[Observer] = ContextVar("OBSERVER", default=Silent())  # noqa: B039 - stateless
ENDED: ContextVar[list[RunResult] | None] = ContextVar("ENDED", default=None)
MOST_MINUTES = 720
GRACE_MINUTES = 2  # a run that is still at work that long after `max_minutes` hangs


def checked_network(text: str) -> str:
    ipaddress.ip_network(text)  # its ValueError is shown beside the parameter
    return text


ClusterAddress = Annotated[str, AfterValidator(check_cluster)]
ShardNumber = Annotated[str, AfterValidator(lambda text: str(parse_shard(text)))]
NetworkText = Annotated[str, AfterValidator(checked_network)]


Pace = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]
Minutes = Annotated[float, Field(gt=0, le=MOST_MINUTES, allow_inf_nan=False)]


def run_name() -> str:
    """For when Prefect started it, until the run has ended and is named for what it brought and when
    it began by the database."""
    return f"watch {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


@flow(
    name="watch",
    flow_run_name=run_name,
    description="Poll the feeds that are due, read new articles, match them, store hits.",
    persist_result=False,
    timeout_seconds=60 * (MOST_MINUTES + GRACE_MINUTES),  # `max_minutes` sets a nearer end
)
async def watch(
    feeds: str = "feeds.yaml",
    rules: str = "rules",
    db: str = "data/pollwatch.db",
    alerts: str = "alerts.yaml",
    due_only: bool = True,
    max_minutes: Minutes | None = 13,
    allow_addresses: tuple[NetworkText, ...] = (),
    seconds_between_requests: Pace | None = None,
    concurrent_requests: Annotated[int, Field(ge=1, le=64)] | None = None,
    processes: Annotated[int, Field(ge=1, le=64)] = 2,
    datasette_url: str = "http://127.0.0.1:8001",
    cluster: ClusterAddress | None = None,
    cluster_lost: Literal["stop", "local"] | None = None,
    shard: ShardNumber | None = None,
) -> State[Any]:
    """One run over the feeds that are due. Relative paths count from POLLWATCH_HOME, or else the project's folder.

    Args:
        feeds: The feed list.
        rules: The rules, a folder or a file.
        db: The database.
        alerts: Where alerts go; where the file is missing, none are sent.
        due_only: Poll only feeds whose time has come; off: all.
        max_minutes: Poll no further feed and start no further page after that long; the next run goes on. A run
            that goes on two minutes longer is ended.
        allow_addresses: Private networks from which may be fetched too, such as 10.1.0.0/16.
        seconds_between_requests: To one host group; overrides feeds.yaml.
        concurrent_requests: At once, to one host group; overrides feeds.yaml.
        processes: That read pages; one for each processor core is right.
        datasette_url: Where the review server is, for links in artifacts.
        cluster: Read pages on this Dask cluster, such as tls://host:8786 or local[4]; overrides
            feeds.yaml. A DaskTaskRunner of the flow counts where neither names one.
        cluster_lost: When the cluster cannot be used, end the run (stop) or read here (local).
        shard: Only one part of the feeds, such as 2/5, into a database of its own.
    """
    options = Options(
        feeds=in_force(HOME, feeds),
        rules=HOME / rules,
        db=HOME / db,
        alerts=in_force(HOME, alerts),
        due_only=due_only,
        max_minutes=max_minutes,
        allow_addresses=tuple(allow_addresses),
        seconds_between_requests=seconds_between_requests,
        concurrent_requests=concurrent_requests,
        processes=processes,
        cluster=cluster,
        cluster_lost=cluster_lost,
        shard=None if shard is None else parse_shard(shard),
    )
    return await planned_run(options, datasette_url)


async def planned_run(options: Options, datasette_url: str) -> State[Any]:
    """The run by what the configuration says; or the state that says why there is none."""
    logger = get_run_logger()
    try:
        plan = PLAN.get() or load_plan(options)
        resolved = await resolve_secrets(plan.feeds)
        plan = replace(plan, faults=(*plan.faults, *resolved.faults))
    except ExceptionGroup as group:
        faults = faults_of(group)
        for fault in faults:
            logger.error("%s", fault)
        return Failed(name="BadConfiguration", message=faults_in_short(faults))
    try:
        plan = await on_task_runner(plan)
    except NoCluster as refused:
        return as_state_of(refused, plan.options)
    for fault in plan.faults:
        logger.warning("%s", fault)
    return await recorded_run(plan, resolved.secrets, datasette_url)


async def recorded_run(plan: Plan, secrets: Mapping[str, str], datasette_url: str) -> State[Any]:
    """The run itself, and what it leaves in Prefect. Called by the command line, it raises."""
    quiet_tasks()
    quiet_stops()
    logger = get_run_logger()
    tasks = PrefectTasks(logger)
    caller = Caller(
        run_task=tasks.run_task,
        fail_feed=tasks.fail_feed,
        observer=LoggedRun(OBSERVER.get(), logger, plan.feeds.feeds),
        secrets=secrets,
        sender=sender_for(plan.options),
        prefect_run_id=str(flow_run.id) if flow_run.id else None,
    )
    try:
        async with asyncio.timeout(seconds_allowed(plan.options)):
            ended = await run_watch(plan, caller)
    except (asyncio.CancelledError, TerminationSignal):
        logger.info(STOPPED)
        raise
    except (BadInstallation, AnotherRun, TimeoutError) as stopped:
        if PLAN.get() is not None:
            raise
        return as_state_of(stopped, plan.options)
    if (waiting := ENDED.get()) is not None:
        waiting.append(ended)
    await publish_artifacts(tasks, plan.options.db, ended, datasette_url)
    began = run_began(plan.options.db, ended.run_id)
    await tasks.name_run(f"watch {began:%Y-%m-%d %H:%M} UTC: {how_much(ended)}")
    return as_state(ended)


def run_began(db: Path, run_id: int) -> datetime:
    """When it began by the database, which is the time that `status` and the page Runs say."""
    with Store.open_existing(db) as store:
        return run_summary(store.db, run_id).run.started_at


def seconds_allowed(options: Options) -> float | None:
    """Without end for the command line, where somebody sees it."""
    minutes = options.max_minutes
    return None if minutes is None or PLAN.get() is not None else 60 * (minutes + GRACE_MINUTES)


def how_much(ended: RunResult) -> str:
    stats = ended.stats
    articles = stats.read + stats.partial
    return f"{stats.feeds_polled} feeds, {articles} articles, {stats.hits} hits"


def as_state_of(stopped: Exception, options: Options) -> State[Any]:
    """What the UI shows for a run that was stopped before its end."""
    if isinstance(stopped, NoCluster):
        return Failed(name="NoCluster", message=f"{stopped}.")
    if isinstance(stopped, BadInstallation):
        return Failed(name="BadInstallation", message=str(stopped))
    if isinstance(stopped, AnotherRun):
        return Completed(name="Skipped", message=str(stopped))
    why = f"still at work {GRACE_MINUTES} minutes after max_minutes ({options.max_minutes:g})"
    return Failed(name="TimedOut", message=f"The run was {why}; what was read is stored.")


def as_state(ended: RunResult) -> State[Any]:
    if ended.faults and ended.state != "failed":
        return Completed(name="CompletedWithFaults", message=ended.message)
    if ended.state == "completed":
        return Completed(message=ended.message)
    if ended.state == "completed-with-errors":
        return Completed(name="CompletedWithErrors", message=ended.message)
    return Failed(message=ended.message)


def faults_in_short(faults: list[ConfigError]) -> str:
    first = str(faults[0]).splitlines()[0]
    return first if len(faults) == 1 else f"{first} (and {len(faults) - 1} more faults, see logs)"
