"""One GET, as publishers would wish it."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self

from extractors.fetch.answer.headers import basic_authorization, header_fault
from extractors.fetch.answer.redirects import redirected
from extractors.fetch.answer.request_outcome import (
    FAULTS,
    Otherwise,
    accepted,
    another_way,
    failure_of,
    is_told,
    refused,
    unknown_name,
)
from extractors.fetch.content.bodies import Intake
from extractors.fetch.request import (
    REDIRECTS,
    Failure,
    Limits,
    PendingRequest,
    Permit,
    RequestKind,
    held_back,
    not_modified,
    permitted,
)
from extractors.fetch.ssrf import RefusedUrl, Target, allowlist, checked_url, refusal
from extractors.fetch.throttle import HostGate, Slots
from extractors.fetch.transport.certificates import trusted_roots
from extractors.fetch.transport.connection_faults import StaleAddress, UnknownName, Way
from extractors.fetch.transport.libcurl import Transport
from extractors.fetch.transport.proxies import Proxies, Proxy, proxies_from
from extractors.fetch.transport.resolver import Lookup, Names, is_literal
from extractors.fetch.transport.sending import Sending
from extractors.fetch.urls import mask
from model import FeedCache, Outcome, Response


class Client:
    """An async context manager; `get` never raises for what the world does.

    Honest User-Agent, TLS verified, no cookies beyond one chain of redirects. `allow` holds CIDR
    networks beyond the public internet. Every address is judged as its connection is made, and
    again before each request over it. `proxies` says who is asked instead of the servers
    themselves; without it the environment does. `roots` is a file of trusted certificates,
    `lookup` takes the place of the name service.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        gate: HostGate,
        allow: Sequence[str] = (),
        limits: Limits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lookup: Lookup | None = None,
        nameservers: Sequence[str] | None = None,
        proxies: Proxies | None = None,
        roots: str | None = None,
    ) -> None:
        self.user_agent, self.gate, self.clock = user_agent, gate, clock
        self.limits = limits or Limits()
        self.proxies = proxies if proxies is not None else proxies_from(os.environ)
        self._allow, self._roots = allowlist(allow), roots or trusted_roots()
        self._lookup, self._nameservers = lookup, nameservers
        self._turns = Slots(self.limits.large_bodies)
        self.room = asyncio.Event()  # cleared by whoever still holds too much of what came
        self.room.set()

    async def __aenter__(self) -> Self:
        self.names = Names(lookup=self._lookup, nameservers=self._nameservers)
        self._transport = Transport(
            self._allow,
            roots=self._roots,
            connect_seconds=self.limits.connect_seconds,
            read_seconds=self.limits.read_seconds,
        )
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._ticking
        self._transport.close()
        await self.names.close()

    async def _tick(self) -> None:
        """One watch over all deadlines: cheaper than timers for each request."""
        pause = min(1.0, self.limits.read_seconds / 10)
        while True:
            await asyncio.sleep(pause)
            self._transport.tick()

    async def get(
        self,
        url: str,
        *,
        cache: FeedCache | None = None,
        kind: RequestKind = "page",
        max_bytes: int | None = None,
        auth: str | None = None,
        user_agent_suffix: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        permit: Permit | None = None,
    ) -> Response:
        """GET `url`, redirects followed, each hop judged and paced.

        `cache` makes the request conditional. `auth` is user:password itself; it and `headers` go
        to the URL's own origin only. `permit` is asked before each hop, as robots.txt wants it.
        """
        request = PendingRequest(
            url=url,
            kind=kind,
            limit=max_bytes or self.limits.bytes_of(kind),
            user_agent=" ".join(f"{self.user_agent} {user_agent_suffix or ''}".split()),
            started_at=self.clock(),
            seconds_left=self.limits.total_seconds,
            cache=cache,
            own_headers=tuple(headers),
            permit=permit,
        )
        try:
            return await self._follow(request, self._start(request, auth))
        except Failure as failure:
            return request.response(failure.outcome, failure.sentence, failure.body)

    def _start(self, request: PendingRequest, auth: str | None) -> Target:
        try:
            target = checked_url(request.url, self._allow)
        except RefusedUrl as exc:
            raise Failure(exc.outcome, f"{mask(request.url)[:200]} {exc.why}.") from exc
        if target.credentials is not None:
            if request.kind != "feed":
                raise Failure(Outcome.BAD_URL, f"{mask(request.url)[:200]} carries credentials.")
            auth = auth or target.credentials
        for name, value in request.own_headers:
            if (why := header_fault(name, value)) is not None:
                raise Failure(Outcome.BAD_URL, f"Not asked: the header {name[:40]} {why}.")
        request.home = target.origin
        if auth is not None:
            request.authorization = basic_authorization(auth)
        return target

    async def _follow(self, request: PendingRequest, target: Target) -> Response:
        while True:
            request.at, request.is_back = target, target.url in request.visited
            request.visited.add(target.url)
            spacing = await permitted(request, target)
            response = await self._hop(request, target, spacing)
            if response is not None:
                return response
            target = redirected(request, self.limits.redirects, self._allow)

    async def _hop(
        self, request: PendingRequest, target: Target, spacing: float
    ) -> Response | None:
        """One request, made otherwise where the first try says how; None for a redirect."""
        proxy, way = self.proxies.choose(target), Way.USUAL
        while True:
            if (refusal := self.gate.refusal(target.group, target.server)) is not None:
                raise held_back(request, refusal)
            # No turn is for waiting for a name server.
            await self._addresses(request, target, proxy)
            if (refusal := await self.gate.enter(target.group, target.server, spacing)) is not None:
                raise held_back(request, refusal)
            try:
                addresses = await self._addresses(request, target, proxy)
                response = await self._exchange(request, target, addresses, proxy, way)
                self.gate.answered(target.group, target.server, request.status)
                return response
            except Otherwise as otherwise:
                way |= otherwise.way
            except Failure as failure:
                self._note(request, target, failure)
                raise
            finally:
                self.gate.leave(target.group)

    def _note(self, request: PendingRequest, target: Target, failure: Failure) -> None:
        """What the failure says of its host."""
        if failure.weight:
            self.gate.did_not_answer(
                target.server, failure.outcome, failure.sentence, weight=failure.weight
            )
        elif request.head is not None:
            self.gate.answered(target.group, target.server, request.status)

    async def _addresses(
        self, request: PendingRequest, target: Target, proxy: Proxy | None
    ) -> tuple[str, ...]:
        """Where to connect to: a proxy's addresses as they are, since it was named; others judged."""
        request.head = None
        at = proxy or target
        try:
            if is_literal(at.host):
                return (at.host,)  # `checked_url` has judged it
            addresses = await self.names.addresses(at.host.rstrip("."), at.port)
        except UnknownName as exc:
            failure = unknown_name(target, proxy, exc)
            self._note(request, target, failure)
            raise failure from exc
        if proxy is not None:
            return addresses
        refusals = [refusal(address, target.port, self._allow) for address in addresses]
        judged = tuple(
            address for address, why in zip(addresses, refusals, strict=True) if why is None
        )
        if not judged and refusals[-1] is not None:
            raise failure_of(request, target, RefusedUrl(*refusals[-1]))
        return judged

    async def _exchange(
        self,
        request: PendingRequest,
        target: Target,
        addresses: tuple[str, ...],
        proxy: Proxy | None,
        way: Way,
    ) -> Response | None:
        intake = Intake(request, self._turns, self.room)
        sending = Sending(
            url=target.url,
            host=target.host.rstrip("."),
            port=target.port,
            headers=request.headers_for(target),
            addresses=addresses,
            sink=intake,
            seconds=request.seconds_left,
            sent=partial(self.gate.sent, target.group),
            proxy=proxy,
            way=way,
        )
        fault = await self._perform(request, sending, intake)
        if fault is not None and not is_told(request, intake, fault):
            raise another_way(fault, way) or failure_of(request, target, fault, intake)
        # Of several choices the one that the server prefers (RFC 9110, 15.4.1).
        chosen = request.status == 300 and bool(request.headers.get("location"))
        if request.status in REDIRECTS or chosen:
            return None
        if request.status == 304:
            return not_modified(request)
        if (request.status or 0) >= 300:
            if request.relents():
                raise Otherwise(way)
            return refused(request, target, intake, gate=self.gate, now=self.clock())
        return accepted(request, intake)

    async def _perform(
        self, request: PendingRequest, sending: Sending, intake: Intake
    ) -> Exception | None:
        """Send and take the answer in; returns what went wrong."""
        began = self._transport.now()
        try:
            transfer = await self._transport.perform(sending)
        except FAULTS as fault:
            return fault
        finally:
            intake.close()
            took = self._transport.now() - began - intake.waited
            request.seconds_left = max(request.seconds_left - took, 0.0)
        # A server that ends an idle connection may say so just as it is used again, and one behind a
        # shared address that this connection is another site's (RFC 9110, 15.5.20).
        stale = request.status in (408, 421) and transfer.was_kept and Way.FRESH not in sending.way
        return StaleAddress() if stale else None
