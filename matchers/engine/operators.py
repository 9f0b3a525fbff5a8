"""The compiled parts that ask what is there: terms, OR, AND and NOT."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from matchers.engine.evaluation import (
    NO_OCCURRENCES,
    Evaluation,
    Matcher,
    Occurrences,
    common,
    intersection,
    union,
)
from matchers.engine.positions import Span, distinct
from matchers.engine.scanning.patterns import Ids, Leaf
from matchers.engine.scanning.scanned_text import Occurrence
from matchers.query.ast import Node
from matchers.text.segments import Unit

Cost = Callable[[Ids], float]
NONE: Ids = frozenset()
FEW_PARTS = 8  # parts of an OR that are asked one by one, which is as quick and takes no memory


class Table:
    """The parts of an OR, and which of them ask for what was seen."""

    __slots__ = ("_always", "_numbers", "_rarest", "children", "ids", "size")

    def __init__(self, children: Sequence[Matcher], cost: Cost) -> None:
        self.children, self.size = children, len(children)
        self._always = [number for number, child in enumerate(children) if not child.groups]
        # Of each part the rarest group of patterns of which it needs at least one.
        self._rarest = [rarest(child.groups, cost) for child in children]
        self.ids: Ids = NONE.union(*self._rarest) if len(children) > 1 else self._rarest[0]
        self._numbers: dict[int, list[int]] = {}
        if len(children) > FEW_PARTS:
            for number, group in enumerate(self._rarest):
                for pattern in group:
                    self._numbers.setdefault(pattern, []).append(number)

    def parts_seen(self, evaluation: Evaluation) -> Sequence[Matcher]:
        """Those of which something was seen, in the order of the query."""
        children, seen_patterns = self.children, evaluation.patterns_seen
        if not self._numbers:
            return [
                child
                for child, group in zip(children, self._rarest, strict=True)
                if not seen_patterns.isdisjoint(group) or not child.groups
            ]
        likely = set(self._always)
        for pattern in self.ids & seen_patterns:
            likely.update(self._numbers[pattern])
        return [children[number] for number in sorted(likely)]


def rarest(groups: Sequence[Ids], cost: Cost) -> Ids:
    if len(groups) == 1:  # of nearly every term
        return groups[0]
    return min(groups, key=cost, default=NONE)


class Flat(Matcher):
    """A part made of terms and OR alone."""

    __slots__ = ()
    flat = True

    def spans(self, evaluation: Evaluation) -> list[Span]:
        return [(s, e, frozenset(((s, e, n),))) for s, e, n in evaluation.places(self)]

    def prove(self, evaluation: Evaluation) -> Occurrences:
        return evaluation.places(self)

    def where(self, evaluation: Evaluation, unit: Unit) -> AbstractSet[int]:
        return evaluation.grouped(self, unit).keys()

    def by_unit(self, evaluation: Evaluation, unit: Unit) -> Mapping[int, Occurrences]:
        return evaluation.grouped(self, unit)


class TermMatcher(Flat):
    """One term."""

    __slots__ = ("leaf",)

    def __init__(self, number: int, node: Node, leaf: Leaf) -> None:
        super().__init__(number, node, (leaf.ids,))
        self.leaf = leaf
        self.single, self.plain = leaf.single, not leaf.checked
        self.joined = leaf.term.scope == "head"

    def look(self, evaluation: Evaluation) -> bool:
        if evaluation.patterns_seen.isdisjoint(self.leaf.ids):
            return False
        return self.plain or bool(evaluation.scanned.occurrences(self.leaf))

    def places(self, evaluation: Evaluation) -> Sequence[Occurrence]:
        return evaluation.scanned.occurrences(self.leaf)


class AnyTerm(Flat):
    """OR between terms, word lists among them."""

    __slots__ = ("table",)

    def __init__(self, number: int, node: Node, children: Sequence[Matcher], cost: Cost) -> None:
        self.table = Table(children, cost)
        super().__init__(number, node, (self.table.ids,))
        self.single = all(child.single for child in children)
        self.plain = all(child.plain for child in children)
        self.joined = all(child.joined for child in children)

    def look(self, evaluation: Evaluation) -> bool:
        if self.plain:
            return not evaluation.patterns_seen.isdisjoint(self.table.ids)
        return any(evaluation.holds(child) for child in evaluation.likely(self))

    def likely(self, evaluation: Evaluation) -> Sequence[Matcher]:
        return self.table.parts_seen(evaluation)

    def places(self, evaluation: Evaluation) -> Sequence[Occurrence]:
        child_places = [child.places(evaluation) for child in evaluation.likely(self)]
        return child_places[0] if len(child_places) == 1 else sorted(set().union(*child_places))


class AnyOf(Matcher):
    """OR between parts of any kind."""

    __slots__ = ("table",)

    def __init__(self, number: int, node: Node, children: Sequence[Matcher], cost: Cost) -> None:
        self.table = Table(children, cost)
        groups = (self.table.ids,) if all(child.groups for child in children) else ()
        super().__init__(number, node, groups, max(child.weight for child in children) + 1)
        self.joined = all(child.joined for child in children)

    def look(self, evaluation: Evaluation) -> bool:
        likely = sorted(evaluation.likely(self), key=lambda child: child.weight)
        return any(evaluation.holds(child) for child in likely)

    def likely(self, evaluation: Evaluation) -> Sequence[Matcher]:
        return self.table.parts_seen(evaluation)

    def prove(self, evaluation: Evaluation) -> Occurrences:
        parts = evaluation.matching_parts(self)
        return (
            evaluation.proof(parts[0])
            if len(parts) == 1
            else intersection(map(evaluation.proof, parts))
        )

    def spans(self, evaluation: Evaluation) -> list[Span]:
        return distinct(
            span for child in evaluation.likely(self) for span in child.spans(evaluation)
        )

    def where(self, evaluation: Evaluation, unit: Unit) -> AbstractSet[int]:
        return set().union(*(evaluation.where(child, unit) for child in evaluation.likely(self)))

    def by_unit(self, evaluation: Evaluation, unit: Unit) -> Mapping[int, Occurrences]:
        return union(evaluation.by_unit(child, unit) for child in evaluation.likely(self))


class AllOf(Matcher):
    """AND."""

    __slots__ = ("cheap_first", "children")

    def __init__(self, number: int, node: Node, children: Sequence[Matcher]) -> None:
        groups = dict.fromkeys(group for child in children for group in child.groups)
        weight = max(child.weight for child in children) + 1
        super().__init__(number, node, tuple(groups), weight)
        self.children = children
        self.joined = all(child.joined for child in children)
        self.cheap_first = sorted(children, key=lambda child: child.weight)

    def look(self, evaluation: Evaluation) -> bool:
        return all(evaluation.holds(child) for child in self.cheap_first)

    def prove(self, evaluation: Evaluation) -> Occurrences:
        return intersection(map(evaluation.proof, self.children))

    def where(self, evaluation: Evaluation, unit: Unit) -> AbstractSet[int]:
        first, *others = (evaluation.where(child, unit) for child in self.children)
        return set(first).intersection(*others)

    def by_unit(self, evaluation: Evaluation, unit: Unit) -> Mapping[int, Occurrences]:
        return common([evaluation.by_unit(child, unit) for child in self.children])


class NoneOf(Matcher):
    """NOT; it stands beside AND only, never inside a distance."""

    __slots__ = ("child",)

    def __init__(self, number: int, node: Node, child: Matcher) -> None:
        super().__init__(number, node, (), child.weight)
        self.child = child

    def look(self, evaluation: Evaluation) -> bool:
        return not evaluation.holds(self.child)

    def prove(self, evaluation: Evaluation) -> Occurrences:
        return NO_OCCURRENCES
