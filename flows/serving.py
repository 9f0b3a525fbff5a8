"""`watch` on a schedule in this process: Prefect's runner, without a work pool."""

import os
from typing import Any

from prefect.context import refresh_global_settings_context


def use_api(url: str) -> None:
    """Point this process, and the run processes that it starts, at one Prefect API."""
    os.environ["PREFECT_API_URL"] = url
    refresh_global_settings_context()


def serve_watch(parameters: dict[str, Any], *, seconds: float) -> None:
    """Serve until the process is told to stop. One run at a time."""
    from flows.watch import watch

    os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", "30")
    watch.serve(
        name="served",
        interval=seconds,
        parameters=parameters,
        tags=["pollwatch", "watch"],
        limit=1,
        pause_on_shutdown=False,
        description="The watch, served by one process (`pollwatch serve`).",
    )
