"""Serves feeds that never change on many loopback addresses: `python -m bench.servers.unchanged PORT HOST...`"""

import asyncio
import sys
from collections.abc import Sequence

from bench.servers.kept_connection import KeptConnection

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


class Server(KeptConnection):
    """The same feed at every address."""

    unchanged = b"HTTP/1.1 304 Not Modified\r\nETag: " + ETAG + b"\r\n\r\n"
    whole = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: %s\r\nContent-Length: %d\r\n\r\n"
        % (ETAG, len(FEED))
    ) + FEED

    def answer(self, request: bytes) -> bytes:
        return self.unchanged if b"if-none-match" in request.lower() else self.whole


async def serve(hosts: Sequence[str], port: int) -> None:
    loop = asyncio.get_running_loop()
    for host in hosts:
        await loop.create_server(Server, host, port, backlog=512)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[2:], int(sys.argv[1])))
