"""From a rule's tree to what must have been seen for it to be worth a closer look."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from matchers.frequencies import commonness
from matchers.labels import Labels
from matchers.syntax import And, AtLeast, Near, Node, Not, Or, Term, Variant, Window, children

META = ("source", "url", "lang")
META_FROM, TAGS_FROM = 10_000_000, 20_000_000  # patterns of the main text count from 0
Group = frozenset[int]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A term with the numbers of its patterns."""

    number: int
    term: Term
    clause: str
    patterns: tuple[tuple[int, Variant], ...]
    checked: bool  # the scan alone does not prove it: case or field must be looked at


class Patterns:
    """Every distinct pattern of all rules, numbered: texts, then fields about the article, then tags."""

    def __init__(self) -> None:
        self.main: dict[str, int] = {}
        self.meta: dict[str, int] = {}
        self.tags: dict[str, int] = {}
        self.costs: dict[int, float] = {}
        self.leaves: dict[Term, Leaf] = {}
        self.by_number: list[Leaf] = []
        self.labels = Labels()
        self._groups: dict[int, tuple[Or, Group]] = {}
        self._children: dict[int, tuple[Or, dict[int, list[Node]]]] = {}
        self._listed: dict[int, Or] = {}
        self._leaves_by_id: dict[int, tuple[Term, Leaf]] = {}
        self.longest = 1  # words of one term
        self.links: dict[int, list[tuple[int, Node]]] = {}  # by pattern: an Or and a child of it
        self.linked: set[int] = set()

    def _number(self, table: dict[str, int], key: str, variant: Variant) -> int:
        found = table.get(key)
        if found is None:
            found = table[key] = len(table) + (0 if table is self.main else self._first(table))
            self.costs[found] = commonness(variant.words, prefix=variant.prefix)
        return found

    def _first(self, table: dict[str, int]) -> int:
        return META_FROM if table is self.meta else TAGS_FROM

    def leaf(self, term: Term) -> Leaf:
        found = self.leaves.get(term)
        if found is None:
            numbered = tuple((self._pattern(variant, term), variant) for variant in term.variants)
            checked = term.scope in ("title", "lede", "body") or any(
                variant.cased is not None for variant in term.variants
            )
            clause = term.text if term.scope == "any" else f"{term.scope}:{term.text}"
            found = Leaf(len(self.leaves), term, clause, numbered, checked or term.scope in META)
            self.leaves[term] = found
            self.longest = max(self.longest, *(len(v.words) for v in term.variants))
            self.by_number.append(found)
        return found

    def leaf_of(self, term: Term) -> Leaf:
        """The leaf of a registered term; quicker than by its value."""
        known = self._leaves_by_id.get(id(term))
        if known is None:
            known = self._leaves_by_id[id(term)] = (term, self.leaves[term])
        return known[1]

    def _pattern(self, variant: Variant, term: Term) -> int:
        if variant.kind == "hashtag":
            return self._number(self.tags, variant.words[0], variant)
        pattern = " " + " ".join(variant.words) + ("" if variant.prefix else " ")
        return self._number(self.meta if term.scope in META else self.main, pattern, variant)

    def group(self, terms: Sequence[Term]) -> Group:
        return frozenset(number for term in terms for number, _ in self.leaf(term).patterns)

    def children_by_pattern(self, node: Or) -> Mapping[int, Sequence[Node]]:
        """The children under each pattern that they need; under -1 those that need none."""
        known = self._children.get(id(node))
        if known is None:
            table: dict[int, list[Node]] = {}
            for child in node.children:
                groups = self.necessary(child)
                for number in min(groups, key=self.cost) if groups else (-1,):
                    table.setdefault(number, []).append(child)
            known = self._children[id(node)] = (node, table)
        return known[1]

    def link(self, node: Node) -> None:
        """Lead from every pattern to the children of ORs that need it, all through a tree."""
        stack = [node]
        while stack:
            one = stack.pop()
            if isinstance(one, Or):
                if id(one) in self.linked:
                    continue
                self.linked.add(id(one))
                for number, found in self.children_by_pattern(one).items():
                    self.links.setdefault(number, []).extend((id(one), child) for child in found)
            stack.extend(children(one))

    def register(self, node: Node) -> None:
        """Number every pattern of a tree; shared word lists are gone through once."""
        stack = [node]
        while stack:
            one = stack.pop()
            if isinstance(one, Or) and one.name is not None:
                if id(one) in self._listed:
                    continue
                self._listed[id(one)] = one
            if isinstance(one, Term):
                self.leaf(one)
            stack.extend(one.terms if isinstance(one, Window) else children(one))

    def cost(self, group: AbstractSet[int]) -> float:
        return sum(self.costs[number] for number in group)

    def necessary(self, node: Node) -> list[Group]:
        """Groups of patterns of which at least one each was seen wherever the node holds."""
        if isinstance(node, Term):
            return [self.group((node,))]
        if isinstance(node, Or):
            return self._necessary_or(node)
        if isinstance(node, Not):
            return []
        if isinstance(node, AtLeast):
            return self.necessary(node.child)
        if isinstance(node, Window):
            return [self.group((term,)) for term in node.terms]
        parts = node.children if isinstance(node, And) else (node.left, node.right)
        assert isinstance(node, And | Near)
        return [group for part in parts for group in self.necessary(part)]

    def _necessary_or(self, node: Or) -> list[Group]:
        known = self._groups.get(id(node))
        if known is not None:
            return [known[1]]
        union: set[int] = set()
        for child in node.children:
            groups = self.necessary(child)
            if not groups:
                return []
            union |= min(groups, key=self.cost)
        found = frozenset(union)
        self._groups[id(node)] = (node, found)
        return [found]

    def is_plain(self, node: Node) -> bool:
        """Whether seeing one of its patterns proves the node."""
        if isinstance(node, Term):
            return not self.leaf(node).checked
        return isinstance(node, Or) and all(self.is_plain(child) for child in node.children)


@dataclass(frozen=True, slots=True)
class Plan:
    groups: tuple[Group, ...]  # one of each must have been seen
    excluded: Group  # seeing one of these rules the rule out
    exact: bool  # the two above decide; nothing else need be looked at


def plan(node: Node, unless: Node | None, patterns: Patterns) -> Plan:
    parts = node.children if isinstance(node, And) else (node,)
    groups: dict[Group, None] = {}
    excluded: set[int] = set()
    exact = True
    for part in parts:
        if isinstance(part, Not):
            if patterns.is_plain(part.child):
                excluded |= patterns.necessary(part.child)[0]
            else:
                exact = False
            continue
        groups.update(dict.fromkeys(patterns.necessary(part)))
        exact = exact and patterns.is_plain(part)
    if unless is not None:
        if patterns.is_plain(unless):
            excluded |= patterns.necessary(unless)[0]
        else:
            exact = False
    ordered = sorted(groups, key=patterns.cost)
    return Plan(tuple(ordered), frozenset(excluded), exact)
