"""Why no run begins, as far as Prefect knows: a server that does not answer, a paused schedule, no worker."""

import asyncio

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName
from prefect.client.schemas.objects import DeploymentStatus, WorkerStatus
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

from extractors.fetch.urls import mask
from flows.orchestration.server.api import api_url, unreachable


def why_no_run_begins(flow: str = "watch") -> tuple[str, ...]:
    """One phrase for each reason; none where all is well with Prefect, or no API is configured."""
    if (url := api_url()) is None:
        return ()
    if (why := unreachable()) is not None:
        return (f"the Prefect server at {mask(url)} does not answer ({why[:200]})",)
    try:
        return asyncio.run(_reasons(flow))
    except (httpx.HTTPError, PrefectHTTPStatusError) as error:
        return (f"the Prefect server at {mask(url)} answers with {type(error).__name__}",)


async def _reasons(flow: str) -> tuple[str, ...]:
    """Of all deployments of the flow: one that can run is enough."""
    async with get_client() as client:
        of_flow = FlowFilter(name=FlowFilterName(any_=[flow]))
        deployments = await client.read_deployments(flow_filter=of_flow)
        reasons = [await _reason(client, flow, deployment) for deployment in deployments]
    if not reasons:
        return (f"Prefect knows no deployment of {flow}: ./pollwatch deploy",)
    return tuple(filter(None, reasons)) if all(reasons) else ()


async def _reason(client: PrefectClient, flow: str, deployment: DeploymentResponse) -> str | None:
    name = f"{flow}/{deployment.name}"
    if deployment.paused or not any(schedule.active for schedule in deployment.schedules):
        return f"the schedule of {name} is paused in Prefect"
    pool = deployment.work_pool_name
    if pool is None:
        if deployment.status is DeploymentStatus.READY:
            return None
        return f"nobody serves {name}: start ./pollwatch serve"
    try:
        if (await client.read_work_pool(pool)).is_paused:
            return f"the work pool {pool} is paused in Prefect"
        workers = await client.read_workers_for_work_pool(pool)
    except ObjectNotFound:
        return f"Prefect has no work pool {pool}: ./pollwatch deploy"
    if any(worker.status is WorkerStatus.ONLINE for worker in workers):
        return None
    return f"no worker asks the work pool {pool} for work: prefect worker start --pool {pool}"
