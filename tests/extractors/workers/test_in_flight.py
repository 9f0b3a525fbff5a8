"""Of what came, little is in memory at once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from extractors.workers import in_flight
from extractors.workers.in_flight import Backlog, Share
from model import Outcome, ParsedFeed

MB = 1_000_000
FEED = ParsedFeed("A paper", None, None, "rss", (), None, Outcome.OK, None)
INDEX = ParsedFeed(
    "", None, None, "sitemap", (), None, Outcome.OK, None, children=("https://a.example/1.xml",)
)


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_whoever_fits_goes_on_and_the_others_wait_in_their_order() -> None:
    async def story() -> list[str]:
        share, went = Share(20), list[str]()

        async def go(name: str, size: int) -> None:
            await share.take(size)
            went.append(name)

        tasks = [asyncio.create_task(go(n, s)) for n, s in (("a", 12), ("b", 12), ("c", 1))]
        await turns()
        assert went == ["a"]  # c would fit, and waits all the same: else b might wait for ever
        share.give(12)
        await asyncio.gather(*tasks)
        return went

    assert asyncio.run(story()) == ["a", "b", "c"]


def test_what_is_larger_than_all_of_it_goes_alone() -> None:
    async def story() -> None:
        share = Share(20)
        await share.take(50)
        waits = asyncio.create_task(share.take(1))
        await turns()
        assert not waits.done()
        share.give(50)
        await waits

    asyncio.run(story())


@pytest.mark.parametrize("its_turn_has_come", [False, True])
def test_who_gives_up_waiting_takes_nothing(its_turn_has_come: bool) -> None:
    async def story() -> int:
        share = Share(20)
        await share.take(20)
        gives_up = asyncio.create_task(share.take(5))
        next_one = asyncio.create_task(share.take(18))
        await turns()
        if its_turn_has_come:
            share.give(20)
        gives_up.cancel()
        await turns()
        if not its_turn_has_come:
            share.give(20)
        await next_one
        return share.bytes_taken

    assert asyncio.run(story()) == 18


def hold(each: Callable[[Backlog], Awaitable[None]]) -> Backlog:
    async def story() -> Backlog:
        room = asyncio.Event()
        room.set()
        backlog = Backlog(room)
        await asyncio.wait_for(each(backlog), 20)
        return backlog

    return asyncio.run(story())


def test_a_feed_counts_until_it_is_stored_and_the_third_waits_for_that() -> None:
    began = list[str]()

    async def parse(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
        began.append(url)
        return FEED

    async def three(backlog: Backlog) -> None:
        stored = asyncio.Event()

        async def poll(url: str) -> None:
            async with backlog.held(parse) as own:
                await own(bytes(5 * MB), url, None)
                await stored.wait()

        polls = [asyncio.create_task(poll(f"feed {n}")) for n in range(3)]
        await turns()
        assert began == ["feed 0", "feed 1"]
        assert backlog.waiting == 5 * MB
        stored.set()
        await asyncio.gather(*polls)

    after = hold(three)
    assert began == ["feed 0", "feed 1", "feed 2"]
    assert (after.parsed.bytes_taken, after.waiting) == (0, 0)


def test_sitemaps_of_an_index_wait_for_nobody_who_waits_for_them() -> None:
    """Each poll has read its index, and asks for a sitemap when there is room again."""

    async def parse(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
        return INDEX if url == "index" else FEED

    async def many(backlog: Backlog) -> None:
        async def poll() -> None:
            async with backlog.held(parse) as own:
                await own(bytes(9 * MB), "index", None)
                for _ in range(3):
                    await backlog.room.wait()
                    await own(bytes(9 * MB), "sitemap", None)

        await asyncio.gather(*(poll() for _ in range(5)))

    assert hold(many).parsed.bytes_taken == 0


def test_a_feed_that_cannot_be_parsed_gives_its_share_back() -> None:
    async def parse(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
        raise RuntimeError(url)

    async def one(backlog: Backlog) -> None:
        async with backlog.held(parse) as own:
            with pytest.raises(RuntimeError):
                await own(bytes(9 * MB), "feed", None)
            assert backlog.parsed.bytes_taken == 0

    assert hold(one).waiting == 0


def test_large_bodies_wait_first_and_pages_when_much_more_waits_to_be_read() -> None:
    async def pages(backlog: Backlog) -> None:
        def rooms() -> tuple[bool, bool]:
            return backlog.room.is_set(), backlog.room_for_pages.is_set()

        with backlog.waits(in_flight.MOST_BESIDE_LARGE):
            assert rooms() == (True, True)
            with backlog.waits(1):
                assert rooms() == (False, True)
                with backlog.waits(in_flight.MOST_WAITING):
                    assert rooms() == (False, False)
                assert rooms() == (False, True)
            assert rooms() == (True, True)

    hold(pages)
