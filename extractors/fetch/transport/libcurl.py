"""Requests over libcurl, each with its limits, over kept connections. Opens sockets.

libcurl rather than another library: by itself it takes 52 to 68 µs of CPU for an unchanged feed,
aiohttp 106 to 119, httpx 675 and more; it reads more of what real servers send, and brings
proxies, HTTP/2 and happy eyeballs.
"""

import asyncio

from extractors.fetch.ssrf import Allowlist
from extractors.fetch.transport.connection_faults import BrokenHttp, Overloaded
from extractors.fetch.transport.multi import Ended, Multi, MultiFailed
from extractors.fetch.transport.proxies import Proxy
from extractors.fetch.transport.sending import Sending
from extractors.fetch.transport.transfer import Transfer

KEPT_HANDLES = 128
HOSTS_REMEMBERED = 10_000


class Transport:
    """Makes requests over kept connections. `tick` must be called now and then: it ends what is too slow.

    Belongs to one event loop and one process: after a fork a child must not touch it.
    """

    def __init__(
        self, allow: Allowlist, *, roots: str, connect_seconds: float, read_seconds: float
    ) -> None:
        self._allow, self._roots = allow, roots
        self._working_proxies = set[Proxy]()
        self._seconds = connect_seconds, read_seconds
        self._loop = asyncio.get_running_loop()
        self.now = (
            self._loop.time
        )  # asking for the running loop costs a system call in CPython 3.11
        self._multi = Multi()
        self._speak_http2: dict[str, None] = {}  # servers, oldest first
        self._idle: list[Transfer] = []
        self.busy: dict[Transfer, asyncio.Future[Ended]] = {}

    async def perform(self, sending: Sending) -> Transfer:
        """Send, and let the sink take the answer; raises what connection_faults.py names, or what the sink raised.

        Whatever happens, cancellation included, libcurl has let go of the handle when this ends.
        """
        transfer = self._idle.pop() if self._idle else self._make()
        reusable = False
        try:
            number, text = await self._run(transfer, sending)
            if number and (fault := transfer.fault(number, text)) is not None:
                raise fault
            if not number and transfer.lines.head is None:
                raise BrokenHttp("headers that break off")
            reusable = number == 0 and transfer.is_plain
            return transfer
        finally:
            transfer.end()
            if reusable and len(self._idle) < KEPT_HANDLES:
                self._idle.append(transfer)
            else:
                transfer.curl.close()

    def tick(self) -> None:
        """End what has had its time."""
        now = self._loop.time()
        for transfer, future in list(self.busy.items()):
            if (late := transfer.too_slow(now)) is not None and not future.done():
                future.set_exception(late)

    def close(self) -> None:
        self._multi.close()
        for transfer in self._idle:
            transfer.curl.close()
        self._idle.clear()

    def _make(self) -> Transfer:
        return Transfer(self._allow, self._roots, *self._seconds, self._working_proxies)

    async def _run(self, transfer: Transfer, sending: Sending) -> Ended:
        """Once more where libcurl itself failed, over which no server is to blame."""
        try:
            return await self._run_once(transfer, sending)
        except MultiFailed:
            pass
        try:
            return await self._run_once(transfer, sending)
        except MultiFailed as exc:
            raise Overloaded(f"libcurl could not go on here ({str(exc)[:80]})") from exc

    async def _run_once(self, transfer: Transfer, sending: Sending) -> Ended:
        # Not of unknown servers: behind one that speaks HTTP/1.1 libcurl waits for the whole answer
        # of the first request, within the connect limit of the second.
        server = f"{sending.host}:{sending.port}"
        transfer.prepare(sending, shares=server in self._speak_http2)
        self.busy[transfer] = future = self._multi.start(transfer.curl)
        try:
            ended = await future
            if transfer.spoke_http2:
                self._speak_http2[server] = None
                while len(self._speak_http2) > HOSTS_REMEMBERED:
                    del self._speak_http2[next(iter(self._speak_http2))]
            return ended
        finally:
            del self.busy[transfer]
            self._multi.stop(transfer.curl)
