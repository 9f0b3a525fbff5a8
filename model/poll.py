"""Polls of feeds: what one brought, what is remembered of a feed, when the next is due."""

from dataclasses import dataclass, field
from datetime import datetime

from model.entry import Entry
from model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class FeedCache:
    """Validators, byte for byte as the server sent them, and what else spares a download."""

    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    last_full_at: datetime | None = None  # when a 200 last arrived for an unconditional request


@dataclass(frozen=True, slots=True)
class SitemapTurn:
    """How far the sitemaps of an index that gives no dates were asked for, in turn, poll by poll."""

    url: str  # the one that comes next
    all_asked: bool = False  # every one of them was asked for at least once


@dataclass(frozen=True, slots=True)
class FeedPoll:
    """One poll of one feed, ready to be stored."""

    feed_id: str
    polled_at: datetime
    outcome: Outcome
    sentence: str
    http_status: int | None
    cache: FeedCache
    entries: tuple[Entry, ...] = ()
    title: str = ""
    hint_seconds: int | None = None
    retry_after: datetime | None = None
    moved_to: str | None = None
    duration_ms: int = 0
    bytes_received: int = 0
    unconditional: bool = True
    cut: bool = False  # only the beginning of the feed was read
    sitemap_turn: SitemapTurn | None = None  # of an index whose sitemaps are too many for one poll


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """What storage knows of a feed when the next poll is planned or judged."""

    feed_id: str
    cache: FeedCache = field(default_factory=FeedCache)
    interval_seconds: int = 3600
    next_poll_at: datetime | None = None  # None: never polled
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    failure_weight: float = 0.0  # sum of 1 hard, 0.5 soft, 0.25 temporary since the last success
    failures: int = 0
    dormant: bool = False  # answered 410
    last_entry_at: datetime | None = None  # when an unseen entry last appeared
    last_outcome: Outcome = Outcome.PENDING
    last_keys: frozenset[str] = frozenset()  # entry keys of the last successful poll
    sitemap_turn: SitemapTurn | None = None


@dataclass(frozen=True, slots=True)
class NextPoll:
    """The decision that follows a poll."""

    next_poll_at: datetime
    interval_seconds: int
    failure_weight: float
    failures: int
    dormant: bool
    gap: bool  # some entries were probably missed: none is shared with the last poll, or it was cut
    why: str  # one sentence for people
    if_known: "NextPoll | None" = None  # instead, should a gap turn out to list what was known
