"""Which concepts stand beside each other: what happens to what is said in one breath.

A text about fraud that also names an election is not yet about election fraud. So the text is cut
into stretches of a few words, each looked at with the next one, and every pair of concepts in them
counts: in the title, at the beginning, and by the share of the whole in which it occurs.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from matchers.relevance.vocabulary import Place

STRETCH = 16  # words; a pair stands in two neighbouring stretches at most
OPENING = 60  # words of the body
FEWEST_STRETCHES = 3
Pair = tuple[int, int]


def pair_values(
    names: Sequence[str], in_title: Iterable[Place], in_body: Iterable[Place], words: int
) -> dict[str, float]:
    """Of each pair of concepts where it stands, and how much of the body it fills."""
    stretches = stretches_of(in_body)
    together = [pairs(held | stretches.get(at + 1, set())) for at, held in stretches.items()]
    counts = Counter(pair for one in together for pair in one)
    whole = max(words / STRETCH, FEWEST_STRETCHES)
    opening = {
        pair
        for at, one in zip(stretches, together, strict=True)
        if at * STRETCH < OPENING
        for pair in one
    }
    title = set(pairs({number for _, number in in_title}))
    values = dict(named("headline", title, names)) | dict(
        named("beginning", opening | title, names)
    )
    for (first, second), count in counts.items():
        values[f"beside {names[first]}+{names[second]}"] = math.sqrt(count / whole)
    return values


def stretches_of(places: Iterable[Place]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for position, number in places:
        found[position // STRETCH].add(number)
    return dict(found)


def pairs(numbers: set[int]) -> list[Pair]:
    return list(combinations(sorted(numbers), 2))


def named(where: str, found: Iterable[Pair], names: Sequence[str]) -> Iterator[tuple[str, float]]:
    for first, second in found:
        yield f"{where} {names[first]}+{names[second]}", 1.0
