"""The clause tree of a hit as JSON: which parts held, and which evidence shows it."""

from collections.abc import Iterable, Mapping, Sequence

from matchers.holding import Holder, Part
from matchers.labels import head
from matchers.parts import Both, Choice, Either, Single, Without
from matchers.view import Mark

Places = Mapping[Mark, int]


def clause_tree(query: Part, unless: Part | None, holder: Holder, ordered: Sequence[Mark]) -> str:
    """`{"op","text","held","evidence":[indices],"clauses":[…]}`; of an OR only what held is told.

    For NOT and UNLESS, `held` says that the exclusion did not apply. `ordered` are the marks of
    the hit's evidence, in the same order.
    """
    places = {mark: index for index, mark in enumerate(ordered)}
    tree = write(query, holder, places)
    if unless is not None:
        excluded = head_of(unless).replace('"op":', '"op":"UNLESS","of":', 1)
        tree = f'{{"op":"RULE","held":true,"clauses":[{tree},{excluded},"held":true}}]}}'
    return tree


def head_of(part: Part) -> str:
    """Written when first asked for: most parts never hold anywhere."""
    if not part.head:
        part.head = head(part.node)
    return part.head


def write(part: Part, holder: Holder, places: Places) -> str:
    """One part that held, and the parts of it that held."""
    begin = part.head or head_of(part)
    kind = type(part)
    if kind is Single:
        return f'{begin},"held":true,"evidence":[{numbers(part.places(holder), places)}]}}'
    if isinstance(part, Choice | Either):
        held = holder.held(part)
        of = "" if len(held) == part.table.size else f',"of":{part.table.size}'
        inner = ",".join([write(child, holder, places) for child in held])
        return f'{begin}{of},"held":true,"clauses":[{inner}]}}'
    if isinstance(part, Both):
        inner = ",".join([write(child, holder, places) for child in part.children])
        return f'{begin},"held":true,"clauses":[{inner}]}}'
    if kind is Without:
        return begin + ',"held":true}'
    return f'{begin},"held":true,"evidence":[{numbers(holder.proof(part), places)}]}}'


def numbers(marks: Iterable[Mark], places: Places) -> str:
    """Which evidence the marks are; what is beyond the most that a hit keeps is left out."""
    found = [places[mark] for mark in marks if mark in places]
    return str(found[0]) if len(found) == 1 else ",".join(map(str, sorted(found)))
