"""Our own webhook: JSON, signed with HMAC-SHA256, with a key that tells a repetition.

The receiver checks `v1=` + hex(HMAC-SHA256(key, timestamp + "." + body)) and drops what it has seen.
"""

import email.utils
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

from alerts.channels.result import SendResult, by_status
from alerts.message import Message

WEBHOOK_SECONDS, CONNECT_SECONDS = 10.0, 5.0
LONGEST_RETRY_AFTER = timedelta(hours=6)  # that a receiver may ask for


def json_body(message: Message) -> bytes:
    payload = {"key": message.key, "subject": message.subject, "text": message.text, **message.data}
    return json.dumps(payload, ensure_ascii=False, sort_keys=True).encode()


def sign_body(key: str, timestamp: str, body: bytes) -> str:
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def post_webhook(url: str, key: str, message: Message, now: datetime) -> SendResult:
    """One POST. Redirects are not followed: a signed body goes where alerts.yaml says."""
    import httpx  # only here: each run would wait a quarter of a second for it

    body, timestamp = json_body(message), str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Pollwatch",
        "Idempotency-Key": message.key,
        "Pollwatch-Timestamp": timestamp,
        "Pollwatch-Signature": sign_body(key, timestamp, body),
    }
    timeout = httpx.Timeout(WEBHOOK_SECONDS, connect=CONNECT_SECONDS)
    try:
        with httpx.stream("POST", url, content=body, headers=headers, timeout=timeout) as answer:
            status, pause = answer.status_code, answer.headers.get("Retry-After")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return SendResult(False, type(error).__name__)  # its text may hold the address
    return by_status(status, retry_after_header(pause, now))


def retry_after_header(value: str | None, now: datetime) -> datetime | None:
    """Both forms of Retry-After: seconds, and an HTTP date."""
    if not value:
        return None
    if value.strip().isdecimal():
        return now + min(timedelta(seconds=int(value.strip()[:9])), LONGEST_RETRY_AFTER)
    try:
        at = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return max(now, min(at, now + LONGEST_RETRY_AFTER))
