"""The compiled parts that ask what is there: terms, OR, AND and NOT."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from matchers.holding import NOTHING, Holder, Marks, Part, common, together, union
from matchers.patterns import Ids, Leaf
from matchers.rows import Span, distinct
from matchers.syntax import Node
from matchers.units import Unit
from matchers.view import Mark

Cost = Callable[[Ids], float]


class Table:
    """The parts of an OR by the patterns of which they need at least one, the rarest such group."""

    def __init__(self, children: Sequence[Part], cost: Cost) -> None:
        self.children, self.size = children, len(children)
        self.always: list[int] = []
        self.numbers: dict[int, list[int]] = {}
        for number, child in enumerate(children):
            if not child.groups:
                self.always.append(number)
                continue
            for one in min(child.groups, key=cost):
                self.numbers.setdefault(one, []).append(number)
        self.ids = set(self.numbers)

    def seen(self, holder: Holder) -> Sequence[Part]:
        """Those of which something was seen, in the order of the query."""
        children, numbers = self.children, self.numbers
        seen = self.ids & holder.seen
        if len(seen) == 1 and not self.always:
            return [children[number] for number in numbers[seen.pop()]]
        found = set(self.always)
        for one in seen:
            found.update(numbers[one])
        return [children[number] for number in sorted(found)]


class Flat(Part):
    """A part made of terms and OR alone."""

    flat = True

    def spans(self, holder: Holder) -> list[Span]:
        return [(s, e, frozenset(((s, e, n),))) for s, e, n in holder.places(self)]

    def prove(self, holder: Holder) -> Marks:
        return holder.places(self)

    def where(self, holder: Holder, unit: Unit) -> AbstractSet[int]:
        return holder.grouped(self, unit).keys()

    def by_unit(self, holder: Holder, unit: Unit) -> Mapping[int, Marks]:
        return holder.grouped(self, unit)


class Single(Flat):
    """One term."""

    def __init__(self, number: int, node: Node, leaf: Leaf) -> None:
        super().__init__(number, node, (leaf.ids,))
        self.leaf = leaf
        self.single, self.plain = leaf.single, not leaf.cased

    def look(self, holder: Holder) -> bool:
        if holder.seen.isdisjoint(self.leaf.ids):
            return False
        return self.plain or bool(holder.view.spans(self.leaf))

    def places(self, holder: Holder) -> Sequence[Mark]:
        return holder.view.spans(self.leaf)


class Choice(Flat):
    """OR between terms, word lists among them."""

    def __init__(self, number: int, node: Node, children: Sequence[Part], cost: Cost) -> None:
        self.table = Table(children, cost)
        super().__init__(number, node, (frozenset(self.table.ids),))
        self.single = all(child.single for child in children)
        self.plain = all(child.plain for child in children)

    def look(self, holder: Holder) -> bool:
        if self.plain:
            return not holder.seen.isdisjoint(self.table.ids)
        return any(holder.holds(child) for child in holder.likely(self))

    def likely(self, holder: Holder) -> Sequence[Part]:
        return self.table.seen(holder)

    def places(self, holder: Holder) -> Sequence[Mark]:
        found = [child.places(holder) for child in holder.likely(self)]
        return found[0] if len(found) == 1 else sorted(set().union(*found))


class Either(Part):
    """OR between parts of any kind."""

    def __init__(self, number: int, node: Node, children: Sequence[Part], cost: Cost) -> None:
        groups: tuple[Ids, ...] = ()
        if all(child.groups for child in children):
            needed = [min(child.groups, key=cost) for child in children]
            groups = (frozenset().union(*needed),)
        super().__init__(number, node, groups)
        self.table = Table(children, cost)
        self.weight = max(child.weight for child in children) + 1

    def look(self, holder: Holder) -> bool:
        likely = sorted(holder.likely(self), key=lambda child: child.weight)
        return any(holder.holds(child) for child in likely)

    def likely(self, holder: Holder) -> Sequence[Part]:
        return self.table.seen(holder)

    def prove(self, holder: Holder) -> Marks:
        held = holder.held(self)
        return holder.proof(held[0]) if len(held) == 1 else together(map(holder.proof, held))

    def spans(self, holder: Holder) -> list[Span]:
        return distinct(span for child in holder.likely(self) for span in child.spans(holder))

    def where(self, holder: Holder, unit: Unit) -> AbstractSet[int]:
        return set().union(*(holder.where(child, unit) for child in holder.likely(self)))

    def by_unit(self, holder: Holder, unit: Unit) -> Mapping[int, Marks]:
        return union(holder.by_unit(child, unit) for child in holder.likely(self))


class Both(Part):
    """AND."""

    def __init__(self, number: int, node: Node, children: Sequence[Part]) -> None:
        groups = dict.fromkeys(group for child in children for group in child.groups)
        super().__init__(number, node, tuple(groups))
        self.children = children
        self.cheap_first = sorted(children, key=lambda child: child.weight)
        self.weight = max(child.weight for child in children) + 1

    def look(self, holder: Holder) -> bool:
        return all(holder.holds(child) for child in self.cheap_first)

    def prove(self, holder: Holder) -> Marks:
        return together(map(holder.proof, self.children))

    def where(self, holder: Holder, unit: Unit) -> AbstractSet[int]:
        first, *others = (holder.where(child, unit) for child in self.children)
        return set(first).intersection(*others)

    def by_unit(self, holder: Holder, unit: Unit) -> Mapping[int, Marks]:
        return common([holder.by_unit(child, unit) for child in self.children])


class Without(Part):
    """NOT; it stands beside AND only, never inside a distance."""

    def __init__(self, number: int, node: Node, child: Part) -> None:
        super().__init__(number, node, ())
        self.child = child
        self.weight = child.weight

    def look(self, holder: Holder) -> bool:
        return not holder.holds(self.child)

    def prove(self, holder: Holder) -> Marks:
        return NOTHING
