"""A feed that names hundreds of hosts, all of which take their time, beside an outlet with one story."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import pytest

from extractors.workers.in_flight import MOST_OPEN_OF_FEED
from flows.pipeline.inputs.caller import Caller
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
from tests.extractors.newsstand import Newsstand, Reply, Request, answer
from tests.flows.pipeline.test_flood import RULE, rss
from tests.flows.pipeline.test_further_pages import following, part

pytestmark = pytest.mark.slow
SLOW_HOSTS = 160
PAGE = answer(b"<html><p>The clerk of this county said that nothing was the matter on Friday.</p></html>" * 4, content_type="text/html")  # fmt: skip


class AnyHost(Newsstand):
    """Answers at every address of loopback, each of which is a host of its own."""

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._accept, "0.0.0.0", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self


async def slowly(request: Request) -> bytes:
    await asyncio.sleep(3)
    return PAGE


def links(port: int) -> bytes:
    items = "".join(
        f"<item><guid>{n}</guid><title>Story {n}</title><link>http://127.0.1.{n}:{port}/{n}</link></item>"
        for n in range(1, SLOW_HOSTS + 1)
    )
    feed = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    return answer(feed.encode(), content_type="application/rss+xml")


def slow_pages() -> dict[str, Reply]:
    return {f"/{n}": slowly for n in range(1, SLOW_HOSTS + 1)}


def slow_second_pages() -> dict[str, Reply]:
    first, second = dict[str, Reply](), dict[str, Reply]()
    for n in range(1, SLOW_HOSTS + 1):
        first[f"/{n}"] = part(1, following(f"/{n}?page=2"))
        second[f"/{n}?page=2"] = slowly
    return first | second


async def watch(folder: Path, pages: Mapping[str, Reply]) -> int:
    async with AnyHost({}) as slow, Newsstand({}) as herald:
        slow.replies = dict(pages)
        slow.replies["/feed"] = links(slow.port)
        herald.replies = {"/feed": rss(["Scanner altered overnight"], herald.url), "/0": PAGE}
        (folder / "rules").mkdir()
        (folder / "rules" / "rules.yaml").write_text(RULE, "utf-8")
        (folder / "feeds.yaml").write_text(
            "settings: {allow_addresses: [127.0.0.0/8], seconds_between_requests: 0, obey_robots: false}\n"
            f"feeds:\n  - {{name: Slow, url: '{slow.url}/feed'}}\n  - {{name: Herald, url: '{herald.url}/feed'}}\n",
            "utf-8",
        )
        options = Options(feeds=folder / "feeds.yaml", rules=folder / "rules", db=folder / "p.db", processes=1)  # fmt: skip
        await run_watch(load_plan(options), Caller())
    return slow.peak


@pytest.mark.parametrize("pages", [slow_pages, slow_second_pages])
def test_one_feed_holds_half_of_the_connections_at_most(
    tmp_path: Path, pages: Callable[[], dict[str, Reply]]
) -> None:
    peak = asyncio.run(watch(tmp_path, pages()))

    assert MOST_OPEN_OF_FEED // 2 < peak <= MOST_OPEN_OF_FEED
    connection = sqlite3.connect(tmp_path / "p.db")
    assert connection.execute("SELECT count(*) FROM articles WHERE attempted_at IS NOT NULL").fetchone() == (SLOW_HOSTS + 1,)  # fmt: skip
