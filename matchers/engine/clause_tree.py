"""The clause tree of a hit as JSON: which parts held, and which evidence shows it."""

from collections.abc import Iterable, Mapping, Sequence

from matchers.engine.evaluation import Evaluation, Matcher
from matchers.engine.operators import AllOf, AnyOf, AnyTerm, NoneOf, TermMatcher
from matchers.engine.scanned_text import Mark
from matchers.query.labels import head

Places = Mapping[Mark, int]


def clause_tree(
    query: Matcher, unless: Matcher | None, holder: Evaluation, ordered: Sequence[Mark]
) -> str:
    """`{"op","text","held","evidence":[indices],"clauses":[…]}`; of an OR only what held is told.

    For NOT and UNLESS, `held` says that the exclusion did not apply. `ordered` are the marks of
    the hit's evidence, in the same order.
    """
    places = {mark: index for index, mark in enumerate(ordered)}
    tree = write_part(query, holder, places)
    if unless is not None:
        excluded = head_of(unless).replace('"op":', '"op":"UNLESS","of":', 1)
        tree = f'{{"op":"RULE","held":true,"clauses":[{tree},{excluded},"held":true}}]}}'
    return tree


def head_of(part: Matcher) -> str:
    """Written when first asked for: most parts never hold anywhere."""
    if not part.head:
        part.head = head(part.node)
    return part.head


def write_part(part: Matcher, holder: Evaluation, places: Places) -> str:
    """One part that held, and the parts of it that held."""
    begin = part.head or head_of(part)
    kind = type(part)
    if kind is TermMatcher:
        return f'{begin},"held":true,"evidence":[{evidence_numbers(part.places(holder), places)}]}}'
    if isinstance(part, AnyTerm | AnyOf):
        held = holder.held(part)
        of = "" if len(held) == part.table.size else f',"of":{part.table.size}'
        inner = ",".join([write_part(child, holder, places) for child in held])
        return f'{begin}{of},"held":true,"clauses":[{inner}]}}'
    if isinstance(part, AllOf):
        inner = ",".join([write_part(child, holder, places) for child in part.children])
        return f'{begin},"held":true,"clauses":[{inner}]}}'
    if kind is NoneOf:
        return begin + ',"held":true}'
    return f'{begin},"held":true,"evidence":[{evidence_numbers(holder.proof(part), places)}]}}'


def evidence_numbers(marks: Iterable[Mark], places: Places) -> str:
    """Which evidence the marks are; what is beyond the most that a hit keeps is left out."""
    numbers = [places[mark] for mark in marks if mark in places]
    return str(numbers[0]) if len(numbers) == 1 else ",".join(map(str, sorted(numbers)))
