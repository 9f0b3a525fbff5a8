"""One GET from asking to answer, apart from the network: headers out, the Response. Pure."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Literal

from extractors.fetch.answer.headers import hint_seconds
from extractors.fetch.answer.outcome_messages import clock, size
from extractors.fetch.cookies import ChainCookies
from extractors.fetch.ssrf import Target
from extractors.fetch.throttle import Held
from extractors.fetch.transport.head import ResponseHead
from extractors.fetch.urls import mask
from model import FeedCache, Outcome, Response

RequestKind = Literal["feed", "page", "robots"]
ACCEPT: Mapping[RequestKind, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
}
# For servers that answer 406 or 415 unless a browser's types are named, and have a feed all the same.
# Pages are asked for with these in any case, and a firewall that answers 406 is not asked twice.
ACCEPT_ANY = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8"
TYPE_REFUSED = frozenset({406, 415})
# How servers fail over If-None-Match or If-Modified-Since. 502 to 504 say that they are down.
CONDITION_REFUSED = frozenset({400, 412, 416, 500, 501})


def user_agent(contact: str) -> str:
    """How Pollwatch names itself to publishers, with the address that they can reach its operator at."""
    return f"Pollwatch/{version('pollwatch')} (+{contact})"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much; tests make them smaller."""

    connect_seconds: float = 20.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0  # on the network, redirects included; waiting for a turn is free
    redirects: int = 5
    feed_bytes: int = 10_000_000
    page_bytes: int = 5_000_000
    robots_bytes: int = 500_000
    large_bodies: int = 4  # bodies past 1 MB taken in at once: what bounds memory

    def bytes_of(self, kind: RequestKind) -> int:
        return {"feed": self.feed_bytes, "page": self.page_bytes}.get(kind, self.robots_bytes)


REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
KEPT_HEADERS = 100


@dataclass(frozen=True, slots=True)
class Permission:
    """What robots.txt says of one URL: how far apart to ask, or an outcome when it is not asked."""

    spacing: float = 0.0
    outcome: Outcome | None = None
    sentence: str = ""
    retry_after: datetime | None = None


Permit = Callable[[str], Awaitable[Permission]]


class Failure(Exception):  # noqa: N818
    """Ends a GET: the outcome and its sentence, and what is of use nevertheless.

    `weight` is how much it says of a host that does not answer; 0: nothing.
    """

    def __init__(
        self, outcome: Outcome, sentence: str, body: bytes = b"", *, weight: float = 0.0
    ) -> None:
        self.outcome, self.sentence, self.body = outcome, sentence, body
        self.weight = weight
        super().__init__(sentence)


@dataclass(slots=True)
class PendingRequest:
    """What was asked, and what became of it so far."""

    url: str
    kind: RequestKind
    limit: int
    user_agent: str
    started_at: datetime
    seconds_left: float
    cache: FeedCache | None = None
    any_type: bool = False
    authorization: str | None = None  # sent to the origin `home` only, and
    own_headers: tuple[tuple[str, str], ...] = ()  # these as well
    home: str | None = None
    permit: Permit | None = None
    began: float = field(default_factory=time.perf_counter)
    at: Target | None = None
    visited: set[str] = field(default_factory=set)
    redirects: int = 0
    is_back: bool = False  # at an address that this chain asked before
    permanent: bool = True
    cookies: ChainCookies | None = None  # once a redirect has set one
    cookie_wanted: bool = False
    head: ResponseHead | None = None  # of the last answer
    partial: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    received: int = 0
    retry_after: datetime | None = None

    @property
    def conditional(self) -> bool:
        return self.cache is not None and bool(self.cache.etag or self.cache.last_modified)

    @property
    def host(self) -> str:
        return self.at.host if self.at is not None else ""

    def headers_for(self, target: Target) -> list[bytes]:
        """The header lines of the request but Host; validators go back as they came."""
        lines = [
            f"User-Agent: {self.user_agent}",
            f"Accept: {ACCEPT_ANY if self.any_type else ACCEPT[self.kind]}",
            "Accept-Encoding: gzip, deflate, br, zstd",
        ]
        if self.cache is not None:
            if self.cache.etag:
                lines.append(f"If-None-Match: {self.cache.etag}")
            if self.cache.last_modified:
                lines.append(f"If-Modified-Since: {self.cache.last_modified}")
        if target.origin == self.home:
            if self.authorization is not None:
                lines.append(f"Authorization: {self.authorization}")
            if self.own_headers:
                lines = [*_without(lines, self.own_headers), *map(": ".join, self.own_headers)]
        if self.cookies and (cookie := self.cookies.header(target, back=self.is_back)):
            lines.append(f"Cookie: {cookie}")
        return [line.encode("latin-1", "replace") for line in lines]

    def relents(self) -> bool:
        """Whether the answer may be about a header that one can do without, which is left out from now on."""
        if self.status in CONDITION_REFUSED and self.conditional:
            self.cache = None
            return True
        if self.status in TYPE_REFUSED and self.kind == "feed" and not self.any_type:
            self.any_type = True
            return True
        return False

    def answered(self, head: ResponseHead) -> None:
        headers = head.headers
        if len(headers) > KEPT_HEADERS:
            headers = dict(list(headers.items())[:KEPT_HEADERS])
        self.status, self.headers, self.head = head.status, headers, head

    def response(self, outcome: Outcome, sentence: str, body: bytes = b"") -> Response:
        usable = outcome in (Outcome.OK, Outcome.NOT_MODIFIED)
        moved = usable and self.permanent and self.redirects > 0
        return Response(
            url=mask(self.url),
            final_url=self.at.url if self.at is not None else mask(self.url),
            outcome=outcome,
            sentence=sentence,
            status=self.status,
            headers=self.headers,
            body=body,
            started_at=self.started_at,
            duration_ms=round((time.perf_counter() - self.began) * 1000),
            moved_to=self.at.url if moved and self.at is not None else None,
            retry_after=self.retry_after,
            hint_seconds=hint_seconds(self.headers) if usable else None,
            bytes_received=self.received,
            partial=self.partial,
        )


def _without(lines: list[str], own: tuple[tuple[str, str], ...]) -> list[str]:
    """The feed's own headers take the place of those of the same name."""
    names = {name.lower() for name, _ in own}
    return [line for line in lines if line.partition(":")[0].lower() not in names]


async def permitted(request: PendingRequest, target: Target) -> float:
    """Asks robots.txt, where the request wants that; seconds to leave between requests."""
    if request.permit is None:
        return 0.0
    permission = await request.permit(target.url)
    if permission.outcome is not None:
        request.retry_after = permission.retry_after
        raise Failure(permission.outcome, permission.sentence)
    return permission.spacing


def not_modified(request: PendingRequest) -> Response:
    if request.conditional:
        return request.response(Outcome.NOT_MODIFIED, f"{request.host} has nothing new (304).")
    raise Failure(
        Outcome.PROTOCOL,
        f"{request.host} answered 304 Not Modified to a request that asked for all.",
    )


def held_back(request: PendingRequest, refusal: Held) -> Failure:
    """Not asked: the host group must wait, or the host is down."""
    if refusal.outcome is not Outcome.RATE_LIMITED:
        return Failure(
            refusal.outcome,
            f"Not asked until {clock(refusal.until)}, as a moment ago: {refusal.reason}",
        )
    request.retry_after = refusal.until
    return Failure(
        refusal.outcome, f"Held back until {clock(refusal.until)}, as asked: {refusal.reason}"
    )


def answer_in_words(request: PendingRequest, body: bytes) -> str:
    ended = ", and broke off before the end" if request.partial else ""
    return f"{request.host} answered {request.status} with {size(len(body))}{ended}."
