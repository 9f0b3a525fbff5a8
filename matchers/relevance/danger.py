"""How close voting and what endangers it stand: what a reader of a headline looks for first.

Single concepts say what a text is about; these figures put all words of voting on one side and all
words of danger on the other. So they hold for a pair of words that no labelled text has shown yet.
"""

import math
from bisect import bisect_left
from collections.abc import Collection, Sequence

from matchers.relevance.vocabulary import ConceptPlace, FeatureValues

DANGER = (
    "fraud", "overturn", "hack", "interference", "violence", "lies", "deepfake", "repression",
    "foreign", "failure",
)  # fmt: skip
OTHER_SUBJECTS = ("race", "policy", "culture", "industry", "war", "finance", "districts", "howto")
NEAR_WORDS = 12  # between a concept and a word of voting
CLOSE_WORDS = 5
PATIENCE = 6.0  # words after which closeness has fallen to about a third
CHUNK_WORDS = 50  # words that are looked at as one place
WHOLE_TEXT_FEATURES = (
    "danger and voting in the headline", "danger without voting in the headline",
    "kinds of danger in the headline", "other subjects in the headline",
    "kinds of danger near voting, early", "danger close to voting, early",
    "kinds of danger near voting", "part with danger near voting",
    "part with danger close to voting", "part with voting", "part with danger", "part with both",
    "danger near voting soon",
)  # fmt: skip
SHORT_ENDING = " (short text)"  # the same figure weighs differently in a summary
NearVoting = tuple[int, int, int]  # position, concept, distance from a word of voting


class Sides:
    """The numbers of the concepts on either side."""

    def __init__(self, names: Sequence[str], voting: Collection[str]) -> None:
        self.voting = {number for number, name in enumerate(names) if name in voting}
        self.danger = {number for number, name in enumerate(names) if name in DANGER}
        self.other = {number for number, name in enumerate(names) if name in OTHER_SUBJECTS}


def danger_values(
    sides: Sides,
    title: Sequence[ConceptPlace],
    opening: Sequence[ConceptPlace],
    body: Sequence[ConceptPlace],
    words: int,
) -> FeatureValues:
    """All places in order; `opening` begins with those of the title, `words` is the body's length."""
    values = headline_values(sides, {number for _, number in title})
    early = danger_near_voting(opening, sides)
    values |= body_values(sides, body, words)
    values["kinds of danger near voting, early"] = min(len({n for _, n, _ in early}), 4) / 4
    values["danger close to voting, early"] = max(
        (math.exp((1 - distance) / PATIENCE) for *_, distance in early), default=0.0
    )
    return values


def headline_values(sides: Sides, title: set[int]) -> FeatureValues:
    dangers = len(title & sides.danger)
    voting = bool(title & sides.voting)
    return {
        "danger and voting in the headline": float(dangers > 0 and voting),
        "danger without voting in the headline": float(dangers > 0 and not voting),
        "kinds of danger in the headline": min(dangers, 3) / 3,
        "other subjects in the headline": min(len(title & sides.other), 2) / 2,
    }


def body_values(sides: Sides, body: Sequence[ConceptPlace], words: int) -> FeatureValues:
    near = danger_near_voting(body, sides)
    chunks = max(1, math.ceil(words / CHUNK_WORDS))
    voting = {at // CHUNK_WORDS for at, number in body if number in sides.voting}
    danger = {at // CHUNK_WORDS for at, number in body if number in sides.danger}
    first = min((at for at, *_ in near), default=None)
    return {
        "kinds of danger near voting": min(len({n for _, n, _ in near}), 6) / 6,
        "part with danger near voting": len({at // CHUNK_WORDS for at, *_ in near}) / chunks,
        "part with danger close to voting": len(
            {at // CHUNK_WORDS for at, _, d in near if d <= CLOSE_WORDS}
        )
        / chunks,
        "part with voting": len(voting) / chunks,
        "part with danger": len(danger) / chunks,
        "part with both": len(voting & danger) / chunks,
        "danger near voting soon": 0.0 if first is None else 1 / (1 + first / CHUNK_WORDS),
    }


def danger_near_voting(places: Sequence[ConceptPlace], sides: Sides) -> list[NearVoting]:
    """Words of danger with the distance of the nearest word of voting, if that is near."""
    voting = sorted({at for at, number in places if number in sides.voting})
    near: list[NearVoting] = []
    for at, number in places:
        if number in sides.danger:
            first = bisect_left(voting, at)
            beside = [
                abs(other - at) for other in voting[max(first - 1, 0) : first + 2] if other != at
            ]
            if beside and min(beside) <= NEAR_WORDS:
                near.append((at, number, min(beside)))
    return near


def with_short(values: FeatureValues, *, short: bool) -> FeatureValues:
    """In a short text each figure counts once more by itself."""
    if not short:
        return values
    return values | {name + SHORT_ENDING: value for name, value in values.items()}
