"""Whose words an entry holds: those of the article's outlet, or of another feed that lists it. Pure.

A listed feed may link to anything. So it speaks only for articles of its own site: the registrable
domain of the address under which it is listed (on platforms that many publishers share, the host),
and the domains that feeds.yaml names under `sites:`. Nothing that was fetched can extend this.
"""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from extractors.fetch.urls import same_site
from model import Entry, FeedSpec


def speaks_for(spec: FeedSpec, url: str | None) -> bool:
    """Whether the feed is of the outlet that publishes at this address; without one, it speaks
    for itself."""
    if url is None:
        return True
    if same_site(spec.url, url):
        return True
    host = (urlsplit(url).hostname or "").lower()
    return any(host == site or host.endswith(f".{site}") for site in spec.sites)


def with_voice(spec: FeedSpec, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries, each marked with whether its feed speaks for the article."""
    return tuple(
        entry
        if entry.speaks == (speaks := speaks_for(spec, entry.canonical_url))
        else replace(entry, speaks=speaks)
        for entry in entries
    )
