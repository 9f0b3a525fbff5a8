"""Text as rules see it: words of folded letters with one blank between, and the way back.

Two ways lead to the same words: a fast one for text that folds character by character into ASCII
(nearly all English and Spanish news), and a general one that keeps a map of offsets.
"""

import codecs
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from matchers.text.characters import (
    DIRTY,
    PARTED,
    fold_alone,
    fold_cluster,
    is_decoration,
    is_deleted,
    is_dense,
    is_mark,
    is_word,
    joins_previous,
    latin_table,
)
from matchers.text.look_alikes import in_latin

LATIN = latin_table()
RUN_OR_CHARACTER = re.compile(r"[\x00-\x7f]+|.", re.DOTALL)
# The look-behind stands after the literal, so that the search for it stays fast.
POSSESSIVE = re.compile(r"'s(?<=[^ .']'s)(?![^ .'])")
POSSESSIVE_CASED = re.compile(r"'[sS](?<=[^ .']'[sS])(?![^ .'])")
SPACE_RUNS = re.compile("  +")
MARKS = re.compile(r"\.[ .]+")
LONGEST_CLUSTER = 64  # a letter and its marks; no writing stacks more, but an evil text does
# Replaced before encoding, because calling the handler below costs a microsecond each time.
FREQUENT = (("\u2019", "'"), ("\u201c", " "), ("\u201d", " "), ("\u2014", " "), ("\u2018", "'"),
            ("\u2013", " "), ("\u2026", PARTED), ("\u2022", " "), ("\ufffd", " "))  # fmt: skip


class NotSimpleError(Exception):
    """The text needs the general way."""


@cache
def simple(char: str) -> str | None:
    """The one ASCII character that `char` folds to, if there is exactly one."""
    if is_deleted(char) or joins_previous(char):
        return None
    folded = fold_alone(char)
    return folded if len(folded) == 1 and folded.isascii() else None


def replace_unencodable(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    replaced = [simple(char) for char in error.object[error.start : error.end]]
    if None in replaced:
        raise NotSimpleError
    return "".join(char or "" for char in replaced), error.end


codecs.register_error("pollwatch-fold", replace_unencodable)


class Folded:
    """One string, folded. `hay` holds its words with one blank between.

    `flat` has a character for each of the original, or of `starts`; `PARTED` and blanks are not words.
    `parted` is `hay` with `PARTED` for a blank wherever a comma, a stop or a line break stands.
    """

    __slots__ = ("_gaps", "_shifts", "_words", "ends", "flat", "hay", "parted", "starts")

    def __init__(self, flat: str, starts: Sequence[int] | None, ends: Sequence[int] | None) -> None:
        self.flat, self.starts, self.ends = flat, starts, ends
        marked = MARKS.sub(PARTED, flat) if PARTED in flat else flat
        self.parted = " ".join(marked.split()).replace(" .", PARTED).strip(PARTED)
        self.hay = self.parted.replace(PARTED, " ")
        self._gaps: list[int] | None = None
        self._shifts: list[int] = []
        self._words: list[int] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where `hay[start:end]`, which starts and ends with a letter, stands in the original."""
        gaps, shifts = self._gaps, self._shifts
        if gaps is None:
            gaps, shifts = self._measure()
        index = bisect_right(gaps, start)
        first = start + shifts[index]
        if index < len(gaps) and gaps[index] < end:
            index = bisect_right(gaps, end - 1)
        last = end - 1 + shifts[index]
        if self.starts is None or self.ends is None:
            return first, last + 1
        return self.starts[first], self.ends[last]

    def _measure(self) -> tuple[list[int], list[int]]:
        """Positions in `hay` where runs of blanks were cut short, and by how much in total."""
        gaps: list[int] = []
        flat = self.flat.replace(PARTED, " ")
        shift = len(flat) - len(flat.lstrip(" "))
        shifts = [shift]
        for run in SPACE_RUNS.finditer(flat, shift):
            gaps.append(run.start() - shift)
            shift += run.end() - run.start() - 1
            shifts.append(shift)
        self._gaps, self._shifts = gaps, shifts
        return gaps, shifts


def undress(flat: str) -> str:
    """Drop possessives and turn other apostrophes into blanks; the length stays."""
    if "'" not in flat:
        return flat
    if "'s" in flat:
        flat = POSSESSIVE.sub("  ", flat)
    return flat.replace("'", " ")


def fold_simple(text: str) -> str | None:
    """The folded text, character for character, or None when that cannot be."""
    if not text.isascii():
        for char, plain in FREQUENT:
            text = text.replace(char, plain)
    try:
        folded = text.encode("latin-1", "pollwatch-fold").translate(LATIN)
    except NotSimpleError:
        return None
    return None if DIRTY in folded else folded.decode("ascii")


@lru_cache(maxsize=20_000)
def pieces(cluster: str, case: bool) -> tuple[str, bool]:
    """A folded cluster, words of dense scripts set apart; whether it ends dense."""
    folded = fold_cluster(cluster, case=case)
    out = ""
    dense = False
    for char in folded:
        if is_dense(char) and not is_mark(char):
            out += " " + char
            dense = True
        elif dense and is_word(char) and not is_mark(char):
            out += " " + char
            dense = False
        else:
            out += char
            dense = dense and char not in " .'"
    return out, dense


@dataclass(slots=True)
class _FoldedText:
    """What has been folded so far, with the original offsets of each of its characters."""

    case: bool
    parts: list[str] = field(default_factory=list)
    starts: "array[int]" = field(default_factory=lambda: array("I"))
    ends: "array[int]" = field(default_factory=lambda: array("I"))
    dense: bool = False  # whether it ends in a script that leaves no blanks between words

    def add_cluster(self, cluster: str, start: int, end: int) -> None:
        """A character and the marks that join it."""
        folded, closing = pieces(cluster, self.case)
        if self.dense and folded[0] not in " .'" and not is_mark(folded[0]):
            folded = " " + folded
        self.parts.append(folded)
        for _ in folded:
            self.starts.append(start)
            self.ends.append(end)
        self.dense = closing if folded.strip(" .") else self.dense and is_mark(folded[0])

    def add_run(self, run: str, index: int) -> None:
        """Plain characters, each folded to one."""
        if self.dense and is_word(run[0]):
            self.parts.append(" ")
            self.starts.append(index)
            self.ends.append(index)
        self.parts.append(fold_run(run, case=self.case))
        self.starts.extend(range(index, index + len(run)))
        self.ends.extend(range(index + 1, index + len(run) + 1))
        self.dense = False


def fold_general(text: str, *, case: bool = False) -> tuple[str, Sequence[int], Sequence[int]]:
    """The folded text with the original offsets at which each of its characters starts and ends."""
    text = in_latin(text)
    for char, plain in FREQUENT:
        text = text.replace(char, plain)
    folded = _FoldedText(case)
    cluster, start, end = "", 0, 0
    for index, char in character_runs(text):
        role = role_of(char) if len(char) == 1 else "letter"
        if role == "unseen":
            continue
        if cluster and role != "letter":
            end = index + 1
            if role == "adornment":
                continue
            if len(cluster) < LONGEST_CLUSTER:
                cluster += char
                continue
        if cluster:
            folded.add_cluster(cluster, start, end)
        if len(char) > 1:  # all but the last of a plain run, which a mark may still join
            folded.add_run(char[:-1], index)
        cluster, start, end = char[-1], index + len(char) - 1, index + len(char)
    if cluster:
        folded.add_cluster(cluster, start, end)
    return "".join(folded.parts), folded.starts, folded.ends


@cache
def role_of(char: str) -> Literal["unseen", "adornment", "mark", "letter"]:
    """What a character is to the one before it; adornments are dropped, however many there are."""
    if is_deleted(char):
        return "unseen"
    if not joins_previous(char):
        return "letter"
    bare = all(is_decoration(part) for part in unicodedata.normalize("NFKD", char))
    return "adornment" if bare else "mark"


@cache
def keep_case_table() -> dict[int, str]:
    return {code: pieces(chr(code), True)[0] for code in range(128)}


def fold_run(run: str, *, case: bool) -> str:
    if case:
        return run.translate(keep_case_table())
    return run.encode("ascii").translate(LATIN).decode("ascii")


def character_runs(text: str) -> Iterator[tuple[int, str]]:
    """Runs of ASCII and single other characters, each with its offset."""
    for run in RUN_OR_CHARACTER.finditer(text):
        yield run.start(), run.group()


def fold(text: str) -> Folded:
    flat = fold_simple(text)
    if flat is not None:
        return Folded(undress(flat), None, None)
    general, starts, ends = fold_general(text)
    return Folded(undress(general), starts, ends)


def word_places(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand in it."""
    folded = fold(text)
    places: list[tuple[int, int]] = []
    start = 0
    for word in folded.hay.split(" ") if folded.hay else ():
        places.append(folded.origin(start, start + len(word)))
        start += len(word) + 1
    return places


def runs_on(text: str, place: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether nothing that can be seen stands between two neighbouring words."""
    return all(is_deleted(char) for char in text[place[1] : other[0]])


@lru_cache(maxsize=10_000)
def cased_words(text: str) -> tuple[str, ...]:
    """The words of a short text, folded in all but case."""
    return folded_words(text, case=True)


def folded_words(text: str, *, case: bool = False) -> tuple[str, ...]:
    """The folded words of a text; with `case=True` their case is kept."""
    if text.isascii() and text.replace(" ", "").isalnum():
        return tuple((text if case else text.lower()).split())
    if case:
        flat, _, _ = fold_general(text, case=True)
        bare = POSSESSIVE_CASED.sub("  ", flat).replace("'", " ").replace(PARTED, " ")
        return tuple(bare.split())
    return tuple(fold(text).hay.split())
