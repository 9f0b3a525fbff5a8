"""Servers that answer as real ones do: exact bytes, a name server, a proxy."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from types import TracebackType
from typing import Self

from extractors.fetch.client import Client
from extractors.fetch.request import Limits
from extractors.fetch.throttle import HostGate
from extractors.fetch.transport.proxies import Proxies
from tests.extractors.loopback import LoopServer

QUICK = Limits(connect_seconds=1.0, read_seconds=1.0, total_seconds=3.0)
LOOPBACK = ("127.0.0.0/8",)


def client(*, limits: Limits = QUICK, **options: object) -> Client:
    options.setdefault("proxies", Proxies())
    return Client(
        user_agent="Pollwatch/0.1 (+https://monitor.example/contact)",
        gate=HostGate(seconds_between=0),
        allow=LOOPBACK,
        limits=limits,
        **options,  # type: ignore[arg-type]
    )


class Raw(LoopServer):
    """Speaks as `script` says, on each connection; keeps every request's head."""

    def __init__(
        self, script: Callable[["Raw", asyncio.StreamReader, asyncio.StreamWriter, int], object]
    ) -> None:
        super().__init__()
        self.script = script
        self.heads: list[bytes] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.script(self, reader, writer, self.connections)  # type: ignore[misc]

    async def head(self, reader: asyncio.StreamReader) -> bytes:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        return self.heads[-1]


def once(answer: bytes) -> Raw:
    """The same bytes to each connection, which is then closed."""

    async def talk(
        raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        await raw.head(reader)
        writer.write(answer)
        await writer.drain()

    return Raw(talk)


def kept(answer: bytes) -> Raw:
    """The same bytes to each request, over connections that are kept."""

    async def talk(
        raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        while await raw.head(reader):
            writer.write(answer)
            await writer.drain()

    return Raw(talk)


class NameServer(asyncio.DatagramProtocol):
    """A name server on loopback. `silent` names are never answered, unknown ones do not exist."""

    def __init__(
        self, names: dict[str, str], *, silent: str = "", ttl: int = 60, port: int = 0
    ) -> None:
        self.names, self.silent, self.ttl, self.port = names, silent, ttl, port
        self.hosts_asked: list[str] = []

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", self.port)
        )
        self.address = f"127.0.0.1:{self.transport.get_extra_info('sockname')[1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        name, end = _question(data)
        self.hosts_asked.append(name)
        if self.silent and name.endswith(self.silent):
            return
        record_type = struct.unpack("!H", data[end : end + 2])[0]
        address = self.names.get(name)
        question = data[12 : end + 4]
        rows = b""
        if address and record_type == 1:
            rows = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, self.ttl, 4) + socket.inet_aton(address)
        code = 0x8180 if address else 0x8183  # no error; no such name
        head = data[:2] + struct.pack("!HHHHH", code, 1, bool(rows), 0, 0)
        self.transport.sendto(head + question + rows, addr)


def _question(data: bytes) -> tuple[str, int]:
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1 : at + 1 + data[at]].decode("ascii").lower())
        at += 1 + data[at]
    return ".".join(labels), at + 1


class ForwardProxy:
    """An HTTP proxy as squid is one: absolute URLs for http, CONNECT for https."""

    def __init__(self, *, credentials: bytes | None = None, status: bytes | None = None) -> None:
        self.credentials, self.status = credentials, status
        self.lines: list[bytes] = []
        self.heads: list[bytes] = []
        self.leads_to: dict[str, int] = {}  # host → port on loopback
        self._raw = Raw(self._talk)

    async def __aenter__(self) -> Self:
        await self._raw.__aenter__()
        self.port = self._raw.port
        self.url = self._raw.url
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._raw.__aexit__(kind, exc, trace)

    async def _talk(
        self, raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        head = await raw.head(reader)
        line = head.split(b"\r\n")[0]
        self.lines.append(line)
        self.heads.append(head)
        if self.credentials and b"Proxy-Authorization: Basic " + self.credentials not in head:
            writer.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
            return
        if self.status:
            writer.write(b"HTTP/1.1 " + self.status + b"\r\nContent-Length: 0\r\n\r\n")
            return
        method, address, _ = line.split(b" ")
        host = address.removeprefix(b"http://").partition(b"/")[0].partition(b":")[0].decode()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.leads_to[host])
        if method == b"CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\nX-Of-Proxy: 1\r\n\r\n")
        else:
            path = b"/" + address.removeprefix(b"http://").partition(b"/")[2]
            far_writer.write(head.replace(address, path, 1))
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
