"""Our client, asking servers on loopback."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from extractors.fetch.client import Client
from extractors.fetch.request import Limits
from extractors.fetch.throttle import HostGate
from model import Response
from tests.extractors.newsstand import Newsstand, Reply

QUICK = Limits(connect_seconds=0.4, read_seconds=0.4, total_seconds=0.8)
LOOPBACK = ("127.0.0.0/8",)


def client(
    *, allow: Sequence[str] = LOOPBACK, limits: Limits = QUICK, names: dict[str, str] | None = None
) -> Client:
    def lookup(host: str, _: int) -> Sequence[str]:
        if host not in (names or {}):
            raise OSError(-2, "Name or service not known")
        return (names or {})[host].split()

    return Client(
        user_agent="Pollwatch/0.1 (+https://monitor.example/contact)",
        gate=HostGate(seconds_between=0),
        allow=allow,
        limits=limits,
        lookup=lookup,
    )


def fetched(replies: dict[str, Reply], path: str = "/a", **options: object) -> Response:
    async def fetch() -> Response:
        async with Newsstand(replies) as stand, client() as ours:
            return await ours.get(stand.url + path, **options)  # type: ignore[arg-type]

    return asyncio.run(fetch())


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]
