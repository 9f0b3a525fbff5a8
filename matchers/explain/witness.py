"""What an engine found in one text, asked by the nodes of a query: for explanations."""

from collections.abc import Mapping

from matchers.engine.engine import Engine
from matchers.engine.evaluation import Marks
from matchers.engine.positions import Positions, Span
from matchers.query.ast import Node
from matchers.text.article_text import ArticleText
from matchers.text.segments import Unit
from model import Evidence


class Witness:
    def __init__(self, engine: Engine, text: ArticleText) -> None:
        self.holder = engine.holding(text)
        self.view = self.holder.view
        self._part = engine.compiler.part

    def holds(self, node: Node) -> bool:
        return self.holder.holds(self._part(node))

    def evidence(self, node: Node) -> tuple[Evidence, ...]:
        part = self._part(node)
        return self.holder.passages(self.holder.proof(part)) if self.holder.holds(part) else ()

    def joined(self, node: Node) -> bool:
        """Whether headline and lede are one text for it."""
        return self._part(node).joined

    def units(self, node: Node, unit: Unit) -> Mapping[int, Marks]:
        return self.holder.by_unit(self._part(node), unit)

    def spans(self, node: Node) -> list[Span]:
        return self._part(node).spans(self.holder)

    def row(self, node: Node) -> Positions:
        return self.holder.row(self._part(node))
