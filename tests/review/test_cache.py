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
