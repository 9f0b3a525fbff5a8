"""What a request is, on its way to libcurl, and where its answer goes. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from extractors.fetch.transport.connection_faults import Way
from extractors.fetch.transport.head import ResponseHead
from extractors.fetch.transport.proxies import Proxy


class Enough(Exception):  # noqa: N818
    """Raised by a Sink that needs no more: the transfer ends well."""


class Sink(Protocol):
    """Where an answer goes. What either method raises ends the transfer and comes out of `perform`."""

    def begin(self, head: ResponseHead) -> float | None:
        """How many seconds the rest may take, where they are few."""

    def take(self, chunk: bytes) -> bool:
        """False: not now; the transfer pauses, and the same chunk comes again after `ready`."""

    async def ready(self) -> None:
        """Returns when the sink can go on."""


@dataclass(slots=True)
class Sending:
    """One request on its way: what libcurl is told, and where its answer goes."""

    url: str
    host: str
    port: int
    headers: list[bytes]
    addresses: tuple[str, ...]  # judged, for this request; with a proxy those of the proxy
    sink: Sink
    seconds: float  # for the whole, from the moment it is sent
    sent: Callable[[], None]
    proxy: Proxy | None = None
    way: Way = Way.USUAL
