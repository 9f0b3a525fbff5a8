"""How near a text comes to a query that it does not satisfy, in bits, by how rare its words are.

A rule of the shipped set is an OR of many pairs: one word of it stands in nearly every text on elections.
So what stands there counts as much as it surprises (minus the logarithm of the share of articles in which
it is expected), and an OR of many ways is nearer by chance than one of few.
"""

from dataclasses import dataclass
from math import log2

from matchers.explain.witness import Witness
from matchers.query.ast import AtLeast, Near, Node, Not, Or, Term, Window, children

RAREST_SHARE = (
    0.0001  # share of articles; a word that the estimates do not know is not held for rarer
)
NOT_TOGETHER = 1.0  # bits that are missing where all words are there, but not together
EXCLUDED = 3.0  # where an exclusion applies


@dataclass(frozen=True, slots=True)
class Nearness:
    """`held`: bits of what stands in the text, less those of the ways that there were to find it;
    `missing`: bits of what does not."""

    held: float
    missing: float

    @property
    def lead(self) -> float:
        return self.held - self.missing


NOTHING = Nearness(0.0, 0.0)


def nearness(node: Node, witness: Witness) -> Nearness:
    """Of the alternatives of an OR, the nearest."""
    if is_flat(node):
        bits = surprise(node, witness)
        return Nearness(bits, 0.0) if witness.holds(node) else Nearness(0.0, bits)
    if isinstance(node, Or):
        best = max((nearness(child, witness) for child in node.children), key=lambda n: n.lead)
        return Nearness(best.held - log2(len(node.children)), best.missing)
    if isinstance(node, Not):
        return NOTHING if witness.holds(node) else Nearness(0.0, EXCLUDED)
    parts = node.terms if isinstance(node, Window) else children(node)
    near = [nearness(part, witness) for part in parts]
    bits_held, missing = sum(part.held for part in near), sum(part.missing for part in near)
    is_apart = isinstance(node, Near | Window | AtLeast) and not missing and not witness.holds(node)
    return Nearness(bits_held, NOT_TOGETHER if is_apart else missing)


def is_flat(node: Node) -> bool:
    """Whether it is one list of terms, however nested."""
    return isinstance(node, Term) or (
        isinstance(node, Or) and (node.name is not None or all(map(is_flat, node.children)))
    )


def surprise(node: Node, witness: Witness) -> float:
    """Bits that one of these terms tells by standing in a text: 0 where every text holds one."""
    return -log2(min(1.0, max(RAREST_SHARE, witness.expected_share(node))))
