"""Word lists of rules/terms/*.yaml: `name: [term, …]`; a term may be `$other`."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from matchers.documents import Document, entries, read
from matchers.lexing import QueryError, Token, tokens
from matchers.misreadings import suggestion
from matchers.syntax import Node, Or
from matchers.terms import term

OPERATORS = {"AND", "OR", "NOT", "NEAR", "ATLEAST", "(", ")", "field", "~"}


@dataclass
class Draft:
    """A list as it stands in its file."""

    document: Document
    key: yaml.Node
    items: list[yaml.ScalarNode]
    names: list[tuple[str, yaml.ScalarNode]] = field(default_factory=list)
    terms: list[Node] = field(default_factory=list)


def load_lists(
    paths: list[tuple[Path, str]],
) -> tuple[dict[str, Or], dict[str, Draft], list[Document]]:
    """Every list, resolved; the drafts, for lint; the documents, with their faults."""
    drafts: dict[str, Draft] = {}
    documents: list[Document] = []
    for path, shown in paths:
        document, root = read(path, shown)
        documents.append(document)
        if root is not None:
            read_lists(document, root, drafts)
    for draft in drafts.values():
        read_terms(draft)
    resolved: dict[str, Or] = {}
    for name in drafts:
        resolve(name, drafts, resolved)
    return resolved, drafts, documents


def read_lists(document: Document, root: yaml.Node, drafts: dict[str, Draft]) -> None:
    for name, key, value in entries(document, root, None, "a file of word lists"):
        if (
            not name
            or not all(char.isalnum() or char in "-_" for char in name)
            or not name.isascii()
        ):
            document.fault(key, f'the name "{name}" may hold only letters, digits, - and _')
        elif name in drafts:
            other = drafts[name]
            where = f"{other.document.path}:{other.key.start_mark.line + 1}"
            document.fault(key, f"the list ${name} is also defined in {where}")
        elif not isinstance(value, yaml.SequenceNode) or not value.value:
            document.fault(value, "must be a list of terms, and not empty", name=name)
        else:
            items = [one for one in value.value if isinstance(one, yaml.ScalarNode)]
            for one in value.value:
                if not isinstance(one, yaml.ScalarNode):
                    hint = 'a term that holds ": " or begins with [ or { must stand in quotes'
                    document.fault(one, "a term must be text", name=name, hint=hint)
            drafts[name] = Draft(document, key, items)


def read_terms(draft: Draft) -> None:
    for item in draft.items:
        try:
            token = entry_token(item.value)
            if token.kind == "list":
                draft.names.append((token.text, item))
            else:
                draft.terms.append(term(token))
        except QueryError as error:
            draft.document.query_fault(item, error, draft.key.value)


def entry_token(text: str) -> Token:
    """The one term that an entry is; words without quotes make a phrase."""
    found = tokens(text.replace(" & ", "   "))[:-1]
    if len(found) == 1 and found[0].kind in ("word", "phrase", "list"):
        return found[0]
    for one in found:
        if one.kind in OPERATORS:
            raise QueryError(
                f'"{one.text}" has no meaning in a word list',
                one.start,
                one.end,
                "a list holds words, phrases, prefix* and =Case; put the rest into the rule",
            )
    if not found:
        raise QueryError("the term is empty", 0, 1)
    for one in found[:-1]:
        if one.prefix or one.kind != "word" or (one.exact and one is not found[0]):
            raise QueryError(
                "one entry holds one term", one.start, one.end, "write each on its own line"
            )
    last = found[-1]
    if last.kind != "word" or (last.exact and len(found) > 1):
        raise QueryError(
            "one entry holds one term", last.start, last.end, "write each on its own line"
        )
    words = " ".join(one.text for one in found)
    return Token("phrase", words, 0, len(text), exact=found[0].exact, prefix=last.prefix)


def resolve(name: str, drafts: dict[str, Draft], resolved: dict[str, Or]) -> None:
    """Lists within lists, without recursion; a cycle is a fault of the entry that closes it."""
    path: list[str] = [name]
    while path:
        current = path[-1]
        if current in resolved:
            path.pop()
            continue
        draft = drafts[current]
        missing = None
        for other, item in list(draft.names):
            if other not in drafts:
                hint = suggestion(other, drafts, "$")
                draft.document.fault(
                    item, f"there is no word list ${other}", name=current, hint=hint
                )
                draft.names.remove((other, item))
            elif other in path:
                circle = " → ".join(f"${one}" for one in [*path[path.index(other) :], other])
                draft.document.fault(
                    item, f"the lists go round in a circle: {circle}", name=current
                )
                draft.names.remove((other, item))
            elif other not in resolved:
                missing = other
                break
        if missing is not None:
            path.append(missing)
            continue
        found = [*draft.terms]
        for other, _ in draft.names:
            found += resolved[other].children
        resolved[current] = Or(tuple(dict.fromkeys(found)), name=current)
        path.pop()
