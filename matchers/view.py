"""One text as one engine sees it: what was found, where, and which parts of a query hold."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import accumulate

from matchers.folding import Folded, fold, words
from matchers.plans import META, META_FROM, TAGS_FROM, Leaf
from matchers.scanning import Match
from matchers.sentences import paragraph_starts, sentence_starts
from matchers.syntax import Scope, Term, Variant
from matchers.text import Text
from model import Field

Mark = tuple[int, int, int]  # start and end in the haystack, leaf
TAG = re.compile("[#\uff03]([^\\s#\uff03]{1,100})")
HASHES = "#\uff03"
BETWEEN = " \n "
LEDE_WORDS = 100
MOST_SPANS = 2_000  # of one term: what a hostile text holds beyond is not looked at
APART = 10_000_000  # between the words of two fields, so that nothing is near across them
DELETED_OR_DOT = re.compile("[^A-Za-z.\uff0e]")


class View:
    """The haystack is title and body with a line break between, then source, url and lang."""

    def __init__(self, text: Text, *, meta: bool) -> None:
        self.text = text
        self.parts: list[tuple[Field, Folded]] = [
            ("title", fold(text.title)),
            ("body", fold(text.body)),
        ]
        self.main = f" {self.parts[0][1].hay}{BETWEEN}{self.parts[1][1].hay} "
        self.meta = ""
        if meta:
            self.parts += [
                ("source", fold(text.source)),
                ("url", fold(text.url)),
                ("lang", fold(text.lang)),
            ]
            self.meta = " " + BETWEEN.join(folded.hay for _, folded in self.parts[2:]) + " "
        self.offsets = [1]
        for _, folded in self.parts[:-1]:
            gap = 2 if len(self.offsets) == 2 else len(BETWEEN)
            self.offsets.append(self.offsets[-1] + len(folded.hay) + gap)
        self.matches: list[Match] = []
        self.seen: set[int] = set()
        self._found: dict[int, list[tuple[int, int]]] | None = None
        self._spans: dict[int, tuple[Mark, ...]] = {}
        self._starts: list[int] | None = None
        self._units: dict[str, list[int]] = {}
        self._lede: int | None = None
        self._cased: dict[str, tuple[str, ...]] = {}

    def tag_words(self, tags: Mapping[str, int]) -> list[Match]:
        """Hashtags whose joined words are a phrase of some rule."""
        found: list[Match] = []
        for index, original in ((0, self.text.title), (1, self.text.body)):
            if "#" not in original and "\uff03" not in original:
                continue
            known = {first for tag in TAG.findall(original) for first in words(tag)[:1]}
            for word in sorted(known & tags.keys()):
                found += self._tagged(tags[word], f" {word} ", index)
        return found

    def _tagged(self, number: int, pattern: str, index: int) -> list[Match]:
        field, folded = self.parts[index]
        original = self.text.title if field == "title" else self.text.body
        found: list[Match] = []
        first = self.offsets[index]
        position = self.main.find(pattern, first - 1)
        while position >= 0 and position + 1 < first + len(folded.hay):
            start, _ = folded.origin(position + 1 - first, position + len(pattern) - 1 - first)
            if start and original[start - 1] in HASHES:
                found.append((number, position, position + len(pattern)))
            position = self.main.find(pattern, position + 1)
        return found

    def part_of(self, position: int) -> int:
        return bisect_right(self.offsets, position) - 1

    def origin(self, start: int, end: int) -> tuple[Field, int, int]:
        """Field and offsets in the original string."""
        index = self.part_of(start)
        field, folded = self.parts[index]
        first = self.offsets[index]
        return (field, *folded.origin(start - first, end - first))

    def original(self, field: Field) -> str:
        found = getattr(self.text, field)
        assert isinstance(found, str)
        return found

    def occurrences(self, number: int) -> list[tuple[int, int]]:
        """Where a pattern stands in the haystack, whole words only, without blanks."""
        if self._found is None:
            self._found = {}
            for pattern, start, end in self.matches:
                self._found.setdefault(pattern, []).append((start, end))
        hay = self.main if number < META_FROM or number >= TAGS_FROM else self.main + self.meta
        return [
            (start + 1, end - 1 if hay[end - 1] == " " else hay.index(" ", end))
            for start, end in self._found.get(number, ())
        ]

    def spans(self, leaf: Leaf) -> tuple[Mark, ...]:
        """All places where a term holds, in order."""
        known = self._spans.get(leaf.number)
        if known is None:
            places: set[tuple[int, int]] = set()
            for number, variant in leaf.patterns:
                if number in self.seen:
                    found = self.occurrences(number)
                    if leaf.checked:
                        found = [one for one in found if self._holds(one, leaf.term, variant)]
                    places.update(found)
            ordered = sorted(places)[:MOST_SPANS]
            known = tuple([(start, end, leaf.number) for start, end in ordered])
            self._spans[leaf.number] = known
        return known

    def _holds(self, place: tuple[int, int], term: Term, variant: Variant) -> bool:
        if not self._inside(place, term.scope):
            return False
        if variant.cased is None:
            return True
        field, start, end = self.origin(*place)
        original = self.original(field)
        if variant.kind == "dotted":
            return is_dotted(original, start, end, variant)
        piece = original[start:end]
        if piece not in self._cased:
            self._cased[piece] = words(piece, case=True)
        return same_case(self._cased[piece], variant)

    def _inside(self, place: tuple[int, int], scope: Scope) -> bool:
        if scope == "any":
            return True
        field = self.parts[self.part_of(place[0])][0]
        if scope == "lede":
            return field == "body" and place[1] <= self.lede_end
        return field == scope

    @property
    def lede_end(self) -> int:
        if self._lede is None:
            hay = self.parts[1][1].hay
            rest = hay.split(" ", LEDE_WORDS)
            length = len(hay) if len(rest) <= LEDE_WORDS else len(hay) - len(rest[-1]) - 1
            self._lede = self.offsets[1] + length
        return self._lede

    def word(self, position: int) -> int:
        """The number of the word at a position; words of two fields are far apart."""
        if self._starts is None:
            lengths = [len(one) + 1 for one in self.main.split(" ")]
            self._starts = list(accumulate(lengths[:-1], initial=0))
        return bisect_right(self._starts, position) + APART * self.part_of(position)

    def place(self, position: int) -> int:
        """As `word`, with the words of two fields next to each other."""
        return self.word(position) - APART * self.part_of(position)

    def unit(self, start: int, end: int, kind: str) -> int | None:
        """The number of the sentence or paragraph that holds a span whole; negative in the title."""
        field, first, last = self.origin(start, end)
        if field == "title" and kind == "PARAGRAPH":
            return -1
        bounds = self.bounds("TITLE" if field == "title" else kind)
        index = bisect_right(bounds, first)
        if index != bisect_left(bounds, last):
            return None
        return -index if field == "title" else index

    def bounds(self, kind: str) -> list[int]:
        if kind not in self._units:
            text = self.text.title if kind == "TITLE" else self.text.body
            find = paragraph_starts if kind == "PARAGRAPH" else sentence_starts
            self._units[kind] = find(text)
        return self._units[kind]

    def language_differs(self, languages: tuple[str, ...]) -> bool:
        """Whether the text's language is known and none of these."""
        known = primary(self.text.lang)
        return bool(known) and known not in {primary(one) for one in languages}


def primary(language: str) -> str:
    """The main part of a BCP 47 tag: es for es-MX."""
    return re.split("[-_]", language.strip().lower())[0]


def same_case(found: tuple[str, ...], variant: Variant) -> bool:
    wanted = variant.cased or ()
    if not variant.prefix:
        return found == wanted
    return found[:-1] == wanted[:-1] and found[-1:] != () and found[-1].startswith(wanted[-1])


def is_dotted(original: str, start: int, end: int, variant: Variant) -> bool:
    """C.I.S.A and not a part of a longer chain of letters and dots."""
    wanted = ".".join(variant.cased or ())
    if original[start:end] != wanted:
        return False
    goes_on = original[end : end + 1] == "." and original[end + 1 : end + 2].isalnum()
    began = start >= 2 and original[start - 1] == "." and original[start - 2].isalnum()
    return not goes_on and not began


assert META == ("source", "url", "lang")
