"""Rules, as rule files hold them."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Examples:
    match: tuple[str, ...]
    ignore: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of rules/*.yaml. `sha256` covers what decides a hit: query, unless, languages, lists."""

    id: str
    title: str
    severity: Severity
    category: str
    query: str
    examples: Examples
    unless: str | None = None
    languages: tuple[str, ...] = ()
    status: Literal["stable", "experimental", "disabled"] = "stable"
    catch_all: bool = False  # a hit only where no sharper rule hits
    description: str = ""
    references: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    sha256: str = ""
