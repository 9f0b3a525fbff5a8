"""Every distinct pattern of all rules, numbered, and the terms that they stand for."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain

from matchers.query.ast import Node, Or, Scope, Term, Variant, Window, children
from matchers.text.frequencies import commonness

META: tuple[Scope, ...] = ("source", "url", "lang")
# How much rarer a pattern is in one field than in the whole; decides speed only.
FIELD_SHARE: Mapping[Scope, float] = {
    "any": 1, "title": 0.15, "head": 0.45, "lede": 0.4, "body": 0.95, "summary": 0.3,
}  # fmt: skip
Ids = frozenset[int]
Numbered = tuple[int, dict[str, int], Variant]  # a variant, with its pattern's number and table


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A term with the numbers of its patterns; one object for each distinct term."""

    number: int
    term: Term
    clause: str
    patterns: tuple[tuple[int, Variant], ...]
    ids: Ids  # one of them is seen wherever the term holds
    checked: bool  # seeing one does not prove the term: its case or its gaps must be looked at
    single: bool  # every place of the term is one word
    crossing: Ids  # of the patterns those that hold only across a comma or the end of a sentence


class Patterns:
    """Patterns of title and body are numbered first, summaries included, then those of other fields, then hashtags.

    A pattern that is asked for in one field has a number of its own there, after all these, so
    that having seen the number proves `title:word` without another look.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        terms = list(dict.fromkeys(terms))
        self.main: dict[str, int] = {}
        self.meta: dict[str, int] = {}
        self.tags: dict[str, int] = {}
        self.costs: list[float] = []
        self.within: dict[Scope, dict[int, int]] = {}  # by field, from pattern to its number there
        self.guarded: dict[int, str] = {}  # phrases that stop at a comma: their words
        self.stopping: Ids = frozenset()
        self.crossing: dict[int, int] = {}  # of these, the number of places that do not stop
        variants_by_term = [
            [(self._table(t, v), pattern_key(v), v) for v in t.variants] for t in terms
        ]
        for table in (self.main, self.meta, self.tags):
            for of, key, variant in chain.from_iterable(variants_by_term):
                if of is table and key not in table:
                    table[key] = len(self.costs)
                    self.costs.append(commonness(variant.words, prefix=variant.prefix))
        numbered = [
            [(table[key], table, v) for table, key, v in variants] for variants in variants_by_term
        ]
        self._guard(chain.from_iterable(numbered))
        self.open_tags = [key for key in self.tags if key.endswith("*")]
        self._beyond = frozenset(self.crossing.values())
        self.by_number = [
            self._leaf(number, *term)
            for number, term in enumerate(zip(terms, numbered, strict=True))
        ]
        self._leaves = {leaf.term: leaf for leaf in self.by_number}

    def _guard(self, numbered: Iterable[Numbered]) -> None:
        """Note the phrases that stop at commas and ends of sentences. Where another term asks for
        the same words across such a mark, those places get a number of their own."""
        phrases = [(n, v) for n, table, v in numbered if table is self.main and len(v.words) > 1]
        self.guarded = {number: " ".join(v.words) for number, v in phrases if v.stops}
        self.stopping = frozenset(self.guarded)  # sets are compared by the smaller, a dict is not
        for number, variant in phrases:
            if number in self.guarded and may_cross(variant) and number not in self.crossing:
                self.crossing[number] = len(self.costs)
                self.costs.append(self.costs[number] / 10)

    @property
    def meta_from(self) -> int:
        return len(self.main)

    def leaf(self, term: Term) -> Leaf:
        return self._leaves[term]

    def _leaf(self, number: int, term: Term, numbered: Sequence[Numbered]) -> Leaf:
        """Loops rather than expressions: there are twenty thousand of them at the start of a run."""
        patterns: list[tuple[int, Variant]] = []
        checked, single = False, True
        for pattern, table, variant in numbered:
            patterns.append((pattern, variant))
            if variant.cased or variant.tight:
                checked = True
            if len(variant.words) > 1:
                single = False
                if may_cross(variant):
                    checked = checked or bool(variant.stops)
                    if table is self.main and pattern in self.crossing:
                        patterns.append((self.crossing[pattern], variant))
        numbers = [pattern for pattern, _ in patterns]
        any_field = term.scope == "any"
        return Leaf(
            number=number,
            term=term,
            clause=term.text if any_field else f"{term.scope}:{term.text}",
            patterns=tuple(patterns),
            ids=frozenset(numbers if any_field else [self._id(n, term.scope) for n in numbers]),
            checked=checked,
            single=single,
            crossing=self._beyond.intersection(numbers),
        )

    def _table(self, term: Term, variant: Variant) -> dict[str, int]:
        if is_tag(term, variant):
            return self.tags
        return self.meta if term.scope in META else self.main

    def _id(self, pattern: int, scope: Scope) -> int:
        numbers = self.within.setdefault(scope, {})
        if pattern not in numbers:
            numbers[pattern] = len(self.costs)
            self.costs.append(self.costs[pattern] * FIELD_SHARE.get(scope, 1))
        return numbers[pattern]

    def cost(self, ids: AbstractSet[int]) -> float:
        """The share of articles, in percent, in which one of them is expected; for order only."""
        return sum(self.costs[pattern] for pattern in ids)


def is_tag(term: Term, variant: Variant) -> bool:
    return variant.kind == "hashtag"


def may_cross(variant: Variant) -> bool:
    """Whether a comma may stand between some of its words."""
    return len(variant.stops) + len(variant.tight) < len(variant.words) - 1


def pattern_key(variant: Variant) -> str:
    """What the scanner looks for: words with blanks around, and an open end for a prefix."""
    if variant.kind == "hashtag":
        return variant.words[0] + ("*" if variant.prefix else "")
    return " " + " ".join(variant.words) + ("" if variant.prefix else " ")


def terms_of(trees: Iterable[Node]) -> Iterable[Term]:
    """Every term of some trees; word lists that they share are gone through once."""
    stack = list(trees)
    gone_through: set[int] = set()
    while stack:
        child = stack.pop()
        if isinstance(child, Term):
            yield child
            continue
        if isinstance(child, Or) and child.name is not None:
            if id(child) in gone_through:
                continue
            gone_through.add(id(child))
        stack.extend(child.terms if isinstance(child, Window) else children(child))
