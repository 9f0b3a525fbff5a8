"""What may stand beside an operator of distance, and beside OR without a second look."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from matchers.query.ast import And, AtLeast, Near, Node, Not, Or, Term, Window, children, error_at
from matchers.query.hints import mixed_distance
from matchers.query.lexer import Token
from model import QueryError


def check_operand(node: Node, operator: Token) -> None:
    """NEAR takes terms, OR groups of terms and other NEARs; SENTENCE and PARAGRAPH take AND too."""
    if operator.operator in ("SENTENCE", "PARAGRAPH"):
        check_unit(node, operator)
        return
    if isinstance(node, Term | Window):
        check_place(node, operator)
        return
    if isinstance(node, Near) and node.kind in ("NEAR", "ONEAR"):
        return
    if isinstance(node, Or):
        for child in node.children:
            check_operand(child, operator)
        return
    what = {And: "AND", Not: "NOT", AtLeast: "ATLEAST"}.get(type(node), getattr(node, "kind", ""))
    hint = "each side may be a term or an OR group"
    if isinstance(node, And):
        near = operator.text
        hint = f"write (A {near} C) AND (B {near} C), or use SENTENCE"
    width = {"NOT": 3, "ATLEAST": 7}.get(what, 1)
    raise error_at(node, f"{what} cannot stand inside {operator.text}", hint, width=width)


def check_unit(node: Node, operator: Token) -> None:
    """What may be asked of one sentence or paragraph."""
    if isinstance(node, Term | Window):
        check_place(node, operator)
        return
    kind = operator.operator
    if isinstance(node, Not):
        raise error_at(
            node,
            f"NOT cannot stand inside {operator.text}",
            "exclude with AND NOT (…) outside of it",
            width=3,
        )
    unfit = (isinstance(node, AtLeast) and kind != "PARAGRAPH") or (
        isinstance(node, Near) and node.kind == "PARAGRAPH" and kind != "PARAGRAPH"
    )
    if unfit:
        what = "ATLEAST" if isinstance(node, AtLeast) else "PARAGRAPH"
        width = 7 if isinstance(node, AtLeast) else 1
        raise error_at(node, f"{what} cannot stand inside {operator.text}", width=width)
    for child in children(node):
        check_unit(child, operator)


def check_place(node: Term | Window, operator: Token) -> None:
    if node.scope in ("source", "url", "lang"):
        raise operator.error(
            f"{node.scope}: cannot stand beside {operator.text}",
            "distances are counted in the title and the body",
        )


def misread_alternatives(
    nodes: Sequence[Node], written: Sequence[tuple[Token | None, QueryError | None]]
) -> Iterator[QueryError]:
    """Alternatives of an OR that were probably meant to be grouped: legal, but read otherwise.

    Of each node its operator of distance if it stands without parentheses, and what to say of a
    field that covers one word of it.
    """
    for (before, after), (first, second) in zip(pairwise(nodes), pairwise(written), strict=True):
        if (
            is_word_node(before)
            and second[0]
            and isinstance(after, Near)
            and is_word_node(after.left)
        ):
            yield mixed_distance(second[0])
        elif (
            is_word_node(after)
            and first[0]
            and isinstance(before, Near)
            and is_word_node(before.right)
        ):
            yield mixed_distance(first[0])
        if first[1] and isinstance(before, Term) and is_word_node(after) and second[1] is None:
            yield first[1]


def is_word_node(node: Node) -> bool:
    """A word or phrase anywhere in the text."""
    return isinstance(node, Term | Window) and node.scope == "any"
