"""One pass over the folded text that finds every pattern; natively, or in plain Python."""

import importlib
from collections.abc import Sequence
from operator import itemgetter
from typing import Protocol

Match = tuple[int, int, int]  # pattern, start and end in the folded text
Begun = tuple[tuple[int, str], ...]  # patterns that a word begins
MATCH_END = itemgetter(2)
MOST_WORDS_REMEMBERED = 50_000  # whose patterns are remembered


class Scanner(Protocol):
    def scan(self, hay: str) -> list[Match]: ...


class NativeScanner:
    """Aho–Corasick over all patterns at once, by ahocorasick_rs."""

    def __init__(self, patterns: Sequence[str]) -> None:
        native = importlib.import_module("ahocorasick_rs")
        automaton = native.AhoCorasick(patterns, matchkind=native.MatchKind.Standard)
        self._find = automaton.find_matches_as_indexes

    def scan(self, hay: str) -> list[Match]:
        matches: list[Match] = self._find(hay, overlapping=True)
        return matches


class PlainScanner:
    """The same answers without native code, at two to three times the cost.

    A pattern is a blank, words with a blank between, and a blank unless its last word may go on.
    What a word may begin is looked up once and remembered: news uses few words again and again.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._whole: dict[str, int] = {}
        self._starts: dict[str, int] = {}
        self._first: dict[str, list[int]] = {}  # phrases by their first word
        self._patterns = patterns
        for number, pattern in enumerate(patterns):
            words = pattern.split()
            if len(words) > 1:
                self._first.setdefault(words[0], []).append(number)
            elif pattern.endswith(" "):
                self._whole[words[0]] = number
            else:
                self._starts[words[0]] = number
        self._lengths = sorted({len(word) for word in self._starts})
        self._known: dict[str, Begun] = {}

    def scan(self, hay: str) -> list[Match]:
        matches: list[Match] = []
        begun_by_word = self._known
        position = 0
        for word in hay[1:].split(" "):
            begun = begun_by_word.get(word)
            if begun is None:
                begun = self._learn(word)
            for number, pattern in begun:
                end = position + len(pattern)
                if hay.startswith(pattern, position):
                    matches.append((number, position, end))
            position += len(word) + 1
        matches.sort(key=MATCH_END)
        return matches

    def _learn(self, word: str) -> Begun:
        """The patterns that may begin with a word."""
        numbers = [*self._first.get(word, ())]
        if word in self._whole:
            numbers.append(self._whole[word])
        for length in self._lengths:
            if length <= len(word) and word[:length] in self._starts:
                numbers.append(self._starts[word[:length]])
        if len(self._known) >= MOST_WORDS_REMEMBERED:
            self._known.clear()
        begun = tuple((number, self._patterns[number]) for number in numbers)
        self._known[word] = begun
        return begun


def make_scanner(patterns: Sequence[str], *, native: bool | None = None) -> Scanner:
    """The native scanner where its library is installed, unless `native` says which to take."""
    if native is None:
        try:
            importlib.import_module("ahocorasick_rs")
        except ImportError:
            native = False
    return PlainScanner(patterns) if native is False else NativeScanner(patterns)
