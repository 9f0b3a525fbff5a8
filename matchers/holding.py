"""Which parts of a tree hold in a text, and the marks that prove it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from matchers.glimpse import Glimpse
from matchers.plans import Leaf, Patterns
from matchers.syntax import And, AtLeast, Near, Node, Not, Or, Term, Window
from matchers.view import MOST_SPANS, Mark, View
from model import Evidence

Span = tuple[int, int, frozenset[Mark]]
Marks = frozenset[Mark]
NOTHING: Marks = frozenset()
MOST_EVIDENCE = 500  # passages kept for one hit; a text that repeats itself needs no more


class Holder:
    """Evaluates trees against one view; every part at most once."""

    def __init__(self, view: View, patterns: Patterns) -> None:
        self.view, self.patterns = view, patterns
        self._known: dict[int, Marks | None] = {}
        self._units: dict[tuple[int, str], Mapping[int, Marks]] = {}
        self._likely: dict[int, list[Node]] | None = None  # made when first asked for
        self._evidence: dict[Mark, Evidence] = {}
        self.glimpse = Glimpse(view, patterns, self.likely)

    def leaf(self, term: Term) -> Leaf:
        return self.patterns.leaf_of(term)

    def holds(self, node: Node) -> Marks | None:
        """The marks that prove the node; None when it does not hold."""
        key = id(node)
        if key not in self._known:
            self._known[key] = self._look(node) if self.glimpse.may(node) else None
        return self._known[key]

    def _look(self, node: Node) -> Marks | None:
        if isinstance(node, Term):
            return frozenset(self.view.spans(self.leaf(node))) or None
        if isinstance(node, Or):
            found = [
                marks for child in self.likely(node) if (marks := self.holds(child)) is not None
            ]
            return NOTHING.union(*found) if found else None
        if isinstance(node, And):
            return self._all(node)
        if isinstance(node, Not):
            return NOTHING if self.holds(node.child) is None else None
        if isinstance(node, Window):
            return merged(self._window(node)) or None
        if isinstance(node, AtLeast):
            units = self.units(node.child, "SENTENCE")
            return NOTHING.union(*units.values()) if len(units) >= node.count else None
        if node.kind in ("SENTENCE", "PARAGRAPH"):
            return NOTHING.union(*self.both(node, node.kind).values()) or None
        return self._participants(node) or None

    def _active(self) -> dict[int, list[Node]]:
        """The children of which something was seen, for every OR that has such children."""
        links = self.patterns.links
        found: dict[int, dict[int, Node]] = {}
        for number in (-1, *self.view.seen):
            for place, child in links.get(number, ()):
                found.setdefault(place, {})[id(child)] = child
        return {place: list(children.values()) for place, children in found.items()}

    def likely(self, node: Or) -> list[Node]:
        """The children of which something was seen."""
        if self._likely is None:
            self._likely = self._active()
        known = self._likely.get(id(node))
        if known is None and id(node) in self.patterns.linked:
            return []
        if known is None:
            by_pattern = self.patterns.children_by_pattern(node)
            found: dict[int, Node] = {}
            for number in by_pattern.keys() & self.view.seen:
                for child in by_pattern[number]:
                    found[id(child)] = child
            for child in by_pattern.get(-1, ()):
                found[id(child)] = child
            known = self._likely[id(node)] = list(found.values())
        return known

    def evidence(self, mark: Mark) -> Evidence:
        """A mark as the passage of the original that it stands for."""
        found = self._evidence.get(mark)
        if found is None:
            start, end, leaf = mark
            field, first, last = self.view.origin(start, end)
            text = self.view.original(field)[first:last]
            clause = self.patterns.by_number[leaf].clause
            found = self._evidence[mark] = Evidence(field, first, last, text, clause)
        return found

    def passages(self, marks: Iterable[Mark]) -> tuple[Evidence, ...]:
        """Marks as evidence, by field and place."""
        return tuple([self.evidence(mark) for mark in sorted(marks)[:MOST_EVIDENCE]])

    def _all(self, node: And) -> Marks | None:
        total: list[Marks] = []
        for child in node.children:
            marks = self.holds(child)
            if marks is None:
                return None
            total.append(marks)
        return NOTHING.union(*total)

    def units(self, node: Node, kind: str) -> Mapping[int, Marks]:
        """The sentences or paragraphs in which a node holds by itself."""
        key = (id(node), kind)
        if key not in self._units:
            possible = self.glimpse.units(node, kind) != 0
            self._units[key] = self._look_by_unit(node, kind) if possible else {}
        return self._units[key]

    def _look_by_unit(self, node: Node, kind: str) -> Mapping[int, Marks]:
        if isinstance(node, Or):
            return union(self.units(child, kind) for child in self.likely(node))
        if isinstance(node, And):
            return common([self.units(child, kind) for child in node.children])
        if isinstance(node, AtLeast):
            return self._counted(node)
        if isinstance(node, Near) and node.kind in ("SENTENCE", "PARAGRAPH"):
            inner = self.both(node, node.kind)
            return inner if node.kind == kind else self.paragraphs_of(inner)
        found: dict[int, set[Mark]] = {}
        for start, end, marks in self.spans(node, limited=False):
            unit = self.view.unit(start, end, kind)
            if unit is not None:
                found.setdefault(unit, set()).update(marks)
        return {unit: frozenset(marks) for unit, marks in found.items()}

    def both(self, node: Near, kind: str) -> Mapping[int, Marks]:
        return common([self.units(node.left, kind), self.units(node.right, kind)])

    def _counted(self, node: AtLeast) -> Mapping[int, Marks]:
        """Paragraphs that hold enough sentences."""
        groups: dict[int, list[Marks]] = {}
        for sentence, marks in self.units(node.child, "SENTENCE").items():
            groups.setdefault(self._paragraph(sentence), []).append(marks)
        return {
            paragraph: NOTHING.union(*found)
            for paragraph, found in groups.items()
            if len(found) >= node.count
        }

    def paragraphs_of(self, sentences: Mapping[int, Marks]) -> Mapping[int, Marks]:
        return union({self._paragraph(one): marks} for one, marks in sentences.items())

    def _paragraph(self, sentence: int) -> int:
        if sentence < 0:
            return -1
        start = self.view.bounds("SENTENCE")[sentence - 1]
        return bisect_right(self.view.bounds("PARAGRAPH"), start)

    def spans(self, node: Node, *, limited: bool = True) -> list[Span]:
        """Places of an operand of NEAR, in order."""
        if isinstance(node, Term):
            found = [
                (s, e, frozenset(((s, e, n),))) for s, e, n in self.view.spans(self.leaf(node))
            ]
        elif isinstance(node, Window):
            found = self._window(node)
        elif isinstance(node, Near):
            found = self._pairs(node)
        else:
            assert isinstance(node, Or)
            found = distinct(span for child in self.likely(node) for span in self.spans(child))
        return found[:MOST_SPANS] if limited else found

    def _partners(self, left: Span, rights: "Ordered", node: Near) -> Iterable[int]:
        """Numbers of the right spans that stand near enough to a left one, without overlap."""
        word = self.view.word
        first, last = word(left[0]), word(left[1] - 1)
        after = range(
            bisect_left(rights.firsts, last + 1), bisect_right(rights.firsts, last + 1 + node.words)
        )
        if node.kind == "ONEAR":
            return after
        low = bisect_left(rights.lasts, first - 1 - node.words)
        high = bisect_right(rights.lasts, first - 1)
        return [*after, *(rights.by_last[index] for index in range(low, high))]

    def _pairs(self, node: Near) -> list[Span]:
        rights = Ordered(self.spans(node.right), self.view)
        return distinct(
            (
                min(left[0], rights.spans[index][0]),
                max(left[1], rights.spans[index][1]),
                left[2] | rights.spans[index][2],
            )
            for left in self.spans(node.left)
            for index in self._partners(left, rights, node)
        )

    def _participants(self, node: Near) -> Marks:
        """The marks of all pairs, without making the pairs."""
        rights = Ordered(self.spans(node.right), self.view)
        found: list[Marks] = []
        taken: set[int] = set()
        for left in self.spans(node.left):
            partners = self._partners(left, rights, node)
            if partners:
                found.append(left[2])
                taken.update(partners)
        found += [rights.spans[index][2] for index in taken]
        return NOTHING.union(*found)

    def _window(self, node: Window) -> list[Span]:
        """Stretches that hold every word and are at most so many words longer than the phrase."""
        sides = [self.spans(term) for term in node.terms]
        if not all(sides):
            return []
        first = sides[0]
        for side in sides[1:]:
            first = self._widen(first, side, node)
        return first

    def _widen(self, left: list[Span], right: list[Span], node: Window) -> list[Span]:
        word = self.view.word
        rights = Ordered(right, self.view)
        most = node.words + len(node.terms)
        found: list[Span] = []
        for start, end, marks in left:
            first, last = word(start), word(end - 1)
            low = bisect_left(rights.firsts, last - most + 1)
            high = bisect_right(rights.firsts, first + most - 1)
            for index in range(low, high):
                s, e, more = rights.spans[index]
                if max(last, word(e - 1)) - min(first, word(s)) < most:
                    found.append((min(start, s), max(end, e), marks | more))
        return distinct(found)[:MOST_SPANS]


class Ordered:
    """Spans with the numbers of their first and last words, for bisection."""

    def __init__(self, spans: list[Span], view: View) -> None:
        self.spans = spans
        self.firsts = [view.word(span[0]) for span in spans]
        ends = sorted((view.word(span[1] - 1), index) for index, span in enumerate(spans))
        self.lasts = [last for last, _ in ends]
        self.by_last = [index for _, index in ends]


def distinct(spans: Iterable[Span]) -> list[Span]:
    """In order, those of the same extent made one."""
    found: dict[tuple[int, int], Marks] = {}
    for start, end, marks in spans:
        known = found.get((start, end))
        found[start, end] = marks if known is None else known | marks
    return [(start, end, found[start, end]) for start, end in sorted(found)]


def merged(spans: Iterable[Span]) -> Marks:
    return NOTHING.union(*(marks for _, _, marks in spans))


def union(maps: Iterable[Mapping[int, Marks]]) -> dict[int, Marks]:
    found: dict[int, Marks] = {}
    for one in maps:
        for unit, marks in one.items():
            found[unit] = found.get(unit, NOTHING) | marks
    return found


def common(maps: list[Mapping[int, Marks]]) -> dict[int, Marks]:
    shared = set(maps[0]).intersection(*maps[1:])
    return {unit: NOTHING.union(*(one[unit] for one in maps)) for unit in shared}
