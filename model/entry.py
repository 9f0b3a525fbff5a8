"""Entries: what feeds say of articles."""

from dataclasses import dataclass
from datetime import datetime

from model.outcome import Outcome


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
    format: (
        str  # "rss", "atom", "rdf", "json", "sitemap", "sitemap-index", "" when it is not a feed
    )
    entries: tuple[Entry, ...]
    hint_seconds: int | None  # from ttl, sy:updatePeriod: poll no more often than this
    outcome: Outcome
    problem: str | None = None
    children: tuple[str, ...] = ()  # sitemaps that a sitemap index lists, the newest first
    children_until: tuple[datetime | None, ...] = ()  # when each of them last changed, by the index
    cut: bool = False  # past the size that is read: there was more
    new_address: str | None = None  # where the feed says that it is from now on


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
