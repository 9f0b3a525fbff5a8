"""Short names for the parts of a query, as explanations show them."""

import json

from matchers.query.ast import And, AtLeast, Near, Node, Not, Or, Term, Window, canonical

LONGEST_CLAUSE_LABEL = 160


def operator(node: Node) -> str:
    if isinstance(node, Near):
        return f"{node.kind}/{node.words}" if node.kind in ("NEAR", "ONEAR") else node.kind
    if isinstance(node, AtLeast):
        return f"ATLEAST/{node.count}"
    if isinstance(node, Or) and node.name is not None:
        return "LIST"
    return {Term: "TERM", Window: "TERM", Or: "OR", And: "AND", Not: "NOT"}[type(node)]


def label(node: Node) -> str:
    text = canonical(node)
    return text if len(text) <= LONGEST_CLAUSE_LABEL else text[: LONGEST_CLAUSE_LABEL - 1] + "…"


def head(node: Node) -> str:
    """The beginning of the node's clause as JSON: what it is and what it says."""
    return f'{{"op":{json.dumps(operator(node))},"text":{json.dumps(label(node))}'
