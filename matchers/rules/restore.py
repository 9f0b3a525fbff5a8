"""A rule as it was last whole: its query with all word lists written out, and compiled again.

A rule file that somebody is editing must not blind the desk: the run goes on with the version
that the database keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from matchers.query.ast import Node, Or, Term, canonical, with_operands
from matchers.query.parser import parse_query
from matchers.query.terms import crossing
from model import Examples, QueryError, Rule

# Of queries that are kept; in the first, phrases ran across commas and sentences
LANGUAGE_VERSION = 2


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """Query and exclusion of one rule without a `$list` in them."""

    query: str
    unless: str | None
    language: int = LANGUAGE_VERSION


@dataclass(frozen=True, slots=True)
class RestoredRule:
    rule: Rule
    query: Node
    unless: Node | None


def written_out(query: Node, unless: Node | None) -> WrittenOut:
    """What can be parsed again when the files of the word lists are gone."""
    return WrittenOut(
        canonical(without_names(query)),
        None if unless is None else canonical(without_names(unless)),
    )


def without_names(node: Node) -> Node:
    """The tree with its word lists as plain OR groups, to be written and not to be matched."""
    if isinstance(node, Or):
        return replace(node, name=None, children=entries_of(node))
    return with_operands(node, without_names)


def entries_of(node: Or) -> tuple[Node, ...]:
    """The children of a group without names. Those of a word list, thousands of terms of one field,
    as one term that reads like all of them: rules are written out at the start of a run."""
    if node.name is None or not all(is_plain_entry(child, node) for child in node.children):
        return tuple(map(without_names, node.children))
    texts = [child.text for child in node.children if isinstance(child, Term)]
    return (Term(" OR ".join(texts), (), node.scope),)


def is_plain_entry(child: Node, of: Or) -> bool:
    return isinstance(child, Term) and child.scope == of.scope


def across_marks(node: Node) -> Node:
    """The tree with phrases that run across commas and ends of sentences, as they once did."""
    if isinstance(node, Term):
        return crossing(node)
    return with_operands(node, across_marks)


def restored(definition: Mapping[str, Any]) -> RestoredRule | None:
    """The rule of a stored definition, with the hash that it had; None where it was not kept whole.

    `definition` is `Rule` as a mapping, with `written_out` beside its fields.
    """
    whole = definition.get("written_out")
    if not isinstance(whole, Mapping):
        return None
    try:
        query = parse_query(str(whole["query"])).node
        unless = parse_query(str(whole["unless"])).node if whole.get("unless") else None
    except QueryError:  # written by a version whose language was another
        return None
    if whole.get("language", 1) < LANGUAGE_VERSION:
        query, unless = across_marks(query), unless and across_marks(unless)
    return RestoredRule(as_rule(definition), query, unless)


def as_rule(definition: Mapping[str, Any]) -> Rule:
    fields = {name: definition[name] for name in Rule.__dataclass_fields__ if name in definition}
    fields["examples"] = Examples(match=(), ignore=())  # asked when it was loaded, not again
    for name in ("languages", "references", "false_positives"):
        fields[name] = tuple(fields.get(name, ()))
    return Rule(**fields)
