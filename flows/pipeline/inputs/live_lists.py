"""Reads the live lists that `settings: opml:` names, before a run polls anything."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from config.open_file import open_bytes
from extractors.feed_list.live_opml import (
    LiveList,
    list_change,
    live_list_as_json,
    live_list_from_json,
    merged_with_lists,
    read_live,
)
from extractors.feed_list.shard import feeds_of_shard
from extractors.fetch.client import Client
from flows.pipeline.inputs.options import Plan
from flows.pipeline.writer import Writer
from model import ConfigError, Outcome
from storage.feeds import keep_live_list, kept_live_list
from storage.store import Store

logger = logging.getLogger("pollwatch")
EVERY = timedelta(hours=1)  # an address is asked no more often; a file is read by each run
LARGEST_LIST = 10_000_000  # bytes
PRIVATE_LIST_HINT = "name its network under `allow_addresses:` in feeds.yaml"


@dataclass(slots=True)
class ListsRead:
    """What the lists said so far."""

    lists: list[LiveList] = field(default_factory=list)
    faults: list[ConfigError] = field(default_factory=list)


async def with_live_lists(plan: Plan, writer: Writer, open_client: Callable[[], Client]) -> Plan:
    """The plan with the feeds of its live lists; a list that cannot be read is a fault of its own,
    and its feeds stay as they were when it last could."""
    if not plan.feeds.settings.opml:
        return plan
    reading = ListsRead()
    async with open_client() as client:
        for source in plan.feeds.settings.opml:
            await read_live_list(source, plan, writer, client, reading)
    feeds = merged_with_lists(plan.feeds, reading.lists)
    if plan.options.shard is not None:
        feeds = feeds_of_shard(feeds, plan.options.shard)
    return replace(plan, feeds=feeds, faults=(*plan.faults, *reading.faults))


async def read_live_list(
    source: str, plan: Plan, writer: Writer, client: Client, reading: ListsRead
) -> None:
    now = datetime.now(UTC)
    stored_list = await writer.ask(lambda store: kept_live_list(store.db, source))
    earlier = None if stored_list is None else live_list_from_json(source, stored_list)
    is_address = "://" in source
    if earlier is not None and is_address and earlier.read_at <= now < earlier.read_at + EVERY:
        reading.lists.append(earlier)
        return
    try:
        folder = Path(plan.feeds.path).parent
        body = (
            await fetched_list(client, source) if is_address else await read_source(source, folder)
        )
        live_list, bad_rows = read_live(source, body, now, earlier)
    except ConfigError as fault:
        reading.faults.append(fault)
        logger.warning("%s", fault)
        reading.lists += [earlier] if earlier is not None else []
        return
    reading.lists.append(live_list)
    reading.faults += bad_rows
    if (changed := list_change(earlier, live_list)).added or changed.removed:
        writer.stats.list_changes.append((source, list(changed.added), list(changed.removed)))
    await writer.ask(partial(store_live_list, live_list=live_list))


def store_live_list(store: Store, *, live_list: LiveList) -> None:
    keep_live_list(store.db, live_list.source, live_list_as_json(live_list))


async def fetched_list(client: Client, url: str) -> bytes:
    answer = await client.get(url, kind="feed", max_bytes=LARGEST_LIST)
    if answer.outcome is not Outcome.OK:
        hint = PRIVATE_LIST_HINT if answer.outcome is Outcome.PRIVATE_ADDRESS else None
        raise ConfigError(url, f"was not read: {answer.sentence}", field="opml", hint=hint)
    return answer.body


async def read_source(source: str, folder: Path) -> bytes:
    """`folder` is that of feeds.yaml."""
    try:
        return await asyncio.to_thread(read_up_to_limit, folder / source)
    except OSError as error:
        why = f"was not read: {error.strerror or error}"
        raise ConfigError(source, why, field="opml") from error


def read_up_to_limit(path: Path) -> bytes:
    with open_bytes(path) as file:  # not by its size on disk: /dev/zero has none
        return file.read(LARGEST_LIST + 1)
