"""Addresses that may be feeds: what a page, its headers and a robots.txt name. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree

from extractors.feeds.parsing.entries import is_address
from extractors.feeds.parsing.text import decoded_feed, one_line

_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|(?:application|text)/(?:json|xml)",
    re.IGNORECASE,
)
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)|feed:(?=//)", re.IGNORECASE)
_SAID = re.compile(r"\b(?:rss|atom|feeds?|syndicat\w+)\b", re.IGNORECASE)
_IN_HEADER = re.compile(r"<([^<>]{1,2000})>([^<>]{0,500})")
_LOOKS = re.compile(
    r"(?:^|[/._?&=-])(?:rss|feeds?|atom)(?:$|[/._?&=-])|\.(?:rdf|xml)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class FeedCandidate:
    """An address that may be a feed, and how it was found."""

    url: str
    how: str  # "link tag", "Link header", "anchor", "page of feeds", "robots.txt", "usual path", "the address itself"
    title: str = ""


def candidates_in_page(
    body: bytes, url: str, content_type: str | None = None
) -> tuple[FeedCandidate, ...]:
    """Feeds that an HTML page names, the surest first: link tags, then anchors that look like it."""
    text, _ = decoded_feed(body[:2_000_000], content_type)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return ()
    base = next((node.get("href", "") for node in root.iter("base")), "")
    base = urljoin(url, base.strip()) if is_address(urljoin(url, base.strip())) else url
    return tuple(first_of_each([*_links(root, base), *_anchors(root, base)]))


def _links(root: etree._Element, base: str) -> Iterator[FeedCandidate]:
    for node in root.iter("link"):
        rel = node.get("rel", "").lower().split()
        kind = node.get("type", "")
        named = (
            _TYPES.match(kind) if (kind := kind.strip()) else _LOOKS.search(node.get("href", ""))
        )
        if "feed" in rel or ("alternate" in rel and named):
            if kind.lower() == "application/json" and "wp-json" in node.get("href", ""):
                continue
            yield from _candidate(node, base, "link tag", node.get("title", ""))


def _anchors(root: etree._Element, base: str) -> Iterator[FeedCandidate]:
    for node in root.iter("a"):
        href, text = node.get("href", ""), "".join(node.itertext())[:200]
        if len(href) <= 500 and (_LOOKS.search(href) or _says_feed(node, text)):
            yield from _candidate(node, base, "anchor", text)


def _says_feed(node: etree._Element, text: str) -> bool:
    """Whether a short label, or the picture inside, calls the link a feed."""
    said = [text, node.get("title", ""), *(image.get("alt", "") for image in node.iter("img"))]
    return any(len(label) <= 40 and _SAID.search(label) for label in said)


def feeds_in_header(value: str, url: str) -> Iterator[FeedCandidate]:
    """Those of a Link header (RFC 8288)."""
    for href, parameters in _IN_HEADER.findall(value):
        found = urljoin(url, href.strip())
        if "alternate" in parameters and _TYPES.search(parameters) and is_address(found):
            yield FeedCandidate(found, "Link header")


def _candidate(node: etree._Element, base: str, how: str, title: str) -> Iterator[FeedCandidate]:
    try:
        url = urljoin(base, _FEED_SCHEME.sub("", node.get("href", "").strip()))
    except ValueError:
        return
    if is_address(url) and url != base:
        yield FeedCandidate(url.partition("#")[0], how, one_line(title, 200))


def first_of_each(candidates: Iterable[FeedCandidate]) -> list[FeedCandidate]:
    first: dict[str, FeedCandidate] = {}
    for candidate in candidates:
        first.setdefault(candidate.url, candidate)
    return list(first.values())


def sitemaps_in_robots(text: str, url: str) -> tuple[FeedCandidate, ...]:
    """The Sitemap lines of a robots.txt; those that seem to be of news first."""
    lines = re.findall(
        r"^\s*sitemap\s*:\s*(\S{1,2000})", text[:500_000], re.IGNORECASE | re.MULTILINE
    )
    addresses = [urljoin(url, line) for line in lines if is_address(urljoin(url, line))]
    addresses.sort(key=lambda address: "news" not in urlsplit(address).path.lower())
    return tuple(FeedCandidate(address, "robots.txt") for address in dict.fromkeys(addresses))
