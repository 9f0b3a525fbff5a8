"""Finds the feeds of a site: what its page names, its robots.txt lists, and where feeds usually are.

`distinct_feeds` is pure; `discover` asks, and keeps only what a parser accepts.
"""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from extractors.feeds.feed_links import (
    FeedCandidate,
    beside,
    candidates_in_page,
    feeds_in_header,
    first_of_each,
    sitemaps_in_robots,
)
from extractors.feeds.parsing.parse import parse_feed
from extractors.fetch.answer.redirects import refresh_target
from extractors.fetch.client import Client
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
WIDER = 1.5  # times the posts of a feed that is a part
SAME = 0.6  # of the posts of the shorter of two feeds: so many shared make them one source
PRIVATE_SITE_HINT = (
    " To ask it all the same, name its network: --allow-address 10.1.2.0/24 here,"
    " `allow_addresses:` under `settings:` in feeds.yaml for runs."
)
# In the languages of most sites; a path may say "comments" where the title does not.
_COMMENT_FEED = re.compile(
    r"comment|comentario|comentário|komment|kommentar|reacties|commenti\b|comentaris|komentar|yorum|评论|コメント",
    re.IGNORECASE,
)
_PODCAST = re.compile(r"podcast|\bepisodes?\b", re.IGNORECASE)


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
    feeds = tuple(discovered)
    # Of equals the one that holds others' posts beside its own, then the first of the page.
    for feed in sorted(feeds, key=lambda feed: (*_rank(feed), -_holds(feed, feeds))):
        firsts = (other for other in ranked if other.same_as is None)
        same = next((other.url for other in firsts if are_same(feed.posts, other.posts)), None)
        ranked.append(replace(feed, same_as=same))
    return tuple(ranked)


def _rank(feed: Discovered) -> tuple[bool, bool, bool, bool]:
    spoken = _PODCAST.search(f"{feed.url} {feed.title}") is not None
    return _is_of_comments(feed), feed.kind == "sitemap", not feed.entries, spoken


def _is_of_comments(feed: Discovered) -> bool:
    return _COMMENT_FEED.search(f"{urlsplit(feed.url).path} {feed.url} {feed.title}") is not None


def _holds(feed: Discovered, others: Iterable[Discovered]) -> int:
    """How many of the others are parts of it: a section's feed lists what the whole paper's does."""
    return sum(
        len(feed.posts) >= WIDER * len(other.posts) and are_same(feed.posts, other.posts)
        for other in others
        if other is not feed
    )


def are_same(posts: frozenset[str], others: frozenset[str]) -> bool:
    shorter = min(len(posts), len(others))
    return shorter > 0 and len(posts & others) >= SAME * shorter


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
    linked = named_by(page)
    homes = _homes(page, url)
    robots = await client.get(f"{homes[0]}/robots.txt", kind="robots")
    if robots.outcome is Outcome.OK:
        linked += sitemaps_in_robots(readable(robots_text(robots.body)), homes[0])
    usual = list(beside(url, page.body))
    usual += [FeedCandidate(home + path, "usual path") for home in homes for path in USUAL_PATHS]
    feeds, refused = await _confirmed(client, linked, usual)
    if feeds:
        return distinct_feeds(feeds), ""
    if refused is not None:
        return (), f"The page names a feed that could not be read: {refused.sentence}"
    if page.outcome is not Outcome.OK:
        hint = PRIVATE_SITE_HINT if page.outcome is Outcome.PRIVATE_ADDRESS else ""
        return (), f"The page itself could not be read: {page.sentence}{hint}"
    return (), "The page names no feed, and none is where feeds usually are."


def _homes(page: Response, url: str) -> list[str]:
    """Where the page came from and, for one that another site answered (a new name, or a wall for
    consent), where it was asked for."""
    origins = [urlsplit(page.final_url)] if page.outcome is Outcome.OK else []
    if not origins or host_group(page.final_url) != host_group(url):
        origins.append(urlsplit(url))
    return [f"{origin.scheme}://{origin.netloc}" for origin in origins]


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
    client: Client, linked: list[FeedCandidate], usual: list[FeedCandidate]
) -> tuple[tuple[Discovered, ...], Response | None]:
    """Those that are feeds, and the first answer of one that a link tag names and is none. The usual
    paths are tried only where nothing named turned out to be one, or only readers' comments."""
    feeds: dict[str, Discovered] = {}
    refused: Response | None = None
    urls: set[str] = set()
    for candidates in (first_of_each(linked), usual):
        waiting = deque(candidates)
        while waiting and len(urls) < MOST_ASKED:
            candidate = waiting.popleft()
            if candidate.url in urls:
                continue
            urls.add(candidate.url)
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
        if not all(map(_is_of_comments, feeds.values())):
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
