"""Every fault of a query, not the first alone: each is fixed in a copy, and the rest is read on."""

import re
from collections.abc import Iterator, Mapping

from matchers.query.ast import Or
from matchers.query.lexer import CLOSING, OPENING
from matchers.query.parser import parse_query
from model import QueryError

MOST_FAULTS = 25
CONSEQUENCES = ("an operator is missing", "a term is missing")
MISPLACED = "cannot stand inside"  # said of all that its parentheses hold
REMOVED = re.compile(r"[()*]|ATLEAST\S*|[^:]*:")
FOREIGN_OPERATOR = re.compile(
    r"[&|]|O?NEAR|SENTENCE|PARAGRAPH", re.IGNORECASE
)  # operators, and what is meant for one
Stretch = tuple[int, int]


def query_faults(query: str, lists: Mapping[str, Or]) -> list[QueryError]:
    """The faults of a query in the order of their places; none when it can be read.

    A missing operator or term right beside another fault follows from that one and is not told.
    """
    faults: list[QueryError] = []
    stretches: list[Stretch] = []  # what was fixed
    text, error = query, first_fault(query, lists)
    while error is not None and len(stretches) < MOST_FAULTS:
        if not (error.why.startswith(CONSEQUENCES) and touches(text, stretches, error)):
            faults.append(error)
        stretch = faulty(text, error)
        text, after = next(another(text, stretch, error, lists), (text, None))
        stretches.append(stretch)
        error = after
    unique = {(fault.start, fault.why): fault for fault in faults}
    return sorted(unique.values(), key=lambda fault: fault.start)


def first_fault(query: str, lists: Mapping[str, Or]) -> QueryError | None:
    try:
        parse_query(query, lists)
    except QueryError as error:
        return error
    return None


def faulty(query: str, error: QueryError) -> Stretch:
    """What must change for the rest to be read."""
    start, end = error.start, min(max(error.end, error.start + 1), len(query))
    if query[start:end] in OPENING and not any(char in CLOSING for char in query[end:]):
        end = len(query)  # the quotation mark is never closed
    if query[start] == "(" and error.why.startswith(CONSEQUENCES):
        end = closing(query, start)
    opening = len(query[:start].rstrip()) - 1
    if MISPLACED in error.why and query[opening : opening + 1] == "(":
        end = max(end, closing(query, opening) - 1)  # all that stands in these parentheses
    return start, end


def closing(query: str, start: int) -> int:
    """Behind the parenthesis that closes the one at `start`."""
    depth = 0
    for index in range(start, len(query)):
        depth += (query[index] == "(") - (query[index] == ")")
        if depth == 0:
            return index + 1
    return len(query)


def another(
    query: str, stretch: Stretch, error: QueryError, lists: Mapping[str, Or]
) -> Iterator[tuple[str, QueryError | None]]:
    """The query as it may be fixed, each with its first fault, where that is another one."""
    for text in fixed(query, stretch, error):
        after = first_fault(text, lists)
        if after is None or (after.start, after.why) != (error.start, error.why):
            yield text, after


def fixed(query: str, stretch: Stretch, error: QueryError) -> Iterator[str]:
    """The query with nothing, a word or an operator there; of the same length, the likeliest first."""
    start, end = stretch
    written = query[start:end]
    word = "z" * min(4, end - start)
    likely = word
    if error.why.startswith(CONSEQUENCES) or REMOVED.fullmatch(written):
        likely = ""
    elif FOREIGN_OPERATOR.match(written):
        likely = "OR"
    for stand_in in dict.fromkeys((likely, "", word, "OR")):
        if end - start >= len(stand_in):
            yield query[:start] + stand_in.ljust(end - start) + query[end:]


def touches(query: str, stretches: list[Stretch], error: QueryError) -> bool:
    """Whether nothing but blanks stands between an error and one of some stretches."""
    return any(
        not query[min(end, error.end) : max(start, error.start)].strip() for start, end in stretches
    )
