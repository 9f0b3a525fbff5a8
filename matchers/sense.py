"""Whether a query makes sense: it can match something, and not everything."""

from matchers.lexing import QueryError
from matchers.syntax import And, AtLeast, Near, Node, Not, Or, Term, Window, walk


def check_sense(query: Node, unless: Node | None) -> list[tuple[QueryError, str]]:
    """Faults of sense, each with the key that it belongs to."""
    found: list[tuple[QueryError, str]] = []
    for name, node in (("query", query), ("unless", unless)):
        if node is None:
            continue
        loose = unbound(node)
        if loose is not None:
            found.append((QueryError(
                "without anything beside NOT, this matches nearly every article",
                loose.at, loose.at + 3, "write … AND NOT …"), name))  # fmt: skip
    return found


def positive(node: Node) -> bool:
    """Whether something must have been found for the node to hold."""
    if isinstance(node, Not):
        return False
    if isinstance(node, Or):
        return all(positive(child) for child in node.children)
    if isinstance(node, And):
        return any(positive(child) for child in node.children)
    return True


def unbound(node: Node) -> Node | None:
    """A part that makes the node hold for want of something."""
    if positive(node):
        return None
    return next((one for one in walk(node) if isinstance(one, Not)), node)


__all__ = ["AtLeast", "Near", "Term", "Window", "check_sense"]
