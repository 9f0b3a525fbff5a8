"""The clause tree of a hit as JSON: which parts held, and which evidence shows it."""

import json
from collections.abc import Mapping, Sequence

from matchers.holding import Holder
from matchers.syntax import And, Node, Not, Or, children
from model import Evidence

Place = tuple[str, int, int, str]


def clause_tree(
    query: Node, unless: Node | None, holder: Holder, evidence: Sequence[Evidence]
) -> str:
    """`{"op","text","held","evidence":[indices],"clauses":[…]}`; of an OR only what held is told.

    For NOT and UNLESS, `held` says that the exclusion did not apply.
    """
    places: dict[tuple[str, int, int, str], int] = {
        (one.field, one.start, one.end, one.clause): index for index, one in enumerate(evidence)
    }
    tree = write(query, holder, places)
    if unless is not None:
        excluded = holder.patterns.labels.head(unless).replace('"op":', '"op":"UNLESS","of":', 1)
        tree = f'{{"op":"RULE","held":true,"clauses":[{tree},{excluded},"held":true}}]}}'
    return tree


def write(node: Node, holder: Holder, places: Mapping[Place, int]) -> str:
    head = holder.patterns.labels.head(node)
    marks = holder.holds(node)
    if isinstance(node, Not):
        return f'{head},"held":{json.dumps(marks is not None)}}}'
    if marks is None:
        return head + ',"held":false}'
    if isinstance(node, Or | And):
        among = children(node) if isinstance(node, And) else list(holder.likely(node))
        inner = [write(child, holder, places) for child in among if holder.holds(child) is not None]
        if isinstance(node, Or) and len(inner) < len(node.children):
            head += f',"of":{len(node.children)}'
        return f'{head},"held":true,"clauses":[{",".join(inner)}]}}'
    found = []
    for start, end, leaf in sorted(marks):
        field, first, last = holder.view.origin(start, end)
        index = places.get((field, first, last, holder.patterns.by_number[leaf].clause))
        if index is not None:
            found.append(index)
    return f'{head},"held":true,"evidence":{json.dumps(found, separators=(",", ":"))}}}'
