"""Where a redirect leads, and when it is not followed. Pure."""

import re
from html import unescape
from urllib.parse import quote_from_bytes, urljoin

from yarl import URL

from extractors.fetch.answer.walls import wall_by_answer
from extractors.fetch.cookies import ChainCookies
from extractors.fetch.request import PERMANENT, Failure, PendingRequest
from extractors.fetch.ssrf import Allowlist, RefusedUrl, Target, checked_url
from extractors.fetch.urls import mask, same_site
from model import Outcome, Response

SHELL = 20_000  # bytes: pages that do nothing but send on are small
SOON = 5  # seconds: later refreshes reload a page for its readers
_META = re.compile(rb"<meta\b[^>]{0,500}>", re.IGNORECASE)
_IS_REFRESH = re.compile(rb"http-equiv\s*=\s*[\"']?\s*refresh", re.IGNORECASE)
_CONTENT = re.compile(
    rb"content\s*=\s*([\"'])\s*(\d{1,4})[\d.]*\s*[;,]\s*url\s*=\s*[\"']?(.{1,2000}?)[\"']?\s*\1",
    re.IGNORECASE | re.DOTALL,
)
_HEADER = re.compile(
    r"\s*(\d{1,4})[\d.]*\s*[;,]\s*(?:url\s*=\s*)?[\"']?((?!url\s*=)[^\"'\s][^\"']{0,1999})",
    re.IGNORECASE,
)
MOST_FRAMES = 20  # of a frameset that are looked at
SHELL_WORDS = 100  # bytes of words: "Please wait, you are being forwarded"
# Without an end tag it goes on to the end, as in browsers; looking for it from each start is slow.
_UNSEEN = re.compile(
    rb"<(script|style|title|noscript|noframes)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"<[^<>]*>")
_SCRIPTED = re.compile(
    rb"(?:^|[\s;{(>])(?:(?:window|document|top|self|parent)\.)*location(?:\.href)?"
    rb"(?:\s*=\s*|\.(?:replace|assign)\(\s*)[\"']([^\"'<>\s]{1,2000})[\"']",
)
_AMP = re.compile(
    rb"<link\b(?=[^<>]{0,500}\brel\s*=\s*[\"']?amphtml\b)[^<>]{0,500}?\bhref\s*=\s*[\"']?([^\"'<>\s]{1,2000})",
    re.IGNORECASE,
)
_FRAMESET = re.compile(rb"<frameset\b", re.IGNORECASE)
_FRAME = re.compile(rb"<frame\b[^<>]{1,800}>", re.IGNORECASE)
_NAMES_OF_FRAME = re.compile(
    rb"\b(?:name|id|src)\s*=\s*[\"']?(?:[^\"'<>\s]{0,1000}/)?([\w-]{1,80})", re.IGNORECASE
)
_MAIN = re.compile(
    rb"(?:\w{1,30}[_-])?(?:main|content|body|text|article|center|centre|haupt|inhalt|principal)(?:[_-]?(?:frame|page|\d))?",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    rb"(?:top|nav\w*|menu\w*|banner\w*|head\w*|foot\w*|left\w*|side\w*|toc|title|logo|bottom|ads?)",
    re.IGNORECASE,
)
_FRAMED = re.compile(
    rb"<i?frame\b[^<>]{0,500}?\bsrc\s*=\s*[\"']?([^\"'<>\s]{1,2000})[\"'\s>]", re.IGNORECASE
)
# Not words of a slug: news tells of challenges and of consent decrees.
_CHECK = re.compile(
    r"captcha|incapsula|cdn-cgi|/(?:[\w.]*(?:challenge|consent)|login|sign-?in)(?:[/?.;_]|$)|[?&](?:challenge|consent)",
    re.IGNORECASE,
)
_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~\\"


def redirected(request: PendingRequest, limit: int, allow: Allowlist) -> Target:
    """Where a redirect leads; raises Failure when it is not followed."""
    location = request.headers.get("location", "").strip()
    host = request.host
    if not location:
        raise Failure(
            Outcome.BAD_REDIRECT, f"{host} answered {request.status} without saying where to."
        )
    assert request.head is not None
    assert request.at is not None
    request.permanent = request.permanent and request.status in PERMANENT
    request.cookie_wanted = request.cookie_wanted or bool(request.head.set_cookies)
    if request.head.set_cookies:
        request.cookies = request.cookies or ChainCookies()
        request.cookies.keep(list(request.head.set_cookies), request.at)
    target = _next(request, location, allow)
    has_news = request.cookies is not None and request.cookies.has_news_for(target)
    if target.url in request.visited and not has_news:
        if request.cookie_wanted:
            raise Failure(
                Outcome.COOKIE_WALL,
                f"{host} shows this only to those who send its cookie back, and not even then.",
            )
        raise Failure(Outcome.REDIRECT_LOOP, f"{host} redirects in a circle.")
    request.redirects += 1
    if request.redirects > limit:
        raise Failure(
            Outcome.REDIRECT_LOOP, f"{host} redirects again, after {limit} redirects already."
        )
    return target


def _next(request: PendingRequest, location: str, allow: Allowlist) -> Target:
    assert request.at is not None
    shown = f"{request.host} redirects to {mask(location)[:200]}, which"
    try:
        before, mark, after = re.split(r"([?#]|$)", location, maxsplit=1)
        location = before.replace("\\", "/") + mark + after  # as browsers read it
        # Bytes beyond ASCII and spaces are sent by some servers; browsers escape them, too.
        escaped = quote_from_bytes(location.encode("latin-1", "replace"), safe=_URL_CHARACTERS)
        target = checked_url(str(URL(request.at.url).join(URL(escaped))), allow)
    except RefusedUrl as exc:
        private = exc.outcome is Outcome.PRIVATE_ADDRESS
        outcome = exc.outcome if private else Outcome.BAD_REDIRECT
        raise Failure(outcome, f"{shown} {exc.why}.") from exc
    except ValueError as exc:
        raise Failure(Outcome.BAD_REDIRECT, f"{shown} is not a URL.") from exc
    if target.credentials is not None:
        raise Failure(Outcome.BAD_REDIRECT, f"{shown} carries credentials.")
    return target


def refresh_target(response: Response) -> str | None:
    """Where an answer without content of its own sends its readers at once."""
    if response.outcome not in (Outcome.OK, Outcome.EMPTY) or len(response.body) > SHELL:
        return None
    if (refresh := _HEADER.match(response.headers.get("refresh", ""))) and int(refresh[1]) <= SOON:
        return _joined(response, str(refresh[2]).strip())
    for tag in _META.findall(response.body):
        match = _CONTENT.search(tag) if _IS_REFRESH.search(tag) else None
        if match is not None and int(match[2]) <= SOON:
            return _joined(response, unescape(match[3].decode("utf-8", "replace")).strip())
    return _shell_target(response)


def _joined(response: Response, address: str) -> str | None:
    """The address, or None for what is none."""
    try:
        return urljoin(response.final_url, address)
    except ValueError:
        return None


def _shell_target(response: Response) -> str | None:
    """The page of the same site that a page without words of its own opens by a script, in its only
    frame, in the main one of a frameset, or that it names as its version for phones."""
    words = b" ".join(_TAG.sub(b" ", _UNSEEN.sub(b" ", response.body)).split())
    if len(words) > SHELL_WORDS or wall_by_answer(response.status, response.headers, response.body):
        return None
    for addresses in (
        set(_SCRIPTED.findall(response.body)),
        _frames(response.body),
        set(_AMP.findall(response.body)),
    ):
        if len(addresses) == 1:
            return _other_page(response, unescape(addresses.pop().decode("utf-8", "replace")))
    return None


def _frames(body: bytes) -> set[bytes]:
    """The addresses of a page's frames; of a frameset those that are not beside the story."""
    frames: set[bytes] = set(_FRAMED.findall(body))
    if len(frames) < 2 or not _FRAMESET.search(body):
        return frames
    tags = _FRAME.findall(body)[:MOST_FRAMES]
    main = [tag for tag in tags if any(map(_MAIN.fullmatch, _NAMES_OF_FRAME.findall(tag)))]
    rest = [tag for tag in tags if not any(map(_BESIDE.fullmatch, _NAMES_OF_FRAME.findall(tag)))]
    return set(_FRAMED.findall(b"".join(main if len(main) == 1 else rest)))


def _other_page(response: Response, address: str) -> str | None:
    """The address, where it is another page of the same site and no check for browsers."""
    target = (_joined(response, address.replace("\\/", "/").strip()) or "").partition("#")[0]
    is_other = target not in (response.final_url, response.url) and not _CHECK.search(target)
    return target if is_other and same_site(target, response.final_url) else None
