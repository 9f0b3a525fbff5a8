"""One GET, as publishers would wish it. With addresses.py, the only module that opens sockets."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace, TracebackType
from typing import Self

import aiohttp
from yarl import URL

from extractors.addresses import (
    Lookup,
    RefusedAddress,
    RefusedUrl,
    Resolver,
    checked_url,
    guarded_sockets,
    look_up,
    networks,
)
from extractors.bodies import read_body, read_error_page
from extractors.exchange import (
    REDIRECTS,
    Asked,
    Failure,
    Kind,
    Limits,
    Permit,
    got,
    held_back,
    kept,
    not_modified,
    redirected,
    unsupported,
    unsupported_bytes,
)
from extractors.headers import basic_authorization, retry_after
from extractors.pacing import HostGate
from extractors.sentences import outcome_of, plain, plain_http, size, status_sentence
from extractors.urls import host_group, mask
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
        self._allow, self._lookup, self._tls = networks(allow), lookup, tls
        self._large = asyncio.Semaphore(self.limits.large_bodies)

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            limit=0,  # the gate counts connections
            resolver=Resolver(self._allow, self._lookup),
            socket_factory=guarded_sockets(self._allow),
            ttl_dns_cache=300,
            ssl=self._tls or True,
        )
        self._resolver = connector._resolver
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(
                connect=self.limits.connect_seconds, sock_read=self.limits.read_seconds
            ),
            max_line_size=self.limits.header_bytes,
            max_field_size=self.limits.header_bytes,
            max_headers=self.limits.headers,
            trace_configs=[self._trace()] if self.gate.seconds_between > 0 else [],
        )
        # aiohttp would ask a second time, at once, when a kept connection breaks; pacing forbids it.
        self._session._retry_connection = self.gate.seconds_between <= 0
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()
        await self._resolver.close()

    def _trace(self) -> aiohttp.TraceConfig:
        async def sent(_: object, context: SimpleNamespace, __: object) -> None:
            self.gate.sent(context.trace_request_ctx["group"])

        async def reused(_: object, context: SimpleNamespace, __: object) -> None:
            context.trace_request_ctx["reused"] = True

        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(sent)
        trace.on_connection_reuseconn.append(reused)
        return trace

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
        asked = Asked(
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
            return asked.response(failure.outcome, failure.sentence)

    def _start(self, asked: Asked, auth: str | None) -> URL:
        try:
            target = checked_url(asked.url, self._allow)
        except RefusedUrl as exc:
            raise Failure(exc.outcome, f"{mask(asked.url)[:200]} {exc.why}.") from exc
        if target.user or target.password:
            if asked.kind != "feed":
                raise Failure(Outcome.BAD_URL, f"{mask(asked.url)[:200]} carries credentials.")
            auth = auth or f"{target.user or ''}:{target.password or ''}"
            target = target.with_user(None)
        if auth is not None:
            asked.authorization, asked.home = basic_authorization(auth), target.origin()
        return target

    async def _follow(self, asked: Asked, target: URL) -> Response:
        while True:
            asked.seen.add(target)
            asked.at = target
            response = await self._hop(asked, target)
            if response is not None:
                return response
            target = redirected(asked, self.limits.redirects, self._allow)

    async def _hop(self, asked: Asked, target: URL) -> Response | None:
        """One request; None when it was answered with a redirect."""
        host, group = f"{target.raw_host}:{target.port}", host_group(str(target.origin()))
        spacing = await _permitted(asked, target) if asked.permit is not None else 0.0
        for last in (False, True):
            if (held := await self.gate.enter(group, host, spacing)) is not None:
                raise held_back(asked, held)
            context: dict[str, object] = {"group": group, "reused": False}
            began = asyncio.get_running_loop().time()
            try:
                return await self._exchange(asked, target, host, group, context)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as exc:
                # A kept connection that the server had already closed says nothing of the server.
                if last or not context["reused"]:
                    raise self._broken(asked, target, host, exc) from exc
            except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as exc:
                raise self._broken(asked, target, host, exc) from exc
            finally:
                asked.seconds_left -= asyncio.get_running_loop().time() - began
                self.gate.leave(group)
        return None

    async def _exchange(
        self, asked: Asked, target: URL, host: str, group: str, context: dict[str, object]
    ) -> Response | None:
        async with (
            asyncio.timeout(asked.seconds_left) as deadline,
            self._session.get(
                target,
                headers=asked.headers_for(target),
                allow_redirects=False,
                trace_request_ctx=context,
            ) as answer,
        ):
            if answer.status != 429:
                self.gate.answered(group, host)
            asked.status, asked.headers = answer.status, kept(answer.headers.items())
            if answer.status in REDIRECTS:
                return None
            if answer.status == 304:
                return not_modified(asked)
            if answer.status >= 300:
                return await self._refused(asked, target, group, answer)
            return await self._accepted(asked, answer, deadline)

    async def _refused(
        self, asked: Asked, target: URL, group: str, answer: aiohttp.ClientResponse
    ) -> Response:
        if answer.status in (429, 503):
            asked.retry_after = retry_after(asked.headers, self.clock())
        sentence = status_sentence(str(target.host), answer.status, asked.retry_after)
        if answer.status == 429:
            asked.retry_after = self.gate.hold(group, asked.retry_after, sentence)
        try:
            body = await read_error_page(asked, answer.content.iter_any())
        except aiohttp.ClientError:
            body = b""
        return asked.response(outcome_of(answer.status), sentence, body)

    async def _accepted(
        self, asked: Asked, answer: aiohttp.ClientResponse, deadline: asyncio.Timeout
    ) -> Response:
        page = asked.kind == "page"
        kind = asked.headers.get("content-type", "")
        if page and (what := unsupported(kind)) is not None:
            raise Failure(Outcome.UNSUPPORTED_TYPE, f"{mask(asked.url)} is {what}.")
        chunks, declared = answer.content.iter_any(), answer.content_length
        body = await read_body(asked, chunks, declared, self._large, deadline)
        if page and (what := unsupported_bytes(body)) is not None:
            raise Failure(Outcome.UNSUPPORTED_TYPE, f"{mask(asked.url)} is {what}, not a page.")
        empty = page and not body.strip()
        outcome = Outcome.EMPTY if empty else outcome_of(answer.status)
        return asked.response(outcome, got(asked, body), body)

    def _broken(self, asked: Asked, target: URL, host: str, exc: Exception) -> Failure:
        outcome, what = _named(asked, self.limits, exc)
        sentence = f"{target.host} {what}."
        if isinstance(exc, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError) and (
            outcome in (Outcome.DNS, Outcome.CONNECT, Outcome.TIMEOUT)
        ):
            self.gate.connect_failed(host, sentence)
        return Failure(outcome, sentence)


async def _permitted(asked: Asked, target: URL) -> float:
    assert asked.permit is not None
    permission = await asked.permit(str(target))
    if permission.outcome is not None:
        asked.retry_after = permission.retry_after
        raise Failure(permission.outcome, permission.sentence)
    return permission.spacing


def _named(asked: Asked, limits: Limits, exc: Exception) -> tuple[Outcome, str]:
    """The outcome of a broken exchange, and what the host did."""
    if isinstance(exc, aiohttp.ClientConnectorError):
        return _unconnected(exc)
    if isinstance(exc, aiohttp.ClientSSLError):
        return Outcome.TLS, f"has no trustworthy TLS ({plain(exc)})"
    if isinstance(exc, aiohttp.ConnectionTimeoutError):
        return Outcome.TIMEOUT, f"could not be connected to in {limits.connect_seconds:g} s"
    if isinstance(exc, aiohttp.ServerTimeoutError):
        return Outcome.TIMEOUT, f"sent nothing for {limits.read_seconds:g} s"
    if isinstance(exc, TimeoutError):
        return (
            Outcome.TIMEOUT,
            f"was not done after {limits.total_seconds:g} s ({size(asked.received)} had come)",
        )
    if isinstance(exc, aiohttp.ClientPayloadError):
        return Outcome.PROTOCOL, f"broke off after {size(asked.received)}, before the end"
    if isinstance(exc, aiohttp.ClientResponseError):
        return Outcome.PROTOCOL, f"sent broken HTTP ({plain_http(exc.message)})"
    if isinstance(exc, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError):
        when = f"after {size(asked.received)}" if asked.status else "without an answer"
        return Outcome.CONNECT, f"closed the connection {when}"
    if isinstance(exc, aiohttp.InvalidURL | ValueError):
        return Outcome.BAD_URL, f"cannot be asked ({plain(exc)})"
    return Outcome.CONNECT, f"could not be asked ({plain(exc)})"


def _unconnected(exc: aiohttp.ClientConnectorError) -> tuple[Outcome, str]:
    cause = exc.os_error
    if isinstance(cause, RefusedAddress):
        return cause.outcome, cause.why
    if isinstance(exc, aiohttp.ClientConnectorDNSError):
        return Outcome.DNS, f"is unknown to the name service ({plain(cause)})"
    if isinstance(exc, aiohttp.ClientSSLError) or isinstance(cause, ssl.SSLError):
        return Outcome.TLS, f"has no trustworthy TLS ({plain(cause)})"
    return Outcome.CONNECT, f"could not be connected to ({plain(cause)})"
