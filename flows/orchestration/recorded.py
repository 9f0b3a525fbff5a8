"""A run that the configured Prefect API records: the `watch` flow, in this process."""

import asyncio
import os
from collections.abc import Callable

os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")  # the command line tells the run itself
os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "ERROR")

from prefect.exceptions import TerminationSignal

from extractors.workers.runner import Tell
from flows.orchestration.server.api import api_url, unreachable
from flows.orchestration.server.configured import NoPrefect
from flows.orchestration.tasks import LOST
from flows.pipeline.inputs.caller import Observer
from flows.pipeline.inputs.options import Plan
from flows.pipeline.run import STOPPED, RunResult
from flows.watch import ENDED, OBSERVER, PLAN, watch

Bare = Callable[[Plan, Observer, Tell], RunResult]


def recorded(plan: Plan, observer: Observer, tell: Tell, *, otherwise: Bare) -> RunResult:
    """The run, recorded as far as Prefect's API can be reached; `otherwise` runs it without.

    Raises `NoPrefect` where no API is configured: Prefect would start a temporary server.
    """
    where = api_url()
    if where is None:
        raise NoPrefect
    why = unreachable()
    if why is not None:
        tell(f"{where} is out of reach ({why}).")
        tell("The run goes on without Prefect and will not show in its UI.")
        return otherwise(plan, observer, tell)
    ended: list[RunResult] = []
    try:
        asyncio.run(with_prefect(plan, observer, ended))
    except LOST as error:
        tell(f"Prefect can no longer be reached ({type(error).__name__}); what was read is stored.")
    except TerminationSignal as stopped:  # Prefect's handler makes it of SIGTERM
        tell(STOPPED)
        raise SystemExit(128 + stopped.signal) from None
    return ended[0] if ended else otherwise(plan, observer, tell)


async def with_prefect(plan: Plan, observer: Observer, ended: list[RunResult]) -> None:
    PLAN.set(plan)
    ENDED.set(ended)
    OBSERVER.set(observer)
    options = plan.options
    state = await watch(
        feeds=str(options.feeds),
        rules=str(options.rules),
        db=str(options.db),
        alerts=str(options.alerts),
        due_only=options.due_only,
        max_minutes=options.max_minutes,
        cluster=options.cluster,
        cluster_lost=options.cluster_lost,
        shard=None if options.shard is None else str(options.shard),
        return_state=True,
    )
    if not ended:
        await state.aresult()  # raises what stopped the run; a second one would fare no better
