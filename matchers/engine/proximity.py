"""The compiled parts that ask how things lie to each other: NEAR, windows, SENTENCE, ATLEAST."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from matchers.engine.evaluation import (
    NOWHERE,
    Evaluation,
    Marks,
    Matcher,
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

    def look(self, holder: Evaluation) -> bool:
        if not (holder.holds(self.left) and holder.holds(self.right)):
            return False
        left, right = holder.row(self.left), holder.row(self.right)
        return any_near(left, right, self.most, ordered=self.ordered)

    def prove(self, holder: Evaluation) -> Marks:
        left, right = holder.row(self.left), holder.row(self.right)
        return participants(left, right, self.most, ordered=self.ordered)

    def spans(self, holder: Evaluation) -> list[Span]:
        if not holder.holds(self):
            return []
        left, right = holder.row(self.left), holder.row(self.right)
        return pairs(left, right, self.most, ordered=self.ordered)

    def rows(self, holder: Evaluation, unit: Unit) -> Mapping[int, tuple[Positions, Positions]]:
        """The places of both sides in each sentence or paragraph that holds some of both."""
        lefts, rights = holder.grouped(self.left, unit), holder.grouped(self.right, unit)
        view, joined = holder.view, self.joined
        return {
            number: (
                Positions(view, lefts[number], single=self.left.single, joined=joined),
                Positions(view, rights[number], single=self.right.single, joined=joined),
            )
            for number in lefts.keys() & rights.keys()
        }

    def where(self, holder: Evaluation, unit: Unit) -> AbstractSet[int]:
        if not self.simple:
            return super().where(holder, unit)
        return {
            number
            for number, (left, right) in self.rows(holder, unit).items()
            if any_near(left, right, self.most, ordered=self.ordered)
        }

    def by_unit(self, holder: Evaluation, unit: Unit) -> Mapping[int, Marks]:
        if not self.simple:
            return super().by_unit(holder, unit)
        found = {
            number: participants(left, right, self.most, ordered=self.ordered)
            for number, (left, right) in self.rows(holder, unit).items()
        }
        return {number: marks for number, marks in found.items() if marks}


class WindowMatcher(Matcher):
    """`"a b c"~n`: all the words in a stretch at most n words longer than the phrase."""

    __slots__ = ("most", "terms")

    def __init__(self, number: int, node: Window, terms: Sequence[Matcher]) -> None:
        super().__init__(number, node, tuple(group for term in terms for group in term.groups), 3)
        self.terms, self.most = terms, node.words + len(node.terms)
        self.joined = all(term.joined for term in terms)

    def look(self, holder: Evaluation) -> bool:
        return all(holder.holds(term) for term in self.terms) and bool(self.spans(holder))

    def spans(self, holder: Evaluation) -> list[Span]:
        found = self.terms[0].spans(holder)
        for term in self.terms[1:]:
            row = holder.row(term)
            found = widened(found, row, self.most, holder.view, joined=self.joined)[:MOST_SPANS]
        return found

    def prove(self, holder: Evaluation) -> Marks:
        return intersection(marks for _, _, marks in self.spans(holder))


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

    def look(self, holder: Evaluation) -> bool:
        return bool(self.shared(holder))

    def shared(self, holder: Evaluation) -> AbstractSet[int]:
        """The units that hold all sides."""
        if not all(holder.holds(side) for side in self.sides):
            return NOWHERE
        found = holder.where(self.sides[0], self.kind)
        for side in self.sides[1:]:
            if not found:
                break
            found = found & holder.where(side, self.kind)
        return found

    def proofs(self, holder: Evaluation) -> Mapping[int, Marks]:
        return common([holder.by_unit(side, self.kind) for side in self.sides])

    def prove(self, holder: Evaluation) -> Marks:
        return intersection(self.proofs(holder).values())

    def where(self, holder: Evaluation, unit: Unit) -> AbstractSet[int]:
        found = self.shared(holder)
        if unit == self.kind:
            return found
        return {holder.view.units.paragraph_of(sentence, unit) for sentence in found}

    def by_unit(self, holder: Evaluation, unit: Unit) -> Mapping[int, Marks]:
        found = self.proofs(holder)
        if unit == self.kind:
            return found
        paragraph_of = holder.view.units.paragraph_of
        return union({paragraph_of(sentence, unit): marks} for sentence, marks in found.items())


class AtLeastMatcher(Matcher):
    """ATLEAST: in so many sentences."""

    __slots__ = ("child", "count", "unit")

    def __init__(self, number: int, node: AtLeast, child: Matcher) -> None:
        super().__init__(number, node, child.groups, 5)
        self.child, self.count = child, node.count
        self.joined = child.joined
        self.unit = unit_of("SENTENCE", joined=self.joined)

    def look(self, holder: Evaluation) -> bool:
        found = holder.where(self.child, self.unit)
        return len(found) >= self.count and holder.view.distinct(found) >= self.count

    def prove(self, holder: Evaluation) -> Marks:
        return intersection(holder.by_unit(self.child, self.unit).values())

    def by_unit(self, holder: Evaluation, unit: Unit) -> Mapping[int, Marks]:
        """Paragraphs that hold enough sentences."""
        groups: dict[int, dict[int, Marks]] = {}
        for sentence, marks in holder.by_unit(self.child, self.unit).items():
            paragraph = holder.view.units.paragraph_of(sentence, unit)
            groups.setdefault(paragraph, {})[sentence] = marks
        return {
            paragraph_number: intersection(found.values())
            for paragraph_number, found in groups.items()
            if len(found) >= self.count and holder.view.distinct(found) >= self.count
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
