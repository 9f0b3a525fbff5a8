"""Which rules are worth a look: those of which all that is necessary was seen.

A rule is one bit of a whole number, so that one operation speaks of all rules at once: for every
pattern a number tells of which rules it is in the rarest group. To ask the patterns, not the rules, is the idea of
Lucene Monitor's presearcher and of Elasticsearch's percolator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from matchers.engine.evaluation import Matcher
from matchers.engine.operators import AllOf, NoneOf
from matchers.engine.scanning.patterns import Ids


@dataclass(frozen=True, slots=True)
class Need:
    """What must have been seen for one rule to hold."""

    groups: tuple[Ids, ...]  # one pattern of each; the rarest first
    excluded: Ids  # none of these
    exact: bool  # the two prove the rule; nothing else need be looked at


def need_of(query: Matcher, unless: Matcher | None) -> Need:
    parts = query.children if isinstance(query, AllOf) else (query,)
    excluded: list[Matcher] = [] if unless is None else [unless]
    required: list[Matcher] = []
    for matcher in parts:
        if isinstance(matcher, NoneOf):
            excluded.append(matcher.child)
        else:
            required.append(matcher)
    return Need(
        tuple(dict.fromkeys(group for matcher in required for group in matcher.groups)),
        frozenset().union(*(matcher.groups[0] for matcher in excluded if matcher.plain)),
        all(matcher.plain for matcher in (*required, *excluded)),
    )


class Presearcher:
    def __init__(self, needs: Sequence[Need], size: int) -> None:
        """`size` is the number of patterns."""
        rules_by_pattern: dict[int, list[int]] = {}
        self._always = 0  # rules of which nothing need be seen
        for rule, need in enumerate(needs):
            if not need.groups:
                self._always |= 1 << rule
            for pattern in need.groups[0] if need.groups else ():
                rules_by_pattern.setdefault(pattern, []).append(rule)
        alone = [1 << rule for rule in range(len(needs))]  # shared: most patterns have one rule
        # A list, not a mapping: at a thousand rules the time goes into fetching memory.
        self._rules = [0] * size
        for pattern, rules in rules_by_pattern.items():
            self._rules[pattern] = (
                alone[rules[0]] if len(rules) == 1 else sum(alone[r] for r in rules)
            )
        self._others = [(need.excluded, need.groups[1:]) for need in needs]

    def candidates(self, seen_patterns: set[int]) -> list[int]:
        """The numbers of the rules, in order."""
        rule_bits = filter(None, map(self._rules.__getitem__, seen_patterns))
        unseen, others = seen_patterns.isdisjoint, self._others
        rules: list[int] = []
        for rule in bits(reduce(or_, rule_bits, self._always)):
            excluded, groups = others[rule]
            for group in groups:
                if unseen(group):
                    break
            else:
                if unseen(excluded):
                    rules.append(rule)
        return rules


def bits(number: int) -> list[int]:
    """The places of the ones."""
    written = bin(number)[:1:-1]
    rules: list[int] = []
    place = written.find("1")
    while place >= 0:
        rules.append(place)
        place = written.find("1", place + 1)
    return rules
