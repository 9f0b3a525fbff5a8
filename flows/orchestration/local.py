"""A run of the `watch` flow in this process: with a Prefect server, without one, or despite one."""

import asyncio
import os
from collections.abc import Callable

os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")  # the command line tells the run itself
os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "ERROR")

from prefect.exceptions import TerminationSignal

from flows.orchestration.alerting import sender_for
from flows.orchestration.api import api_url, unreachable
from flows.orchestration.guardian import guard
from flows.orchestration.secrets import resolve_secrets
from flows.orchestration.tasks import LOST
from flows.pipeline.bare import run_bare, say_nothing
from flows.pipeline.options import Plan
from flows.pipeline.progress import OBSERVER, Observer
from flows.pipeline.run import RunResult, require_database, run_watch
from flows.watch import ENDED, PLAN, watch
from storage.errors import StorageError

Tell = Callable[[str], None]


def watch_here(plan: Plan, observer: Observer, tell: Tell) -> RunResult:
    """One run over `plan`; what was read is kept whatever becomes of Prefect.

    Raises `storage.errors.StorageError`; `AnotherRun` among them.
    """
    try:
        require_database(plan.options.db)  # before Prefect's server is started for nothing
    except StorageError as error:
        if (sender := sender_for(plan.options)) is not None:
            sender.speak(error)
        raise
    guard()
    why = unreachable()
    if why is not None:
        where = api_url() or "the temporary Prefect server"
        tell(f"{where} is out of reach ({why}).")
        tell("The run goes on without Prefect and will not show in its UI.")
        return asyncio.run(without_prefect(plan, observer))
    try:
        return asyncio.run(with_prefect(plan, observer, tell))
    except TerminationSignal as stopped:  # Prefect's handler makes it of SIGTERM
        tell("The run was told to stop; what was read is stored, the next run goes on from there.")
        raise SystemExit(128 + stopped.signal) from None


async def without_prefect(plan: Plan, observer: Observer) -> RunResult:
    secrets = await resolve_secrets(plan.feeds)
    return await run_watch(
        plan, run_task=run_bare, fail_feed=say_nothing, observer=observer, secrets=secrets,
        sender=sender_for(plan.options),
    )  # fmt: skip


async def with_prefect(plan: Plan, observer: Observer, tell: Tell) -> RunResult:
    ended: list[RunResult] = []
    PLAN.set(plan)
    ENDED.set(ended)
    OBSERVER.set(observer)
    options = plan.options
    try:
        state = await watch(
            feeds=str(options.feeds),
            rules=str(options.rules),
            db=str(options.db),
            alerts=str(options.alerts),
            due_only=options.due_only,
            max_minutes=options.max_minutes,
            return_state=True,
        )
        if not ended:
            await state.aresult()  # raises what stopped the run; a second one would fare no better
    except LOST as error:
        tell(f"Prefect went out of reach ({type(error).__name__}); what was read is stored.")
    if ended:
        return ended[0]
    return await without_prefect(plan, observer)
