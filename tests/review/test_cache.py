"""Figures that may be some seconds old."""

import asyncio
from dataclasses import dataclass

from review.cache import Cache


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
