"""The clause tree of a hit as JSON: which parts held, and which evidence shows it."""

from collections.abc import Mapping, Sequence

from matchers.holding import Holder, Marks
from matchers.syntax import And, Node, Not, Or
from matchers.view import Mark


def clause_tree(query: Node, unless: Node | None, holder: Holder, ordered: Sequence[Mark]) -> str:
    """`{"op","text","held","evidence":[indices],"clauses":[…]}`; of an OR only what held is told.

    For NOT and UNLESS, `held` says that the exclusion did not apply. `ordered` are the marks of
    the hit's evidence, in the same order.
    """
    places = {mark: index for index, mark in enumerate(ordered)}
    marks = holder.holds(query)
    assert marks is not None
    tree = write(query, marks, holder, places)
    if unless is not None:
        excluded = holder.patterns.labels.head(unless).replace('"op":', '"op":"UNLESS","of":', 1)
        tree = f'{{"op":"RULE","held":true,"clauses":[{tree},{excluded},"held":true}}]}}'
    return tree


def write(node: Node, marks: Marks, holder: Holder, places: Mapping[Mark, int]) -> str:
    """One part that held, and the parts of it that held."""
    head = holder.patterns.labels.head(node)
    if isinstance(node, Or | And):
        among = holder.likely(node) if isinstance(node, Or) else node.children
        inner = [
            write(child, found, holder, places)
            for child in among
            if (found := holder.holds(child)) is not None
        ]
        if len(inner) < len(node.children):
            head += f',"of":{len(node.children)}'
        return f'{head},"held":true,"clauses":[{",".join(inner)}]}}'
    if isinstance(node, Not):
        return head + ',"held":true}'
    found_at = ",".join([str(index) for index in sorted([places[m] for m in marks if m in places])])
    return f'{head},"held":true,"evidence":[{found_at}]}}'
