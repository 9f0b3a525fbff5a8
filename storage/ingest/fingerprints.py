"""Fingerprints of texts: 5-word shingles, hashed, one in 16 kept. Pure."""

import re
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate

WORDS = re.compile(r"\w+")
SHINGLE = 5
KEPT_ONE_IN = 16  # a power of two
EXACT_BELOW = 60  # words; a shorter text is compared whole
TITLE_BELOW = 20  # words; a text as short as that is a copy only under the same title
NAMELESS_BELOW = 5  # words; such a text is nobody's copy


@dataclass(frozen=True, slots=True)
class Sketch:
    """What one text is compared by. `words_hash` is None for a text too short to be compared."""

    words_hash: int | None
    shingles: frozenset[int]


def sketch(title: str, body: str) -> Sketch:
    words = WORDS.findall(body.casefold())
    if len(words) < TITLE_BELOW:
        words = WORDS.findall(f"{title} {body}".casefold())
    if len(words) < NAMELESS_BELOW:
        return Sketch(None, frozenset())
    kept = shingles(words) if len(words) >= EXACT_BELOW else frozenset()
    return Sketch(signed_number(" ".join(words)), kept)


def shingles(words: list[str]) -> frozenset[int]:
    """Encodes once and looks at the last byte first: this is the dearest loop of storing."""
    text = " ".join(words).encode("utf-8", "replace")
    ends = list(accumulate([len(word) + 1 for word in text.split(b" ")]))
    places = zip([0, *ends], ends[SHINGLE - 1 :], strict=False)
    return frozenset(
        [
            int.from_bytes(digest, signed=True)
            for start, end in places
            if not (digest := blake2b(text[start : end - 1], digest_size=8).digest())[7]
            & KEPT_ONE_IN - 1
        ]
    )


def signed_number(text: str) -> int:
    """64 bits as SQLite stores them: signed."""
    return int.from_bytes(
        blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), signed=True
    )
