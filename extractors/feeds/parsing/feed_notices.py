"""Feeds that work and say in their only item that they do not: bridges and services write so. Pure."""

import re
from html import unescape
from urllib.parse import urlsplit

from extractors.feeds.parsing.text import quoted
from extractors.fetch.urls import canonical_url
from model import ParsedFeed

MOST_NOTICES = 3  # items; who lists more has news as well
_NOTICE = re.compile(
    r"bridge returned error|\w+ was unable to receive or process the remote|error (?:code:? )?[1-5]\d\d\b"
    r"|(?:this|the|your)(?: \w+)?(?: rss| atom)? feed (?:is|has been|was|has) (?:now |currently |temporarily )?"
    r"(?:inactive|paused|disabled|discontinued|deactivated|suspended|deleted|removed|expired|retired|moved|unavailable|not available|no longer (?:available|active|supported|updated))"
    r"|(?:rss |atom )?feed (?:not found|unavailable|expired|disabled|error)\b"
    r"|your (?:\w+ )?(?:trial|subscription|plan) (?:has )?(?:expired|ended)|upgrade (?:your|to a paid) (?:plan|account)",
    re.IGNORECASE,
)

_NEW_ADDRESS = re.compile(
    r"<(?:[\w-]{1,20}:)?new-feed-url\s*>\s*(?:<!\[CDATA\[\s*)?([^<>\s\]]{1,2000})", re.IGNORECASE
)
# A sitemap says nothing of itself: all of it is of items.
_FIRST_ITEM = re.compile(r"<(?:[\w-]{1,20}:)?(?:item|entry|urlset|sitemapindex)\b", re.IGNORECASE)
HEAD_CHARACTERS = 100_000  # of a feed, in which it says where it has moved to


def new_address_of(text: str, url: str) -> str | None:
    """The new address that a feed names itself (`itunes:new-feed-url`), unless it is the old one, if
    spelt otherwise, or unencrypted where the old one is not: many write such once and forget it.

    Only before its first item: what an item quotes may be anybody's.
    """
    head = text[:HEAD_CHARACTERS]
    if "new-feed-url" not in head or head.startswith(("{", "[")):  # of JSON only items have markup
        return None
    item = _FIRST_ITEM.search(head)
    match = _NEW_ADDRESS.search(head, 0, item.start() if item else len(head))
    address = canonical_url(unescape(match[1])) if match else None
    if address is None or _spelling(address) == _spelling(url):
        return None
    return None if url.startswith("https:") and address.startswith("http:") else address


def _spelling(address: str) -> tuple[str, str, str]:
    parts = urlsplit(canonical_url(address) or address)
    return parts.netloc.removeprefix("www."), parts.path.rstrip("/"), parts.query


def notice_of(parsed: ParsedFeed) -> str | None:
    """What the feed says of itself, where that is all that it lists."""
    titles = [entry.title or entry.summary[:200] for entry in parsed.entries[: MOST_NOTICES + 1]]
    if not 0 < len(titles) <= MOST_NOTICES or not all(map(_NOTICE.match, titles)):
        return None
    return f"The feed lists nothing but a notice: {quoted(titles[0])}."
