"""One GET: its answer, and what a publisher asks of the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Response:
    """What one GET brought, redirects followed. `outcome` is OK or NOT_MODIFIED when it is usable.

    Of a feed that is TOO_LARGE, `body` is as much as is read.
    """

    url: str  # as asked, credentials masked
    final_url: str
    outcome: Outcome
    sentence: str  # for people; never holds a secret
    status: int | None
    headers: Mapping[str, str]  # lower-case names; at most 100
    body: bytes
    started_at: datetime
    duration_ms: int
    moved_to: str | None = None  # target of an unbroken chain of 301 and 308
    retry_after: datetime | None = None
    hint_seconds: int | None = None  # from Cache-Control and Expires
    bytes_received: int = 0
    partial: bool = False  # OK, but the body ends before its end: it broke off on the way


@dataclass(frozen=True, slots=True)
class HostState:
    """Pacing between runs, by host group."""

    group: str
    not_before: datetime | None = None
    last_started_at: datetime | None = None
    failed_until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What one origin's /robots.txt said. `status` is None when no answer came."""

    origin: str
    fetched_at: datetime
    expires_at: datetime
    status: int | None
    body: str
