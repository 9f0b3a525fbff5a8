"""Finds the feeds of a site: what its page names, its robots.txt lists, and where feeds usually are.

`candidates_in_page`, `sitemaps_in_robots` and `distinct_feeds` are pure; `discover` asks, and keeps only
what a parser accepts.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from urllib.parse import urljoin, urlsplit

from lxml import etree

from extractors.feeds.parsing.entries import is_address
from extractors.feeds.parsing.parse import parse_feed
from extractors.feeds.parsing.text import decoded_feed, one_line
from extractors.fetch.client import Client
from extractors.fetch.redirects import refresh_target
from extractors.fetch.robots import readable, robots_text
from extractors.fetch.urls import host_group
from model import Outcome, Response

USUAL_PATHS = (
    *("/feed/", "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json"),
    *("/arc/outboundfeeds/rss/?outputType=xml", "/search/?f=rss", "/news-sitemap.xml"),
    *("/sitemap_news.xml", "/arc/outboundfeeds/news-sitemap/?outputType=xml", "/sitemap.xml"),
    *(
        "/feeds/posts/default",
        "/?feed=rss2",
        "/?format=feed&type=rss",
    ),  # Blogger, WordPress, Joomla
)
MOST_ASKED = 40
LISTED = "page of feeds"
SAME = 0.6  # of the posts of the shorter of two feeds: so many shared make them one source
PRIVATE = (
    " To ask it all the same, name its network: --allow-address 10.1.2.0/24 here,"
    " `allow_addresses:` under `settings:` in feeds.yaml for runs."
)
_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|(?:application|text)/(?:json|xml)",
    re.IGNORECASE,
)
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)|feed:(?=//)", re.IGNORECASE)
_SAID = re.compile(r"\b(?:rss|atom|feeds?|syndicat\w+)\b", re.IGNORECASE)
_IN_HEADER = re.compile(r"<([^<>]{1,2000})>([^<>]{0,500})")
_LOOKS = re.compile(r"(?:^|[/._?&=-])(?:rss|feeds?|atom)(?:$|[/._?&=-])|\.rdf$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedCandidate:
    """An address that may be a feed, and how it was found."""

    url: str
    how: str  # "link tag", "Link header", "anchor", "page of feeds", "robots.txt", "usual path", "the address itself"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed that answered and was read."""

    url: str
    how: str
    title: str
    format: str
    entries: int
    kind: str  # "feed" or "sitemap"
    language: str | None
    problem: str | None
    same_as: str | None = None  # the address of a better feed that lists the same posts
    posts: frozenset[str] = frozenset()  # what its entries are known by

    def as_json(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if name != "posts"}


def distinct_feeds(discovered: Iterable[Discovered]) -> tuple[Discovered, ...]:
    """The same feeds, the site's main one first. RSS and Atom of the same posts are one source: all
    but the first of them say whose posts they repeat."""
    ranked: list[Discovered] = []
    for feed in sorted(
        discovered, key=_rank
    ):  # of equals the first: link tags come in the page's order
        firsts = (other for other in ranked if other.same_as is None)
        same = next((other.url for other in firsts if are_same(feed.posts, other.posts)), None)
        ranked.append(replace(feed, same_as=same))
    return tuple(ranked)


def _rank(feed: Discovered) -> tuple[bool, bool, bool]:
    about_comments = "comment" in f"{feed.url} {feed.title}".lower()
    return about_comments, feed.kind == "sitemap", not feed.entries


def are_same(posts: frozenset[str], others: frozenset[str]) -> bool:
    shorter = min(len(posts), len(others))
    return shorter > 0 and len(posts & others) >= SAME * shorter


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
    return tuple(_first_of_each([*_links(root, base), *_anchors(root, base)]))


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


def _first_of_each(candidates: Iterable[FeedCandidate]) -> list[FeedCandidate]:
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
    addresses.sort(key=lambda address: "news" not in address.lower())
    return tuple(FeedCandidate(address, "robots.txt") for address in dict.fromkeys(addresses))


async def discover(client: Client, url: str) -> tuple[tuple[Discovered, ...], str]:
    """The feeds of the site at `url`, its main one first, and a sentence when there are none.

    Asks at most 40 times.
    """
    page = await client.get(url, kind="feed")
    if (feed := feed_in(page)) is not None:
        return (feed,), ""
    return await feeds_of_site(client, page, url)


def feed_in(answer: Response) -> Discovered | None:
    """The feed that the address itself serves."""
    return _read(answer, "the address itself") if answer.outcome is Outcome.OK else None


async def feeds_of_site(
    client: Client, page: Response, url: str
) -> tuple[tuple[Discovered, ...], str]:
    """The feeds of the site that `page` is of, as `discover` has them."""
    if target := refresh_target(page):
        page = await client.get(target, kind="feed")
        if (feed := feed_in(page)) is not None:
            return (feed,), ""
    named = named_by(page)
    origin = urlsplit(page.final_url if page.outcome is Outcome.OK else url)
    home = f"{origin.scheme}://{origin.netloc}"
    robots = await client.get(f"{home}/robots.txt", kind="robots")
    if robots.outcome is Outcome.OK:
        named += sitemaps_in_robots(readable(robots_text(robots.body)), home)
    usual = [FeedCandidate(home + path, "usual path") for path in USUAL_PATHS]
    feeds, refused = await _confirmed(client, named, usual)
    if feeds:
        return distinct_feeds(feeds), ""
    if refused is not None:
        return (), f"The page names a feed that could not be read: {refused.sentence}"
    if page.outcome is not Outcome.OK:
        hint = PRIVATE if page.outcome is Outcome.PRIVATE_ADDRESS else ""
        return (), f"The page itself could not be read: {page.sentence}{hint}"
    return (), "The page names no feed, and none is where feeds usually are."


def named_by(page: Response) -> list[FeedCandidate]:
    """What a page names in its headers and markup; of one too large, as far as it came."""
    if page.outcome not in {Outcome.OK, Outcome.TOO_LARGE}:
        return []
    kind = page.headers.get("content-type")
    return [
        *feeds_in_header(page.headers.get("link", ""), page.final_url),
        *candidates_in_page(page.body, page.final_url, kind),
    ]


async def _confirmed(
    client: Client, named: list[FeedCandidate], usual: list[FeedCandidate]
) -> tuple[tuple[Discovered, ...], Response | None]:
    """Those that are feeds, and the first answer of one that a link tag names and is none. The usual
    paths are tried only where nothing named turned out to be one."""
    feeds: dict[str, Discovered] = {}
    refused: Response | None = None
    asked: set[str] = set()
    for candidates in (_first_of_each(named), usual):
        waiting = deque(candidates)
        while waiting and len(asked) < MOST_ASKED:
            candidate = waiting.popleft()
            if candidate.url in asked:
                continue
            asked.add(candidate.url)
            answer = await client.get(candidate.url, kind="feed")
            discovered = (
                _read(answer, candidate.how, candidate.title)
                if answer.outcome is Outcome.OK
                else None
            )
            if discovered and host_group(discovered.url):
                feeds.setdefault(discovered.url, discovered)
            elif candidate.how == "link tag" and answer.outcome is not Outcome.OK:
                refused = refused or answer
            elif candidate.how == "anchor" and not discovered:  # a page that lists the site's feeds
                waiting.extend(replace(inner, how=LISTED) for inner in named_by(answer))
        if feeds:
            break
    return tuple(feeds.values()), refused


def _read(answer: Response, how: str, title: str = "") -> Discovered | None:
    parsed = parse_feed(
        answer.body, url=answer.final_url, content_type=answer.headers.get("content-type")
    )
    if parsed.outcome not in {Outcome.OK, Outcome.MALFORMED} or not parsed.format:
        return None
    if parsed.format == "sitemap" and not parsed.entries:
        return None
    kind = "sitemap" if parsed.format.startswith("sitemap") else "feed"
    count = len(parsed.children) if parsed.format == "sitemap-index" else len(parsed.entries)
    name = parsed.title or title
    return Discovered(
        answer.final_url,
        how,
        name,
        parsed.format,
        count,
        kind,
        parsed.language,
        parsed.problem,
        posts=frozenset(entry.canonical_url or entry.key for entry in parsed.entries),
    )
