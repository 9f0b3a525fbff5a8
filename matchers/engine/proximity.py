"""The compiled parts that ask how things lie to each other: NEAR, windows, SENTENCE, ATLEAST."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from matchers.engine.evaluation import (
    NO_PLACES,
    Evaluation,
    Matcher,
    Occurrences,
    common,
    intersection,
    union,
)
from matchers.engine.positions import (
    MOST_SPANS,
    Positions,
    Span,
    any_near,
    pairs,
    participants,
    stretches,
    together_in_stretches,
    widened,
)
from matchers.query.ast import AtLeast, Near, Node, Window
from matchers.text.segments import Unit


class NearMatcher(Matcher):
    """NEAR and ONEAR."""

    __slots__ = ("left", "most", "ordered", "right", "simple")

    def __init__(self, number: int, node: Near, left: Matcher, right: Matcher) -> None:
        super().__init__(number, node, tuple(dict.fromkeys((*left.groups, *right.groups))), 3)
        self.left, self.right, self.most = left, right, node.words
        self.ordered = node.kind == "ONEAR"
        self.simple = left.flat and right.flat
        self.joined = left.joined and right.joined

    def look(self, evaluation: Evaluation) -> bool:
        if not (evaluation.holds(self.left) and evaluation.holds(self.right)):
            return False
        left, right = evaluation.positions(self.left), evaluation.positions(self.right)
        return any_near(left, right, self.most, ordered=self.ordered)

    def prove(self, evaluation: Evaluation) -> Occurrences:
        left, right = evaluation.positions(self.left), evaluation.positions(self.right)
        return participants(left, right, self.most, ordered=self.ordered)

    def spans(self, evaluation: Evaluation) -> list[Span]:
        if not evaluation.holds(self):
            return []
        left, right = evaluation.positions(self.left), evaluation.positions(self.right)
        return pairs(left, right, self.most, ordered=self.ordered)

    def positions_by_unit(
        self, evaluation: Evaluation, unit: Unit
    ) -> Mapping[int, tuple[Positions, Positions]]:
        """The places of both sides in each sentence or paragraph that holds some of both."""
        lefts, rights = evaluation.grouped(self.left, unit), evaluation.grouped(self.right, unit)
        scanned, joined = evaluation.scanned, self.joined
        return {
            number: (
                Positions(scanned, lefts[number], single=self.left.single, joined=joined),
                Positions(scanned, rights[number], single=self.right.single, joined=joined),
            )
            for number in lefts.keys() & rights.keys()
        }

    def where(self, evaluation: Evaluation, unit: Unit) -> AbstractSet[int]:
        if not self.simple:
            return super().where(evaluation, unit)
        return {
            number
            for number, (left, right) in self.positions_by_unit(evaluation, unit).items()
            if any_near(left, right, self.most, ordered=self.ordered)
        }

    def by_unit(self, evaluation: Evaluation, unit: Unit) -> Mapping[int, Occurrences]:
        if not self.simple:
            return super().by_unit(evaluation, unit)
        by_unit = {
            number: participants(left, right, self.most, ordered=self.ordered)
            for number, (left, right) in self.positions_by_unit(evaluation, unit).items()
        }
        return {number: occurrences for number, occurrences in by_unit.items() if occurrences}


class WindowMatcher(Matcher):
    """`"a b c"~n`: all the words in a stretch at most n words longer than the phrase."""

    __slots__ = ("most", "terms")

    def __init__(self, number: int, node: Window, terms: Sequence[Matcher]) -> None:
        super().__init__(number, node, tuple(group for term in terms for group in term.groups), 3)
        self.terms, self.most = terms, node.words + len(node.terms)
        self.joined = all(term.joined for term in terms)

    def look(self, evaluation: Evaluation) -> bool:
        if not all(evaluation.holds(term) for term in self.terms):
            return False
        places = [evaluation.positions(term) for term in self.terms]
        return any(True for _ in stretches(places, self.most))

    def spans(self, evaluation: Evaluation) -> list[Span]:
        rarest_first = sorted(self.terms, key=lambda term: len(evaluation.places(term)))
        spans = rarest_first[0].spans(evaluation)
        for term in rarest_first[1:]:
            others, scanned = evaluation.positions(term), evaluation.scanned
            spans = widened(spans, others, self.most, scanned, joined=self.joined)[:MOST_SPANS]
        return spans

    def prove(self, evaluation: Evaluation) -> Occurrences:
        return together_in_stretches([evaluation.positions(term) for term in self.terms], self.most)


class SameUnit(Matcher):
    """SENTENCE and PARAGRAPH, a chain of them as one."""

    __slots__ = ("kind", "sides")

    def __init__(self, number: int, node: Near, sides: Sequence[Matcher]) -> None:
        groups = dict.fromkeys(group for side in sides for group in side.groups)
        super().__init__(number, node, tuple(groups), 4)
        self.sides = sides
        self.joined = all(side.joined for side in sides)
        self.kind = unit_of(
            "SENTENCE" if node.kind == "SENTENCE" else "PARAGRAPH", joined=self.joined
        )

    def look(self, evaluation: Evaluation) -> bool:
        return bool(self.shared(evaluation))

    def shared(self, evaluation: Evaluation) -> AbstractSet[int]:
        """The units that hold all sides."""
        if not all(evaluation.holds(side) for side in self.sides):
            return NO_PLACES
        units = evaluation.where(self.sides[0], self.kind)
        for side in self.sides[1:]:
            if not units:
                break
            units = units & evaluation.where(side, self.kind)
        return units

    def proofs(self, evaluation: Evaluation) -> Mapping[int, Occurrences]:
        return common([evaluation.by_unit(side, self.kind) for side in self.sides])

    def prove(self, evaluation: Evaluation) -> Occurrences:
        return intersection(self.proofs(evaluation).values())

    def where(self, evaluation: Evaluation, unit: Unit) -> AbstractSet[int]:
        by_unit = self.shared(evaluation)
        if unit == self.kind:
            return by_unit
        return {evaluation.scanned.units.paragraph_of(sentence, unit) for sentence in by_unit}

    def by_unit(self, evaluation: Evaluation, unit: Unit) -> Mapping[int, Occurrences]:
        by_sentence = self.proofs(evaluation)
        if unit == self.kind:
            return by_sentence
        paragraph_of = evaluation.scanned.units.paragraph_of
        return union(
            {paragraph_of(sentence, unit): occurrences}
            for sentence, occurrences in by_sentence.items()
        )


class AtLeastMatcher(Matcher):
    """ATLEAST: in so many sentences."""

    __slots__ = ("child", "count", "unit")

    def __init__(self, number: int, node: AtLeast, child: Matcher) -> None:
        super().__init__(number, node, child.groups, 5)
        self.child, self.count = child, node.count
        self.joined = child.joined
        self.unit = unit_of("SENTENCE", joined=self.joined)

    def look(self, evaluation: Evaluation) -> bool:
        units = evaluation.where(self.child, self.unit)
        return len(units) >= self.count and evaluation.scanned.distinct(units) >= self.count

    def prove(self, evaluation: Evaluation) -> Occurrences:
        return intersection(evaluation.by_unit(self.child, self.unit).values())

    def by_unit(self, evaluation: Evaluation, unit: Unit) -> Mapping[int, Occurrences]:
        """Paragraphs that hold enough sentences."""
        groups: dict[int, dict[int, Occurrences]] = {}
        for sentence, occurrences in evaluation.by_unit(self.child, self.unit).items():
            paragraph = evaluation.scanned.units.paragraph_of(sentence, unit)
            groups.setdefault(paragraph, {})[sentence] = occurrences
        return {
            paragraph_number: intersection(in_paragraph.values())
            for paragraph_number, in_paragraph in groups.items()
            if len(in_paragraph) >= self.count
            and evaluation.scanned.distinct(in_paragraph) >= self.count
        }


def unit_of(kind: Unit, *, joined: bool) -> Unit:
    """In head: the first sentence, and the first paragraph, begin with the headline."""
    if not joined:
        return kind
    return "HEAD SENTENCE" if kind == "SENTENCE" else "HEAD PARAGRAPH"


def chain(node: Near) -> list[Node]:
    """The sides of A SENTENCE B SENTENCE C, which must all stand in one sentence."""
    inner = node.left
    same = isinstance(inner, Near) and inner.kind == node.kind
    return [*(chain(inner) if isinstance(inner, Near) and same else [inner]), node.right]
