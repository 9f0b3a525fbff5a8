"""Figures that may be some seconds old."""

import asyncio
from dataclasses import dataclass

from review.cache import Cache, CountedBehind


@dataclass
class Counting:
    """Counts how often it was asked; each time takes `seconds` of a clock that it moves itself."""

    seconds: float
    now: float = 0.0
    times: int = 0

    async def __call__(self) -> int:
        self.times += 1
        self.now += self.seconds
        return self.times


async def answers(counting: Counting, *pauses: float) -> list[int]:
    cache, answers = Cache(fresh=10, stale=300, clock=lambda: counting.now), []
    for pause in pauses:
        counting.now += pause
        answers.append(await cache.get("figure", counting))
        await asyncio.sleep(0)  # what is counted behind
    return answers


def test_an_old_answer_is_served_while_it_is_counted_again() -> None:
    assert asyncio.run(answers(Counting(0.1), 0, 9, 2, 0)) == [1, 1, 1, 2]


def test_a_stale_answer_is_waited_for() -> None:
    assert asyncio.run(answers(Counting(0.1), 0, 301)) == [1, 2]


def test_what_takes_long_to_count_rests_for_twenty_times_as_long() -> None:
    assert asyncio.run(answers(Counting(2), 0, 39, 2, 0)) == [1, 1, 1, 2]
    assert asyncio.run(answers(Counting(20), 0, 399)) == [1, 1]


def test_what_is_quickly_counted_is_never_shown_old() -> None:
    """Minutes after the last look, a desk that has judged sixty stories was told of none."""
    assert asyncio.run(answers(Counting(0.01), 0, 9, 2, 120)) == [1, 1, 2, 3]


def test_a_page_that_is_rarely_opened_waits_longer_and_knows_how_old_it_is() -> None:
    """Rules showed no verdict of the last five minutes at a first look, and said nothing of it."""

    async def asked(seconds: float) -> tuple[int, float]:
        counting = Counting(seconds)
        cache = Cache(fresh=10, stale=300, clock=lambda: counting.now)
        await cache.get("figure", counting)
        counting.now += 200
        return await cache.get("figure", counting, quick=0.1), round(cache.age("figure"))

    assert asyncio.run(asked(0.05)) == (2, 0)
    assert asyncio.run(asked(0.5)) == (1, 200)


def test_what_was_quickly_counted_is_shown_as_it_was_where_counting_fails() -> None:
    async def asked() -> list[int]:
        counting = Counting(0.01)
        cache = Cache(fresh=10, stale=300, clock=lambda: counting.now)

        async def fails() -> int:
            raise OSError

        before = await cache.get("figure", counting)
        counting.now += 20
        return [before, await cache.get("figure", fails), await cache.get("figure", counting)]

    assert asyncio.run(asked()) == [1, 1, 2]


def test_what_was_being_counted_during_a_write_is_not_kept() -> None:
    """An act comes while a page counts: the page after it must know of the act."""

    async def asked() -> list[int]:
        cache, stories = Cache(), [1, 2]

        async def count() -> int:
            counted = len(stories)
            await asyncio.sleep(0.01)
            return counted

        before = asyncio.ensure_future(cache.get("figure", count))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        stories.pop()
        cache.forget("figure")
        after = await cache.get("figure", count)
        return [await before, after, await cache.get("figure", count)]

    assert asyncio.run(asked()) == [2, 1, 1]


async def counted_behind(counting: Counting, *asked: tuple[float, str]) -> list[int | None]:
    """What each key shows, asked after each pause."""
    behind: CountedBehind[int] = CountedBehind(clock=lambda: counting.now)
    shown = []
    for pause, key in asked:
        counting.now += pause
        shown.append(behind.get(key, counting))
        await asyncio.sleep(0)
    return shown


def test_what_is_counted_behind_is_never_waited_for() -> None:
    assert asyncio.run(counted_behind(Counting(0.1), (0, "a"), (0, "a"), (59, "a"))) == [None, 1, 1]


def test_two_figures_are_counted_one_after_the_other_with_a_long_rest_between() -> None:
    asked = ((0, "a"), (0, "b"), (19, "b"), (22, "b"), (0, "b"), (0, "a"))
    assert asyncio.run(counted_behind(Counting(2), *asked)) == [None, None, None, None, 2, 1]


def test_a_figure_of_an_hour_ago_is_not_shown() -> None:
    assert asyncio.run(counted_behind(Counting(1), (0, "a"), (3_500, "a"), (0, "a"), (3_601, "a"))) == [None, 1, 2, None]  # fmt: skip


def test_a_count_that_fails_stops_no_other() -> None:
    async def asked() -> list[int | None]:
        behind: CountedBehind[int] = CountedBehind()

        async def fails() -> int:
            raise OSError

        shown = [behind.get("a", fails)]
        await asyncio.sleep(0.01)
        shown.append(behind.get("b", Counting(0)))
        await asyncio.sleep(0.01)
        return [*shown, behind.get("b", Counting(0)), behind.get("a", fails)]

    assert asyncio.run(asked()) == [None, None, 1, None]
