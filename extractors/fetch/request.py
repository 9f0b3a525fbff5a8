"""One GET from asking to answer, apart from the network: headers out, redirects, the Response. Pure."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import quote_from_bytes

from yarl import URL

from extractors.fetch.headers import hint_seconds
from extractors.fetch.outcome_messages import clock, size
from extractors.fetch.ssrf import Allowlist, RefusedUrl, Target, checked_url
from extractors.fetch.throttle import Held
from extractors.fetch.transport.wire import Head
from extractors.fetch.urls import mask
from model import FeedCache, Outcome, Response

Kind = Literal["feed", "page", "robots"]
ACCEPT: Mapping[Kind, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
}


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
    large_bodies: int = 8  # bodies past 1 MB taken in at once: what bounds memory

    def bytes_of(self, kind: Kind) -> int:
        return {"feed": self.feed_bytes, "page": self.page_bytes}.get(kind, self.robots_bytes)


REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
KEPT_HEADERS = 100
_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~\\"
# Pages come as these, or with no type at all; octet-stream is looked at, as some servers mean HTML.
_PAGE_TYPES = re.compile(
    r"text/(?:html|plain|xml)|application/(?:xhtml\+xml|xml|octet-stream|[a-z.+-]*\+xml)|unknown/.*|"
)
_MAGIC = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"\x1f\x8b": "a packed file",
}


@dataclass(frozen=True, slots=True)
class Permission:
    """What robots.txt says of one URL: how far apart to ask, or an outcome when it is not asked."""

    spacing: float = 0.0
    outcome: Outcome | None = None
    sentence: str = ""
    retry_after: datetime | None = None


Permit = Callable[[str], Awaitable[Permission]]


class Failure(Exception):  # noqa: N818
    """Ends a GET: the outcome and its sentence, and what is of use nevertheless."""

    def __init__(self, outcome: Outcome, sentence: str, body: bytes = b"") -> None:
        self.outcome, self.sentence, self.body = outcome, sentence, body
        super().__init__(sentence)


@dataclass(slots=True)
class PendingRequest:
    """What was asked, and what became of it so far."""

    url: str
    kind: Kind
    limit: int
    user_agent: str
    started_at: datetime
    seconds_left: float
    cache: FeedCache | None = None
    authorization: str | None = None  # sent to the origin `home` only
    home: str | None = None
    permit: Permit | None = None
    began: float = field(default_factory=time.perf_counter)
    at: Target | None = None
    seen: set[str] = field(default_factory=set)
    permanent: bool = True
    cookie_wanted: bool = False
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

    def request(self, target: Target) -> bytes:
        """The request as bytes; validators go back as they came."""
        lines = [
            f"GET {target.path} HTTP/1.1",
            f"Host: {target.name}",
            f"User-Agent: {self.user_agent}",
            f"Accept: {ACCEPT[self.kind]}",
            "Accept-Encoding: gzip, deflate",
        ]
        if self.cache is not None:
            if self.cache.etag:
                lines.append(f"If-None-Match: {self.cache.etag}")
            if self.cache.last_modified:
                lines.append(f"If-Modified-Since: {self.cache.last_modified}")
        if self.authorization is not None and target.origin == self.home:
            lines.append(f"Authorization: {self.authorization}")
        return "\r\n".join((*lines, "", "")).encode("latin-1", "replace")

    def answered(self, head: Head) -> None:
        headers = head.headers
        if len(headers) > KEPT_HEADERS:
            headers = dict(list(headers.items())[:KEPT_HEADERS])
        self.status, self.headers = head.status, headers

    def response(self, outcome: Outcome, sentence: str, body: bytes = b"") -> Response:
        usable = outcome in (Outcome.OK, Outcome.NOT_MODIFIED)
        moved = usable and self.permanent and len(self.seen) > 1
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
        )


def redirected(asked: PendingRequest, limit: int, allow: Allowlist) -> Target:
    """Where a redirect leads; raises Failure when it is not followed."""
    location = asked.headers.get("location", "").strip()
    host = asked.host
    if not location:
        raise Failure(
            Outcome.BAD_REDIRECT, f"{host} answered {asked.status} without saying where to."
        )
    asked.permanent = asked.permanent and asked.status in PERMANENT
    asked.cookie_wanted = asked.cookie_wanted or "set-cookie" in asked.headers
    target = _next(asked, location, allow)
    if target.url in asked.seen:
        if asked.cookie_wanted:
            raise Failure(
                Outcome.COOKIE_WALL,
                f"{host} shows this only to those who send its cookie back, which we do not.",
            )
        raise Failure(Outcome.REDIRECT_LOOP, f"{host} redirects in a circle.")
    if len(asked.seen) > limit:
        raise Failure(
            Outcome.REDIRECT_LOOP, f"{host} redirects again, after {limit} redirects already."
        )
    return target


def _next(asked: PendingRequest, location: str, allow: Allowlist) -> Target:
    assert asked.at is not None
    shown = f"{asked.host} redirects to {mask(location)[:200]}, which"
    try:
        # Bytes beyond ASCII and spaces are sent by some servers; browsers escape them, too.
        escaped = quote_from_bytes(location.encode("latin-1", "replace"), safe=_URL_CHARACTERS)
        target = checked_url(str(URL(asked.at.url).join(URL(escaped))), allow)
    except RefusedUrl as exc:
        private = exc.outcome is Outcome.PRIVATE_ADDRESS
        outcome = exc.outcome if private else Outcome.BAD_REDIRECT
        raise Failure(outcome, f"{shown} {exc.why}.") from exc
    except ValueError as exc:
        raise Failure(Outcome.BAD_REDIRECT, f"{shown} is no URL.") from exc
    if target.credentials is not None:
        raise Failure(Outcome.BAD_REDIRECT, f"{shown} carries credentials.")
    return target


def unsupported(content_type: str) -> str | None:
    """What a page is instead, when its type says that it holds no article."""
    kind = content_type.partition(";")[0].strip().lower()
    if _PAGE_TYPES.fullmatch(kind):
        return None
    return "a PDF document" if kind == "application/pdf" else f"{kind[:60]}, not a page"


def unsupported_bytes(body: bytes) -> str | None:
    """What the first bytes give away, whatever the type says."""
    head = body.lstrip()[:8]
    return next((what for magic, what in _MAGIC.items() if head.startswith(magic)), None)


def not_modified(asked: PendingRequest) -> Response:
    if asked.conditional:
        return asked.response(Outcome.NOT_MODIFIED, f"{asked.host} has nothing new (304).")
    raise Failure(
        Outcome.PROTOCOL, f"{asked.host} answered 304 Not Modified to a request that asked for all."
    )


def held_back(asked: PendingRequest, held: Held) -> Failure:
    """Not asked: the host group must wait, or the host is down."""
    if held.outcome is not Outcome.RATE_LIMITED:
        return Failure(
            held.outcome, f"Not asked until {clock(held.until)}, as a moment ago: {held.reason}"
        )
    asked.retry_after = held.until
    return Failure(held.outcome, f"Held back until {clock(held.until)}, as asked: {held.reason}")


def got(asked: PendingRequest, body: bytes) -> str:
    return f"{asked.host} answered {asked.status} with {size(len(body))}."
