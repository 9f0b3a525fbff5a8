"""How single characters are folded: the tables behind `normalize.py`."""

import unicodedata
from functools import cache

# Deleted although they are not format characters: combining grapheme joiner, Arabic tatweel (only
# stretches a word), the okina of "Hawaiʻi".
DROPPED = frozenset("\u034f\u0640\u02bb")
SELECTORS = ((0xFE00, 0xFE0F), (0x180B, 0x180F), (0xE0100, 0xE01EF))
APOSTROPHES = frozenset("'\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07`\u00b4")

# What parts clauses and sentences. A phrase of a rule does not run across one (matchers.text.breaks).
COMMAS = frozenset(
    ",;\u055d\u060c\u061b\u1363\u1364\u3001\ufe10\ufe11\ufe50\ufe51\ufe54\uff0c\uff1b\uff64"
)
FULL_STOPS = frozenset(".!?\u2026\u061f\u06d4\u0964\u0965\u3002\uff01\uff1f\uff61")
LINE_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
PARTING = COMMAS | FULL_STOPS | LINE_BREAKS
PARTED = "."  # what all of these fold to; the words of a text have a blank there

# Letters that readers take for another letter, though Unicode does not decompose them.
PLAIN_LETTERS = {
    "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
    "ħ": "h", "Ħ": "H", "ı": "i", "ŧ": "t", "Ŧ": "T", "æ": "ae", "Æ": "AE",
    "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th",
}  # fmt: skip

# Marks that only decorate a letter. Others (Thai vowels, Devanagari signs) are part of the word.
DECORATION = (
    (0x0300, 0x036F), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5),
    (0x05C7, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip

# Scripts written without spaces: every character is a word of its own, so terms match anywhere.
DENSE = (
    (0x0E00, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF),
    (0x1A20, 0x1AAF), (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035),
    (0x3041, 0x30FF), (0x3105, 0x312F), (0x31A0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0x1AFF0, 0x1B16F), (0x20000, 0x323AF),
)  # fmt: skip


def in_ranges(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


@cache
def is_deleted(char: str) -> bool:
    """Whether a character is invisible: "elec\\u00adtion" is one word, "election"."""
    if char.isascii():
        return False
    return unicodedata.category(char) == "Cf" or char in DROPPED or in_ranges(ord(char), SELECTORS)


def is_decoration(char: str) -> bool:
    return in_ranges(ord(char), DECORATION)


def is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def is_word(char: str) -> bool:
    """Whether a folded character is part of a word."""
    return char.isalnum() or is_mark(char)


def is_dense(char: str) -> bool:
    return in_ranges(ord(char), DENSE) and is_word(char)


def joins_previous(char: str) -> bool:
    """Whether a character melts into the one before it under NFKC."""
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.combining(first) != 0 or is_mark(first) or 0x1160 <= ord(first) <= 0x11FF


def fold_cluster(cluster: str, *, case: bool = False) -> str:
    """A character and its marks: compatibility forms resolved, decoration gone, case folded.

    `case=True` keeps the case. What is not a letter, digit or apostrophe becomes a blank, or `PARTED`.
    """
    if cluster[0] in PARTING:
        return PARTED
    if cluster[0] in APOSTROPHES:
        return "'"
    bare = "".join(
        PLAIN_LETTERS.get(char, char)
        for char in unicodedata.normalize("NFKD", cluster)
        if not is_decoration(char)
    )
    # Folding case can bring marks and compatibility forms back, such as the dot of a Turkish I.
    folded = bare if case else unicodedata.normalize("NFKD", bare.casefold())
    letters = "".join(PLAIN_LETTERS.get(char, char) for char in folded if not is_decoration(char))
    plain = "".join(
        "'" if char in APOSTROPHES else char if is_word(char) else " "
        for char in unicodedata.normalize("NFC", letters)
    )
    return plain if plain.strip(" ") else " "


def fold_alone(char: str) -> str:
    """What one character folds to when no mark follows; "" when it is deleted."""
    if is_deleted(char) or is_decoration(char):
        return ""
    return fold_cluster(char)


DIRTY = 1  # marks a Latin-1 character that does not fold to exactly one ASCII character


def latin_table() -> bytes:
    """A table for bytes.translate: Latin-1 to folded ASCII."""
    table = bytearray(256)
    for code in range(256):
        folded = fold_alone(chr(code))
        simple = len(folded) == 1 and folded.isascii()
        table[code] = ord(folded) if simple else DIRTY
    return bytes(table)
