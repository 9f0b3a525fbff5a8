"""Bytes in, a ParsedFeed out: RSS, Atom, RDF, CDF, JSON Feed and sitemaps. Pure.

Limits: 10 MB of body, 20,000 entries, 500,000 elements, titles of 1,000 and texts of 200,000 characters. What goes past the limits on a document is left out and `problem` says so; entries
before it are kept. Summaries and contents are plain text, whatever the feed calls them.

A feed without entries is OK: news sitemaps are empty on quiet days, and polls count entries.
"""

import re
from dataclasses import replace
from datetime import datetime
from html import unescape
from itertools import islice

from extractors.feeds.parsing import jsonfeed, sitemaps
from extractors.feeds.parsing.entries import MOST_ENTRIES
from extractors.feeds.parsing.feed_notices import new_address_of, notice_of
from extractors.feeds.parsing.feedparser_driver import (
    ParsedDocument,
    read_document,
)
from extractors.feeds.parsing.from_document import from_document, no_feed
from extractors.feeds.parsing.large_xml import LONG_FEED, read_long
from extractors.feeds.parsing.text import (
    ANY_TAG,
    LONGEST_MESSAGE,
    decoded_feed,
    gunzipped,
    plain_text,
    prose,
    quoted,
)
from extractors.feeds.parsing.xml_head import DocumentHead, read_head
from extractors.fetch.answer.walls import TITLE_TAG, Wall, wall_by_feed
from model import Outcome, ParsedFeed

_FEED_LINK = re.compile(
    r"<link\b[^<>]{0,300}type=[\"']?application/(?:rss|atom|feed)\+(?:xml|json)", re.IGNORECASE
)

LONGEST_WALL = 300_000  # characters of a web page that are looked at for a wall
LONGEST_FAULT = 2_000  # characters of XML that says what is wrong
_NEITHER = "This is neither XML nor JSON, so it is not a feed."
_SENTENCE = re.compile(r"[\w\s.,:;!?'’()/#-]+")
_PAGE_ROOTS = {"html", "head", "body", "script", "pre"}
_PRE = re.compile(
    r"<(?:pre|body|textarea|xmp)\b[^<>]{0,300}>\s*(?:<(?:code|span)\b[^<>]{0,300}>\s*)?"
    r"((?:&lt;|\{|&#60;|&#x3c;)[^<]{40,})",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"&(?:lt|#60|#x3c);[?!/a-z]", re.IGNORECASE)
# feedparser knows "true" in lower case only.
_PERMALINK = re.compile(r"(isPermaLink\s*=\s*[\"'])\s*true\s*(?=[\"'])", re.IGNORECASE)
_SITEMAP = re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
LONGEST_PREFACE = 20_000  # characters of warnings that a server writes before a sitemap
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

    With `now`, dates more than 26 hours ahead of it are left out; no date ever hides an entry.
    """
    body, cut = gunzipped(body)
    text, misread = decoded_feed(body, content_type)
    text = text.lstrip(" \t\r\n\ufeff\u200b")
    if not text:
        return no_feed(Outcome.NOT_A_FEED, cut or "The body is empty.")
    parsed = replace(_parse(text, url, now), new_address=new_address_of(text, url))
    if notice := notice_of(parsed):
        return no_feed(Outcome.NOT_A_FEED, notice)
    if parsed.outcome is Outcome.NOT_A_FEED and (wall := _wall(text[:LONGEST_WALL], url)):
        return no_feed(*wall)
    if parsed.outcome in {Outcome.OK, Outcome.MALFORMED} and (cut or misread):
        problem = " ".join(part for part in (cut, misread, parsed.problem) if part)
        return replace(parsed, outcome=Outcome.MALFORMED, problem=problem, cut=bool(cut))
    return parsed


def _parse(text: str, url: str, now: datetime | None) -> ParsedFeed:
    if text[0] in "{[":
        return jsonfeed.parse_json_feed(text, url, now)
    if text[0] != "<" and (inner := jsonfeed.within_script(text)):
        return jsonfeed.parse_json_feed(inner, url, now)
    if _ESCAPED.match(text):
        return _shown(text, url, now) or no_feed(Outcome.NOT_A_FEED, _NEITHER)
    head = read_head(text)
    if head.root in {"urlset", "sitemapindex"}:
        return sitemaps.parse_sitemap(text[head.start :], url, now)
    if not head.root:
        return sitemaps.parse_lines(text, url) or no_feed(Outcome.NOT_A_FEED, _neither(text))
    if head.root in _PAGE_ROOTS:
        return _within_page(text, url, now) or no_feed(Outcome.NOT_A_FEED, _page(text))
    if head.root == "opml":
        why = "This is an OPML list of feeds, not a feed: use `pollwatch feeds import`."
        return no_feed(Outcome.NOT_A_FEED, why)
    if head.root not in _ROOTS and not _ITEM.search(text):
        if match := _SITEMAP.search(text, 0, LONGEST_PREFACE):
            parsed = sitemaps.parse_sitemap(text[match.start() :], url, now)
            problem = parsed.problem or "The sitemap begins with something else."
            return replace(parsed, outcome=Outcome.MALFORMED, problem=problem)
        if not text.startswith("<"):
            return no_feed(Outcome.NOT_A_FEED, _NEITHER)
        return no_feed(Outcome.NOT_A_FEED, _no_feed_of_xml(text, head.root))
    if "ermaLink=" in text:
        text = _PERMALINK.sub(r"\1true", text)
    return from_document(_document(text, head), head.root, url, now)


def _document(text: str, head: DocumentHead) -> ParsedDocument:
    listed = sum(1 for _ in islice(_ITEM.finditer(text), MOST_ENTRIES))
    if listed > LONG_FEED:
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
    match = _WRAPPED.search(text)
    if match is None:
        return _within_pre(text, url, now)
    head = replace(read_head(text[match.start() : match.end()]), start=match.start())
    parsed = from_document(read_document(text, head), "html", url, now)
    problem = "The feed is wrapped in a web page."
    return replace(parsed, outcome=Outcome.MALFORMED, problem=problem) if parsed.entries else None


def _within_pre(text: str, url: str, now: datetime | None) -> ParsedFeed | None:
    """A feed that a browser showed as text and something saved or served as a page: its markup is
    escaped. Taken only if that text is the feed from its first character on."""
    blocks = (match[1] for match in islice(_PRE.finditer(text), MOST_PRE))
    return next((feed for block in blocks if (feed := _shown(block, url, now))), None)


def _shown(escaped: str, url: str, now: datetime | None) -> ParsedFeed | None:
    """The feed that this markup is once it is no longer escaped."""
    inner = unescape(escaped).lstrip(" \t\r\n\ufeff\u200b")
    if not inner.startswith(("<", "{")) or read_head(inner).root in _PAGE_ROOTS:
        return None
    parsed = _parse(inner, url, now)
    if not (parsed.entries or parsed.children):
        return None
    problem = "The feed is wrapped in a web page, as a browser shows it."
    return replace(parsed, outcome=Outcome.MALFORMED, problem=problem)


def _wall(markup: str, url: str) -> Wall | None:
    if not markup.startswith("<"):
        return None
    title = TITLE_TAG.search(markup)
    return wall_by_feed(
        markup, title=plain_text(title[1]).strip() if title else "", visible=prose(markup), url=url
    )


def _page(text: str) -> str:
    if _FEED_LINK.search(text[:300_000]):
        return "This is a web page that names a feed: `pollwatch feeds discover` finds its address."
    title = TITLE_TAG.search(text[:300_000])
    called = f" ({quoted(plain_text(title[1]))})" if title and title[1].strip() else ""
    return f"This is a web page{called}, not a feed."


def _no_feed_of_xml(text: str, root: str) -> str:
    """Interfaces say in a few words why there is no feed."""
    sentence = prose(ANY_TAG.sub(" ", text)) if len(text) <= LONGEST_FAULT else ""
    quote = f": {quoted(sentence)}" if sentence.strip() else ""
    return f"This is XML (<{root[:40]}>), but no feed{quote}."


def _neither(text: str) -> str:
    """Servers say in a few words why there is no feed: "Too Many Requests", "error code: 1015"."""
    is_sentence = len(text) <= 2 * LONGEST_MESSAGE and _SENTENCE.fullmatch(text)
    return f"{_NEITHER[:-1]}: {quoted(text)}." if is_sentence else _NEITHER
