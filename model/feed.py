"""Feeds as feeds.yaml lists them, and what it sets for all of them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One feed as feeds.yaml lists it. `id` is a slug, unique and stable."""

    id: str
    name: str
    url: str
    category: str = ""
    language: str | None = None  # BCP 47
    region: str | None = None  # such as "US" or "US-AZ"
    outlet: str | None = None  # publisher's name as readers know it; defaults to `name`
    owner: str | None = None  # owner family; outlets of one owner count once
    kind: Literal["feed", "sitemap"] = "feed"
    enabled: bool = True
    reason: str | None = None  # why it is disabled
    notes: str | None = None
    interval_minutes: int | None = None  # fixed interval instead of the adaptive one
    full_text: bool = False  # the feed carries whole articles: pages are not fetched
    user_agent_suffix: str | None = None
    auth: str | None = None  # "env:NAME" or "secret:BLOCK", holding user:password
    proxy: str | None = None  # its address, "env:NAME", "secret:BLOCK", or "none" for no proxy
    headers: tuple[tuple[str, str], ...] = ()  # values may be "env:NAME" or "secret:BLOCK"
    sites: tuple[str, ...] = ()  # more domains of its outlet, for which the feed speaks, too


@dataclass(frozen=True, slots=True)
class Settings:
    """What feeds.yaml says for all feeds (its `settings:` mapping)."""

    contact: str = "https://example.org/pollwatch-contact-not-configured"
    allow_addresses: tuple[str, ...] = ()  # CIDR networks beyond the public internet
    seconds_between_requests: float = 5.0  # per host group
    concurrent_requests: int = 2  # per host group
    obey_robots: bool = True
    proxy: str | None = None  # as of a feed; without it the environment's proxies count
    failing_share: float = 0.5  # a run with more failing feeds than this is Failed
    opml: tuple[str, ...] = ()  # live lists of feeds: addresses, or files as seen from feeds.yaml
    cluster: str | None = None  # a Dask scheduler, or "local[N]"; None: pages are read here
    cluster_lost: Literal["stop", "local"] = "stop"  # when it cannot be used: end, or read here
    relevance_threshold: float | None = None  # hits below are unlikely; None: rules/relevance.json


@dataclass(frozen=True, slots=True)
class FeedList:
    """feeds.yaml, whole."""

    path: str
    settings: Settings
    feeds: tuple[FeedSpec, ...]
