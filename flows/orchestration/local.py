"""A run in this process: bare, or recorded by the Prefect API that is configured.

Imports Prefect only for a recorded run: importing it takes seconds, and a bare run needs none of it.
"""

import asyncio
import signal
from dataclasses import replace

from extractors.cluster.start import require_libraries
from extractors.workers.runner import Tell
from flows.orchestration.alert_sender import sender_for
from flows.orchestration.feed_secrets import resolve_secrets
from flows.orchestration.server.configured import configured_api
from flows.pipeline.inputs.caller import Caller, Observer
from flows.pipeline.inputs.options import Plan
from flows.pipeline.run import STOPPED, RunResult, require_database, run_watch
from flows.pipeline.system_limits import require_limits
from storage.database.errors import StorageError


def watch_here(
    plan: Plan, observer: Observer, tell: Tell, *, prefect: bool | None = None
) -> RunResult:
    """One run over `plan`; what was read is kept whatever becomes of Prefect.

    `prefect`: True records it, False does not, None does where an API is configured. Raises
    `storage.database.errors.StorageError`, `AnotherRun` among them, and `BadInstallation`.
    """
    require_limits()
    require_libraries(plan.feeds.settings.cluster)
    try:
        require_database(plan.options.db)  # says now what would stop the run later
    except StorageError as error:
        if (sender := sender_for(plan.options)) is not None:
            sender.speak(error)
        raise
    if prefect is None:
        prefect = configured_api() is not None
    if not prefect:
        return run_to_the_end(plan, observer, tell)
    from flows.orchestration.recorded import recorded

    return recorded(plan, observer, tell, otherwise=run_to_the_end)


def run_to_the_end(plan: Plan, observer: Observer, tell: Tell) -> RunResult:
    """A bare run. SIGTERM ends it as Ctrl-C does: its row says cancelled, nothing is left running."""
    told_to_stop = False

    async def main() -> RunResult:
        run = asyncio.ensure_future(without_prefect(plan, observer))

        def stop() -> None:
            nonlocal told_to_stop
            told_to_stop = True
            run.cancel()

        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
        return await run

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        if not told_to_stop:
            raise
        tell(STOPPED)
        raise SystemExit(128 + signal.SIGTERM) from None


async def without_prefect(plan: Plan, observer: Observer) -> RunResult:
    resolved = await resolve_secrets(plan.feeds)
    plan = replace(plan, faults=(*plan.faults, *resolved.faults))
    caller = Caller(observer=observer, secrets=resolved.secrets, sender=sender_for(plan.options))
    return await run_watch(plan, caller)
