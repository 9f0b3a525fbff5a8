"""What holds in one text: the interface of a matcher, and the memory of what was found."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from matchers.engine.positions import MOST_SPANS, Positions, Span
from matchers.engine.scanning.patterns import Ids, Patterns
from matchers.engine.scanning.scanned_text import Occurrence, ScannedText
from matchers.query.ast import Node
from matchers.text.segments import Unit
from model import Evidence

Occurrences = Collection[Occurrence]  # each once, in any order
NO_OCCURRENCES: Occurrences = ()
MOST_EVIDENCE = 500  # passages kept for one hit; a text that repeats itself needs no more
NO_PLACES: AbstractSet[int] = frozenset()


class Matcher:
    """One part of a query, compiled once for all texts. Equal parts of all rules are one object."""

    __slots__ = ("groups", "head", "joined", "name", "node", "number", "plain", "single", "weight")
    flat = False  # made of terms and OR alone: its places are places of single terms

    def __init__(self, number: int, node: Node, groups: tuple[Ids, ...], weight: int = 0) -> None:
        self.number, self.node = number, node
        self.groups = groups  # one pattern of each was seen wherever the matcher holds
        self.weight = weight  # what it costs to look, roughly; cheaper parts are looked at first
        self.plain = False  # flat, and seeing one of its patterns proves it
        self.joined = False  # all of it is held to head:, where headline and lede are one text
        self.single = False  # flat, and all its places are single words
        self.head = ""  # how its clause begins in the clause tree, once it was written
        self.name = ""  # its clause as relevance.json names it, once it was asked for

    def look(self, evaluation: "Evaluation") -> bool:
        """Whether it holds."""
        raise NotImplementedError

    def prove(self, evaluation: "Evaluation") -> Occurrences:
        """The occurrences that show it; asked only when it holds."""
        raise NotImplementedError

    def likely(self, evaluation: "Evaluation") -> Sequence["Matcher"]:
        """The parts of an OR of which something was seen, in the order of the query."""
        raise NotImplementedError

    def places(self, evaluation: "Evaluation") -> Sequence[Occurrence]:
        """All places of a flat part, in order."""
        raise NotImplementedError

    def spans(self, evaluation: "Evaluation") -> list[Span]:
        """Places of a part that is a side of NEAR, in order."""
        raise NotImplementedError

    def where(self, evaluation: "Evaluation", unit: Unit) -> AbstractSet[int]:
        """The sentences or paragraphs in which it holds by itself."""
        return evaluation.by_unit(self, unit).keys()

    def by_unit(self, evaluation: "Evaluation", unit: Unit) -> Mapping[int, Occurrences]:
        """The same with the occurrences that show it."""
        by_number: dict[int, set[Occurrence]] = {}
        for start, end, occurrences in self.spans(evaluation):
            number = evaluation.scanned.unit(start, end, unit)
            if number is not None:
                by_number.setdefault(number, set()).update(occurrences)
        return by_number


class Evaluation:
    """What is known of all matchers in one text; each is looked at no more than once."""

    def __init__(self, scanned: ScannedText, patterns: Patterns) -> None:
        self.scanned, self.patterns = scanned, patterns
        self.patterns_seen = scanned.patterns_seen
        self._holds: dict[int, bool] = {}
        self._occurrences: dict[int, Occurrences] = {}
        self._likely: dict[int, Sequence[Matcher]] = {}
        self._places: dict[int, Sequence[Occurrence]] = {}
        self._positions: dict[int, Positions] = {}
        self._grouped: dict[tuple[int, Unit], dict[int, list[Occurrence]]] = {}
        self._where: dict[tuple[int, Unit], AbstractSet[int]] = {}
        self._by_unit: dict[tuple[int, Unit], Mapping[int, Occurrences]] = {}
        self._evidence: dict[Occurrence, Evidence] = {}

    def holds(self, matcher: Matcher) -> bool:
        is_match = self._holds.get(matcher.number)
        if is_match is None:
            is_match = self._holds[matcher.number] = matcher.look(self)
        return is_match

    def proof(self, matcher: Matcher) -> Occurrences:
        """The occurrences that show a matcher that holds."""
        occurrences = self._occurrences.get(matcher.number)
        if occurrences is None:
            occurrences = self._occurrences[matcher.number] = matcher.prove(self)
        return occurrences

    def likely(self, matcher: Matcher) -> Sequence[Matcher]:
        """The parts of an OR of which something was seen, in the order of the query."""
        parts = self._likely.get(matcher.number)
        if parts is None:
            parts = self._likely[matcher.number] = matcher.likely(self)
        return parts

    def matching_parts(self, matcher: Matcher) -> Sequence[Matcher]:
        """The parts of an OR that hold, in the order of the query."""
        likely = self.likely(matcher)
        return likely if matcher.plain else [child for child in likely if self.holds(child)]

    def places(self, matcher: Matcher) -> Sequence[Occurrence]:
        places = self._places.get(matcher.number)
        if places is None:
            places = self._places[matcher.number] = matcher.places(self)
        return places

    def positions(self, matcher: Matcher) -> Positions:
        """The places of a side of NEAR by number of word."""
        positions = self._positions.get(matcher.number)
        if positions is None:
            positions = self._positions[matcher.number] = self._make_positions(matcher)
        return positions

    def _make_positions(self, matcher: Matcher) -> Positions:
        if matcher.flat:
            places = self.places(matcher)
            return Positions(self.scanned, places, single=matcher.single, joined=matcher.joined)
        spans = matcher.spans(self)[:MOST_SPANS]
        return Positions(self.scanned, spans, single=False, joined=matcher.joined)

    def grouped(self, matcher: Matcher, unit: Unit) -> dict[int, list[Occurrence]]:
        """The places of a flat part by sentence or paragraph; those that cross a border left out."""
        key = (matcher.number, unit)
        groups = self._grouped.get(key)
        if groups is None:
            groups = self._grouped[key] = {}
            for occurrence in self.places(matcher):
                number = self.scanned.unit(occurrence[0], occurrence[1], unit)
                if number is not None:
                    groups.setdefault(number, []).append(occurrence)
        return groups

    def where(self, matcher: Matcher, unit: Unit) -> AbstractSet[int]:
        """The sentences or paragraphs in which the part holds by itself."""
        key = (matcher.number, unit)
        units = self._where.get(key)
        if units is None:
            units = self._where[key] = (
                matcher.where(self, unit) if self.holds(matcher) else NO_PLACES
            )
        return units

    def by_unit(self, matcher: Matcher, unit: Unit) -> Mapping[int, Occurrences]:
        """The same with the occurrences that show it."""
        key = (matcher.number, unit)
        groups = self._by_unit.get(key)
        if groups is None:
            groups = self._by_unit[key] = matcher.by_unit(self, unit) if self.holds(matcher) else {}
        return groups

    def evidence(self, ordered: Iterable[Occurrence]) -> list[Evidence]:
        """Occurrences as the passages of the original that they stand for."""
        stored, by_number, passage = self._evidence, self.patterns.by_number, self.scanned.passage
        passages: list[Evidence] = []
        for occurrence in ordered:
            evidence = stored.get(occurrence)
            if evidence is None:
                start, end, leaf = occurrence
                field, first, last, text = passage(start, end)
                evidence = stored[occurrence] = Evidence(
                    field, first, last, text, by_number[leaf].clause
                )
            passages.append(evidence)
        return passages

    def passages(self, occurrences: Collection[Occurrence]) -> tuple[Evidence, ...]:
        """Occurrences as evidence, by field and place."""
        return tuple(self.evidence(sorted(occurrences)[:MOST_EVIDENCE]))


def union(maps: Iterable[Mapping[int, Occurrences]]) -> Mapping[int, Occurrences]:
    by_number: dict[int, set[Occurrence]] = {}
    for by_unit in maps:
        for unit, occurrences in by_unit.items():
            by_number.setdefault(unit, set()).update(occurrences)
    return by_number


def common(maps: Sequence[Mapping[int, Occurrences]]) -> Mapping[int, Occurrences]:
    shared = set(maps[0]).intersection(*maps[1:])
    return {unit: intersection(by_unit[unit] for by_unit in maps) for unit in shared}


def intersection(several: Iterable[Occurrences]) -> Occurrences:
    return set().union(*several)
