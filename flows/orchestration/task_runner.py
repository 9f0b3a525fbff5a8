"""The cluster of a flow's own `DaskTaskRunner`, which is where a user of Prefect looks for one.

`watch.with_options(task_runner=DaskTaskRunner(…))` reads pages there: at an address, or on a cluster
that the runner starts for the run (LocalCluster, Kubernetes, Slurm, a cloud).
"""

import asyncio
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from prefect.context import FlowRunContext

from extractors.cluster.address import check_cluster
from extractors.workers.errors import NoCluster
from flows.pipeline.inputs.options import Plan


async def on_task_runner(plan: Plan) -> Plan:
    """The plan, on the flow's Dask cluster where it has one and feeds.yaml names none.

    Raises `NoCluster` where anybody who reaches the cluster could run code there.
    """
    if plan.feeds.settings.cluster is not None or (runner := dask_runner()) is None:
        return plan
    client = await asyncio.to_thread(lambda: runner.client)  # starts the cluster
    try:
        address = check_cluster(client.scheduler.address)
    except ValueError as refused:
        raise NoCluster(f"the cluster of the flow's DaskTaskRunner {refused}") from refused
    settings = replace(plan.feeds.settings, cluster=address)
    options = replace(plan.options, cluster_security=client.security)
    return replace(plan, options=options, feeds=replace(plan.feeds, settings=settings))


def dask_runner() -> Any:
    """The task runner of this flow run, if it is one of Dask's."""
    context = FlowRunContext.get()
    if context is None or find_spec("prefect_dask") is None:
        return None
    from prefect_dask.task_runners import DaskTaskRunner

    return context.task_runner if isinstance(context.task_runner, DaskTaskRunner) else None
