"""From trees to compiled parts, equal parts of all rules made once."""

from collections.abc import Callable, Hashable, Sequence

from matchers.engine.evaluation import Matcher
from matchers.engine.operators import AllOf, AnyOf, AnyTerm, NoneOf, TermMatcher
from matchers.engine.proximity import AtLeastMatcher, NearMatcher, SameUnit, WindowMatcher, chain
from matchers.engine.scanning.patterns import Patterns
from matchers.query.ast import And, AtLeast, Near, Node, Not, Or, Term, Window


class Compiler:
    """Holds on to every node that it compiled, so that their identities stay theirs."""

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns
        self.matcher_count = 0
        self._by_node: dict[int, tuple[Node, Matcher]] = {}
        self._by_key: dict[Hashable, Matcher] = {}

    def forget(self) -> None:
        """Give back memory when all rules are compiled; a node asked for later is compiled anew."""
        self._by_node.clear()
        self._by_key.clear()

    def matcher(self, node: Node) -> Matcher:
        entry = self._by_node.get(id(node))
        if entry is None:
            entry = self._by_node[id(node)] = (node, self._compile(node))
        return entry[1]

    def _compile(self, node: Node) -> Matcher:
        if isinstance(node, Term):
            leaf = self.patterns.leaf(node)
            return self._once(("term", leaf.number), lambda number: TermMatcher(number, node, leaf))
        if isinstance(node, Near):
            return self._near(node)
        if isinstance(node, Window):
            terms = [self.matcher(term) for term in node.terms]
            window_key = ("window", node.text, node.scope)
            return self._once(window_key, lambda number: WindowMatcher(number, node, terms))
        if isinstance(node, Or | And):
            return self._group(node, [self.matcher(child) for child in node.children])
        child = self.matcher(node.child)
        if isinstance(node, AtLeast):
            key = ("atleast", node.count, child.number)
            return self._once(key, lambda number: AtLeastMatcher(number, node, child))
        assert isinstance(node, Not)
        return self._once(("not", child.number), lambda number: NoneOf(number, node, child))

    def _group(self, node: Or | And, children: Sequence[Matcher]) -> Matcher:
        numbers = tuple(child.number for child in children)
        if isinstance(node, And):
            return self._once(("and", numbers), lambda number: AllOf(number, node, children))
        kind = AnyTerm if all(child.flat for child in children) else AnyOf
        cost = self.patterns.cost
        key = ("or", node.name, node.scope, numbers)
        return self._once(key, lambda number: kind(number, node, children, cost))

    def _near(self, node: Near) -> Matcher:
        left, right = self.matcher(node.left), self.matcher(node.right)
        key = (node.kind, node.words, left.number, right.number)
        if node.kind in ("NEAR", "ONEAR"):
            return self._once(key, lambda number: NearMatcher(number, node, left, right))
        sides = [self.matcher(side) for side in chain(node)]
        return self._once(key, lambda number: SameUnit(number, node, sides))

    def _once(self, key: Hashable, make: Callable[[int], Matcher]) -> Matcher:
        compiled = self._by_key.get(key)
        if compiled is None:
            compiled = self._by_key[key] = make(self.matcher_count)
            self.matcher_count += 1
        return compiled
