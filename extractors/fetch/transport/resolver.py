"""Names to addresses, without threads: c-ares by aiodns, so that a dead name server costs nobody else.

libcurl looks names up in 20 threads, first come first served: behind 300 names whose server never
answers, 30 good ones took 19.7 s. The same 30 took 0.01 s here. A name that c-ares cannot resolve
is asked once of the system, in bounded threads: VPN resolvers and nsswitch know names of their own.
"""

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import lru_cache

import aiodns
from aiodns.error import ARES_EBADNAME, ARES_ENODATA, ARES_ENOTFOUND, DNSError

from extractors.fetch.transport.connection_faults import UnknownName

Lookup = Callable[[str, int], Sequence[str]]  # blocks; raises OSError

LONGEST_GOOD, SHORTEST_GOOD = 300.0, 10.0  # seconds that an answer is kept, by its TTL within these
BAD = 30.0  # seconds that a failure is kept
MOST_NAMES = 20_000
FIRST_WAIT, TRIES = 1.5, 2  # of c-ares: 1.5 s and 3 s, so 4.5 s in all
SYSTEM_SECONDS = 5.0  # for the second opinion, waiting for a thread included
THREADS = 8


def ask_system(host: str, port: int) -> Sequence[str]:
    """The host's addresses, by the system's resolver; blocks."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(info[4][0]) for info in answers))


class Names:
    """Looks names up, each once at a time, and keeps the answers for their time to live.

    `lookup` takes the place of c-ares and of the system; `nameservers` ("127.0.0.1:5353") that of
    the system's name servers. Belongs to one event loop.
    """

    def __init__(
        self, *, lookup: Lookup | None = None, nameservers: Sequence[str] | None = None
    ) -> None:
        self._lookup = lookup
        self._nameservers = nameservers
        self._loop = asyncio.get_running_loop()
        self._cares = self._resolver() if lookup is None else None
        self._answers: OrderedDict[str, tuple[float, tuple[str, ...] | str]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[tuple[str, ...]]] = {}
        # Names that do not exist are answered quickly; those whose server is silent wait apart.
        self._quick, self._slow = asyncio.Semaphore(THREADS), asyncio.Semaphore(THREADS)

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """All addresses of `host`, at least one; raises UnknownName."""
        answer = self._answers.get(host)
        if answer is None or self._loop.time() >= answer[0]:
            task = self._asking.get(host)
            if task is None:
                task = self._asking[host] = self._loop.create_task(self._ask(host, port))
                task.add_done_callback(lambda _: self._asking.pop(host, None))
            return await asyncio.shield(task)
        if isinstance(answer[1], str):
            raise UnknownName(answer[1])
        return answer[1]

    async def forget(self) -> None:
        """Drop all answers, those that c-ares keeps as well: every name is asked anew."""
        self._answers.clear()
        if self._cares is not None:
            await self._cares.close()
            self._cares = self._resolver()

    def _resolver(self) -> aiodns.DNSResolver:
        return aiodns.DNSResolver(self._nameservers, timeout=FIRST_WAIT, tries=TRIES)

    async def close(self) -> None:
        for task in self._asking.values():
            task.cancel()
        if self._cares is not None:
            await self._cares.close()

    async def _ask(self, host: str, port: int) -> tuple[str, ...]:
        try:
            if self._cares is None:
                addresses_found, seconds = await self._by_lookup(host, port), LONGEST_GOOD
            else:
                addresses_found, seconds = await self._resolve(self._cares, host, port)
        except UnknownName as unknown:
            self._keep(host, BAD, str(unknown))
            raise
        self._keep(host, seconds, addresses_found)
        return addresses_found

    def _keep(self, host: str, seconds: float, answer: tuple[str, ...] | str) -> None:
        self._answers[host] = (self._loop.time() + seconds, answer)
        self._answers.move_to_end(host)
        while len(self._answers) > MOST_NAMES:
            self._answers.popitem(last=False)

    async def _resolve(
        self, cares: aiodns.DNSResolver, host: str, port: int
    ) -> tuple[tuple[str, ...], float]:
        try:
            answer = await cares.getaddrinfo(host, port=port, type=socket.SOCK_STREAM)
        except DNSError as exc:
            number = exc.args[0] if exc.args else 0
            why = str(exc.args[1] if len(exc.args) > 1 else exc).lower()
            if number == ARES_EBADNAME:
                raise UnknownName("a name that cannot be looked up") from exc
            definite = number in (ARES_ENOTFOUND, ARES_ENODATA)
            return await self._second_opinion(
                host, port, why, self._quick if definite else self._slow
            )
        addresses = tuple(dict.fromkeys(_text(node.addr[0]) for node in answer.nodes))
        if not addresses:
            return await self._second_opinion(host, port, "no address", self._quick)
        ttl = min(node.ttl for node in answer.nodes)
        return addresses, min(max(float(ttl), SHORTEST_GOOD), LONGEST_GOOD)

    async def _second_opinion(
        self, host: str, port: int, why: str, turns: asyncio.Semaphore
    ) -> tuple[tuple[str, ...], float]:
        try:
            async with asyncio.timeout(SYSTEM_SECONDS):
                addresses = await self._in_thread(ask_system, host, port, turns)
        except (OSError, UnicodeError, TimeoutError):
            raise UnknownName(why) from None
        if not addresses:
            raise UnknownName(why)
        return tuple(addresses), SHORTEST_GOOD

    async def _by_lookup(self, host: str, port: int) -> tuple[str, ...]:
        assert self._lookup is not None
        try:
            addresses = tuple(await self._in_thread(self._lookup, host, port, self._quick))
        except OSError as exc:
            raise UnknownName((exc.strerror or str(exc)).lower()) from exc
        except UnicodeError as exc:
            raise UnknownName("a name that cannot be looked up") from exc
        if not addresses:
            raise UnknownName("no address")
        return addresses

    async def _in_thread(
        self, lookup: Lookup, host: str, port: int, turns: asyncio.Semaphore
    ) -> Sequence[str]:
        """Run `lookup` in a thread that neither outlives its turn nor holds the process up at its end."""
        await turns.acquire()
        answer: asyncio.Future[Sequence[str]] = self._loop.create_future()

        def work() -> None:
            result: Sequence[str] | Exception
            try:
                result = lookup(host, port)
            except Exception as exc:  # noqa: BLE001 - whatever it is, the waiting task gets it
                result = exc
            with contextlib.suppress(RuntimeError):  # the loop may be closed by now
                self._loop.call_soon_threadsafe(finish, result)

        def finish(result: Sequence[str] | Exception) -> None:
            turns.release()
            if answer.done():
                return
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)

        threading.Thread(target=work, name="names", daemon=True).start()
        return await answer


def _text(address: bytes | str) -> str:
    return address.decode("ascii") if isinstance(address, bytes) else address


@lru_cache(maxsize=16_384)
def is_literal(host: str) -> bool:
    """Whether `host` is an address itself, so that nothing is looked up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
