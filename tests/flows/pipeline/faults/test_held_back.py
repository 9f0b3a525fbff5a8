"""A host that answers 429 keeps its other pages from being asked; none of them is given up for it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from extractors.articles.fetch_page import Robots, fetch_page
from extractors.articles.from_feed import article_from_feed
from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from extractors.fetch.urls import host_group
from flows.pipeline.stats import reading_of
from model import Outcome, Unread
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.store import Store
from tests.extractors.newsstand import Newsstand, answer, moved, page
from tests.storage.making import HOUR, NOON, decision, entry, feed, only, poll, rows

TOO_MANY = answer(b"slow down", "429 Too Many Requests", retry_after="3600")


class Reader:
    """Reads what is due from a newsstand into a database, at a time of the test's choosing."""

    def __init__(self, store: Store, stand: Newsstand) -> None:
        self.store, self.stand, self.now = store, stand, NOON

    def lists(self, *paths: str) -> None:
        urls = [self.stand.url + path for path in paths]
        entries = [entry(url, url=url, canonical_url=url, summary="") for url in urls]
        news = poll(*entries, at=self.now)
        record_polls(self.store.db, None, [(news, decision(self.now))], self.now)

    async def round(self) -> list[Outcome]:
        """One run's reading: what is due, one page after another, by one client."""
        gate = HostGate(seconds_between=0, clock=lambda: self.now)
        allow = ("127.0.0.0/8",)
        async with Client(
            user_agent="Pollwatch", gate=gate, allow=allow, clock=lambda: self.now
        ) as ours:
            due = unread_articles(self.store.db, self.now, limit=9)
            return [await self.read(ours, unread) for unread in due]

    async def read(self, ours: Client, unread: Unread) -> Outcome:
        response, _ = await fetch_page(ours, unread, Robots(obey=False))
        article = article_from_feed(unread, response.outcome, response.sentence)
        record_readings(
            self.store.db, None, [reading_of(unread, article, (), response, now=self.now)]
        )
        return response.outcome


def readings(tmp_path: Path, story: Callable[[Reader], object]) -> None:
    async def whole() -> None:
        async with Newsstand({}) as stand:
            with Store.open(tmp_path / "watch.db", now=NOON) as store:
                sync_feeds(store.db, [feed()], NOON)
                result = story(Reader(store, stand))
                assert asyncio.iscoroutine(result)
                await result

    asyncio.run(whole())


@pytest.mark.slow
def test_a_page_that_was_never_asked_is_never_given_up(tmp_path: Path) -> None:
    async def story(reader: Reader) -> None:
        reader.stand.replies |= {"/a": TOO_MANY, "/b": page()}
        reader.lists("/a", "/b")
        for _ in range(25):
            await reader.round()
            reader.now += 2 * HOUR

        assert reader.stand.paths.count("/a") == 21  # as often as docs/outcomes.md says
        assert reader.stand.paths[-1] == "/b"
        stored = rows(reader.store, "SELECT url LIKE '%/b' FROM articles WHERE outcome = 'ok'")
        assert stored == [(1,)]

    readings(tmp_path, story)


def test_it_waits_as_long_as_the_host_wants_and_is_then_asked(tmp_path: Path) -> None:
    async def story(reader: Reader) -> None:
        reader.stand.replies |= {"/a": TOO_MANY, "/b": page()}
        reader.lists("/a", "/b")
        assert await reader.round() == [Outcome.RATE_LIMITED] * 2
        attempts = (
            "SELECT attempts, state, outcome, problem LIKE 'Held back%' FROM articles ORDER BY id"
        )
        assert rows(reader.store, attempts) == [
            (1, "partial", "rate-limited", 0),
            (0, "partial", "rate-limited", 1),
        ]
        assert unread_articles(reader.store.db, NOON + HOUR - timedelta(seconds=1), limit=9) == ()

        reader.now = NOON + 2 * HOUR
        reader.stand.replies["/a"] = page()
        assert await reader.round() == [Outcome.OK] * 2

    readings(tmp_path, story)


def test_a_redirect_to_a_host_that_is_held_is_no_attempt_either(tmp_path: Path) -> None:
    async def story(reader: Reader) -> None:
        there = reader.stand.url.replace("127.0.0.1", "localhost")
        reader.stand.replies["/a"] = moved(f"{there}/b")
        reader.lists("/a")
        gate = HostGate(seconds_between=0, clock=lambda: reader.now)
        gate.hold(host_group(there), NOON + 3 * HOUR, "localhost answered 429.")
        async with Client(
            user_agent="Pollwatch", gate=gate, allow=("127.0.0.0/8",), clock=lambda: reader.now
        ) as ours:
            await reader.read(ours, only(unread_articles(reader.store.db, NOON, limit=9)))

        assert rows(reader.store, "SELECT attempts, http_status FROM articles") == [(0, 302)]

    readings(tmp_path, story)
