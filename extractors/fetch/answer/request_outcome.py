"""What came of one request over the network, as an outcome with its sentence."""

import re
from datetime import datetime

from extractors.fetch.answer.content_types import ends_early, is_whole, not_a_page
from extractors.fetch.answer.headers import retry_after
from extractors.fetch.answer.outcome_messages import outcome_of, size, status_sentence
from extractors.fetch.answer.walls import of_a_feed, wall_by_answer
from extractors.fetch.content.bodies import ERROR_BODY, BadCompression, Intake, NotAPage, TooLarge
from extractors.fetch.request import REDIRECTS, Failure, PendingRequest, answer_in_words
from extractors.fetch.ssrf import RefusedUrl, Target
from extractors.fetch.throttle import TIMEOUT_WEIGHT, HostGate
from extractors.fetch.transport.connection_faults import (
    BrokenHttp,
    Disconnected,
    Overloaded,
    ProxyRefused,
    StaleAddress,
    TooSlow,
    UnknownName,
    Unreachable,
    Way,
)
from extractors.fetch.transport.proxies import Proxy
from extractors.fetch.urls import mask
from model import Outcome, Response

_RANGE = re.compile(r"bytes (?:\d{1,15})-(\d{1,15})/(\d{1,15})")

FAULTS = (
    *(BrokenHttp, Disconnected, Overloaded, ProxyRefused, StaleAddress, TooSlow, UnknownName),
    *(Unreachable, RefusedUrl, TooLarge, BadCompression, NotAPage),
)


class Otherwise(Exception):  # noqa: N818
    """The request is worth one more try, made this way."""

    def __init__(self, way: Way) -> None:
        self.way = way
        super().__init__(way)


def another_way(fault: Exception, way: Way) -> Otherwise | None:
    """Another way than this one, where there is one."""
    otherwise = Way.USUAL
    if isinstance(fault, StaleAddress):
        otherwise = Way.FRESH
    elif isinstance(fault, BrokenHttp):
        otherwise = fault.otherwise
    return Otherwise(otherwise) if otherwise and otherwise not in way else None


def is_told(request: PendingRequest, intake: Intake, fault: Exception) -> bool:
    """Whether the answer says enough, although it did not come whole.

    Of a redirect and an error page the head is enough. What came of a page or feed that broke off
    is kept, and marked; one that came to its own end is whole, whatever else was promised.
    """
    if request.head is None or isinstance(fault, StaleAddress):
        return False
    if request.head.status in REDIRECTS or request.head.status >= 300:
        return True
    if request.kind == "robots" and isinstance(fault, TooLarge):
        return True  # RFC 9309: what is within the limit counts
    if isinstance(fault, TooSlow) and is_whole(intake.body.so_far()):
        return True  # a Content-Length that is too long, over a connection that stays open
    request.partial = isinstance(fault, Disconnected | BrokenHttp) and intake.body.size > 0
    return request.partial


def accepted(request: PendingRequest, intake: Intake) -> Response:
    """The Response for a status of 2xx; raises Failure."""
    try:
        body = intake.body.whole()
    except BadCompression as exc:
        raise Failure(Outcome.PROTOCOL, f"{request.host} sent {exc}.") from exc
    page = request.kind == "page"
    is_part = request.status == 206 and lacks_an_end(request.headers.get("content-range", ""))
    request.partial = request.partial or intake.body.cut or is_part or (page and ends_early(body))
    if page and (what := not_a_page(body, request.headers.get("content-type"))) is not None:
        raise _no_page(request, what)
    empty = page and not body.strip()
    outcome = Outcome.EMPTY if empty else outcome_of(request.status or 0)
    return request.response(outcome, answer_in_words(request, body), body)


def lacks_an_end(content_range: str) -> bool:
    """Whether a part of a document, which nobody asked for, ends before the document does."""
    part = _RANGE.fullmatch(content_range.strip())
    return part is not None and int(part[1]) + 1 < int(part[2])


def refused(
    request: PendingRequest, target: Target, intake: Intake, *, gate: HostGate, now: datetime
) -> Response:
    """An answer of 4xx or 5xx; a 429 holds its host back as long as it says."""
    status = request.status or 0
    if status in (429, 503):
        request.retry_after = retry_after(request.headers, now)
    body = intake.body.so_far()[:ERROR_BODY]
    challenge = request.headers.get("www-authenticate", "") if status == 401 else ""
    sentence = status_sentence(target.host, status, request.retry_after, body, challenge)
    if status == 429:
        request.retry_after = gate.hold(target.group, request.retry_after, sentence)
    outcome = outcome_of(status)
    if (wall := wall_by_answer(status, request.headers, body)) is not None:
        outcome, what = of_a_feed(wall) if request.kind == "feed" else wall
        sentence = f"{target.host} answered {status}. {what}"
    return request.response(outcome, sentence, body)


def _no_page(request: PendingRequest, what: str) -> Failure:
    return Failure(Outcome.UNSUPPORTED_TYPE, f"{mask(request.url)} is {what}, not a page.")


def unknown_name(target: Target, proxy: Proxy | None, exc: UnknownName) -> Failure:
    if proxy is not None:
        why = f"the proxy {proxy.server} is unknown to the name service ({exc})"
        return Failure(Outcome.PROXY, f"{target.name} could not be reached: {why}.")
    sentence = f"{target.name} is unknown to the name service ({exc})."
    return Failure(Outcome.DNS, sentence, weight=1.0)


def failure_of(
    request: PendingRequest, target: Target, fault: Exception, intake: Intake | None = None
) -> Failure:
    """The outcome of what went wrong, and how much it says against the host."""
    name, host = target.name, target.host
    match fault:
        case RefusedUrl():
            led = f"A redirect leads to {name}, which" if len(request.visited) > 1 else name
            return Failure(fault.outcome, f"{led} {fault.why}.")
        case UnknownName():
            return unknown_name(target, None, fault)
        case Unreachable() | ProxyRefused() | Overloaded() | StaleAddress():
            return _not_connected(name, fault)
        case TooSlow(connecting=True):
            return Failure(Outcome.TIMEOUT, f"{name} {fault}.", weight=1.0)
        case TooSlow():
            received = f" ({size(request.received)} had come)" if request.head is not None else ""
            sentence = f"{host} {fault}{received}."
            return Failure(Outcome.TIMEOUT, sentence, weight=TIMEOUT_WEIGHT)
        case Disconnected() if request.head is None:
            return Failure(Outcome.CONNECT, f"{host} closed the connection without an answer.")
        case Disconnected():
            sentence = f"{host} broke off after {size(request.received)}, before the end."
            return Failure(Outcome.PROTOCOL, sentence)
        case NotAPage():
            return _no_page(request, str(fault))
        case TooLarge():
            return _too_large(request, fault, intake)
    return Failure(Outcome.PROTOCOL, f"{host} sent {fault}.")


def _not_connected(
    name: str, fault: Unreachable | ProxyRefused | Overloaded | StaleAddress
) -> Failure:
    match fault:
        case Unreachable(tls=True):
            return Failure(Outcome.TLS, f"{name} has no trustworthy TLS ({fault}).")
        case Unreachable():
            sentence = f"{name} could not be connected to ({fault})."
            return Failure(Outcome.CONNECT, sentence, weight=1.0)
        case StaleAddress():
            sentence = f"{name} changes its address too fast to be connected to."
            return Failure(Outcome.CONNECT, sentence)
        case ProxyRefused(is_ours=True):
            return Failure(Outcome.PROXY, f"{name} could not be reached: {fault}.")
    return Failure(Outcome.CONNECT, f"{name} could not be reached: {fault}.")


def _too_large(request: PendingRequest, fault: TooLarge, intake: Intake | None) -> Failure:
    """Of a feed that is too large, as much as is read is of use."""
    part = b""
    if request.kind == "feed" and intake is not None and intake.body.size > request.limit:
        part = intake.body.so_far()
    sentence = (
        f"{mask(request.url)} is too large: {fault}; at most {request.limit / 1e6:g} MB is read."
    )
    return Failure(Outcome.TOO_LARGE, sentence, part)
