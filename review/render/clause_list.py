"""The clause tree of a hit, as stored, ready to be shown as a list in a list."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from review.render.highlight import MARK_COLOURS, MatchedTerm

LONGEST_LABEL = 400


@dataclass(frozen=True, slots=True)
class Clause:
    op: str
    text: str
    held: bool
    words: tuple[tuple[str, int], ...]  # what of the text satisfied it, each with its colour
    clauses: tuple["Clause", ...]
    of: int | None  # an OR had so many sides; only those that held are listed


def clause_rows(
    clauses_json: str, terms: Sequence[MatchedTerm], colours: dict[str, int]
) -> Clause | None:
    """None when no tree is stored."""
    stored = json.loads(clauses_json)
    return _clause(stored, terms, colours) if isinstance(stored, dict) and stored else None


def _clause(
    stored: dict[str, object], terms: Sequence[MatchedTerm], colours: dict[str, int]
) -> Clause:
    indices = stored.get("evidence")
    clause_terms = (
        [terms[i] for i in indices if isinstance(i, int) and i < len(terms)]
        if isinstance(indices, list)
        else []
    )
    inner = stored.get("clauses")
    below = [part for part in inner if isinstance(part, dict)] if isinstance(inner, list) else []
    of = stored.get("of")
    return Clause(
        str(stored.get("op", "")), str(stored.get("text", ""))[:LONGEST_LABEL], stored.get("held") is True,
        tuple({term.text: colours.get(term.clause, MARK_COLOURS) for term in clause_terms}.items())[:8],
        tuple(_clause(part, terms, colours) for part in below),
        of if isinstance(of, int) else None,
    )  # fmt: skip
