"""Many thousand newsrooms on loopback, in a process of its own: `python -m bench.servers.newsrooms PORT [PAGES]`.

Answers any address of 127.0.0.0/8 on one port. A feed's number says how it behaves; GET
/minute/N sets the minute of the simulated time. PAGES is a folder of saved pages
(index.jsonl with `file`); without it pages are made, of 450 words between menus and teasers.
"""

import asyncio
import json
import random
import sys
from pathlib import Path

from bench.servers.kept_connection import KeptConnection

LISTED = 20  # entries in a feed
SPECIALS = ("404 Not Found", "500 Internal Server Error", "403 Forbidden")
WORDS = "county clerk ballots machine printer storm morning volunteers courthouse line audit tally seal envelope signature box poll book tablet paper witness judge board canvass deadline library school".split()  # noqa: SIM905


def stories_a_day(feed: int) -> float:
    """Skewed as in any collection of feeds: one in ten brings most of it. 2.8 a day on average, so that
    180,000 feeds bring 500,000."""
    if feed % 10 == 0:
        return 20.0
    return 2.0 if feed % 10 < 4 else 0.3


def newest(feed: int, minute: int) -> int:
    """The number of the feed's last story at a minute of the simulated time, which begins in its fourth week."""
    phase = (feed * 2654435761 % 997) / 997
    return int((minute / 1440 + 28) * stories_a_day(feed) + phase) + LISTED


def fails(feed: int) -> str | None:
    """One feed in forty of those that bring little is dead for good, and one in twenty of the busy ones."""
    return SPECIALS[feed % 3] if feed % 40 == 7 or feed % 200 == 50 else None


def validates(feed: int) -> bool:
    """Two servers in three answer 304; of the others the same bytes come again."""
    return feed % 3 != 2


def is_copy(feed: int, story: int) -> int | None:
    """One story in five is an agency's text, which a dozen outlets have."""
    number = feed * 31 + story
    return number // 60 if number % 5 == 0 else None


def host(feed: int, hosts: int) -> str:
    number = feed % hosts
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


def feed_xml(feed: int, last: int) -> bytes:
    items = "".join(
        f"<item><guid>s{feed}-{n}</guid><title>{headline(feed, n)}</title><link>/a/{feed}/{n}</link>"
        f"<description>{words(feed, n, 40)}</description></item>"
        for n in range(last, last - LISTED, -1)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Paper {feed}</title>{items}</channel></rss>".encode()


def headline(feed: int, story: int) -> str:
    return words(feed, story, 7).capitalize()


def words(feed: int, story: int, count: int) -> str:
    agency = is_copy(feed, story)
    seed = f"agency {agency}" if agency is not None else f"{feed} {story}"
    return " ".join(random.Random(seed).choices(WORDS, k=count))


def page(feed: int, story: int) -> bytes:
    text = words(feed, story, 450).split()
    paragraphs = "".join(f"<p>{' '.join(text[at : at + 45]).capitalize()}.</p>" for at in range(0, 450, 45))  # fmt: skip
    menu = "".join(f"<li><a href='/section/{n}'>Section {n}</a></li>" for n in range(60))
    teasers = "".join(f"<div class='teaser'><a href='/a/{feed}/{n}'>{headline(feed, n)}</a></div>" for n in range(40))  # fmt: skip
    return f"<html><head><title>{headline(feed, story)}</title></head><body><nav><ul>{menu}</ul></nav><article><h1>{headline(feed, story)}</h1>{paragraphs}</article><aside>{teasers}</aside></body></html>".encode()


class Answers(KeptConnection):
    """The newsrooms' feeds and pages."""

    saved: tuple[bytes, ...] = ()

    def answer(self, request: bytes) -> bytes:
        parts = request.split(b" ", 2)[1].decode().strip("/").split("/")
        if parts[0] == "f":
            return self.of_feed(int(parts[1]), request)
        if parts[0] == "a":
            feed, story = int(parts[1]), int(parts[2])
            body = self.saved[(feed + story) % len(self.saved)] if self.saved else page(feed, story)
            return whole(body, "text/html; charset=utf-8", "")
        if parts[0] == "minute":
            Answers.minute = int(parts[1])
            return whole(b"", "text/plain", "")
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    minute = 0

    def of_feed(self, feed: int, request: bytes) -> bytes:
        if (status := fails(feed)) is not None:
            return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()
        last = newest(feed, self.minute)
        tag = f'"{last}"'
        if validates(feed) and f"If-None-Match: {tag}".encode() in request:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        extra = f"ETag: {tag}\r\n" if validates(feed) else ""
        return whole(feed_xml(feed, last), "application/rss+xml", extra)


def whole(body: bytes, kind: str, extra: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def serve(port: int, pages: str | None) -> None:
    if pages is not None:
        folder = Path(pages)
        rows = [json.loads(line) for line in (folder / "index.jsonl").open(encoding="utf-8")]
        Answers.saved = tuple((folder / row["file"]).read_bytes() for row in rows)
    await asyncio.get_running_loop().create_server(Answers, "0.0.0.0", port, backlog=4096)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None))
