"""One text as one engine sees it: folded, with the patterns that were found and where."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter

from matchers.engine.automaton import Match
from matchers.engine.patterns import Leaf, Patterns
from matchers.engine.written_form import case_holds, is_unbroken
from matchers.query.ast import Scope, Variant
from matchers.text.article_text import ArticleText
from matchers.text.article_units import ArticleUnits
from matchers.text.normalize import Folded, fold, folded_words
from matchers.text.segments import Unit
from matchers.text.stops import Stops
from matchers.text.word_numbers import WordNumbers
from model import Field

Mark = tuple[int, int, int]  # start and end in the haystack, leaf
HASHTAG = re.compile("[#\uff03]([^\\s#\uff03]{1,100})")
HASHES = "#\uff03"
BETWEEN_FIELDS = " \n "
LEDE_WORDS = 100
MOST_PLACES = 20_000  # of one term: what a hostile text holds beyond is not looked at
NUMBER, START, END = itemgetter(0), itemgetter(1), itemgetter(2)  # of a match
NO_SUMMARY = fold("")


class ScannedText:
    """The haystack is title, body and summary with line breaks between, then source, url and lang."""

    def __init__(self, text: ArticleText, *, meta: bool) -> None:
        self.text = text
        title, body = fold(text.title), fold(text.body)
        self.parts: list[tuple[Field, Folded, str]] = [
            ("title", title, text.title),
            ("body", body, text.body),
            ("summary", NO_SUMMARY, ""),
        ]
        self.main = f" {title.hay}{BETWEEN_FIELDS}{body.hay} "
        self.body_from = len(title.hay) + len(BETWEEN_FIELDS) + 1
        self.summary_from = len(self.main)
        if text.summary:
            self._add_summary()
        self.offsets = [1, self.body_from, self.summary_from]
        self.lede: Field = "body" if body.hay else "summary"  # in head:
        self.lede_from = self.body_from if body.hay else self.summary_from
        self.meta = ""
        if meta:
            self._add_meta()
        self.seen: set[int] = set()
        self._matches: list[Match] = []
        self._meta_from = 0
        self._found: dict[int, list[Match]] | None = None
        self._spans: dict[int, tuple[Mark, ...]] = {}
        self._numbers: WordNumbers | None = None
        self._lede: int | None = None
        self.units = ArticleUnits(text, self.lede)
        self._stops: dict[Field, Stops] = {}
        self._unit_at: dict[tuple[int, int, Unit], int | None] = {}

    def _add_summary(self) -> None:
        summary = fold(self.text.summary)
        self.summary_from += len(BETWEEN_FIELDS) - 1
        self.main = f"{self.main[:-1]}{BETWEEN_FIELDS}{summary.hay} "
        self.parts[2] = ("summary", summary, self.text.summary)

    def _add_meta(self) -> None:
        text = self.text
        self.parts += [
            ("source", fold(text.source), text.source),
            ("url", fold(text.url), text.url),
            ("lang", fold(text.lang), text.lang),
        ]
        self.meta = " " + BETWEEN_FIELDS.join(folded.hay for _, folded, _ in self.parts[3:]) + " "
        place = len(self.main) + 1
        for _, folded, _ in self.parts[3:]:
            self.offsets.append(place)
            place += len(folded.hay) + len(BETWEEN_FIELDS)

    def take(self, main: list[Match], meta: Iterable[Match], patterns: Patterns) -> None:
        """Note what the scanners found, in the order of its ends; and in which fields."""
        within = patterns.within
        self._meta_from = patterns.meta_from
        self.seen = set(map(NUMBER, main))
        if not self.seen.isdisjoint(patterns.stopping):
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
        guarded, found = patterns.guarded, main
        across = [
            index
            for index, (number, start, _) in enumerate(main)
            if number in guarded and not begins(guarded[number], start)
        ]
        for index in reversed(across):
            number, start, end = main[index]
            if any(self.stops(start + 1, start + 1 + len(guarded[number]))):
                found = [*main] if found is main else found
                other = patterns.crossing.get(number)
                found[index : index + 1] = [] if other is None else [(other, start, end)]
        if found is not main:
            self.seen = set(map(NUMBER, found))
        return found

    def stops(self, start: int, end: int) -> list[bool]:
        """Whether a phrase stops at each blank of a stretch of title, body or summary."""
        index = self.part_of(start)
        field, folded, original = self.parts[index]
        known = self._stops.get(field)
        if known is None:
            known = self._stops[field] = Stops(folded, original, self.units.of(field))
        return known.gaps(start - self.offsets[index], end - self.offsets[index])

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
            self._see((self.seen - elsewhere) | in_body, within["body"])
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

    def _see(self, seen: set[int], numbers: Mapping[int, int]) -> None:
        """Note patterns under the numbers that they have in one field."""
        self.seen.update(filter(None, map(numbers.get, seen)))  # no such number is 0

    def _note(self, more: Sequence[Match], patterns: Patterns) -> None:
        """Matches beside those of the main scan, few as a rule."""
        self._matches = [*self._matches, *more] if more else self._matches
        for number, start, end in more:
            self.seen.add(number)
            for scope, numbers in patterns.within.items():
                if number in numbers and self.inside(start + 1, end - 1, scope):
                    self.seen.add(numbers[number])

    def _tagged(self, patterns: Patterns) -> list[Match]:
        """Hashtags whose joined words are a phrase of some rule."""
        found: list[Match] = []
        for index, (_, _, original) in enumerate(self.parts[:3]):
            if "#" not in original and "\uff03" not in original:
                continue
            known = {first for tag in HASHTAG.findall(original) for first in folded_words(tag)[:1]}
            for word in sorted(known):
                starts = [key for key in patterns.open_tags if word.startswith(key[:-1])]
                for key in [word, *starts] if word in patterns.tags else starts:
                    found += self._tags_at(patterns.tags[key], f" {word} ", index)
        return found

    def _tags_at(self, number: int, pattern: str, index: int) -> list[Match]:
        _, folded, original = self.parts[index]
        found: list[Match] = []
        first = self.offsets[index]
        position = self.main.find(pattern, first - 1)
        while position >= 0 and position + 1 < first + len(folded.hay):
            start, _ = folded.origin(position + 1 - first, position + len(pattern) - 1 - first)
            if start and original[start - 1] in HASHES:
                found.append((number, position, position + len(pattern)))
            position = self.main.find(pattern, position + 1)
        return found

    def origin(self, start: int, end: int) -> tuple[Field, int, int]:
        """Field and offsets in the original string."""
        return self.passage(start, end)[:3]

    def passage(self, start: int, end: int) -> tuple[Field, int, int, str]:
        """The same with the characters that stand there."""
        index = self.part_of(start)
        field, folded, original = self.parts[index]
        shift = self.offsets[index]
        first, last = folded.origin(start - shift, end - shift)
        return field, first, last, original[first:last]

    def part_of(self, position: int) -> int:
        return bisect_right(self.offsets, position) - 1

    def original(self, field: Field) -> str:
        found = getattr(self.text, field)
        assert isinstance(found, str)
        return found

    def occurrences(self, number: int) -> list[Match]:
        """Where a pattern was found, the blank before it and perhaps one after it included."""
        if self._found is None:
            self._found = {}
            for match in self._matches:
                self._found.setdefault(match[0], []).append(match)
        return self._found.get(number, [])

    def spans(self, leaf: Leaf) -> tuple[Mark, ...]:
        """All places where a term holds, in order: whole words, without the blanks."""
        known = self._spans.get(leaf.number)
        if known is None:
            found: list[Mark] = []
            for pattern, variant in leaf.patterns:
                if pattern in self.seen:
                    found += self._places(pattern, variant, leaf)
            if len(leaf.patterns) > 1:
                found = sorted(set(found))
            known = self._spans[leaf.number] = tuple(found[:MOST_PLACES])
        return known

    def _places(self, pattern: int, variant: Variant, leaf: Leaf) -> list[Mark]:
        scope, number = leaf.term.scope, leaf.number
        matches = self.occurrences(pattern)
        if variant.prefix and variant.kind != "hashtag":
            hay = self.main if pattern < self._meta_from else self.main + self.meta
            found = [(s + 1, hay.index(" ", e), number) for _, s, e in matches]
        else:
            found = [(s + 1, e - 1, number) for _, s, e in matches]
        if scope != "any":
            found = [mark for mark in found if self.inside(mark[0], mark[1], scope)]
        if variant.tight:
            found = [mark for mark in found if is_unbroken(self.passage(*mark[:2])[3], variant)]
        if variant.stops and pattern in leaf.crossing:
            found = [mark for mark in found if self._keeps(mark, variant)]
        if variant.cased is not None:
            spots = [(mark, *self.origin(mark[0], mark[1])) for mark in found]
            found = [
                mark
                for mark, field, start, end in spots
                if case_holds(self.original(field), start, end, variant)
            ]
        return found

    def inside(self, start: int, end: int, scope: Scope) -> bool:
        field = self.parts[self.part_of(start)][0]
        if scope == "lang":  # es holds for es-MX, and not for ca-ES
            return field == scope and start == self.offsets[-1]
        if scope == "head":
            return field == "title" or (field == self.lede and end <= self.lede_end)
        return field == scope or (scope == "lede" and field == "body" and end <= self.lede_end)

    def _keeps(self, place: Mark, variant: Variant) -> bool:
        """Whether no mark stands where the term does not have one itself."""
        stops = self.stops(place[0], place[1])
        return not any(stops[gap] for gap in variant.stops)

    @property
    def lede_end(self) -> int:
        """Where the first words of the body end; of the summary, where there is no body."""
        if self._lede is None:
            self._lede = self.lede_from - 1
            for _ in range(LEDE_WORDS):
                position = self.main.find(" ", self._lede + 1)
                if position < 0:
                    break
                self._lede = position
        return self._lede

    def words(self, positions: Iterable[int], *, joined: bool = False) -> list[int]:
        """The numbers of the words at some positions; words of two fields are far apart, those of
        headline and lede in `head:` (joined) are not."""
        if self._numbers is None:
            self._numbers = WordNumbers(
                self.main, self.body_from, self.summary_from, self.lede_from
            )
        return self._numbers.joined(positions) if joined else self._numbers.apart(positions)

    def unit(self, start: int, end: int, kind: Unit) -> int | None:
        """The sentence or paragraph that holds a span whole, as `ArticleUnits` numbers them."""
        key = (start, end, kind)
        if key not in self._unit_at:
            field, first, last = self.origin(start, end)
            if start < self.body_from <= end:
                _, _, last = self.origin(end - 1, end)
                self._unit_at[key] = self.units.across(last, kind)
            else:
                self._unit_at[key] = self.units.unit(field, first, last, kind)
        return self._unit_at[key]

    def distinct(self, sentences: Collection[int]) -> int:
        """How many of these sentences count: those of the summary that say nothing new do not."""
        return self.units.distinct(sentences, self.main[: self.summary_from])
