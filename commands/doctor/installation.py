"""What Pollwatch is made of here: worker processes, and Prefect."""

import asyncio
from importlib.metadata import version

from commands.doctor.finding import Check, failed_check, ok, warning


def workers() -> Check:
    """Each kind of worker reads one known feed, page and match, as at the start of each run."""
    from extractors.workers.errors import BadInstallation
    from flows.pipeline.inputs.options import Options, Plan
    from flows.pipeline.probe import probe
    from flows.pipeline.readers import workers_for
    from matchers.rules.ruleset import RuleSet
    from model import FeedList, Settings

    async def ask() -> None:
        plan = Plan(Options(processes=1), FeedList("", Settings(), ()), RuleSet("", (), (), ""))
        with workers_for(plan) as (pages, feeds):
            await probe(pages=pages, feeds=feeds)

    try:
        asyncio.run(ask())
    except BadInstallation as broken:
        return failed_check(
            "workers", str(broken), "remove .venv, so that the next command sets it up anew"
        )
    return ok("workers", "a known feed, page and match are read")


def check_prefect() -> Check:
    from flows.orchestration.server.configured import configured_api

    shown = f"Prefect {version('prefect')}"
    if configured_api() is None:
        return ok("Prefect", f"{shown}; no API is configured, so runs are not recorded in Prefect")
    from flows.orchestration.server.api import api_url, unreachable

    if (why := unreachable()) is None:
        return ok("Prefect", f"{shown}; {api_url()} answers")
    return warning(
        "Prefect",
        f"{shown}; {api_url()} does not answer ({why})",
        "start it (./pollwatch prefect server start), or unset PREFECT_API_URL to run without Prefect",
    )
