"""All rules of a folder with their trees."""

from dataclasses import dataclass, replace
from hashlib import sha256

from matchers.query.ast import Node
from matchers.relevance.weights import Weights
from model import Rule


@dataclass(frozen=True)
class RuleSet:
    """All rules of a folder, disabled ones included. Can be pickled; compile it once per process."""

    path: str
    rules: tuple[Rule, ...]
    trees: tuple[tuple[Node, Node | None], ...]
    sha256: str  # of rules and weights: texts that another one judged are matched again
    weights: Weights | None = None  # of the relevance; None: every hit counts in full

    @property
    def weights_sha256(self) -> str | None:
        return None if self.weights is None else self.weights.sha256

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def tree(self, rule_id: str) -> tuple[Node, Node | None]:
        ids = [rule.id for rule in self.rules]
        return self.trees[ids.index(rule_id)]


def with_weights(rules: RuleSet, weights: Weights | None) -> RuleSet:
    """The same rules, their hits judged by these weights."""
    if weights is None:
        return rules
    both = sha256(f"{rules.sha256} {weights.sha256}".encode()).hexdigest()
    return replace(rules, weights=weights, sha256=both)
