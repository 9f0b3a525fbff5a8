"""All rules of a folder with their trees."""

from dataclasses import dataclass

from matchers.query.ast import Node
from matchers.relevance.weights import Weights
from model import Rule


@dataclass(frozen=True)
class RuleSet:
    """All rules of a folder, disabled ones included. Can be pickled; compile it once per process."""

    path: str
    rules: tuple[Rule, ...]
    trees: tuple[tuple[Node, Node | None], ...]
    sha256: str
    weights: Weights | None = None  # of the relevance; None: every hit counts in full

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def tree(self, rule_id: str) -> tuple[Node, Node | None]:
        ids = [rule.id for rule in self.rules]
        return self.trees[ids.index(rule_id)]
