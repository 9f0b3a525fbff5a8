"""What response headers ask of a client: when to come back, how long an answer stays good. Pure."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

DAY = timedelta(hours=24)
_A_MOMENT = 1_000_000_000  # seconds since 1970, where a number of seconds to wait is smaller
_SECONDS = re.compile(
    r"(\d+)(?:\.\d*)?\s*(?:s|secs?|seconds?)?\s*(?:[,;]|$)", re.ASCII | re.IGNORECASE
)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})")


def http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


def _iso_date(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Retry-After in either form, at most 24 h ahead; None when absent or unreadable.

    Some servers say it twice in one line, with a fraction or a unit, or as ISO 8601; some (Reddit,
    GitHub) only say when their window ends.
    """
    text = headers.get("retry-after", "").strip() or _window_ends(headers, now)
    if match := _SECONDS.match(text):
        return now + min(timedelta(seconds=int(match[1][:9])), DAY)
    when = http_date(text) or _iso_date(text) if text else None
    if when is None:
        return None
    # The server's own clock tells how long it meant, even when ours differs.
    clock = http_date(headers.get("date", "")) or now
    return now + min(max(when - clock, timedelta(0)), DAY)


def _window_ends(headers: Mapping[str, str], now: datetime) -> str:
    """The seconds until a limit is reset, as Retry-After would say them; "" when unknown."""
    reset = headers.get("ratelimit-reset", "") or headers.get("x-ratelimit-reset", "")
    match = re.fullmatch(r"\s*(\d{1,10})(?:\.\d{1,9})?\s*", reset, re.ASCII)
    if match is None:
        return ""
    seconds = int(match[1])
    if seconds > _A_MOMENT:  # GitHub names the moment
        seconds -= int(now.timestamp())
    return str(seconds) if 0 < seconds <= DAY.total_seconds() else ""


def hint_seconds(headers: Mapping[str, str]) -> int | None:
    """How long the answer stays good by Cache-Control or Expires, at most 24 h; None without a hint."""
    control = headers.get("cache-control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return None
    if control and (match := _MAX_AGE.search(control)) is not None:
        age = headers.get("age", "")
        spent = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0
        return min(max(int(match[1]) - spent, 0), 86_400) or None
    if "expires" not in headers:
        return None
    until, date = http_date(headers.get("expires", "")), http_date(headers.get("date", ""))
    if until is None or date is None:
        return None
    return min(max(int((until - date).total_seconds()), 0), 86_400) or None


def distrusts_validators(headers: Mapping[str, str]) -> bool:
    """`Expires: 0`: servers that send it answer 304 wrongly (Miniflux ignores their validators too)."""
    return headers.get("expires", "").strip() == "0"


# What is ours to say: whom we ask, who asks, how the connection and the body are handled, what is
# known already. `Authorization` is what `auth` is for, which goes to one origin only and is masked.
_OUR_HEADERS = frozenset(
    (
        *("host", "authorization", "user-agent", "accept-encoding", "connection", "keep-alive"),
        *("transfer-encoding", "te", "trailer", "upgrade", "expect", "range", "http2-settings"),
    )
)
_OUR_FAMILIES = ("proxy-", "content-", "if-", "sec-", ":")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]{1,4000}")


def header_fault(name: str, value: str) -> str | None:
    """Why a feed may not carry this header; None when it may. Never quotes the value."""
    if not _NAME.fullmatch(name):
        return "is not the name of a header"
    if name.lower() in _OUR_HEADERS or name.lower().startswith(_OUR_FAMILIES):
        return "is set by Pollwatch itself"
    if not _VALUE.fullmatch(value):
        return "must hold 1 to 4,000 characters of Latin text, without line breaks"
    return None


def basic_authorization(user_and_password: str) -> str:
    return "Basic " + base64.b64encode(user_and_password.encode()).decode("ascii")
