"""Names in queries: of parties and people, of which a rule must not live alone, and those that changed."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from config.read import LOADER
from matchers.query.ast import And, Node, Not, Or, Term, Window, children, error_at, walk
from matchers.text.normalize import folded_words
from model import QueryError

PARTIES = Path(__file__).with_name("parties.yaml")


@cache
def name_lists() -> dict[str, Any]:
    data = yaml.load(PARTIES.read_text(encoding="utf-8"), LOADER)  # noqa: S506
    assert isinstance(data, dict)
    return data


@cache
def name_words() -> tuple[frozenset[tuple[str, ...]], frozenset[str]]:
    """Names of parties and people as folded words, and the prefixes among them."""
    lists = name_lists()
    entries = [*lists["parties"], *lists["people"]]
    whole = frozenset(folded_words(entry) for entry in entries if not entry.endswith("*"))
    return whole, frozenset(folded_words(entry)[0] for entry in entries if entry.endswith("*"))


def is_name(term: Term) -> bool:
    whole, prefixes = name_words()
    words = term.variants[0].words
    if words in whole or any(words[0].startswith(prefix) for prefix in prefixes):
        return True
    return len(words) == 2 and words[1:] in whole  # a first name before it


def only_names(node: Node) -> bool:
    """Whether some way to satisfy the node needs nothing but names."""
    if isinstance(node, Term):
        return is_name(node)
    if isinstance(node, Window):
        return all(is_name(term) for term in node.terms)
    if isinstance(node, Or):
        return any(only_names(child) for child in node.children)
    inner = [child for child in children(node) if not isinstance(child, Not)]
    if isinstance(node, And):  # where it was published is no conduct
        inner = [child for child in inner if not about_article(child)]
    return bool(inner) and all(only_names(child) for child in inner)


def about_article(node: Node) -> bool:
    leaves = [leaf for leaf in walk(node) if isinstance(leaf, Term)]
    return bool(leaves) and all(leaf.scope in ("source", "url", "lang") for leaf in leaves)


def old_names(query: Node) -> Iterator[QueryError]:
    """A name that changed, where the query lacks what it is called now."""
    terms = [term for term in walk(query) if isinstance(term, Term)]
    phrases = {term.variants[0].words for term in terms}
    for old, new in name_lists().get("renamed", {}).items():
        if folded_words(new) in phrases:
            continue
        for term in terms:
            if term.variants[0].words == folded_words(old):
                yield error_at(
                    term,
                    f"{old} is called {new} today",
                    f'look for both: ({term.text} OR "{new}")',
                    width=len(term.text),
                )
                break
