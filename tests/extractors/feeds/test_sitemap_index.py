"""Sitemap indexes: the newest sitemaps are read, and what is not read is said."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from extractors.feeds.parsing.parse import parse_feed
from extractors.feeds.poll import poll_feed
from extractors.feeds.schedule import next_poll
from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from model import FeedHistory, FeedPoll, FeedSpec, Outcome, ParsedFeed
from tests.extractors.newsstand import Newsstand, answer

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def index(children: Sequence[tuple[str, str]]) -> bytes:
    listed = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for url, changed in children
    )
    return f"<sitemapindex {NS}>{listed}</sitemapindex>".encode()


def read(*children: tuple[str, str]) -> ParsedFeed:
    listed = [(f"https://gazette.example/{name}.xml", changed) for name, changed in children]
    return parse_feed(index(listed), url="https://gazette.example/index.xml", now=NOW)


def names(parsed: ParsedFeed) -> list[str]:
    return [url.rpartition("/")[2].removesuffix(".xml") for url in parsed.children]


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        ([("a", "2026-01-01"), ("b", "2026-11-01T10:00:00Z"), ("c", "2026-11-01")], ["b", "c", "a"]),
        ([("map-2018-01", ""), ("map-2026-11", ""), ("map-2026-2", "")], ["map-2026-2", "map-2026-11", "map-2018-01"]),
        ([("2026/11/26", ""), ("2026/11/28", ""), ("2026/11/27", "")], ["28", "27", "26"]),
        ([("post2", ""), ("post10", ""), ("post1", "")], ["post10", "post2", "post1"]),
        ([("x", ""), ("y", ""), ("z", "")], ["z", "y", "x"]),
        ([("old", "2020-01-01"), ("undated", ""), ("new", "2026-11-01")], ["undated", "new", "old"]),
        ([("november-2026", ""), ("jan2026", ""), ("october-2026", "")], ["november-2026", "october-2026", "jan2026"]),
        ([("2025-14", ""), ("2026-1", ""), ("2026-2", "")], ["2026-2", "2026-1", "2025-14"]),
        ([("news-sitemap", ""), ("part1", ""), ("part2", "")], ["news-sitemap", "part2", "part1"]),
    ],
    ids=["lastmod", "months", "days", "numbers", "nothing", "some dated", "named months", "years", "news"],
)  # fmt: skip
def test_the_newest_come_first(children: list[tuple[str, str]], expected: list[str]) -> None:
    assert names(read(*children)) == expected


def poll(children: Sequence[tuple[str, str]], history: FeedHistory) -> tuple[FeedPoll, list[str]]:
    """The poll, and the sitemaps that it asked for."""

    async def story() -> tuple[FeedPoll, list[str]]:
        async with Newsstand({}) as stand:
            page = f"<urlset {NS}><url><loc>{stand.url}/a/%s</loc></url></urlset>"
            for name, _ in children:
                stand.replies[f"/{name}.xml"] = answer((page % name).encode())
            listed = [(f"{stand.url}/{name}.xml", changed) for name, changed in children]
            stand.replies["/index.xml"] = answer(index(listed))
            spec = FeedSpec("paper", "Paper", f"{stand.url}/index.xml", kind="sitemap")
            gate = HostGate(seconds_between=0)
            client = Client(user_agent="test", allow=["127.0.0.1/32"], gate=gate)
            async with client:
                polled = await poll_feed(client, spec, history, now=NOW)
            paths = [request.path for request in stand.requests]
        return polled, [path.strip("/").removesuffix(".xml") for path in paths[1:]]

    return asyncio.run(story())


MONTHS = [f"map-{year}-{month:02}" for year in range(2022, 2027) for month in range(1, 13)][:59]


def test_of_sixty_sitemaps_the_newest_are_read_and_the_rest_is_said_and_a_gap() -> None:
    undated = [(f"part-{n}", "") for n in range(60)]

    polled, paths = poll(undated, FeedHistory("paper"))

    assert paths == [f"part-{n}" for n in range(59, 9, -1)]
    assert "10 more give no date; they are asked for in turn" in polled.sentence
    assert (polled.outcome, polled.cut) == (Outcome.OK, True)
    spec = FeedSpec("paper", "Paper", "https://gazette.example/i.xml", kind="sitemap")
    after = next_poll(FeedHistory("paper"), polled, spec=spec, now=NOW, rng=random.Random(1))
    assert after.gap


def polls_in_a_row(
    names: Sequence[str], times: int, *, nested: int = 0, changed: str = ""
) -> list[tuple[FeedPoll, list[str]]]:
    """As many polls of one index, and the sitemaps that each asked for. `nested`: each is an index of so
    many."""

    async def story() -> list[tuple[FeedPoll, list[str]]]:
        polls, history = [], FeedHistory("paper")
        async with Newsstand({}) as stand:
            page = f"<urlset {NS}><url><loc>{stand.url}/a/%s</loc></url></urlset>"
            stand.replies = {f"/{name}": answer((page % name).encode()) for name in names}
            for name in names if nested else ():
                inner = [f"/in/{name}" + "-older" * n for n in range(nested)]
                stand.replies |= dict.fromkeys(inner, stand.replies[f"/{name}"])
                listed = [(f"{stand.url}{path}", changed) for path in inner]
                stand.replies[f"/{name}"] = answer(index(listed))
            listed = [(f"{stand.url}/{name}", changed) for name in names]
            stand.replies["/index"] = answer(index(listed))
            spec = FeedSpec("paper", "Paper", f"{stand.url}/index", kind="sitemap")
            gate = HostGate(seconds_between=0)
            async with Client(user_agent="test", allow=["127.0.0.1/32"], gate=gate) as client:
                for _ in range(times):
                    stand.requests.clear()
                    polled = await poll_feed(client, spec, history, now=NOW)
                    polls.append((polled, [path.strip("/") for path in stand.paths[1:]]))
                    history = replace(history, last_ok_at=NOW, sitemap_turn=polled.sitemap_turn)
        return polls

    return asyncio.run(story())


@pytest.mark.slow
def test_of_500_sitemaps_without_dates_all_are_read_within_ten_polls_the_newest_each_time() -> None:
    names = [f"part-{n}" for n in range(500)]

    polls = polls_in_a_row(names, 11)

    assert {name for _, asked in polls[:10] for name in asked} == set(names)
    assert all({"part-499", "part-498"} < set(asked) for _, asked in polls)
    assert max(len(asked) for _, asked in polls) == 52
    assert [polled.cut for polled, _ in polls] == [True] * 9 + [False] * 2


@pytest.mark.slow
def test_of_60_indexes_without_dates_all_that_they_list_is_read_within_three_polls() -> None:
    polls = polls_in_a_row([f"part-{n}" for n in range(60)], 4, nested=1)

    pages = {entry.url.rpartition("/")[2] for polled, _ in polls[:3] for entry in polled.entries}
    assert pages == {f"part-{n}" for n in range(60)}
    assert max(len(asked) for _, asked in polls) <= 52
    assert [polled.cut for polled, _ in polls] == [True, True, False, False]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sections", "nested", "changed"),
    [(30, 3, ""), (60, 1, "2026-11-28T11:00:00Z")],
    ids=["fewer than there is room for", "each of which changed today"],
)
def test_no_index_of_an_index_waits_for_ever(sections: int, nested: int, changed: str) -> None:
    polls = polls_in_a_row([f"s{n}" for n in range(sections)], 5, nested=nested, changed=changed)

    pages = {entry.url.rpartition("/")[2] for polled, _ in polls for entry in polled.entries}
    assert pages == {f"s{n}" for n in range(sections)}
    assert all(polled.cut for polled, _ in polls)


def test_sitemaps_that_ended_before_the_last_poll_are_not_asked_again() -> None:
    earlier = FeedHistory("paper", last_ok_at=NOW - timedelta(hours=1))
    children = [(name, "") for name in MONTHS]

    polled, paths = poll(children, earlier)

    assert paths == ["map-2026-11", "map-2026-10"]
    assert not polled.cut
    assert "not read" not in polled.sentence


def test_a_sitemap_that_changed_since_is_asked_again() -> None:
    earlier = FeedHistory("paper", last_ok_at=NOW - timedelta(days=3))
    children = [("a", "2026-01-01"), ("b", "2026-11-27"), ("c", "2026-11-24"), ("d", "2025-01-01")]

    _, paths = poll(children, earlier)

    assert paths == ["b", "c"]


def test_dated_and_undated_sitemaps_take_turns_so_that_neither_hides_the_news() -> None:
    dated = [(f"post{n}", f"2026-11-{n:02}") for n in range(1, 29)]
    dated += [(f"old{n}", f"2025-11-{n:02}") for n in range(1, 29)]
    undated = [(f"tag{n}", "") for n in range(60)]
    later = [(f"later{n}", "2099-01-01") for n in range(60)]  # a date yet to come tells nothing

    for others in (undated, later):
        _, paths = poll([*others, *dated], FeedHistory("paper"))

        assert len(paths) == 50
        assert "post28" in paths[:2]
        assert "post5" in paths


def read_nested(files: dict[str, str]) -> tuple[FeedPoll, list[str], list[str]]:
    """The poll of `index`, the pages that it lists and the sitemaps that were asked for."""

    async def story() -> tuple[FeedPoll, list[str], list[str]]:
        async with Newsstand({}) as stand:
            stand.replies = {
                f"/{name}": answer(text.replace("@", stand.url).encode())
                for name, text in files.items()
            }
            spec = FeedSpec("paper", "Paper", f"{stand.url}/index", kind="sitemap")
            gate = HostGate(seconds_between=0)
            async with Client(user_agent="test", allow=["127.0.0.1/32"], gate=gate) as client:
                polled = await poll_feed(client, spec, FeedHistory("paper"), now=NOW)
            pages = [str(entry.url).removeprefix(stand.url) for entry in polled.entries]
            return polled, pages, stand.paths

    return asyncio.run(story())


def listed(*urls: str) -> str:
    children = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f"<sitemapindex>{children}</sitemapindex>"


def test_indexes_within_an_index_are_read_and_none_twice() -> None:
    polled, pages, paths = read_nested(
        {
            "index": listed("@/posts", "@/index", "@/tags"),
            "posts": listed("@/a", "@/b", "@/posts"),
            "tags": listed("@/b"),
            "a": "<urlset><url><loc>@/1</loc></url></urlset>",
            "b": "<urlset><url><loc>@/2</loc></url></urlset>",
        }
    )

    assert (polled.outcome, sorted(pages)) == (Outcome.OK, ["/1", "/2"])
    assert sorted(paths) == ["/a", "/b", "/index", "/index", "/posts", "/tags"]


def test_an_index_deeper_than_three_is_said_and_a_gap() -> None:
    files = {f"level{n}": listed(f"@/level{n + 1}") for n in range(5)}

    polled, _, _ = read_nested({"index": listed("@/level0"), **files})

    assert polled.cut
    assert "1 older sitemaps of the index were not read" in polled.sentence


@pytest.mark.parametrize(
    "index",
    [
        "<sitemapindex><sitemap><loc>/a</loc></sitemap></sitemapindex>",
        "<urlset><sitemap><loc>@/a</loc></sitemap></urlset>",
        "<sitemapindex><url><loc>@/a</loc></url></sitemapindex>",
        "<br />\n<b>Warning</b>: Undefined x<br />\n<sitemapindex><sitemap><loc>@/a</loc></sitemap></sitemapindex>",
    ],
    ids=["relative", "in a urlset", "as pages", "after a warning"],
)
def test_an_index_as_careless_writers_make_it(index: str) -> None:
    _, pages, _ = read_nested({"index": index, "a": "<urlset><url><loc>@/1</loc></url></urlset>"})

    assert pages == ["/1"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<urlset><url><loc>https://g.example/?p=1&b=2</loc></url></urlset>", "?p=1&b=2"),
        ("<urlset><url><loc><![CDATA[https://g.example/?p=1&b=2]]></loc></url></urlset>", "?p=1&b=2"),
        ("<urlset><url><loc>https://g.example/?p=1&amp;b=2</loc></url></urlset>", "?p=1&b=2"),
        ("<urlset><url><loc>https://g.example/caf&eacute;</loc></url></urlset>", "café"),
        ("# our pages\nhttps://g.example/a\n", "a"),
    ],
)  # fmt: skip
def test_addresses_stay_whole(body: str, expected: str) -> None:
    parsed = parse_feed(body.encode(), url="https://g.example/sitemap.xml", now=NOW)

    assert [entry.url for entry in parsed.entries] == [f"https://g.example/{expected}"]
    assert parsed.outcome is Outcome.OK
