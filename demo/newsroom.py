"""An invented newsroom on loopback HTTP, for `pollwatch demo` and for people who develop.

    python -m demo.newsroom                            lists the articles and what they claim
    python -m demo.newsroom --keep                     serves them until Ctrl-C, prints the feed URLs
    python -m demo.newsroom --keep --feeds FILE        also writes a feed list for `pollwatch run`
    python -m demo.newsroom --keep --second-after 60   publishes the second edition a minute later

Every outlet, place and person in it is made up. It binds 127.0.0.1 only, one port per outlet.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import click
import yaml

from demo.pages import (
    FEED_TYPES,
    Print,
    find,
    write_feed,
    write_home,
    write_image,
    write_notice,
    write_page,
)
from demo.serving import LOOPBACK_ADDRESS, PathAnswer, Server
from demo.texts import DemoArticle, Format, Paper, read_articles, read_papers

RETRY_AFTER = 120  # seconds that the failing feed asks for
HTML = "text/html; charset=utf-8"
ROBOTS = b"User-agent: *\nDisallow: /admin/\nDisallow: /search\nAllow: /\n"
CONTACT = "https://example.org/pollwatch-demo"


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet as a reader of feeds meets it."""

    name: str
    slug: str
    feed_url: str
    format: Format
    home: str
    category: str
    region: str
    language: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What must become of one article once the newsroom has been read."""

    slug: str
    outlet: str
    url: str
    title: str  # as first printed
    edition: int  # the first that carries it
    relevant: bool
    category: str | None
    passage: str | None  # words of the stored text that make it relevant
    state: Literal["read", "partial", "failed"]
    why: str  # "none", "missing" (404), "bot-wall" or "paywall"
    wire: str | None  # the same for all copies of one wire story
    updated: bool  # the second edition changes its headline, its summary and its text


class Newsroom:
    """Serves from construction to `close()`. Dates count back from `now`, to the minute."""

    def __init__(self, *, ports: Sequence[int] | None = None, now: datetime | None = None) -> None:
        """`ports`: one per outlet, 0 for any; None tries the known ones, else takes free ones."""
        self._now = (now or datetime.now(UTC)).astimezone(UTC).replace(second=0, microsecond=0)
        self._papers, self._articles = read_papers(), read_articles()
        self._edition = 1
        self._lock = threading.Lock()
        self._seen: Counter[tuple[str, int]] = Counter()
        self._servers: dict[str, Server] = {}
        try:
            self._open(ports)
        except OSError:
            self.close()
            raise
        for server in self._servers.values():
            server.start()
        self.outlets = tuple(self._outlet(paper) for paper in self._papers)

    def _open(self, ports: Sequence[int] | None) -> None:
        wanted_ports = [paper.port for paper in self._papers] if ports is None else list(ports)
        for paper, port in zip(self._papers, wanted_ports, strict=True):
            try:
                self._servers[paper.slug] = self._server(paper, port)
            except OSError:
                if ports is not None:
                    raise
                self._servers[paper.slug] = self._server(paper, 0)

    def _server(self, paper: Paper, port: int) -> Server:
        return Server(port, lambda path: self._answer(paper, path), self._count)

    def _outlet(self, paper: Paper) -> Outlet:
        edition = self._print(paper)
        return Outlet(
            name=paper.name,
            slug=paper.slug,
            feed_url=edition.feed_url,
            format=paper.format,
            home=edition.home,
            category=paper.category,
            region=paper.region,
            language=paper.language,
        )

    def _print(self, paper: Paper) -> Print:
        port, edition = self._servers[paper.slug].server_port, self._edition
        own = [article for article in self._articles if article.paper == paper.slug]
        return Print(
            paper=paper,
            home=f"http://{LOOPBACK_ADDRESS}:{port}/",
            articles=tuple(a.in_edition(edition) for a in own if a.edition <= edition),
            first=tuple(a for a in own if a.edition == 1),
            now=self._now,
        )

    def _answer(self, paper: Paper, path: str) -> PathAnswer:
        edition = self._print(paper)
        if path == paper.feed_path:
            return _feed(edition)
        if path == "/":
            return PathAnswer(200, HTML, write_home(edition), edition.modified())
        if path == "/robots.txt":
            return PathAnswer(200, "text/plain; charset=utf-8", ROBOTS)
        slug = path.rpartition("/img/")[2].removesuffix(".svg")
        if path.startswith("/img/") and (article := find(edition.articles, slug)):
            return PathAnswer(
                200, "image/svg+xml", write_image(article), article.published(self._now)
            )
        for article in edition.articles:
            if edition.path(article) == path:
                return _page(edition, article)
        return PathAnswer(404, HTML, write_notice("missing", edition))

    def _count(self, port: int, path: str, status: int) -> None:
        with self._lock:
            self._seen[f"http://{LOOPBACK_ADDRESS}:{port}{path}", status] += 1

    def requests(self) -> dict[str, int]:
        """How often each URL was asked for, without its query."""
        counts: Counter[str] = Counter()
        for (url, _), times in self._snapshot().items():
            counts[url] += times
        return dict(counts)

    def statuses(self) -> dict[str, dict[int, int]]:
        """For each URL, how often each status was given."""
        editions: dict[str, dict[int, int]] = {}
        for (url, status), times in self._snapshot().items():
            editions.setdefault(url, {})[status] = times
        return editions

    def _snapshot(self) -> Counter[tuple[str, int]]:
        with self._lock:
            return self._seen.copy()

    def publish_second_edition(self) -> None:
        """New entries appear and a published article is corrected. There is no third edition."""
        self._edition = 2

    def expectations(self) -> tuple[Expected, ...]:
        """All articles of both editions, newest first."""
        prints = {paper.slug: self._print(paper) for paper in self._papers}
        return tuple(
            Expected(
                slug=article.slug,
                outlet=prints[article.paper].paper.name,
                url=prints[article.paper].url(article),
                title=article.title,
                edition=article.edition,
                relevant=article.relevant,
                category=article.category,
                passage=article.passage,
                state=article.state,
                why=article.fault,
                wire=article.wire,
                updated=article.update is not None,
            )
            for article in self._articles
        )

    def write_feeds(self, path: Path) -> None:
        """A feed list for this newsroom: loopback allowed, no pause between requests."""
        settings = {
            "contact": CONTACT,
            "allow_addresses": [f"{LOOPBACK_ADDRESS}/32"],
            "seconds_between_requests": 0.0,
            "concurrent_requests": 4,
        }
        feeds = [
            {
                "id": outlet.slug,
                "name": outlet.name,
                "url": outlet.feed_url,
                "category": outlet.category,
                "language": outlet.language,
                "region": outlet.region,
            }
            for outlet in self.outlets
        ]
        listed = {"settings": settings, "feeds": feeds}
        head = "# The invented newsroom of `pollwatch demo`: invented outlets on this machine.\n"
        text = yaml.safe_dump(listed, sort_keys=False, allow_unicode=True)
        path.write_text(head + text, encoding="utf-8")

    def close(self) -> None:
        with ThreadPoolExecutor() as pool:  # each stop waits for its server's next look-up
            list(pool.map(Server.stop, self._servers.values()))
        self._servers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _feed(edition: Print) -> PathAnswer:
    if edition.paper.failing:
        wait = {"Retry-After": str(RETRY_AFTER)}
        return PathAnswer(
            503, "text/plain; charset=utf-8", b"Down for maintenance.\n", headers=wait
        )
    return PathAnswer(
        200, FEED_TYPES[edition.paper.format], write_feed(edition), edition.modified()
    )


def _page(edition: Print, article: DemoArticle) -> PathAnswer:
    if article.fault == "missing":
        return PathAnswer(404, HTML, write_notice("missing", edition))
    if article.fault == "bot-wall":
        challenge = {"cf-mitigated": "challenge"}  # as a large delivery network marks its own
        return PathAnswer(403, HTML, write_notice("bot-wall", edition), headers=challenge)
    return PathAnswer(200, HTML, write_page(edition, article), article.updated(edition.now))


@click.command()
@click.option("--keep", is_flag=True, help="Serve until Ctrl-C.")
@click.option("--feeds", type=click.Path(path_type=Path), help="Also write a feed list there.")
@click.option("--second-after", type=float, metavar="SECONDS", help="Publish the second edition.")
def main(keep: bool, feeds: Path | None, second_after: float | None) -> None:
    """Serve the invented newsroom, or list what is in it."""
    with Newsroom() as newsroom:
        if not keep:
            return _list(newsroom)
        for outlet in newsroom.outlets:
            click.echo(f"{outlet.format:5} {outlet.feed_url}  {outlet.name}")
        if feeds is not None:
            newsroom.write_feeds(feeds)
        if second_after is not None:
            timer = threading.Timer(second_after, newsroom.publish_second_edition)
            timer.daemon = True
            timer.start()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return None


def _list(newsroom: Newsroom) -> None:
    for article in newsroom.expectations():
        about = article.category or "-"
        click.echo(f"{article.edition} {article.state:7} {about:22} {article.url}")


if __name__ == "__main__":
    main()
