"""Serves feeds that never change on many loopback addresses: `unchanged.py PORT HOST...`"""

import asyncio
import sys
from collections.abc import Sequence

ETAG = b'"the-same-as-ever"'
ITEM = (
    "<item><title>Council meets about item {0}</title><link>http://paper.example/{0}</link>"
    "<guid>paper-{0}</guid><description>The council met and spoke at length.</description></item>"
)
FEED = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Paper</title>'
    "<link>http://paper.example/</link><description>News</description>"
    + "".join(ITEM.format(number) for number in range(20))
    + "</channel></rss>"
).encode()


class Server(asyncio.Protocol):
    """Speaks just enough HTTP/1.1: one GET after another on a kept connection."""

    unchanged = b"HTTP/1.1 304 Not Modified\r\nETag: " + ETAG + b"\r\n\r\n"
    whole = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: %s\r\nContent-Length: %d\r\n\r\n"
        % (ETAG, len(FEED))
    ) + FEED

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            request, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            known = b"if-none-match" in request.lower()
            self.transport.write(self.unchanged if known else self.whole)


async def serve(hosts: Sequence[str], port: int) -> None:
    loop = asyncio.get_running_loop()
    for host in hosts:
        await loop.create_server(Server, host, port, backlog=512)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[2:], int(sys.argv[1])))
