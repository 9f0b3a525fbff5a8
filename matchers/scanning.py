"""One pass over the folded text that finds every pattern; natively, or in plain Python."""

import importlib
from collections.abc import Sequence
from typing import Protocol

Match = tuple[int, int, int]  # pattern, start and end in the folded text


class Scanner(Protocol):
    def scan(self, hay: str) -> list[Match]: ...


class NativeScanner:
    """Aho–Corasick over all patterns at once, by ahocorasick_rs."""

    def __init__(self, patterns: Sequence[str]) -> None:
        native = importlib.import_module("ahocorasick_rs")
        automaton = native.AhoCorasick(patterns, matchkind=native.MatchKind.Standard)
        self._find = automaton.find_matches_as_indexes

    def scan(self, hay: str) -> list[Match]:
        found: list[Match] = self._find(hay, overlapping=True)
        return found


class PlainScanner:
    """The same answers without native code, about twice as slow.

    A pattern is a blank, words with a blank between, and a blank unless its last word may go on.
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

    def scan(self, hay: str) -> list[Match]:
        found: list[Match] = []
        position = 1
        for word in hay[1:].split(" "):
            if (number := self._whole.get(word)) is not None:
                found.append((number, position - 1, position + len(word) + 1))
            for length in self._lengths:
                if length > len(word):
                    break
                if (number := self._starts.get(word[:length])) is not None:
                    found.append((number, position - 1, position + length))
            for number in self._first.get(word, ()):
                pattern = self._patterns[number]
                if hay.startswith(pattern, position - 1):
                    found.append((number, position - 1, position - 1 + len(pattern)))
            position += len(word) + 1
        return found


def make_scanner(patterns: Sequence[str], *, native: bool | None = None) -> Scanner:
    """The native scanner where its library is installed, unless `native` says which to take."""
    if native is None:
        try:
            importlib.import_module("ahocorasick_rs")
        except ImportError:
            native = False
    return PlainScanner(patterns) if native is False else NativeScanner(patterns)
