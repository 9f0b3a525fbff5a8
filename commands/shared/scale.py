"""The options of work beyond one machine: a cluster that reads pages, and shards."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

import click

from extractors.cluster.address import check_cluster
from extractors.feed_list.shard import Shard, parse_shard


class ClusterAddressParam(click.ParamType[str]):
    name = "cluster"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return check_cluster(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class ShardParam(click.ParamType[Shard]):
    name = "shard"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Shard:
        try:
            return value if isinstance(value, Shard) else parse_shard(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


_cluster_option = click.option(
    "--cluster",
    type=ClusterAddressParam(),
    metavar="ADDRESS",
    help="Read pages on a Dask cluster: tls://host:8786, tcp://127.0.0.1:8786 or local[N].",
)
_cluster_lost_option = click.option(
    "--cluster-lost",
    type=click.Choice(["stop", "local"]),
    help="When the cluster cannot be used: end the run (stop, the default), or read here (local).",
)
_shard_option = click.option(
    "--shard",
    type=ShardParam(),
    metavar="N/M",
    help="Only the N-th of M parts of the feeds, into a database of its own (…-NofM.db).",
)


@dataclass(frozen=True, slots=True)
class Scale:
    """What was said of a cluster and of shards."""

    cluster: str | None
    cluster_lost: Literal["stop", "local"] | None
    shard: Shard | None


def scale_options(command: Callable[..., None]) -> Callable[..., None]:
    """--cluster, --cluster-lost and --shard, handed to the command as one `scale`."""

    @wraps(command)
    def with_scale(
        cluster: str | None,
        cluster_lost: Literal["stop", "local"] | None,
        shard: Shard | None,
        **others: Any,
    ) -> None:
        command(scale=Scale(cluster, cluster_lost, shard), **others)

    return _cluster_option(_cluster_lost_option(_shard_option(with_scale)))
