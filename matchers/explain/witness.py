"""What an engine found in one text, asked by the nodes of a query: for explanations."""

from collections.abc import Mapping

from matchers.engine.compile import Compiler
from matchers.engine.engine import Engine
from matchers.engine.evaluation import Occurrences
from matchers.engine.positions import Positions, Span
from matchers.query.ast import Node
from matchers.text.article_text import ArticleText
from matchers.text.segments import Unit
from model import Evidence


class Witness:
    def __init__(self, engine: Engine, text: ArticleText) -> None:
        self.evaluation = engine.evaluate(text)
        self.scanned = self.evaluation.scanned
        # One of its own, as threads of the review server share an engine, and a compiler counts.
        self._matcher = Compiler(engine.patterns).matcher
        self._patterns = engine.patterns

    def holds(self, node: Node) -> bool:
        return self.evaluation.holds(self._matcher(node))

    def evidence(self, node: Node) -> tuple[Evidence, ...]:
        matcher = self._matcher(node)
        if not self.evaluation.holds(matcher):
            return ()
        return self.evaluation.passages(self.evaluation.proof(matcher))

    def expected_share(self, terms: Node) -> float:
        """The share of articles in which one of these terms is expected; estimated, and at most 1."""
        [one_of_these] = self._matcher(terms).groups
        return min(1.0, self._patterns.cost(one_of_these) / 100)

    def joined(self, node: Node) -> bool:
        """Whether headline and lede are one text for it."""
        return self._matcher(node).joined

    def units(self, node: Node, unit: Unit) -> Mapping[int, Occurrences]:
        return self.evaluation.by_unit(self._matcher(node), unit)

    def spans(self, node: Node) -> list[Span]:
        return self._matcher(node).spans(self.evaluation)

    def positions(self, node: Node) -> Positions:
        return self.evaluation.positions(self._matcher(node))
