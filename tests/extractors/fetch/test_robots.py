"""robots.txt as real sites write it."""

import asyncio
import codecs

import pytest

from extractors.fetch.robots import Robots, robots_text
from model import Outcome
from tests.extractors.fetch.transport.servers import client
from tests.extractors.newsstand import Newsstand, answer

RULES = "User-agent: *\nDisallow: /secret\nDisallow: /*?print=\nDisallow: /*.pdf$\nAllow: /secret/open\n"


def refused(robots_txt: bytes, *paths: str) -> list[bool]:
    async def story() -> list[bool]:
        async with Newsstand({"/robots.txt": answer(robots_txt)}) as stand, client() as ours:
            robots = Robots()
            permissions = [await robots.permission(ours, stand.url + path) for path in paths]
            return [permission.outcome is Outcome.ROBOTS for permission in permissions]

    return asyncio.run(story())


PATHS = ("/secret/a", "/secret/open", "/story?print=1", "/a.pdf", "/a.pdf?x", "/story")
ANSWERS = [True, False, True, True, False, False]


@pytest.mark.parametrize(
    "robots_txt",
    [
        RULES.encode(),
        codecs.BOM_UTF8 + RULES.encode(),
        codecs.BOM_UTF16_LE + RULES.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + RULES.encode("utf-16-be"),
        RULES.encode("utf-16-le"),
        RULES.encode("utf-16-be"),
        b"\n\n" + RULES.replace("\n", "\r\n").encode(),
        RULES.replace("\n", "\r").encode(),
        RULES.upper().replace("/SECRET", "/secret").replace("PRINT", "print").replace("PDF", "pdf")
        .replace("/OPEN", "/open").encode(),
        RULES.replace(": ", ":").encode(),
        RULES.replace("\n", "  # why\n").encode(),
    ],
)  # fmt: skip
def test_rules_are_obeyed_however_they_are_written(robots_txt: bytes) -> None:
    assert refused(robots_txt, *PATHS) == ANSWERS


@pytest.mark.parametrize(
    "agent",
    [
        "Pollwatch", "pollwatch", "Pollwatch/0.1", "POLLWATCH/2.0 # the old one", "Pollwatch*",
        "Pollwatch (+https://monitor.example/bot)", "Googlebot, Pollwatch", "Other\nUser-agent: Pollwatch",
    ],
)  # fmt: skip
def test_we_are_meant_by_our_name_with_or_without_a_version(agent: str) -> None:
    rules = f"User-agent: *\nDisallow:\n\nUser-agent: {agent}\nDisallow: /\n"

    assert refused(rules.encode(), "/story") == [True]


@pytest.mark.parametrize("agent", ["Pollwatcher", "Other/1.0", "Poll", "Other, Bot", "# Pollwatch"])
def test_others_are_not_us(agent: str) -> None:
    rules = f"User-agent: {agent}\nDisallow: /\n"

    assert refused(rules.encode(), "/story") == [False]


@pytest.mark.parametrize(
    "robots_txt",
    ["# one file\n\n\ufeffUser-agent: *\nDisallow: /", "User-agent: *\n\0Disallow: /\0"],
    ids=["a mark between joined files", "padded with zeros"],
)
def test_unseen_characters_change_no_rule(robots_txt: str) -> None:
    assert refused(robots_txt.encode(), "/story") == [True]


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [
        ("Crawl-delay: 7", 7.0),
        ("Request-rate: 1/20", 20.0),
        ("Request-rate: 2/10\nCrawl-delay: 3", 5.0),
        ("Crawl-delay: 86400", 60.0),
        ("Crawl-delay: -3", 0.0),
    ],
)
def test_the_pace_that_a_site_asks_for_within_reason(rules: str, seconds: float) -> None:
    async def story() -> float:
        body = f"User-agent: *\n{rules}\n".encode()
        async with Newsstand({"/robots.txt": answer(body)}) as stand, client() as ours:
            return (await Robots().permission(ours, stand.url + "/story")).spacing

    assert asyncio.run(story()) == seconds


def test_text_of_any_bytes() -> None:
    assert robots_text(b"") == ""
    assert robots_text(b"\xff\xfeU\x00") == "U"
    assert robots_text(b"caf\xe9") == "caf\ufffd"
