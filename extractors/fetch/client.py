"""One GET, as publishers would wish it."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from extractors.fetch.headers import basic_authorization, retry_after
from extractors.fetch.outcome_messages import outcome_of, size, status_sentence
from extractors.fetch.request import (
    REDIRECTS,
    Failure,
    Kind,
    Limits,
    PendingRequest,
    Permit,
    got,
    held_back,
    not_modified,
    redirected,
    unsupported,
    unsupported_bytes,
)
from extractors.fetch.ssrf import RefusedUrl, Target, allowlist, checked_url
from extractors.fetch.throttle import TIMEOUT_WEIGHT, HostGate
from extractors.fetch.transport.addresses import Connection, Connections, Lookup, look_up
from extractors.fetch.transport.bodies import read_body, read_error_page
from extractors.fetch.transport.wire import (
    BrokenHttp,
    Disconnected,
    Head,
    TooSlow,
    UnknownName,
    Unreachable,
)
from extractors.fetch.urls import mask
from extractors.fetch.walls import of_a_feed, wall_by_answer
from model import FeedCache, Outcome, Response


class Client:
    """An async context manager; `get` never raises for what the world does.

    Honest User-Agent, TLS verified, no cookies, no proxies from the environment. `allow` holds CIDR
    networks beyond the public internet. Every connection's address is judged as it is made.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        gate: HostGate,
        allow: Sequence[str] = (),
        limits: Limits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lookup: Lookup = look_up,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.user_agent, self.gate, self.clock = user_agent, gate, clock
        self.limits = limits or Limits()
        self._allow, self._lookup, self._tls = allowlist(allow), lookup, tls
        self._large = asyncio.Semaphore(self.limits.large_bodies)
        self.room = asyncio.Event()  # cleared by whoever still holds too much of what came
        self.room.set()

    async def __aenter__(self) -> Self:
        self._connections = Connections(
            self._allow,
            lookup=self._lookup,
            tls=self._tls,
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
        self._connections.close()
        await asyncio.sleep(0)  # lets the transports close

    async def _tick(self) -> None:
        """One watch over all deadlines: cheaper than timers for each request."""
        pause = min(1.0, self.limits.read_seconds / 10)
        while True:
            await asyncio.sleep(pause)
            self._connections.tick()

    async def get(
        self,
        url: str,
        *,
        cache: FeedCache | None = None,
        kind: Kind = "page",
        max_bytes: int | None = None,
        auth: str | None = None,
        user_agent_suffix: str | None = None,
        permit: Permit | None = None,
    ) -> Response:
        """GET `url`, redirects followed, each hop judged and paced.

        `cache` makes the request conditional. `auth` is user:password itself; it goes to the URL's
        own origin only. `permit` is asked before each hop, as robots.txt wants it.
        """
        asked = PendingRequest(
            url=url,
            kind=kind,
            limit=max_bytes or self.limits.bytes_of(kind),
            user_agent=" ".join(f"{self.user_agent} {user_agent_suffix or ''}".split()),
            started_at=self.clock(),
            seconds_left=self.limits.total_seconds,
            cache=cache,
            permit=permit,
        )
        try:
            return await self._follow(asked, self._start(asked, auth))
        except Failure as failure:
            return asked.response(failure.outcome, failure.sentence, failure.body)

    def _start(self, asked: PendingRequest, auth: str | None) -> Target:
        try:
            target = checked_url(asked.url, self._allow)
        except RefusedUrl as exc:
            raise Failure(exc.outcome, f"{mask(asked.url)[:200]} {exc.why}.") from exc
        if target.credentials is not None:
            if asked.kind != "feed":
                raise Failure(Outcome.BAD_URL, f"{mask(asked.url)[:200]} carries credentials.")
            auth = auth or target.credentials
        if auth is not None:
            asked.authorization, asked.home = basic_authorization(auth), target.origin
        return target

    async def _follow(self, asked: PendingRequest, target: Target) -> Response:
        while True:
            asked.seen.add(target.url)
            asked.at = target
            spacing = await _permitted(asked, target) if asked.permit is not None else 0.0
            response = await self._hop(asked, target, spacing)
            if response is not None:
                return response
            target = redirected(asked, self.limits.redirects, self._allow)

    async def _hop(self, asked: PendingRequest, target: Target, spacing: float) -> Response | None:
        """One request; None when it was answered with a redirect."""
        while True:
            held = await self.gate.enter(target.group, target.server, spacing)
            if held is not None:
                raise held_back(asked, held)
            try:
                connection = await self._connect(target, redirected_there=len(asked.seen) > 1)
                try:
                    response = await self._exchange(asked, target, connection)
                    self.gate.answered(target.group, target.server, asked.status)
                    return response
                except Failure:
                    self.gate.answered(target.group, target.server, asked.status)
                    raise
                except Disconnected as exc:
                    # A kept connection that its server had already closed says nothing of the server.
                    if not connection.reused or connection.incoming.started:
                        raise _disconnected(asked, target) from exc
                except BrokenHttp as exc:
                    raise Failure(Outcome.PROTOCOL, f"{target.host} sent {exc}.") from exc
                except TooSlow as exc:
                    raise self._too_slow(asked, target, exc) from exc
                finally:
                    self._connections.give_back(connection)
            finally:
                self.gate.leave(target.group)

    async def _connect(self, target: Target, *, redirected_there: bool) -> Connection:
        try:
            return await self._connections.open(target)
        except RefusedUrl as exc:
            led = f"A redirect leads to {target.name}, which" if redirected_there else target.name
            raise Failure(exc.outcome, f"{led} {exc.why}.") from exc
        except UnknownName as exc:
            outcome, what = Outcome.DNS, f"is unknown to the name service ({exc})"
        except TooSlow as exc:
            outcome, what = Outcome.TIMEOUT, str(exc)
        except Unreachable as exc:
            if exc.tls:
                raise Failure(
                    Outcome.TLS, f"{target.name} has no trustworthy TLS ({exc})."
                ) from exc
            outcome, what = Outcome.CONNECT, f"could not be connected to ({exc})"
        sentence = f"{target.name} {what}."
        self.gate.did_not_answer(target.server, outcome, sentence)
        raise Failure(outcome, sentence)

    async def _exchange(
        self, asked: PendingRequest, target: Target, connection: Connection
    ) -> Response | None:
        self.gate.sent(target.group)
        began = connection.loop.time()
        try:
            head = await connection.ask(asked.request(target), asked.seconds_left)
            asked.answered(head)
            if head.status in REDIRECTS:
                return None
            if head.status == 304:
                return not_modified(asked)
            if head.status >= 300:
                return await self._refused(asked, target, connection)
            return await self._accepted(asked, head, connection)
        finally:
            asked.seconds_left -= connection.loop.time() - began

    async def _refused(
        self, asked: PendingRequest, target: Target, connection: Connection
    ) -> Response:
        status = asked.status or 0
        if status in (429, 503):
            asked.retry_after = retry_after(asked.headers, self.clock())
        sentence = status_sentence(target.host, status, asked.retry_after)
        if status == 429:
            asked.retry_after = self.gate.hold(target.group, asked.retry_after, sentence)
        try:
            body = await read_error_page(asked, connection)
        except (BrokenHttp, Disconnected, TooSlow):
            body = b""  # the status has said enough
        outcome = outcome_of(status)
        if (wall := wall_by_answer(status, asked.headers, body)) is not None:
            outcome, what = of_a_feed(wall) if asked.kind == "feed" else wall
            sentence = f"{target.host} answered {status}. {what}"
        return asked.response(outcome, sentence, body)

    async def _accepted(
        self, asked: PendingRequest, head: Head, connection: Connection
    ) -> Response:
        page = asked.kind == "page"
        kind = asked.headers.get("content-type", "")
        if page and (what := unsupported(kind)) is not None:
            raise Failure(Outcome.UNSUPPORTED_TYPE, f"{mask(asked.url)} is {what}.")
        body = await read_body(asked, head, connection, self._large, self.room)
        if page and (what := unsupported_bytes(body)) is not None:
            raise Failure(Outcome.UNSUPPORTED_TYPE, f"{mask(asked.url)} is {what}, not a page.")
        empty = page and not body.strip()
        outcome = Outcome.EMPTY if empty else outcome_of(head.status)
        return asked.response(outcome, got(asked, body), body)

    def _too_slow(self, asked: PendingRequest, target: Target, exc: TooSlow) -> Failure:
        what = str(exc)
        if asked.status is not None:
            what += f" after {self.limits.total_seconds:g} s" if what == "was not done" else ""
            what += f" ({size(asked.received)} had come)"
        failure = Failure(Outcome.TIMEOUT, f"{target.host} {what}.")
        self.gate.did_not_answer(
            target.server, Outcome.TIMEOUT, failure.sentence, weight=TIMEOUT_WEIGHT
        )
        return failure


def _disconnected(asked: PendingRequest, target: Target) -> Failure:
    if asked.status is None:
        return Failure(Outcome.CONNECT, f"{target.host} closed the connection without an answer.")
    return Failure(
        Outcome.PROTOCOL, f"{target.host} broke off after {size(asked.received)}, before the end."
    )


async def _permitted(asked: PendingRequest, target: Target) -> float:
    assert asked.permit is not None
    permission = await asked.permit(target.url)
    if permission.outcome is not None:
        asked.retry_after = permission.retry_after
        raise Failure(permission.outcome, permission.sentence)
    return permission.spacing
