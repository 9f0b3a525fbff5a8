"""Shards share a feed list between them: each feed in one, each host in one."""

from pathlib import Path

import pytest

from extractors.feed_list.shard import Shard, database_of, feeds_of_shard, parse_shard
from extractors.fetch.urls import host_group
from model import FeedList, FeedSpec, Settings

FEEDS = FeedList(
    "feeds.yaml",
    Settings(),
    tuple(
        FeedSpec(f"feed-{n}", f"Feed {n}", f"https://{'abc'[n % 3]}.outlet-{n // 2}.org/{n}.xml")
        for n in range(200)
    ),
)


def test_each_feed_is_in_one_shard_and_the_shards_are_of_like_size() -> None:
    parts = [feeds_of_shard(FEEDS, Shard(n, 5)).feeds for n in range(1, 6)]
    assert sorted(feed.id for part in parts for feed in part) == sorted(f.id for f in FEEDS.feeds)
    assert all(20 <= len(part) <= 60 for part in parts)


def test_feeds_of_one_host_group_are_in_the_same_shard() -> None:
    groups = [
        {host_group(f.url) for f in feeds_of_shard(FEEDS, Shard(n, 3)).feeds} for n in (1, 2, 3)
    ]
    assert sum(map(len, groups)) == len(set().union(*groups)) == 100


def test_a_feed_that_goes_moves_no_other() -> None:
    fewer = FeedList("feeds.yaml", Settings(), FEEDS.feeds[1:])
    assert feeds_of_shard(fewer, Shard(2, 4)).feeds == tuple(
        feed for feed in feeds_of_shard(FEEDS, Shard(2, 4)).feeds if feed.id != "feed-0"
    )


def test_a_shard_has_a_database_of_its_own() -> None:
    assert database_of(Path("data/pollwatch.db"), Shard(2, 5)) == Path("data/pollwatch-2of5.db")


@pytest.mark.parametrize("text", ["0/5", "6/5", "2", "2/", "a/b", "1/101", "-1/5", "2/5/1", ""])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be like 2/5, the second of five"):
        parse_shard(text)
