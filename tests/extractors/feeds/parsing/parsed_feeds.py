"""Feeds as bytes, read."""

from datetime import UTC, datetime

from extractors.feeds.parsing.parse import parse_feed
from model import ParsedFeed

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)


def parse(body: bytes | str, url: str = "https://courier.example/feed") -> ParsedFeed:
    body = body.encode() if isinstance(body, str) else body
    return parse_feed(body, url=url, now=NOW)


def rss(*items: str) -> str:
    listed = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>T</title>{listed}</channel></rss>'
