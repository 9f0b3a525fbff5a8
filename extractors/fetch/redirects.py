"""Where a redirect leads, and when it is not followed. Pure."""

import re
from urllib.parse import quote_from_bytes

from yarl import URL

from extractors.fetch.cookies import ChainCookies
from extractors.fetch.request import PERMANENT, Failure, PendingRequest
from extractors.fetch.ssrf import Allowlist, RefusedUrl, Target, checked_url
from extractors.fetch.urls import mask
from model import Outcome

_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~\\"


def redirected(asked: PendingRequest, limit: int, allow: Allowlist) -> Target:
    """Where a redirect leads; raises Failure when it is not followed."""
    location = asked.headers.get("location", "").strip()
    host = asked.host
    if not location:
        raise Failure(
            Outcome.BAD_REDIRECT, f"{host} answered {asked.status} without saying where to."
        )
    assert asked.head is not None
    assert asked.at is not None
    asked.permanent = asked.permanent and asked.status in PERMANENT
    asked.cookie_wanted = asked.cookie_wanted or bool(asked.head.set_cookies)
    if asked.head.set_cookies:
        asked.cookies = asked.cookies or ChainCookies()
        asked.cookies.keep(list(asked.head.set_cookies), asked.at)
    target = _next(asked, location, allow)
    has_news = asked.cookies is not None and asked.cookies.has_news_for(target)
    if target.url in asked.seen and not has_news:
        if asked.cookie_wanted:
            raise Failure(
                Outcome.COOKIE_WALL,
                f"{host} shows this only to those who send its cookie back, and not even then.",
            )
        raise Failure(Outcome.REDIRECT_LOOP, f"{host} redirects in a circle.")
    asked.redirects += 1
    if asked.redirects > limit:
        raise Failure(
            Outcome.REDIRECT_LOOP, f"{host} redirects again, after {limit} redirects already."
        )
    return target


def _next(asked: PendingRequest, location: str, allow: Allowlist) -> Target:
    assert asked.at is not None
    shown = f"{asked.host} redirects to {mask(location)[:200]}, which"
    try:
        before, mark, after = re.split(r"([?#]|$)", location, maxsplit=1)
        location = before.replace("\\", "/") + mark + after  # as browsers read it
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
