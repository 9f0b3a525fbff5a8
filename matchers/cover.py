"""Which rules are worth a look: those of which all that is necessary was seen.

A rule is one bit of a whole number, so that one operation speaks of all rules at once: for every
pattern a number tells which rules ask for it. To ask the patterns, not the rules, is the idea of
Lucene Monitor's presearcher and of Elasticsearch's percolator.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import reduce
from operator import or_

from matchers.holding import Part
from matchers.parts import Both, Without
from matchers.patterns import Ids

ASKED = 2  # groups of a rule that are asked of all rules at once; what is left is few


@dataclass(frozen=True, slots=True)
class Need:
    """What must have been seen for one rule to hold."""

    groups: tuple[Ids, ...]  # one pattern of each; the rarest first
    excluded: Ids  # none of these
    exact: bool  # the two prove the rule; nothing else need be looked at


def need_of(query: Part, unless: Part | None) -> Need:
    parts = query.children if isinstance(query, Both) else (query,)
    excluded: list[Part] = [] if unless is None else [unless]
    wanted: list[Part] = []
    for part in parts:
        if isinstance(part, Without):
            excluded.append(part.child)
        else:
            wanted.append(part)
    return Need(
        tuple(dict.fromkeys(group for part in wanted for group in part.groups)),
        frozenset().union(*(part.groups[0] for part in excluded if part.plain)),
        all(part.plain for part in (*wanted, *excluded)),
    )


class Plane:
    """One group of every rule: which rules were asked for by what was seen."""

    def __init__(self, groups: Sequence[Ids | None], size: int) -> None:
        """`size` is the number of patterns. None stands for a rule that asks for nothing here, and so is always found."""
        asked: dict[int, list[int]] = {}
        self.always = 0
        for rule, group in enumerate(groups):
            if group is None:
                self.always |= 1 << rule
            for one in group or ():
                asked.setdefault(one, []).append(rule)
        alone = [1 << rule for rule in range(len(groups))]  # shared: most patterns have one rule
        # A list, not a mapping: at a thousand rules the time goes into fetching memory.
        self._rules = [0] * size
        for one, rules in asked.items():
            self._rules[one] = alone[rules[0]] if len(rules) == 1 else sum(alone[r] for r in rules)

    def found(self, seen: AbstractSet[int]) -> int:
        return reduce(or_, filter(None, map(self._rules.__getitem__, seen)), self.always)


class Cover:
    def __init__(self, needs: Sequence[Need], size: int) -> None:
        """`size` is the number of patterns."""
        self._needs = needs
        self._planes = [
            Plane([need.groups[rank] if rank < len(need.groups) else None for need in needs], size)
            for rank in range(ASKED)
        ]
        self._excluded = Plane([need.excluded for need in needs], size)

    def candidates(self, seen: set[int]) -> list[int]:
        """The numbers of the rules, in order."""
        first, second = self._planes
        rules = first.found(seen)
        if rules:
            rules &= second.found(seen)
        if rules:
            rules &= ~self._excluded.found(seen)
        return [rule for rule in bits(rules) if self._rest_seen(self._needs[rule], seen)]

    def _rest_seen(self, need: Need, seen: set[int]) -> bool:
        return len(need.groups) <= ASKED or not any(
            seen.isdisjoint(group) for group in need.groups[ASKED:]
        )


def bits(number: int) -> list[int]:
    """The places of the ones."""
    written = bin(number)[:1:-1]
    found: list[int] = []
    place = written.find("1")
    while place >= 0:
        found.append(place)
        place = written.find("1", place + 1)
    return found
