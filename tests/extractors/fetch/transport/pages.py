"""A page, and the loop that a test of the transport runs in."""

import asyncio
from collections.abc import Awaitable, Callable

PAGE = b"<html><p>The council met.</p></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 36\r\n\r\n" + PAGE


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def _answer(
    answer: bytes,
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    return talk
