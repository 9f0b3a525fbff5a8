"""Bytes in, a ParsedFeed out: RSS, Atom, RDF, CDF, JSON Feed and sitemaps. Pure.

Limits: 10 MB of body, 20,000 entries, 500,000 elements, titles of 1,000 and texts of 200,000 characters. What goes past the limits on a document is left out and `problem` says so; entries
before it are kept. Summaries and contents are plain text, whatever the feed calls them.

A feed without entries is OK: news sitemaps are empty on quiet days, and polls count entries.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from html import unescape
from itertools import islice
from typing import Any

from extractors.feeds import jsonfeed, sitemaps, text
from extractors.feeds.dates import day_order, moment
from extractors.feeds.entries import (
    MOST_ENTRIES,
    RawEntry,
    entries,
    is_address,
    language_tag,
)
from extractors.feeds.feedparser_driver import Document, Head, read_document, read_head
from extractors.feeds.large_xml import LONG, read_long
from extractors.feeds.links import path_of_guid, read_link
from extractors.feeds.text import decoded, gunzipped, one_line, paragraphs, plain, prose
from extractors.fetch.walls import Wall, wall_by_feed
from model import Outcome, ParsedFeed

Moments = Callable[[Mapping[str, Any], str], datetime | None]
_DATES = ("published", "updated", "created")
HINT_BOUNDS = (10 * 60, 24 * 3600)
_PERIODS = {"hourly": 3600, "daily": 86_400, "dayly": 86_400, "weekly": 604_800}
_PERIODS |= {"monthly": 2_592_000, "yearly": 31_536_000, "always": 600}
_FORMATS = (("rss10", "rdf"), ("rss090", "rdf"), ("rss", "rss"), ("atom", "atom"), ("cdf", "cdf"))
_FEED_LINK = re.compile(
    r"<link\b[^<>]{0,300}type=[\"']?application/(?:rss|atom|feed)\+(?:xml|json)", re.IGNORECASE
)

_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
LONGEST_WALL = 300_000  # characters of a web page that are looked at for a wall
_NEITHER = "This is neither XML nor JSON, so it is no feed."
_PAGES = {"html", "head", "body", "script", "pre"}
_PRE = re.compile(
    r"<(?:pre|body|textarea|xmp)\b[^<>]{0,300}>\s*(?:<(?:code|span)\b[^<>]{0,300}>\s*)?"
    r"((?:&lt;|\{|&#60;|&#x3c;)[^<]{40,})",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"&(?:lt|#60|#x3c);[?!/a-z]", re.IGNORECASE)
# feedparser knows "true" in lower case only.
_PERMALINK = re.compile(r"(isPermaLink\s*=\s*[\"'])\s*true\s*(?=[\"'])", re.IGNORECASE)
MOST_PRE = 3  # such blocks of a page that are looked at
_ROOTS = {"rss", "feed", "rdf", "channel"}
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_WRAPPED = re.compile(
    r"<feed\b[^<>]{0,200}w3\.org/2005/Atom[^<>]{0,500}>|<rss\b[^<>]{0,200}version=[^<>]{0,500}>"
)


def parse_feed(
    body: bytes, *, url: str, content_type: str | None = None, now: datetime | None = None
) -> ParsedFeed:
    """Never raises, whatever the bytes; reads no file and no network.

    With `now`, dates more than 90 days ahead of it are left out; no date ever hides an entry.
    """
    body, cut = gunzipped(body)
    text, misread = decoded(body, content_type)
    text = text.lstrip(" \t\r\n\ufeff\u200b")
    if not text:
        return no_feed(Outcome.EMPTY, cut or "The body is empty.")
    parsed = _parse(text, url, now)
    if parsed.outcome is Outcome.NOT_A_FEED and (wall := _wall(text[:LONGEST_WALL], url)):
        return no_feed(*wall)
    if parsed.outcome in {Outcome.OK, Outcome.MALFORMED} and (cut or misread):
        problem = " ".join(part for part in (cut, misread, parsed.problem) if part)
        return replace(parsed, outcome=Outcome.MALFORMED, problem=problem, cut=bool(cut))
    return parsed


def _parse(text: str, url: str, now: datetime | None) -> ParsedFeed:
    if text[0] in "{[":
        return jsonfeed.parse(text, url, now)
    if _ESCAPED.match(text):
        return _shown(text, url, now) or no_feed(Outcome.NOT_A_FEED, _NEITHER)
    head = read_head(text)
    if head.root in {"urlset", "sitemapindex"}:
        return sitemaps.parse(text[head.start :], url, now)
    if not head.root:
        return sitemaps.parse_lines(text, url) or no_feed(Outcome.NOT_A_FEED, _NEITHER)
    if head.root in _PAGES:
        return _within_page(text, url, now) or no_feed(Outcome.NOT_A_FEED, _page(text))
    if head.root == "opml":
        why = "This is an OPML list of feeds, not a feed: use `pollwatch feeds import`."
        return no_feed(Outcome.NOT_A_FEED, why)
    if head.root not in _ROOTS and not _ITEM.search(text):
        if not text.startswith("<"):
            return no_feed(Outcome.NOT_A_FEED, _NEITHER)
        return no_feed(Outcome.NOT_A_FEED, f"This is XML (<{head.root[:40]}>), but no feed.")
    if "ermaLink=" in text:
        text = _PERMALINK.sub(r"\1true", text)
    return _from_document(_document(text, head), head.root, url, now)


def _document(text: str, head: Head) -> Document:
    listed = sum(1 for _ in islice(_ITEM.finditer(text), MOST_ENTRIES))
    if listed > LONG:
        document = read_long(text, head)
        if document.more or len(document.entries) >= listed * 0.9:
            return document
    document = read_document(text, head)
    if document.more:  # whole articles as inline XHTML are much markup, and still few entries
        long = read_long(text, head)
        return long if len(long.entries) > len(document.entries) else document
    return document


def _within_page(text: str, url: str, now: datetime | None) -> ParsedFeed | None:
    """A feed that a careless server wraps in a web page."""
    found = _WRAPPED.search(text)
    if found is None:
        return _within_pre(text, url, now)
    head = replace(read_head(text[found.start() : found.end()]), start=found.start())
    parsed = _from_document(read_document(text, head), "html", url, now)
    problem = "The feed is wrapped in a web page."
    return replace(parsed, outcome=Outcome.MALFORMED, problem=problem) if parsed.entries else None


def _within_pre(text: str, url: str, now: datetime | None) -> ParsedFeed | None:
    """A feed that a browser showed as text and something saved or served as a page: its markup is
    escaped. Taken only if that text is the feed from its first character on."""
    blocks = (found[1] for found in islice(_PRE.finditer(text), MOST_PRE))
    return next((feed for block in blocks if (feed := _shown(block, url, now))), None)


def _shown(escaped: str, url: str, now: datetime | None) -> ParsedFeed | None:
    """The feed that this markup is once it is no longer escaped."""
    inner = unescape(escaped).lstrip(" \t\r\n\ufeff\u200b")
    if not inner.startswith(("<", "{")) or read_head(inner).root in _PAGES:
        return None
    parsed = _parse(inner, url, now)
    if not (parsed.entries or parsed.children):
        return None
    problem = "The feed is wrapped in a web page, as a browser shows it."
    return replace(parsed, outcome=Outcome.MALFORMED, problem=problem)


def no_feed(outcome: Outcome, problem: str) -> ParsedFeed:
    return ParsedFeed("", None, None, "", (), None, outcome, problem)


def _wall(markup: str, url: str) -> Wall | None:
    if not markup.startswith("<"):
        return None
    title = _TITLE.search(markup)
    return wall_by_feed(
        markup, title=plain(title[1]).strip() if title else "", visible=prose(markup), url=url
    )


def _page(text: str) -> str:
    if _FEED_LINK.search(text[:300_000]):
        return "This is a web page that names a feed: `pollwatch feeds discover` finds its address."
    return "This is a web page, not a feed."


def _from_document(document: Document, root: str, url: str, now: datetime | None) -> ParsedFeed:
    if not document.version and not document.entries:
        return no_feed(Outcome.NOT_A_FEED, f"This is XML (<{root[:40]}>), but no feed.")
    feed = document.feed
    read_moment = _moments(document, now)
    found = entries((_said(entry, read_moment) for entry in document.entries[:MOST_ENTRIES]), url)
    problem = " ".join(_problems(document, root, len(found)))
    return ParsedFeed(
        title=one_line(_text(feed, "title")),
        site_url=read_link(_string(feed, "link"), url),
        language=language_tag(_string(feed, "language")),
        format=next(
            (name for start, name in _FORMATS if document.version.startswith(start)), "rss"
        ),
        entries=found,
        hint_seconds=hint_seconds(feed),
        outcome=Outcome.MALFORMED if problem else Outcome.OK,
        problem=problem or None,
    )


def _problems(document: Document, root: str, count: int) -> Iterator[str]:
    if document.broken:
        yield f"The XML is broken ({document.broken.rstrip('.')})."
    if not document.version and root != "channel":  # CDF has no version of its own
        yield f"The root element <{root[:40]}> is none of a feed."
    if document.more:
        yield (
            f"The feed holds more than {MOST_ENTRIES:,} entries or too much markup;"
            f" the first {count:,} entries were read, the rest was not."
        )


def _moments(document: Document, now: datetime | None) -> Moments:
    """How the dates of this feed are read: one that can be read two ways is read as the others."""
    said = (_string(entry, key) or "" for entry in document.entries for key in _DATES)
    day_first = day_order(said, _string(document.feed, "language"))

    def read_moment(entry: Mapping[str, Any], key: str) -> datetime | None:
        return moment(entry.get(f"{key}_parsed"), entry.get(key), now, day_first=day_first)

    return read_moment


def _said(entry: Mapping[str, Any], read_moment: Moments) -> RawEntry:
    guid, link = _string(entry, "id"), _string(entry, "link")
    if entry.get("guidislink") and link == guid and guid and not is_address(guid):
        link = path_of_guid(guid)  # feedparser takes every guid for a link; many are numbers
    content, language = _content(entry)
    return RawEntry(
        guid=guid,
        link=link or _other_link(entry),
        title=_text(entry, "title"),
        published=read_moment(entry, "published") or read_moment(entry, "created"),
        updated=read_moment(entry, "updated"),
        summary=paragraphs(_text(entry, "summary")),
        content=content,
        authors=[name for author in _dicts(entry, "authors") if (name := _author(author))],
        language=language or _detail(entry, "title").get("language"),
        origin=_string(entry, "feedburner_origlink"),
    )


def _string(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _dicts(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = data.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _detail(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    detail = data.get(f"{key}_detail")
    return detail if isinstance(detail, dict) else {}


def _text(data: Mapping[str, Any], key: str) -> str:
    return as_plain(_string(data, key) or "", _detail(data, key).get("type", "text/html"))


def as_plain(value: str, kind: object) -> str:
    return value[: text.LONGEST_MARKUP] if kind == "text/plain" else prose(value)


def _content(entry: Mapping[str, Any]) -> tuple[str, str | None]:
    """The longest content as plain text, and its language."""
    best, language = "", None
    for one in _dicts(entry, "content")[:8]:
        text = paragraphs(as_plain(_string(one, "value") or "", one.get("type")))
        if len(text) > len(best):
            best, language = text, one.get("language")
    return best, language


def _author(author: Mapping[str, Any]) -> str | None:
    name = _string(author, "name")
    return plain(name) if name else _string(author, "email")


def _other_link(entry: Mapping[str, Any]) -> str | None:
    """An alternate of another type than HTML, for entries that have nothing better."""
    links = (one for one in _dicts(entry, "links") if one.get("rel") == "alternate")
    return next((href for one in links if (href := _string(one, "href"))), None)


def hint_seconds(feed: Mapping[str, Any]) -> int | None:
    """The longest wait that the feed asks for, within 10 minutes and 24 hours; None if it asks for none."""
    hints = []
    ttl = _number(_string(feed, "ttl"))
    if ttl and ttl > 0:
        hints.append(ttl * 60)
    period = _PERIODS.get((_string(feed, "sy_updateperiod") or "").strip().lower())
    frequency = _number(_string(feed, "sy_updatefrequency"))
    if period:
        hints.append(period / (frequency if frequency and frequency > 0 else 1))
    low, high = HINT_BOUNDS
    return round(min(max(*hints, low), high)) if hints else None


def _number(said: str | None) -> float | None:
    found = re.match(r"\s*(\d{1,9}(?:\.\d{1,6})?)", said or "")
    return float(found[1]) if found else None
