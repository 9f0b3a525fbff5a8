"""What a run lists to read while its polls are still being stored."""

import asyncio
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flows.pipeline.listing import newest_and_unread
from flows.pipeline.writer import Writer
from model import Unread
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.store import Store
from tests.storage.making import decision, entry, feed, poll


def poll_of_a_busy_writer(store: Store) -> None:
    time.sleep(0.02)
    now = datetime.now(UTC)
    record_polls(store.db, None, [(poll(entry("late"), at=now), decision(now))], now)


def test_what_a_poll_stores_while_the_listing_waits_is_listed(tmp_path: Path) -> None:
    async def listed_behind_a_poll() -> tuple[int, tuple[Unread, ...]]:
        async with Writer(tmp_path / "p.db") as writer:
            await writer.ask(lambda store: sync_feeds(store.db, [feed()], datetime.now(UTC)))
            polled = asyncio.create_task(writer.ask(poll_of_a_busy_writer))
            await asyncio.sleep(0)
            listing = partial(newest_and_unread, after_id=0, only="new")
            listed = await writer.ask(listing)
            await polled
            return listed

    newest, listed = asyncio.run(listed_behind_a_poll())

    assert [unread.article_id for unread in listed] == [newest] == [1]
