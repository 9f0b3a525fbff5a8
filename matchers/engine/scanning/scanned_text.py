"""What the scanners found in one text: which patterns, and where each term occurs."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from matchers.engine.scanning.automaton import Match
from matchers.engine.scanning.haystack import BETWEEN_FIELDS, Haystack
from matchers.engine.scanning.patterns import Leaf, Patterns
from matchers.engine.scanning.written_form import case_holds, is_unbroken
from matchers.query.ast import Scope, Variant
from matchers.text.article_text import ArticleText
from matchers.text.normalize import folded_words

Occurrence = tuple[int, int, int]  # start and end in the haystack, leaf
HASHTAG = re.compile("[#\uff03]([^\\s#\uff03]{1,100})")
HASHES = "#\uff03"
MOST_PLACES = 20_000  # of one term: what a hostile text holds beyond is not looked at
NUMBER, START, END = itemgetter(0), itemgetter(1), itemgetter(2)  # of a match


class ScannedText(Haystack):
    """`patterns_seen`: the numbers of the patterns that it holds, those of single fields with them."""

    def __init__(self, text: ArticleText, *, meta: bool) -> None:
        super().__init__(text, meta=meta)
        self.patterns_seen: set[int] = set()
        self._matches: list[Match] = []
        self._meta_from = 0
        self._by_pattern: dict[int, list[Match]] | None = None
        self._occurrences: dict[int, tuple[Occurrence, ...]] = {}

    def note_matches(self, main: list[Match], meta: Iterable[Match], patterns: Patterns) -> None:
        """Note what the scanners found, in the order of its ends; and in which fields."""
        within = patterns.within
        self._meta_from = patterns.meta_from
        self.patterns_seen = set(map(NUMBER, main))
        if not self.patterns_seen.isdisjoint(patterns.stopping):
            main = self._stopped(main, patterns)
        self._matches = main
        if within:
            self._see_fields(main, within)
        shift, first = len(self.main), self._meta_from
        self._note([(n + first, s + shift, e + shift) for n, s, e in meta], patterns)
        if patterns.tags:
            self._note(self._tagged(patterns), patterns)

    def _stopped(self, main: list[Match], patterns: Patterns) -> list[Match]:
        """Without phrases that run across a comma or the end of a sentence, unless some term asks
        for them: then under the number of those places."""
        begins = BETWEEN_FIELDS.join(folded.parted for _, folded, _ in self.parts[:3]).startswith
        guarded, matches = patterns.guarded, main
        across = [
            index
            for index, (number, start, _) in enumerate(main)
            if number in guarded and not begins(guarded[number], start)
        ]
        for index in reversed(across):
            number, start, end = main[index]
            if any(self.stops(start + 1, start + 1 + len(guarded[number]))):
                matches = [*main] if matches is main else matches
                other = patterns.crossing.get(number)
                matches[index : index + 1] = [] if other is None else [(other, start, end)]
        if matches is not main:
            self.patterns_seen = set(map(NUMBER, matches))
        return matches

    def _see_fields(self, main: list[Match], within: Mapping[Scope, Mapping[int, int]]) -> None:
        body = bisect_left(main, self.body_from - 1, key=START)
        summary = len(main)
        if self.text.summary:
            summary = bisect_left(main, self.summary_from - 1, key=START)
        in_title = set(map(NUMBER, main[:body]))
        if "title" in within:
            self._see(in_title, within["title"])
        if "body" in within:
            elsewhere = in_title.union(map(NUMBER, main[summary:]))
            twice = elsewhere & within["body"].keys()
            in_body = twice and twice & set(map(NUMBER, main[body:summary]))
            self._see((self.patterns_seen - elsewhere) | in_body, within["body"])
        if "summary" in within:
            self._see(set(map(NUMBER, main[summary:])), within["summary"])
        if "lede" in within or "head" in within:
            end = bisect_right(main, self.lede_end + 1, key=END)
            in_lede = set(map(NUMBER, main[body : min(end, summary)]))
            self._see(in_lede, within.get("lede", {}))
            if "head" in within:
                if self.lede == "summary":
                    in_lede = set(map(NUMBER, main[summary:end]))
                self._see(in_title | in_lede, within["head"])

    def _see(self, numbers_seen: set[int], numbers: Mapping[int, int]) -> None:
        """Note patterns under the numbers that they have in one field."""
        self.patterns_seen.update(
            filter(None, map(numbers.get, numbers_seen))
        )  # no such number is 0

    def _note(self, more: Sequence[Match], patterns: Patterns) -> None:
        """Matches beside those of the main scan, few as a rule."""
        self._matches = [*self._matches, *more] if more else self._matches
        for number, start, end in more:
            self.patterns_seen.add(number)
            for scope, numbers in patterns.within.items():
                if number in numbers and self.inside(start + 1, end - 1, scope):
                    self.patterns_seen.add(numbers[number])

    def _tagged(self, patterns: Patterns) -> list[Match]:
        """Hashtags whose joined words are a phrase of some rule."""
        matches: list[Match] = []
        for index, (_, _, original) in enumerate(self.parts[:3]):
            if "#" not in original and "\uff03" not in original:
                continue
            first_words = {
                first for tag in HASHTAG.findall(original) for first in folded_words(tag)[:1]
            }
            for word in sorted(first_words):
                starts = [key for key in patterns.open_tags if word.startswith(key[:-1])]
                for key in [word, *starts] if word in patterns.tags else starts:
                    matches += self._tags_at(patterns.tags[key], f" {word} ", index)
        return matches

    def _tags_at(self, number: int, pattern: str, index: int) -> list[Match]:
        _, folded, original = self.parts[index]
        matches: list[Match] = []
        first = self.offsets[index]
        position = self.main.find(pattern, first - 1)
        while position >= 0 and position + 1 < first + len(folded.hay):
            start, _ = folded.origin(position + 1 - first, position + len(pattern) - 1 - first)
            if start and original[start - 1] in HASHES:
                matches.append((number, position, position + len(pattern)))
            position = self.main.find(pattern, position + 1)
        return matches

    def matches_of(self, number: int) -> list[Match]:
        """Where a pattern was found, the blank before it and perhaps one after it included."""
        if self._by_pattern is None:
            self._by_pattern = {}
            for match in self._matches:
                self._by_pattern.setdefault(match[0], []).append(match)
        return self._by_pattern.get(number, [])

    def occurrences(self, leaf: Leaf) -> tuple[Occurrence, ...]:
        """All places where a term holds, in order: whole words, without the blanks."""
        occurrences = self._occurrences.get(leaf.number)
        if occurrences is None:
            places: list[Occurrence] = []
            for pattern, variant in leaf.patterns:
                if pattern in self.patterns_seen:
                    places += self._places(pattern, variant, leaf)
            if len(leaf.patterns) > 1:
                places = sorted(set(places))
            occurrences = self._occurrences[leaf.number] = tuple(places[:MOST_PLACES])
        return occurrences

    def _places(self, pattern: int, variant: Variant, leaf: Leaf) -> list[Occurrence]:
        scope, number = leaf.term.scope, leaf.number
        matches = self.matches_of(pattern)
        if variant.prefix and variant.kind != "hashtag":
            hay = self.main if pattern < self._meta_from else self.main + self.meta
            places = [(s + 1, hay.index(" ", e), number) for _, s, e in matches]
        else:
            places = [(s + 1, e - 1, number) for _, s, e in matches]
        if scope != "any":
            places = [place for place in places if self.inside(place[0], place[1], scope)]
        if variant.tight:
            places = [
                place for place in places if is_unbroken(self.passage(*place[:2])[3], variant)
            ]
        if variant.stops and pattern in leaf.crossing:
            places = [place for place in places if self._keeps(place, variant)]
        if variant.cased is not None:
            spots = [(place, *self.origin(place[0], place[1])) for place in places]
            places = [
                place
                for place, field, start, end in spots
                if case_holds(self.original(field), start, end, variant)
            ]
        return places

    def _keeps(self, place: Occurrence, variant: Variant) -> bool:
        """Whether no mark stands where the term does not have one itself."""
        stops = self.stops(place[0], place[1])
        return not any(stops[gap] for gap in variant.stops)
