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
_SAID = re.compile(r"\b(?:rss|atom|(?:news|web|rss)?[- ]?feeds?|flux|syndicat\w+)\b", re.IGNORECASE)
# What a link is drawn with where it says nothing: `class="fa fa-rss"`, `href="#icon-rss"`.
_DRAWN = re.compile(r"(?:^|[\s#_-])(?:rss|feed)(?:$|[\s_-])", re.IGNORECASE)
_IN_HEADER = re.compile(r"<([^<>]{1,2000})>([^<>]{0,500})")
_LOOKS = re.compile(
    r"(?:^|[/._?&=-])(?:rss|feeds?|atom)(?:$|[/._?&=-])|\.(?:rdf|xml)$"
    r"|rss\w{0,20}\.(?:php|aspx?|ashx|cfm|jsp|do)\b",  # ViewPublisherRSS.php of meeting calendars
    re.IGNORECASE,
)
_IN_SCRIPT = re.compile(r"[\"']((?:https?:)?(?:\\?/){1,2}[^\"'\s<>]{1,300})[\"']")
MOST_IN_SCRIPTS = 5
_CHANNEL = re.compile(r"(?:/channel/|\"(?:channelId|externalId)\":\"|channel_id=)(UC[\w-]{22})")
# Behind the path of a profile, a section or a list, as platforms name its feed: WordPress,
# Bluesky, Mastodon, Reddit, Hugo, Squarespace, GitLab.
_BEHIND = ("/feed/", "/rss", ".rss", "/.rss", "/index.xml", "?format=rss", ".atom")
_BEFORE = ("/feed", "/rss")  # Medium; Google News


@dataclass(frozen=True, slots=True)
class FeedCandidate:
    """An address that may be a feed, and how it was found."""

    url: str
    how: str  # "link tag", "Link header", "anchor", "script", "page of feeds", "beside the page", "robots.txt", "usual path", "the address itself"
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
    scripts = _in_scripts(root, base)
    return tuple(first_of_each([*_links(root, base), *_anchors(root, base), *scripts]))


def beside(url: str, body: bytes = b"") -> tuple[FeedCandidate, ...]:
    """Where platforms keep the feed of a page that is no home page; `body` is the page's."""
    parts = urlsplit(url)
    path, home = parts.path.rstrip("/"), f"{parts.scheme}://{parts.netloc}"
    query = f"?{parts.query}" if parts.query else ""
    guesses = []
    if (parts.hostname or "").endswith("youtube.com"):
        channel = _CHANNEL.search(url) or _CHANNEL.search(body[:2_000_000].decode("latin-1"))
        guesses += [f"{home}/feeds/videos.xml?channel_id={channel[1]}"] if channel else []
    if path:
        guesses += [f"{home}{start}{path}{query}" for start in _BEFORE]
        guesses += [f"{home}{path}{end}" for end in _BEHIND]
    return tuple(FeedCandidate(address, "beside the page") for address in guesses)


def _links(root: etree._Element, base: str) -> Iterator[FeedCandidate]:
    for node in root.iter("link"):
        rel = node.get("rel", "").lower().split()
        kind = node.get("type", "")
        is_feed_type = (
            _TYPES.match(kind) if (kind := kind.strip()) else _LOOKS.search(node.get("href", ""))
        )
        if "feed" in rel or ("alternate" in rel and is_feed_type):
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
    labels = [text, node.get("title", ""), node.get("aria-label", "")]
    labels += [image.get("alt", "") for image in node.iter("img")]
    if any(len(label) <= 40 and _SAID.search(label) for label in labels):
        return True
    drawn = (inner.get(name, "") for inner in node.iter() for name in ("class", "href"))
    return not text.strip() and any(map(_DRAWN.search, drawn))


def _in_scripts(root: etree._Element, base: str) -> list[FeedCandidate]:
    """Addresses in the data of pages that scripts draw."""
    candidates: list[FeedCandidate] = []
    for node in root.iter("script"):
        for quoted in _IN_SCRIPT.finditer(node.text or ""):
            href = quoted[1].replace("\\/", "/")
            url = urljoin(base, href)
            if len(candidates) < MOST_IN_SCRIPTS and _LOOKS.search(href) and is_address(url):
                candidates.append(FeedCandidate(url, "script"))
    return candidates


def feeds_in_header(value: str, url: str) -> Iterator[FeedCandidate]:
    """Those of a Link header (RFC 8288)."""
    for href, parameters in _IN_HEADER.findall(value):
        target = urljoin(url, href.strip())
        if "alternate" in parameters and _TYPES.search(parameters) and is_address(target):
            yield FeedCandidate(target, "Link header")


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
