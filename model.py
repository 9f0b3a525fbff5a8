"""The nouns, in the order an article meets them. Frozen dataclasses; the standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
Field = Literal["title", "body", "summary", "source", "url", "lang"]
DateSource = Literal["feed", "page", "address", "text"]  # where a date of publication is from
Method = Literal["trafilatura", "fallback", "feed", "none"]


class ConfigError(Exception):
    """A fault in feeds.yaml or rules/; `str()` names file, line and field.

    Loaders raise `ExceptionGroup[ConfigError]` with every fault of every file.
    """

    def __init__(
        self,
        path: str,
        why: str,
        *,
        field: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        self.path, self.why, self.field = path, why, field
        self.line, self.column, self.hint = line, column, hint
        where = ":".join(str(part) for part in (path, line, column) if part is not None)
        what = f"{field}: {why}" if field else why
        super().__init__(f"{where}: {what}" + (f"\n    hint: {hint}" if hint else ""))


class QueryError(Exception):
    """A fault in a query, with its place in characters of the query."""

    def __init__(self, why: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(why)
        self.why, self.start, self.end, self.hint = why, start, end, hint


class Outcome(StrEnum):
    """What came of one poll or of reading one page. The set is fixed; docs/outcomes.md lists it."""

    OK = "ok"
    NOT_MODIFIED = "not-modified"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"  # broken HTTP: bad status line, cut body, header flood, bad compression
    TOO_LARGE = "too-large"
    HTTP_ERROR = "http-error"  # any 4xx or 5xx without a name of its own; http_status tells
    NOT_FOUND = "http-404"
    GONE = "gone"
    FORBIDDEN = "http-403"
    LEGAL = "http-451"
    UNAUTHORIZED = "http-401"
    SERVER_ERROR = "http-5xx"
    RATE_LIMITED = "rate-limited"
    ROBOTS = "blocked-by-robots"
    BOT_WALL = "bot-wall"
    PAYWALL = "paywall"
    CONSENT_WALL = "consent-wall"
    COOKIE_WALL = "cookie-wall"
    PRIVATE_ADDRESS = "private-address"
    BAD_URL = "bad-url"  # a scheme, port or form that we never request
    NO_LINK = "no-link"  # the entry has no URL at all
    REDIRECT_LOOP = "redirect-loop"  # a loop, or more redirects than allowed
    BAD_REDIRECT = "bad-redirect"  # no Location, or one that we never follow
    NOT_A_FEED = "not-a-feed"
    MALFORMED = "malformed"  # broken, but entries were found and used
    EMPTY = "empty"
    UNSUPPORTED_TYPE = "unsupported-type"
    EXTRACTION_EMPTY = "extraction-empty"  # fewer than 200 characters of text
    EXTRACTION_DOUBTFUL = "extraction-doubtful"  # read, but perhaps the wrong part of the page
    EXTRACTION_TIMEOUT = "extraction-timeout"  # parser hung, or used too much memory
    CANCELLED = "cancelled"
    PENDING = "pending"  # stored, not yet tried


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


@dataclass(frozen=True, slots=True)
class FeedCache:
    """Validators, byte for byte as the server sent them, and what else spares a download."""

    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    last_full_at: datetime | None = None  # when a 200 last arrived for an unconditional request


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed. `key` is its identity within the feed: guid and canonical URL, never a date."""

    key: str
    guid: str | None
    url: str | None  # absolute, as the feed gave it
    canonical_url: str | None  # trackers removed; one form for one article
    title: str
    published: datetime | None
    updated: datetime | None
    summary: str  # plain text
    content: str  # plain text, "" when the feed carries none
    authors: tuple[str, ...] = ()
    content_sha256: str = ""  # of title, summary and content: tells an edit
    language: str | None = None
    speaks: bool = True  # its feed is of the article's outlet; else its words are its feed's alone


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What bytes said. `problem` is None for a clean feed."""

    title: str
    site_url: str | None
    language: str | None
    format: str  # "rss", "atom", "rdf", "json", "sitemap", "sitemap-index", "" when it is no feed
    entries: tuple[Entry, ...]
    hint_seconds: int | None  # from ttl, sy:updatePeriod: poll no more often than this
    outcome: Outcome
    problem: str | None = None
    children: tuple[str, ...] = ()  # sitemaps that a sitemap index lists, the newest first
    children_until: tuple[datetime | None, ...] = ()  # when each of them last changed, by the index
    cut: bool = False  # past the size that is read: there was more


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


@dataclass(frozen=True, slots=True)
class Unread:
    """One article that is due to be read, with what its feed said of it."""

    article_id: int
    url: str
    canonical_url: str
    feed_id: str
    source: str  # outlet
    title: str
    published: datetime | None
    feed_text: str
    language: str | None
    attempts: int
    full_text: bool
    reread: bool = False  # read before; asked for again because it may have changed
    text_sha256: str | None = None
    reads: int = 0  # how often the page was read well so far
    summary: str = ""  # title and summary of the outlet's own feed
    entries: tuple["EntryText", ...] = ()  # of other feeds, not matched yet
    tried: tuple["UrlAttempt", ...] = ()  # addresses that failed before
    addresses: tuple[str, ...] = ()  # to be tried in this order: the own feed's, then others'
    shared_page: bool = False  # several items of the feed share the page: it is not fetched
    listed_only: bool = False  # its feeds' words are long, and are asked for when it is read


@dataclass(frozen=True, slots=True)
class EntryText:
    """What one feed said of an article: a text of its own, matched as such."""

    entry_id: int
    article_id: int
    feed_id: str
    source: str  # the feed's outlet
    url: str  # of the article
    title: str
    summary: str
    content: str
    text_sha256: str  # Entry.content_sha256
    language: str | None = None


@dataclass(frozen=True, slots=True)
class UrlAttempt:
    """What came of asking for an article under one address."""

    url: str
    outcome: Outcome
    problem: str | None = None
    http_status: int | None = None
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Article:
    """A page as text. Exactly one of `body` long enough and `problem` set, or both for a partial."""

    url: str
    canonical_url: str  # trusted only within the same site, else `url`'s own canonical form
    title: str
    authors: tuple[str, ...]
    published: datetime | None
    language: str | None
    site: str | None
    body: str  # paragraphs separated by "\n"; NFC
    method: Method
    outcome: Outcome
    problem: str | None
    text_sha256: str  # of title + "\n\n" + body
    extractor: str  # name and version, such as "trafilatura 2.3.1"
    source: str = ""
    summary: str = ""  # the outlet's own feed on it; a field of the text, and part of its hash
    date_source: DateSource | None = None  # of `published`
    boilerplate: tuple[tuple[int, int], ...] = ()  # start and end in `body`: not matched
    host_group: str = ""  # whose memory of boilerplate its paragraphs belong to
    paragraphs: tuple[int, ...] = ()  # hashes, 64 bits signed, for that memory
    alternatives: tuple[tuple[str, str], ...] = ()  # name and text of others that the page holds


@dataclass(frozen=True, slots=True)
class Examples:
    match: tuple[str, ...]
    ignore: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of rules/*.yaml. `sha256` covers what decides a hit: query, unless, languages, lists."""

    id: str
    title: str
    severity: Severity
    category: str
    query: str
    examples: Examples
    unless: str | None = None
    languages: tuple[str, ...] = ()
    status: Literal["stable", "experimental", "disabled"] = "stable"
    catch_all: bool = False  # a hit only where no sharper rule hits
    description: str = ""
    references: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One matched passage: `field[start:end] == text`, in characters of the stored text."""

    field: Field
    start: int
    end: int
    text: str
    clause: str  # the clause of the query that it satisfies, in canonical form


@dataclass(frozen=True, slots=True)
class Hit:
    rule_id: str
    rule_sha256: str
    severity: Severity
    category: str
    score: float  # 0 to 1
    evidence: tuple[Evidence, ...]
    snippet: str  # the best sentence or two
    snippet_field: Field = "body"
    snippet_start: int = 0  # offset of the snippet in that field
    clauses: str = "{}"  # JSON: the clause tree with what held
    relevance: float = 1.0  # chance from 0 to 1 that an analyst wants the article
    weights_sha256: str = ""  # of the weights behind it; "": none, every hit counts in full
    relevance_parts: tuple[tuple[str, float], ...] = ()  # what moves it most, in log-odds


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one article brought, ready to be stored in one transaction."""

    article_id: int
    article: Article
    hits: tuple[Hit, ...]
    read_at: datetime
    state: Literal["read", "partial", "failed"]
    next_attempt_at: datetime | None  # a retry, or a re-read on the decaying schedule
    http_status: int | None = None
    duration_ms: int = 0
    asked: bool = True  # False: held back for its host's sake, which is no attempt
    entry_matches: tuple["EntryMatch", ...] = ()  # of entries that speak for themselves
    tried: tuple[UrlAttempt, ...] = ()  # addresses that were asked for


@dataclass(frozen=True, slots=True)
class EntryMatch:
    """What the rules found in the words of one entry."""

    entry_id: int
    text_sha256: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What a worker made of one page: the article, its hits, and those of other feeds' words on it."""

    article: Article
    hits: tuple[Hit, ...]
    entry_matches: tuple[EntryMatch, ...] = ()
