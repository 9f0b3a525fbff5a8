"""Fields: a whole part of a query held to the title, the lede, the body and so on."""

from dataclasses import replace

from matchers.query.ast import SCOPES, Near, Node, Or, Scope, Term, Window, with_operands
from matchers.query.lexer import Token

Scoped = dict[tuple[str, Scope], Or]


def scope_named(name: str) -> Scope:
    return next(scope for scope in SCOPES if scope == name)


def held_to_field(node: Node, scope: Scope, token: Token, scoped: Scoped) -> Node:
    """The node with every term in it held to one field."""
    if isinstance(node, Term | Window):
        return _leaf(node, scope, token)
    if isinstance(node, Or):
        return _either(node, scope, token, scoped)
    if isinstance(node, Near) and scope in ("source", "url", "lang"):
        raise token.error(f"{node.kind} has no meaning in {scope}:")
    return with_operands(node, lambda child: held_to_field(child, scope, token, scoped))


def _leaf(node: Term | Window, scope: Scope, token: Token) -> Term | Window:
    if node.scope != "any":
        raise token.error(
            f"{node.scope}: stands inside {scope}:",
            "a term has one field; take one of the two away",
        )
    if isinstance(node, Term):
        # Not by `replace`, which takes three times as long: there are twenty thousand of them.
        return Term(node.text, node.variants, scope, node.at)
    terms = tuple(replace(term, scope=scope) for term in node.terms)
    return replace(node, scope=scope, terms=terms)


def _either(node: Or, scope: Scope, token: Token, scoped: Scoped) -> Or:
    """Word lists are narrowed once, so that all their uses share the result."""
    key = (node.name or "", scope)
    if node.name is not None and key in scoped:
        return scoped[key]
    inner = tuple(held_to_field(child, scope, token, scoped) for child in node.children)
    narrowed = replace(node, children=inner, scope=scope if node.name else "any")
    if node.name is not None:
        scoped[key] = narrowed
    return narrowed
