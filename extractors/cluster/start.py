"""The one door to a cluster: whoever comes through needs no Dask unless a cluster is named."""

import pickle
from importlib.util import find_spec
from typing import Any
from uuid import uuid4

from extractors.cluster.members import Patience
from extractors.workers.errors import NoCluster
from extractors.workers.pool import Workers
from extractors.workers.runner import JobRunner, Tell


def require_libraries(address: str | None) -> None:
    """Raises `NoCluster` where a cluster is named and what speaks to it is not installed."""
    if address is not None and find_spec("distributed") is None:
        raise NoCluster(
            f"{address} cannot be used: prefect-dask is not installed here "
            "(./pollwatch dask --version sets it up)"
        )


def cluster_workers(
    address: str,
    here: Workers,
    *,
    security: Any,
    patience: Patience,
    read_on: bool,
    tell: Tell,
) -> JobRunner:
    """The jobs of `here`, done on the cluster at `address` in the same way.

    `security` is a `distributed.Security`; None: as Dask is configured. With `read_on`, `here`
    itself does them where the cluster is lost.
    """
    from extractors.cluster.code_version import code_version
    from extractors.cluster.on_worker import RunOrders
    from extractors.cluster.session import Cluster
    from extractors.cluster.workers import ClusterWorkers

    kind = here.kind
    orders = RunOrders(
        uuid4().hex,
        kind.job,
        kind.deadline_seconds,
        kind.memory_mb,
        pickle.dumps(kind.known_job, 5),
        code_version(),
    )
    return ClusterWorkers(
        Cluster(address, security), orders, kind.setup,
        tell=tell, patience=patience, otherwise=here if read_on else None,
    )  # fmt: skip
