"""`watch` on a schedule in this process: Prefect's runner, without a work pool."""

import os
from typing import Any, cast

from prefect import serve
from prefect.context import refresh_global_settings_context
from prefect.deployments import run_deployment
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType


def use_api(url: str) -> None:
    """Point this process, and the run processes that it starts, at one Prefect API."""
    os.environ["PREFECT_API_URL"] = url
    refresh_global_settings_context()


def serve_watch(parameters: dict[str, Any], *, seconds: float) -> None:
    """Serve until the process is told to stop: a first run at once, one run at a time."""
    from flows.watch import watch

    os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", "30")
    shard = parameters.get("shard")
    name = "served" if shard is None else f"served-{str(shard).replace('/', '-of-')}"
    made = watch.to_deployment(
        name=name,
        interval=seconds,
        parameters=parameters,
        tags=["pollwatch", "watch"],
        description="The watch, served by one process (`pollwatch serve`).",
        entrypoint_type=EntrypointType.MODULE_PATH,  # the path form would shadow our packages
    )
    deployment = cast(RunnerDeployment, made)
    deployment.apply()
    run_deployment(f"watch/{name}", timeout=0, as_subflow=False)
    serve(deployment, limit=1, pause_on_shutdown=False)
