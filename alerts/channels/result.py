"""What came of handing one message to one channel."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SendResult:
    """`refused`: another attempt would fare no better. `error` never holds a secret."""

    ok: bool
    error: str = ""
    refused: bool = False
    retry_after: datetime | None = None


SENT = SendResult(ok=True)
# HTTP answers after which a repetition makes sense (RFC 9110; 425 is RFC 8470).
PASSING = frozenset({408, 409, 423, 425, 429})


def by_status(status: int, retry_after: datetime | None = None) -> SendResult:
    if 200 <= status < 300:
        return SENT
    refused = 300 <= status < 500 and status not in PASSING
    return SendResult(False, f"HTTP {status}", refused, retry_after)
