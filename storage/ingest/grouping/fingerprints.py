"""Fingerprints by which likely copies are found, and how much of two whole texts is the same. Pure.

A text's fingerprints are its runs of five words (shingles), hashed: one in 16 is kept, and one in 4 of those
that it opens with, since the beginning is what is left of a text that was cut to a summary.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import accumulate

WORDS = re.compile(r"\w+")
SHINGLE_WORDS = 5
KEPT_ONE_IN = 16  # a power of two
KEPT_OF_OPENING = 4  # a power of two
COMPARED_OPENING = 60  # words
LEDE_LENGTH = 25  # words
TITLE_BELOW = 20  # words; a text as short as that is a copy only under the same title
NAMELESS_BELOW = 5  # words; such a text is nobody's copy
SOME_NUMBERS = 4  # different ones
TELLING_WORD = 4  # letters; shorter words stand in any headline


@dataclass(frozen=True, slots=True)
class Sketch:
    """What one text is found by. `words_hash` is None for a text too short to be compared."""

    words_hash: int | None
    shingles: frozenset[int]


# Characters of a text, some 6,000 words: ten copies of the longest would take 5 s of the one writer for each article.
LONGEST_COMPARED = 40_000


@dataclass(frozen=True)
class WholeText:
    """What two texts are compared by, once fingerprints say that they may be copies."""

    title: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, title: str, body: str) -> "WholeText":
        return cls(title, tuple(WORDS.findall(body[:LONGEST_COMPARED].casefold())))

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        return shingles_of(self.words)

    @cached_property
    def opening(self) -> frozenset[tuple[str, ...]]:
        return shingles_of(self.words[:COMPARED_OPENING])

    @cached_property
    def lede(self) -> frozenset[tuple[str, ...]]:
        return shingles_of(self.words[:LEDE_LENGTH])

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(word for word in self.words if any(map(str.isdigit, word)))

    @cached_property
    def all_words(self) -> frozenset[str]:
        return self.headline.union(self.words)

    @cached_property
    def headline(self) -> frozenset[str]:
        words = WORDS.findall(self.title.casefold())
        return frozenset(word for word in words if len(word) >= TELLING_WORD)


@dataclass(frozen=True, slots=True)
class Shared:
    """`similarity`: share of the shorter text that stands in the other; `coverage`: of the first text;
    `opening`, `lede`: of the first 60 and 25 words of either, the larger; `begins`: of the shorter one's shingles, those that stand
    where the longer one begins; `numbers`: of the shorter one's numbers, those that the longer one has, 1 where
    there are too few to say."""

    shingles: int
    similarity: float
    coverage: float
    lengths: float
    opening: float
    lede: float
    begins: float
    numbers: float


def sketch(title: str, body: str) -> Sketch:
    words = WORDS.findall(body.casefold())
    hashes = frozenset[int]()
    if len(words) >= TITLE_BELOW:
        hashes = shingles(words) | shingles(words[:COMPARED_OPENING], KEPT_OF_OPENING)
    else:
        words = WORDS.findall(f"{title} {body}".casefold())
    if len(words) < NAMELESS_BELOW:
        return Sketch(None, frozenset())
    return Sketch(signed_number(" ".join(words)), hashes)


def shingles(words: list[str], one_in: int = KEPT_ONE_IN) -> frozenset[int]:
    """Encodes once and looks at the last byte first: this is the dearest loop of storing."""
    text = " ".join(words).encode("utf-8", "replace")
    ends = list(accumulate([len(word) + 1 for word in text.split(b" ")]))
    places = zip([0, *ends], ends[SHINGLE_WORDS - 1 :], strict=False)
    return frozenset(
        [
            int.from_bytes(digest, signed=True)
            for start, end in places
            if not (digest := blake2b(text[start : end - 1], digest_size=8).digest())[7]
            & one_in - 1
        ]
    )


def signed_number(text: str) -> int:
    """64 bits as SQLite stores them: signed."""
    return int.from_bytes(
        blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), signed=True
    )


def shingles_of(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(zip(*(words[n:] for n in range(SHINGLE_WORDS)), strict=False))


def shared_text(text: WholeText, other: WholeText) -> Shared:
    same = text.shingles & other.shingles
    shorter, longer = sorted((text, other), key=lambda either: len(either.shingles))
    least = max(len(shorter.shingles), 1)
    first = shingles_of(longer.words[: len(shorter.words) + COMPARED_OPENING])
    return Shared(
        len(same),
        len(same) / least,
        len(same) / max(len(text.shingles), 1),
        len(shorter.shingles) / max(len(longer.shingles), 1),
        max(share(text.opening, other.shingles), share(other.opening, text.shingles)),
        max(share(text.lede, other.shingles), share(other.lede, text.shingles)),
        len(shorter.shingles & first) / least,
        numbers_shared(shorter, longer),
    )


def numbers_shared(shorter: WholeText, longer: WholeText) -> float:
    if len(shorter.numbers) < SOME_NUMBERS:
        return 1.0
    return len(shorter.numbers & longer.numbers) / len(shorter.numbers)


def share(of: frozenset[tuple[str, ...]], within: frozenset[tuple[str, ...]]) -> float:
    return len(of & within) / len(of) if of else 0.0


def headlines_alike(text: WholeText, other: WholeText) -> bool:
    """The same, or half of the longer one's telling words."""
    if text.title.casefold() == other.title.casefold():
        return True
    most = max(len(text.headline), len(other.headline))
    return most > 0 and 2 * len(text.headline & other.headline) >= most


def tells_of(text: WholeText, other: WholeText) -> bool:
    """Whether each headline is told by the other's words: text that an outlet repeats tells of none."""
    return headline_in_words(text, other) and headline_in_words(other, text)


def headline_in_words(text: WholeText, other: WholeText) -> bool:
    return 2 * len(text.headline & other.all_words) >= len(text.headline)


def of_two_subjects(text: WholeText, other: WholeText) -> bool:
    """Whether each headline names something that its own text tells of and the other's does not: two counties,
    two days of one form."""
    return bool(only_here(text, other) and only_here(other, text))


def only_here(text: WholeText, other: WholeText) -> frozenset[str]:
    return text.headline.intersection(text.words) - other.all_words
