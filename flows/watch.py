"""The `watch` flow: what Prefect schedules every few minutes."""

import os
from contextvars import ContextVar
from typing import Any

os.environ.setdefault("DO_NOT_TRACK", "1")  # before Prefect is imported
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from extractors.workers.errors import BadInstallation
from flows.orchestration.alerting import sender_for
from flows.orchestration.artifacts import show
from flows.orchestration.secrets import resolve_secrets
from flows.orchestration.tasks import PrefectTasks
from flows.pipeline.options import HOME, Options, Plan, faults_of, load_plan
from flows.pipeline.progress import OBSERVER
from flows.pipeline.run import RunResult, run_watch
from model import ConfigError
from storage.errors import AnotherRun

# What the command line hands in beside the parameters, and takes out again.
PLAN: ContextVar[Plan | None] = ContextVar("PLAN", default=None)
ENDED: ContextVar[list[RunResult] | None] = ContextVar("ENDED", default=None)


@flow(
    name="watch",
    flow_run_name="watch {feeds}",
    description="Poll the feeds that are due, read new articles, match them, store hits.",
    persist_result=False,
)
async def watch(
    feeds: str = "feeds.yaml",
    rules: str = "rules",
    db: str = "data/pollwatch.db",
    alerts: str = "alerts.yaml",
    due_only: bool = True,
    max_minutes: float | None = None,
    allow_addresses: tuple[str, ...] = (),
    seconds_between_requests: float | None = None,
    concurrent_requests: int | None = None,
    processes: int = 2,
    datasette_url: str = "http://127.0.0.1:8001",
) -> State[Any]:
    """One run. Relative paths count from the project's folder.

    due_only: poll only feeds whose time has come. max_minutes: start no further page after
    that many minutes; what is left is read by the next run.
    """
    logger = get_run_logger()
    options = Options(
        feeds=HOME / feeds,
        rules=HOME / rules,
        db=HOME / db,
        alerts=HOME / alerts,
        due_only=due_only,
        max_minutes=max_minutes,
        allow_addresses=tuple(allow_addresses),
        seconds_between_requests=seconds_between_requests,
        concurrent_requests=concurrent_requests,
        processes=processes,
    )
    try:
        plan = PLAN.get() or load_plan(options)
        secrets = await resolve_secrets(plan.feeds)
    except ExceptionGroup as group:
        faults = faults_of(group)
        for fault in faults:
            logger.error("%s", fault)
        return Failed(name="BadConfiguration", message=summary_of(faults))
    for fault in plan.faults:
        logger.warning("%s", fault)
    tasks = PrefectTasks()
    try:
        ended = await run_watch(
            plan,
            run_task=tasks.run_task,
            fail_feed=tasks.fail_feed,
            observer=OBSERVER.get(),
            secrets=secrets,
            prefect_run_id=str(flow_run.id) if flow_run.id else None,
            sender=sender_for(plan.options),
        )
    except BadInstallation as broken:
        if PLAN.get() is not None:
            raise
        return Failed(name="BadInstallation", message=str(broken))
    except AnotherRun as other:
        if PLAN.get() is not None:
            raise
        return Completed(name="Skipped", message=str(other))
    if (waiting := ENDED.get()) is not None:
        waiting.append(ended)
    await show(tasks, plan.options.db, ended, datasette_url)
    return as_state(ended)


def as_state(ended: RunResult) -> State[Any]:
    if ended.faults and ended.state != "failed":
        return Completed(name="CompletedWithFaults", message=ended.message)
    if ended.state == "completed":
        return Completed(message=ended.message)
    if ended.state == "completed-with-errors":
        return Completed(name="CompletedWithErrors", message=ended.message)
    return Failed(message=ended.message)


def summary_of(faults: list[ConfigError]) -> str:
    first = str(faults[0]).splitlines()[0]
    return first if len(faults) == 1 else f"{first} (and {len(faults) - 1} more faults, see logs)"
