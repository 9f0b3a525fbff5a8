"""Requests over libcurl, driven by asyncio through pycurl's AsyncCurlMulti. Opens sockets.

libcurl rather than a client of our own or another library: at 52 to 68 µs of CPU a poll it is the
cheapest of those tried (home-made 73 to 105, aiohttp 106 to 119, httpx 675 and more), reads more
of what real servers send, and brings proxies, HTTP/2 and happy eyeballs.
"""

import asyncio
import contextlib

import pycurl

from extractors.fetch.ssrf import Allowlist
from extractors.fetch.transport.faults import Overloaded
from extractors.fetch.transport.transfer import Sending, Transfer

KEPT_CONNECTIONS = 256
KEPT_HANDLES = 128
# CURLM_INTERNAL_ERROR and CURLM_ABORTED_BY_CALLBACK: libcurl takes a multi handle for dead after
# these, and fails all that is under way. As numbers of single requests they do not come over HTTP.
_DEAD = frozenset({4, 11})


class Transport:
    """Makes requests over kept connections. `tick` must be called now and then: it ends what is too slow.

    Belongs to one event loop and one process: after a fork a child must not touch it.
    """

    def __init__(
        self, allow: Allowlist, *, roots: str, connect_seconds: float, read_seconds: float
    ) -> None:
        self._allow, self._roots = allow, roots
        self._seconds = connect_seconds, read_seconds
        self._loop = asyncio.get_running_loop()
        self._multi = _multi()
        self._idle: list[Transfer] = []
        self.busy: dict[Transfer, asyncio.Future[pycurl.Curl]] = {}

    async def perform(self, sending: Sending) -> Transfer:
        """Send, and let the sink take the answer; raises what faults.py names, or what the sink raised.

        Whatever happens, cancellation included, libcurl has let go of the handle when this ends.
        """
        transfer = self._take()
        reusable = False
        try:
            transfer.prepare(sending)
            number, text = await self._run(transfer)
            if number and (fault := transfer.fault(number, text)) is not None:
                raise fault
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

    async def close(self) -> None:
        await self._multi.aclose()
        for transfer in self._idle:
            transfer.curl.close()
        self._idle.clear()

    def _take(self) -> Transfer:
        return (
            self._idle.pop() if self._idle else Transfer(self._allow, self._roots, *self._seconds)
        )

    async def _run(self, transfer: Transfer) -> tuple[int, str]:
        """libcurl's error number and text; 0 when all went well. Once more where libcurl itself failed."""
        number, text = await self._run_once(transfer)
        if number not in _DEAD:
            return number, text
        transfer.prepare(transfer.sending)
        number, text = await self._run_once(transfer)
        if number in _DEAD:
            raise Overloaded(f"libcurl could not go on here ({text[:80]})")
        return number, text

    async def _run_once(self, transfer: Transfer) -> tuple[int, str]:
        multi = self._multi
        try:
            self.busy[transfer] = future = multi.add_handle(transfer.curl)
            await future
        except pycurl.error as exc:
            if exc.args[0] in _DEAD:
                await self._replace(multi)
            return exc.args[0], str(exc.args[1])
        except BaseException:
            with contextlib.suppress(RuntimeError, pycurl.error):  # it may have let go already
                multi.remove_handle(transfer.curl)
            raise
        finally:
            self.busy.pop(transfer, None)
        return 0, ""

    async def _replace(self, dead: pycurl.AsyncCurlMulti) -> None:
        """A new multi handle for all that comes, with new connections."""
        if self._multi is dead:
            self._multi = _multi()
            await dead.aclose()


def _multi() -> pycurl.AsyncCurlMulti:
    # No M_MAX_HOST_CONNECTIONS: libcurl would queue within the connect limit. The gate stands before.
    multi = pycurl.AsyncCurlMulti()
    multi.setopt(pycurl.M_MAXCONNECTS, KEPT_CONNECTIONS)
    return multi
