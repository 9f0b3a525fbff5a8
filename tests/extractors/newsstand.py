"""A loopback server for tests: exact bytes out, every request kept."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.extractors.loopback import LoopServer

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


class Newsstand(LoopServer):
    """Answers by path; unknown paths get 404. An empty answer closes the connection."""

    def __init__(self, replies: dict[str, Reply], *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self.replies, self.tls = replies, tls
        self.requests: list[Request] = []
        self.now, self.peak = 0, 0

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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

    async def _reply(self, request: Request) -> bytes:
        reply = self.replies.get(request.path, answer(b"nothing here", "404 Not Found"))
        self.now += 1
        self.peak = max(self.peak, self.now)
        try:
            body = reply(request) if callable(reply) else reply
            return body if isinstance(body, bytes) else await body
        finally:
            self.now -= 1
