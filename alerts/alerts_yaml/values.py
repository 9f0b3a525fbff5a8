"""What each key of alerts.yaml may hold. Readers as in config/fields.py."""

import re
from datetime import time
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import yaml

from alerts.alerts_yaml.hours import WEEKDAYS
from alerts.kinds import EVENT_KINDS
from config.did_you_mean import did_you_mean
from config.fields import FieldError, list_of, one_of, raw, shaped
from model import SEVERITIES, Severity

CHANNEL_ID = r"[a-z0-9][a-z0-9-]{0,59}"
SECRET = r"env:[A-Za-z_]\w*|secret:[a-z0-9][a-z0-9-]*"  # noqa: S105 (a pattern)
SECRET_OR_BLOCK = rf"{SECRET}|block:[a-z0-9-]+/[a-z0-9-]+"
HOURS_OF_DAY = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)")


def hours_span(node: yaml.Node) -> tuple[time, time]:
    value = raw(node)
    match = HOURS_OF_DAY.fullmatch(value)
    if not match or int(match[1]) == 24:
        raise FieldError(f'"{value[:30]}" is not a span of hours', 'write "07:00-19:00", in quotes')
    start, end = time(int(match[1]), int(match[2])), time(int(match[3]) % 24, int(match[4]))
    if int(match[3]) == 24 and int(match[4]):
        raise FieldError(f'"{value[:30]}" ends after midnight', "the last moment is 24:00")
    return start, end


def zone(node: yaml.Node) -> str:
    value = raw(node)
    if value not in available_timezones():
        tail = value.rsplit("/", 1)[-1].replace(" ", "_").casefold()
        names = sorted(available_timezones())
        near = [name for name in names if name.rsplit("/", 1)[-1].casefold() == tail]
        hint = did_you_mean(near[0] if near else value, names) or "such as America/Phoenix or UTC"
        raise FieldError(f'"{value[:60]}" is not a time zone', hint)
    return ZoneInfo(value).key


def webhook(node: yaml.Node) -> str:
    value = raw(node)
    if re.fullmatch(SECRET, value, re.ASCII):
        return value
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError as error:
        raise FieldError("is not a web address") from error
    if parts.scheme not in ("http", "https") or not host:
        raise FieldError("must be a web address, or env:NAME or secret:block that holds one")
    if "@" in parts.netloc:
        raise FieldError("holds a password", "put the whole address in env:NAME")
    if parts.scheme == "http" and host not in ("127.0.0.1", "::1", "localhost"):
        raise FieldError("must be https beyond this machine", "alerts hold unpublished judgements")
    return value


def base_address(node: yaml.Node) -> str:
    value = raw(node)
    if not re.fullmatch(r"https?://[!-~]+", value) or "@" in value:
        raise FieldError("must be a web address such as https://review.example.org")
    return value.rstrip("/") + "/"


def severity_name(node: yaml.Node) -> Severity:
    return cast(Severity, one_of(SEVERITIES, "severity")(node))


slug = shaped(CHANNEL_ID, "a-z, 0-9 and dashes, at most 60 characters")
secret = shaped(
    SECRET, "env:NAME or secret:block", "secrets never stand in alerts.yaml", secret=True
)
apprise = shaped(
    SECRET_OR_BLOCK,
    "env:NAME, secret:block or block:type/name",
    "put the Apprise URL in an environment variable, as it holds a password",
    secret=True,
)
days = list_of(one_of(WEEKDAYS, "day"))
kinds = list_of(one_of(tuple(kind for kind in EVENT_KINDS if kind != "test"), "kind of event"))
