"""Names to addresses, addresses to connections, each judged as it is connected to. Opens sockets."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import certifi

from extractors.fetch.ssrf import Allowlist, RefusedUrl, Target, refusal
from extractors.fetch.transport.wire import (
    BrokenHttp,
    Disconnected,
    Head,
    Incoming,
    TooSlow,
    UnknownName,
    Unreachable,
)
from model import Outcome

Lookup = Callable[[str, int], Sequence[str]]

GOOD_NAME, BAD_NAME = 300.0, 60.0  # seconds that a lookup and a failed lookup are remembered
IDLE = 15.0  # seconds that an unused connection is kept
ONE_ADDRESS = 6.0  # seconds for one address of several
LINGER = 0.3  # seconds that a closing server has to close
QUEUED = 262_144  # bytes of body that wait before the server is slowed down


def look_up(host: str, port: int) -> Sequence[str]:
    """The host's addresses, by the system's resolver; blocks."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return tuple(dict.fromkeys(str(info[4][0]) for info in found))


class Connection(asyncio.Protocol):
    """One connection, one exchange at a time."""

    def __init__(self, server: tuple[str, str, int], read_seconds: float) -> None:
        self.server, self.read_seconds = server, read_seconds
        self.loop = asyncio.get_running_loop()
        self.incoming = Incoming()
        self.error: Exception | None = None
        self.closed, self.reused, self.paused = False, False, False
        self.read_by = self.done_by = self.idle_since = float("inf")
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.read_by = self.loop.time() + self.read_seconds
        if self.idle_since < float("inf"):
            self.transport.abort()  # nobody asked for this
            self.closed = True
            return
        try:
            self.incoming.feed(data)
        except BrokenHttp as exc:
            self.fail(exc)
        if self.incoming.waiting > QUEUED and not self.paused:
            self.paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        try:
            self.incoming.end()
        except (BrokenHttp, Disconnected) as exc:
            self.error = self.error or exc
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if exc is not None and not self.incoming.done:
            self.error = self.error or Disconnected(str(exc))
        elif self.error is None:
            self.eof_received()
        self._wake()

    def fail(self, error: Exception) -> None:
        self.error = self.error or error
        self.transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _more(self) -> None:
        if self.error is not None:
            raise self.error
        self._waiter = self.loop.create_future()
        await self._waiter
        self._waiter = None

    async def ask(self, request: bytes, seconds: float) -> Head:
        """Send the request; the head of the answer."""
        now = self.loop.time()
        self.incoming, self.idle_since = Incoming(), float("inf")
        self.read_by, self.done_by = now + self.read_seconds, now + seconds
        if self.closed:
            raise Disconnected
        self.transport.write(request)
        while self.incoming.head is None:
            await self._more()
        return self.incoming.head

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it arrives."""
        incoming = self.incoming
        while True:
            if incoming.pieces:
                yield incoming.take()
                if self.paused:
                    self.paused = False
                    self.read_by = self.loop.time() + self.read_seconds
                    self.transport.resume_reading()
            elif not incoming.done:
                await self._more()
            elif not incoming.may_be_short or not await self._goes_on():
                return

    async def _goes_on(self) -> bool:
        """Wait a moment for what comes after a body that its server is about to close on."""
        if not self.closed and not self.incoming.pieces:
            self.read_by = min(self.read_by, self.loop.time() + LINGER)
            with contextlib.suppress(TooSlow, Disconnected):
                await self._more()
        return bool(self.incoming.pieces)

    @property
    def reusable(self) -> bool:
        head = self.incoming.head
        return (
            not self.closed
            and self.error is None
            and self.incoming.done
            and not self.incoming.excess
            and head is not None
            and head.keep_alive
        )


class Connections:
    """Makes, keeps and ends connections. `tick` must be called now and then: it ends what is too slow."""

    def __init__(
        self,
        allow: Allowlist,
        *,
        lookup: Lookup,
        tls: ssl.SSLContext | None,
        connect_seconds: float,
        read_seconds: float,
    ) -> None:
        self.allow, self._lookup, self._tls = allow, lookup, tls
        self.connect_seconds, self.read_seconds = connect_seconds, read_seconds
        # Threads of its own: lookups that hang would starve everything else in the default pool.
        self._threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="dns")
        self._names: dict[tuple[str, int], tuple[float, asyncio.Future[Sequence[str]]]] = {}
        self._idle: dict[tuple[str, str, int], list[Connection]] = {}
        self.busy: set[Connection] = set()

    async def open(self, target: Target) -> Connection:
        """A kept connection or a new one; raises UnknownName, Unreachable, TooSlow or RefusedUrl."""
        server = (target.scheme, target.host, target.port)
        while kept := self._idle.get(server):
            connection = kept.pop()
            if not connection.closed:
                connection.reused = True
                self.busy.add(connection)
                return connection
        try:
            async with asyncio.timeout(self.connect_seconds):
                connection = await self._connect(target, server)
        except TimeoutError as exc:
            raise TooSlow(f"could not be connected to in {self.connect_seconds:g} s") from exc
        self.busy.add(connection)
        return connection

    def give_back(self, connection: Connection) -> None:
        self.busy.discard(connection)
        if connection.reusable:
            connection.read_by = connection.done_by = float("inf")
            connection.idle_since = connection.loop.time()
            self._idle.setdefault(connection.server, []).append(connection)
        elif not connection.closed:
            connection.transport.abort()

    def tick(self) -> None:
        now = asyncio.get_running_loop().time()
        for connection in list(self.busy):
            if now > connection.done_by:
                connection.fail(TooSlow("was not done"))
            elif now > connection.read_by and not connection.paused:
                connection.fail(TooSlow(f"sent nothing for {self.read_seconds:g} s"))
        for server, kept in list(self._idle.items()):
            for connection in kept:
                if connection.closed or now > connection.idle_since + IDLE:
                    connection.transport.close()
            kept[:] = [one for one in kept if not one.closed and now <= one.idle_since + IDLE]
            if not kept:
                del self._idle[server]

    def close(self) -> None:
        for connection in [*self.busy, *(one for kept in self._idle.values() for one in kept)]:
            connection.transport.abort()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _connect(self, target: Target, server: tuple[str, str, int]) -> Connection:
        addresses = await self._addresses(target.host, target.port)
        refused: tuple[Outcome, str] | None = None
        failed: OSError | TimeoutError | None = None
        for place, address in enumerate(addresses):
            if (refused := refusal(address, target.port, self.allow)) is not None:
                continue
            try:
                last = place == len(addresses) - 1
                sock = await self._reach(address, target.port, None if last else ONE_ADDRESS)
            except (OSError, TimeoutError) as exc:
                failed = exc
                continue
            return await self._speak(sock, target, server)
        if failed is None and refused is not None:
            raise RefusedUrl(*refused)
        raise Unreachable(_said(failed))

    async def _reach(self, address: str, port: int, seconds: float | None) -> socket.socket:
        """A connected socket to exactly this address, which has been judged: DNS is not asked again."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().sock_connect(sock, (address, port))
        except BaseException:
            sock.close()
            raise
        return sock

    async def _speak(
        self, sock: socket.socket, target: Target, server: tuple[str, str, int]
    ) -> Connection:
        secure = target.scheme == "https"
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(server, self.read_seconds),
                sock=sock,
                ssl=self._context() if secure else None,
                server_hostname=target.host.rstrip(".") if secure else None,
            )
        except OSError as exc:
            raise Unreachable(_said(exc), tls=secure) from exc
        return connection

    def _context(self) -> ssl.SSLContext:
        """The system's certificates and certifi's: some systems come without any."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.load_verify_locations(certifi.where())
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        if ":" in host or host.replace(".", "").isdigit():
            return (host,)  # a literal: `checked_url` lets no other numbers through
        loop, key = asyncio.get_running_loop(), (host, port)
        until, known = self._names.get(key, (0.0, None))
        if known is None or loop.time() > until:
            known = loop.run_in_executor(self._threads, self._lookup, host, port)
            self._names[key] = (loop.time() + GOOD_NAME, known)
        try:
            found = await asyncio.shield(known)
        except OSError as exc:
            self._names[key] = (min(self._names[key][0], loop.time() + BAD_NAME), known)
            raise UnknownName(_said(exc)) from exc
        except UnicodeError as exc:
            raise UnknownName("a name that cannot be looked up") from exc
        if not found:
            raise UnknownName("no address")
        return found


def _said(exc: Exception | None) -> str:
    if isinstance(exc, ssl.SSLCertVerificationError):
        return exc.verify_message
    if isinstance(exc, ssl.SSLError):
        return (exc.reason or "handshake failed").replace("_", " ").lower()
    if isinstance(exc, OSError) and exc.strerror:
        return exc.strerror.lower()
    return str(exc) or type(exc).__name__
