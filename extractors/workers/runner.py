"""What the pipeline needs of whatever reads its pages: a pool of this machine, or a cluster."""

from collections.abc import Callable, Mapping
from typing import Protocol

Tell = Callable[[str], None]


class JobRunner(Protocol):
    """Runs jobs elsewhere; see `extractors.workers.pool.Workers`, whose errors all of them raise."""

    @property
    def read_at(self) -> Mapping[str, int]:
        """Jobs answered so far by each worker of a cluster; empty where this machine reads all."""

    async def run(self, payload: object) -> object:
        """The answer to one job."""

    async def probe(self) -> object:
        """The answer to the known job. Raises `BadInstallation` where there is none."""

    async def aclose(self) -> None:
        """End everything that was started; jobs under way raise."""
