"""How the slow and obvious evaluator cuts a text into words: cluster by cluster."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import product

from matchers.text.characters import (
    APOSTROPHES,
    DECORATION,
    DENSE,
    DROPPED,
    PLAIN_LETTERS,
    SELECTORS,
)

COMMAS = ",;՝،؛፣፤、︐︑﹐﹑﹔，；､"
MARKS = COMMAS + ".!?…؟۔।॥。！？｡"


@dataclass(frozen=True)
class Word:
    field: str
    index: int
    start: int
    end: int
    folded: str
    cased: str


@cache
def inside(char, ranges):
    return any(low <= ord(char) <= high for low, high in ranges)


def invisible(char):
    return unicodedata.category(char) == "Cf" or char in DROPPED or inside(char, SELECTORS)


def mark(char):
    return unicodedata.category(char).startswith("M")


@cache
def clings(char):
    first = unicodedata.normalize("NFKD", char)[0]
    return mark(first) or unicodedata.combining(first) > 0 or "\u1160" <= first <= "\u11ff"


def clusters(text):
    groups = []
    for position, char in enumerate(text):
        if invisible(char):
            continue
        if groups and clings(char):
            groups[-1][0] += char
            groups[-1][2] = position + 1
        else:
            groups.append([char, position, position + 1])
    return groups


def bare(text):
    return "".join(PLAIN_LETTERS.get(c, c) for c in text if not inside(c, DECORATION))


def letters(cluster, case):
    if cluster[0] in APOSTROPHES:
        return "'"
    text = bare(unicodedata.normalize("NFKD", cluster))
    if not case:
        text = bare(unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", text)


@cache
def cut(text, case=False):
    """(folded word, start, end) of each word."""
    pieces = []
    open_word = dense = False
    stream = []
    for cluster, start, end in clusters(text):
        stream += [(char, start, end) for char in letters(cluster, case)]
    for number, (char, start, end) in enumerate(stream):
        if not (char.isalnum() or mark(char)) or char in APOSTROPHES:
            open_word = dense = False
            continue
        if possessive(stream, number):
            open_word = dense = False
            continue
        is_dense = inside(char, DENSE) and not mark(char)
        if open_word and (mark(char) or not (is_dense or dense)):
            pieces[-1] = (pieces[-1][0] + char, pieces[-1][1], end)
        else:
            pieces.append((char, start, end))
        open_word = True
        dense = is_dense or (dense and mark(char))
    return pieces


def wordlike(stream, number):
    return (
        0 <= number < len(stream)
        and stream[number][0] not in APOSTROPHES
        and (stream[number][0].isalnum() or mark(stream[number][0]))
    )


def dense_start(char):
    return inside(char, DENSE) and not mark(char)


def possessive(stream, number):
    return (
        stream[number][0] in "sS"
        and number >= 2
        and stream[number - 1][0] in APOSTROPHES
        and wordlike(stream, number - 2)
        and not (wordlike(stream, number + 1) and not dense_start(stream[number + 1][0]))
    )


@cache
def spellings(text):
    """Hyphenated compounds apart and joined."""
    dash = "[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+"
    parts = re.split(r"(\s+)", text)
    choices = []
    for part in parts:
        if re.search(dash, part.strip("-")) and len(cut(part)) > 1:
            choices.append([re.sub(dash, " ", part), re.sub(dash, "", part)])
        else:
            choices.append([part])
    return dict.fromkeys("".join(letters) for letters in product(*choices))
