"""What may stand beside an operator of distance."""

from matchers.query.ast import And, AtLeast, Near, Node, Not, Or, Term, Window, children
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
        hint = "write (A NEAR/5 C) AND (B NEAR/5 C), or use SENTENCE"
    width = {"NOT": 3, "ATLEAST": 7}.get(what, 1)
    raise QueryError(f"{what} cannot stand inside {operator.text}", node.at, node.at + width, hint)


def check_unit(node: Node, operator: Token) -> None:
    """What may be asked of one sentence or paragraph."""
    if isinstance(node, Term | Window):
        check_place(node, operator)
        return
    kind = operator.operator
    if isinstance(node, Not):
        raise QueryError(
            f"NOT cannot stand inside {operator.text}",
            node.at,
            node.at + 3,
            "exclude with AND NOT (…) outside of it",
        )
    unfit = (isinstance(node, AtLeast) and kind != "PARAGRAPH") or (
        isinstance(node, Near) and node.kind == "PARAGRAPH" and kind != "PARAGRAPH"
    )
    if unfit:
        what = "ATLEAST" if isinstance(node, AtLeast) else "PARAGRAPH"
        width = 7 if isinstance(node, AtLeast) else 1
        raise QueryError(f"{what} cannot stand inside {operator.text}", node.at, node.at + width)
    for child in children(node):
        check_unit(child, operator)


def check_place(node: Term | Window, operator: Token) -> None:
    if node.scope in ("source", "url", "lang"):
        raise QueryError(
            f"{node.scope}: cannot stand beside {operator.text}",
            operator.start,  # the term may come from a word list
            operator.end,
            "distances are counted in the title and the body",
        )
