"""A loopback server for tests: exact bytes out, every request kept."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

Reply = bytes | Callable[["Request"], bytes | Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: dict[str, str]
    at: float


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole response; `content_type="text/html"` becomes a Content-Type header."""
    lines = [f"HTTP/1.1 {status}"]
    if "content_length" not in headers and not status.startswith("304"):
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def page(text: str = "The council met.", **headers: str) -> bytes:
    return answer(f"<html><body><p>{text}</p></body></html>".encode(), **headers)


def moved(location: str, status: str = "302 Found", **headers: str) -> bytes:
    return answer(b"", status, Location=location, **headers)


class Newsstand:
    """Answers by path; unknown paths get 404. An empty answer closes the connection."""

    def __init__(self, replies: dict[str, Reply], *, tls: ssl.SSLContext | None = None) -> None:
        self.replies, self.tls = replies, tls
        self.requests: list[Request] = []
        self.connections, self.now, self.peak = 0, 0, 0
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.tls)
        self.port = self.server.sockets[0].getsockname()[1]
        self.url = f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.close()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
                request = Request(lines[0].split(" ")[1], headers, time.monotonic())
                self.requests.append(request)
                if not (out := await self._reply(request)):
                    break
                writer.write(out)
                await writer.drain()
                if b"connection: close" in out[:2000].lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _reply(self, request: Request) -> bytes:
        reply = self.replies.get(request.path, answer(b"nothing here", "404 Not Found"))
        self.now += 1
        self.peak = max(self.peak, self.now)
        try:
            found = reply(request) if callable(reply) else reply
            return found if isinstance(found, bytes) else await found
        finally:
            self.now -= 1
