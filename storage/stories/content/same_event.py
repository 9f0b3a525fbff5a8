"""Whether two stories tell of one event in other words, by the rare words that they open with and the
rules that they meet. Pure.

No library: this is a little arithmetic, and a model that reads sentences would need more memory than
the whole monitor. How often it is right is measured by `python -m bench.links`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import log, sqrt

SAME_EVENT_WITHIN = timedelta(days=3)
EVENT_WORDS = 200  # texts that begin with a byline or a scene take that long to say what happened
NEAR_TEXT_WORDS = 60  # of the lede, in which the other's headline is looked for
TITLE_WEIGHT = 3  # times
COMMONEST = 0.2  # share of texts; words of more of them say nothing
HEADLINES_COUNT = 0.3  # what the headlines' words add, against 1 for the likeness of the openings
LATER_COUNTS = 0.08  # two days apart or more: rather the next event of the same affair
SAME_DAY_COUNTS = 0.02
RULES_COUNT = 0.1  # rules that both meet, as a share of those that either meets: one affair's sequels meet others
THRESHOLD = 0.41  # right nine times in ten on the pairs that it was set on
MOST_REASONS = 6
ENDINGS = ("ing", "ed", "es", "s")
SHORTEST_STEM = 4
WORD_OF_TEXT = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Opening:
    """What of a story is compared: words as the full-text index spells them, and the rules it meets by id."""

    moment: datetime
    headline: tuple[str, ...]
    lede: tuple[str, ...]
    rules: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        return frozenset(self.headline) | frozenset(self.lede)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`shared`: the words that say most for it; numbers are left out, as they may be private."""

    score: float
    shared: tuple[str, ...]

    @property
    def same_event(self) -> bool:
        return self.score >= THRESHOLD


def story_opening(title: str, body: str, moment: datetime, rules: Iterable[str] = ()) -> Opening:
    lede = body[: EVENT_WORDS * 12]  # no language has longer words on average
    words = tuple(words_of(lede))[:EVENT_WORDS]
    return Opening(moment, tuple(words_of(title)), words, frozenset(rules))


def words_of(text: str) -> Iterable[str]:
    """Words as the full-text index spells them: without case and marks, and without a genitive."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    for match in WORD_OF_TEXT.finditer(plain):
        word = re.split("['’]", match.group())[0]
        if len(word) > 1:
            yield word


@lru_cache(maxsize=65_536)  # each word of a day stands in hundreds of comparisons
def stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def rarity(share: float) -> float:
    """What a word counts that stands in this share of all texts."""
    return 0.0 if share > COMMONEST else -log(max(share, 1e-7))


def likeness(text: Opening, other: Opening, rarities: Mapping[str, float]) -> Likeness:
    """`rarities`: of every word of both, see `rarity`."""
    return likeness_of_weighed(text, weights(text, rarities), other, rarities)


def likeness_of_weighed(
    text: Opening, here: Mapping[str, float], other: Opening, rarities: Mapping[str, float]
) -> Likeness:
    """The same, where `text` is held against many and its weights are known."""
    if abs(text.moment - other.moment) > SAME_EVENT_WITHIN:
        return Likeness(0.0, ())
    there = weights(other, rarities)
    shares = {word: here[word] * there[word] for word in here.keys() & there.keys()}
    score = sum(shares.values()) + HEADLINES_COUNT * headline_likeness(text, other, rarities)
    score += beside_words(text, other)
    spelt = {stem(word): word for word in (*text.lede, *text.headline)}
    words = sorted((word for word in shares if word.isalpha()), key=lambda word: (-shares[word], word))  # fmt: skip
    return Likeness(score, tuple(spelt[word] for word in words[:MOST_REASONS]))


def weights(text: Opening, rarities: Mapping[str, float]) -> dict[str, float]:
    """By stem what it counts in this text, so that the squares add up to 1."""
    counts: Counter[str] = Counter()
    rare: dict[str, float] = {}
    for words, times in ((text.headline, TITLE_WEIGHT), (text.lede, 1)):
        for word in words:
            counts[stem(word)] += times
            rare[stem(word)] = max(rare.get(stem(word), 0.0), rarities.get(word, 0.0))
    raw = {word: (1 + log(n)) * rare[word] for word, n in counts.items() if rare[word] > 0}
    length = sqrt(sum(value * value for value in raw.values())) or 1.0
    return {word: value / length for word, value in raw.items()}


def may_be_alike(
    text: Opening, here: Mapping[str, float], other: Opening, rarities: Mapping[str, float]
) -> bool:
    """Whether `likeness` can reach the threshold, told without the rarities of the other's own words:
    counting those costs most. `here`: the weights of `text`; `rarities`: of its words. No link is lost,
    as the other's weights add up to 1 in squares, too."""
    if abs(text.moment - other.moment) > SAME_EVENT_WITHIN:
        return False
    shared = here.keys() & {stem(word) for word in other.words}
    most = sqrt(sum(here[word] ** 2 for word in shared))
    most += HEADLINES_COUNT * (found_share(text, other, rarities) + 1) / 2
    return most + beside_words(text, other) >= THRESHOLD


def beside_words(text: Opening, other: Opening) -> float:
    """What days and rules say for one event, or against it."""
    days = abs(text.moment.date() - other.moment.date()).days
    near = SAME_DAY_COUNTS if days == 0 else -LATER_COUNTS if days > 1 else 0.0
    return near + RULES_COUNT * rules_in_common(text, other)


def rules_in_common(text: Opening, other: Opening) -> float:
    either = text.rules | other.rules
    return len(text.rules & other.rules) / len(either) if either else 0.0


def headline_likeness(text: Opening, other: Opening, rarities: Mapping[str, float]) -> float:
    """How much of each headline stands in the other's headline or near it, both ways."""
    return (found_share(text, other, rarities) + found_share(other, text, rarities)) / 2


def found_share(text: Opening, other: Opening, rarities: Mapping[str, float]) -> float:
    near = {stem(word) for word in (*other.headline, *other.lede[:NEAR_TEXT_WORDS])}
    rare = {stem(word): rarities.get(word, 0.0) for word in text.headline}
    whole = sum(rare.values())
    return sum(value for word, value in rare.items() if word in near) / whole if whole else 0.0
