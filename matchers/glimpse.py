"""A cheap look at what may hold in a text: never wrong when it says no.

Places are bits of whole numbers, so that AND, OR and "in the same sentence" are one operation for
all sentences at once. What is too costly to tell this way is taken as possible.
"""

from collections.abc import Callable, Sequence

from matchers.plans import Leaf, Patterns
from matchers.syntax import And, AtLeast, Near, Node, Not, Or, Term, Window
from matchers.view import View

EVERYWHERE = -1  # all bits


class Glimpse:
    def __init__(
        self, view: View, patterns: Patterns, likely: Callable[[Or], Sequence[Node]]
    ) -> None:
        self.view, self.patterns, self.likely = view, patterns, likely
        self._may: dict[int, bool] = {}
        self._units: dict[tuple[int, str], int] = {}
        self._leaf_units: dict[tuple[int, str], int] = {}
        self._words: dict[int, int] = {}

    def may(self, node: Node) -> bool:
        """False: the node does not hold anywhere."""
        key = id(node)
        known = self._may.get(key)
        if known is None:
            known = self._may[key] = self._look(node)
        return known

    def _look(self, node: Node) -> bool:
        if isinstance(node, Term):
            leaf = self.patterns.leaf_of(node)
            if leaf.checked:
                return bool(self.view.spans(leaf))
            return any(number in self.view.seen for number, _ in leaf.patterns)
        if isinstance(node, Or):
            return any(self.may(child) for child in self.likely(node))
        if isinstance(node, And):
            return all(self.may(child) for child in node.children)
        if isinstance(node, Not):
            return True
        if isinstance(node, Window):
            return all(self.may(term) for term in node.terms)
        if isinstance(node, AtLeast):
            found = self.units(node.child, "SENTENCE")
            return found < 0 or found.bit_count() >= node.count
        if not (self.may(node.left) and self.may(node.right)):
            return False
        if node.kind in ("SENTENCE", "PARAGRAPH"):
            return self.units(node.left, node.kind) & self.units(node.right, node.kind) != 0
        reach = node.words + self.patterns.longest
        return around(self.words(node.left), reach) & self.words(node.right) != 0

    def units(self, node: Node, kind: str) -> int:
        """The sentences or paragraphs in which the node may hold by itself."""
        key = (id(node), kind)
        known = self._units.get(key)
        if known is None:
            known = self._units[key] = self._look_by_unit(node, kind) if self.may(node) else 0
        return known

    def _look_by_unit(self, node: Node, kind: str) -> int:
        if isinstance(node, Term):
            return self._units_of(self.patterns.leaf_of(node), kind)
        if isinstance(node, Or):
            found = 0
            for child in self.likely(node):
                found |= self.units(child, kind)
            return found
        if isinstance(node, Not | AtLeast):
            return EVERYWHERE
        if isinstance(node, Near) and node.kind == "SENTENCE" and kind != "SENTENCE":
            return EVERYWHERE
        if isinstance(node, And):
            parts: Sequence[Node] = node.children
        else:
            parts = node.terms if isinstance(node, Window) else (node.left, node.right)
        found = EVERYWHERE
        for part in parts:
            found &= self.units(part, kind)
        return found

    def _units_of(self, leaf: Leaf, kind: str) -> int:
        key = (leaf.number, kind)
        known = self._leaf_units.get(key)
        if known is None:
            known = 0
            for start, end, _ in self.view.spans(leaf):
                unit = self.view.unit(start, end, kind)
                if unit is not None:
                    known |= 1 << (2 * unit if unit >= 0 else 1 - 2 * unit)
            self._leaf_units[key] = known
        return known

    def words(self, node: Node) -> int:
        """Where spans of the node may begin, by word."""
        key = id(node)
        known = self._words.get(key)
        if known is None:
            known = self._words[key] = self._look_by_word(node)
        return known

    def _look_by_word(self, node: Node) -> int:
        if isinstance(node, Term):
            found = 0
            for start, _, _ in self.view.spans(self.patterns.leaf_of(node)):
                found |= 1 << self.view.place(start)
            return found
        if isinstance(node, Or):
            found = 0
            for child in self.likely(node):
                found |= self.words(child)
            return found
        return EVERYWHERE if self.may(node) else 0


def around(places: int, reach: int) -> int:
    """The places and all within `reach` of them; a superset at the lower end."""
    if places < 0:
        return places
    wide, covered = places, 0
    while covered < 2 * reach:
        step = min(covered + 1, 2 * reach - covered)
        wide |= wide << step
        covered += step
    return wide >> reach
