"""Hits: where a rule matched, and the passages that show it."""

from dataclasses import dataclass
from typing import Literal

from model.rule import Severity

Field = Literal["title", "body", "summary", "source", "url", "lang"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One matched passage: `field[start:end] == text`, in characters of the stored text."""

    field: Field
    start: int
    end: int
    text: str
    clause: str  # the clause of the query that it satisfies, in canonical form


@dataclass(frozen=True, slots=True)
class Hit:
    rule_id: str
    rule_sha256: str
    severity: Severity
    category: str
    score: float  # 0 to 1
    evidence: tuple[Evidence, ...]
    snippet: str  # the best sentence or two
    snippet_field: Field = "body"
    snippet_start: int = 0  # offset of the snippet in that field
    clauses: str = "{}"  # JSON: the clause tree with what held
    relevance: float = 1.0  # chance from 0 to 1 that an analyst wants the article
    weights_sha256: str = ""  # of the weights behind it; "": none, every hit counts in full
    relevance_parts: tuple[tuple[str, float], ...] = ()  # what moves it most, in log-odds


@dataclass(frozen=True, slots=True)
class EntryMatch:
    """What the rules found in the words of one entry."""

    entry_id: int
    text_sha256: str
    hits: tuple[Hit, ...]
