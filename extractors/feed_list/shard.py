"""One of several parts of a feed list, so that as many flows read it, each into a database of its own.

Feeds of one host group stay together: each host is then paced by one flow.
"""

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from extractors.fetch.urls import host_group
from model import FeedList

MOST_SHARDS = 100


@dataclass(frozen=True, slots=True)
class Shard:
    """`number` counts from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def parse_shard(text: str) -> Shard:
    """Raises ValueError with what is wrong about it."""
    match = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]) <= MOST_SHARDS:
        raise ValueError(
            f"must be like 2/5, the second of five, at most {MOST_SHARDS}; not `{text}`"
        )
    return Shard(int(match[1]), int(match[2]))


def feeds_of_shard(feeds: FeedList, shard: Shard) -> FeedList:
    """The shard's feeds, in their order. Each feed is of exactly one of the shards."""
    chosen = (feed for feed in feeds.feeds if shard_of(feed.url, shard.of) == shard.number)
    return replace(feeds, feeds=tuple(chosen))


def shard_of(url: str, of: int) -> int:
    """By a hash of the host group alone: a feed added or removed moves no other."""
    digest = sha256(host_group(url).encode()).digest()
    return int.from_bytes(digest[:8], "big") % of + 1


def database_of(db: Path, shard: Shard) -> Path:
    """data/pollwatch.db becomes data/pollwatch-2of5.db."""
    return db.with_stem(f"{db.stem}-{shard.number}of{shard.of}")
