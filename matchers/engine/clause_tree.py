"""The clause tree of a hit as JSON: which parts held, and which evidence shows it."""

from collections.abc import Iterable, Mapping, Sequence

from matchers.engine.evaluation import Evaluation, Matcher
from matchers.engine.operators import AllOf, AnyOf, AnyTerm, NoneOf, TermMatcher
from matchers.engine.scanning.scanned_text import Occurrence
from matchers.query.labels import head

Places = Mapping[Occurrence, int]


def clause_tree(
    query: Matcher, unless: Matcher | None, evaluation: Evaluation, ordered: Sequence[Occurrence]
) -> str:
    """`{"op","text","held","evidence":[indices],"clauses":[…]}`; of an OR only the parts that matched are listed.

    For NOT and UNLESS, `held` says that the exclusion did not apply. `ordered` are the occurrences of
    the hit's evidence, in the same order.
    """
    places = {occurrence: index for index, occurrence in enumerate(ordered)}
    tree = write_part(query, evaluation, places)
    if unless is not None:
        excluded = head_of(unless).replace('"op":', '"op":"UNLESS","of":', 1)
        tree = f'{{"op":"RULE","held":true,"clauses":[{tree},{excluded},"held":true}}]}}'
    return tree


def head_of(matcher: Matcher) -> str:
    """Written when first asked for: most parts never hold anywhere."""
    if not matcher.head:
        matcher.head = head(matcher.node)
    return matcher.head


def write_part(matcher: Matcher, evaluation: Evaluation, places: Places) -> str:
    """One part that held, and the parts of it that held."""
    begin = matcher.head or head_of(matcher)
    kind = type(matcher)
    if kind is TermMatcher:
        return f'{begin},"held":true,"evidence":[{evidence_numbers(matcher.places(evaluation), places)}]}}'
    if isinstance(matcher, AnyTerm | AnyOf):
        parts = evaluation.matching_parts(matcher)
        of = "" if len(parts) == matcher.table.size else f',"of":{matcher.table.size}'
        inner = ",".join([write_part(child, evaluation, places) for child in parts])
        return f'{begin}{of},"held":true,"clauses":[{inner}]}}'
    if isinstance(matcher, AllOf):
        inner = ",".join([write_part(child, evaluation, places) for child in matcher.children])
        return f'{begin},"held":true,"clauses":[{inner}]}}'
    if kind is NoneOf:
        return begin + ',"held":true}'
    return (
        f'{begin},"held":true,"evidence":[{evidence_numbers(evaluation.proof(matcher), places)}]}}'
    )


def evidence_numbers(occurrences: Iterable[Occurrence], places: Places) -> str:
    """Which evidence the occurrences are; what is beyond the most that a hit keeps is left out."""
    numbers = [places[occurrence] for occurrence in occurrences if occurrence in places]
    return str(numbers[0]) if len(numbers) == 1 else ",".join(map(str, sorted(numbers)))
