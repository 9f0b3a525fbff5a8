"""Word lists of rules/terms/*.yaml: `name: [term, …]`; a term may be `$other`."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from config.did_you_mean import did_you_mean
from config.document import Document
from config.mapping import is_null, mapping_entries
from config.read import read_yaml
from matchers.query.ast import Node, Or
from matchers.query.lexer import Token, TokenKind, tokens
from matchers.query.terms import term
from matchers.rules.yaml_pitfalls import taken_for_comment
from model import QueryError

LIST_NAME = re.compile(r"[A-Za-z0-9_-]+")
# Most entries: words that are no operators, as those have no small letters; and a star.
PLAIN_ENTRY = re.compile(r"([A-Za-z]?[a-z]+(?: [A-Za-z]?[a-z]+)*)(\*?)")
OPERATORS = {"AND", "OR", "NOT", "NEAR", "ATLEAST", "(", ")", "field", "~"}


@dataclass
class WordListDraft:
    """A list as it stands in its file."""

    document: Document
    key: yaml.Node
    items: list[yaml.ScalarNode]
    names: list[tuple[str, yaml.ScalarNode]] = field(default_factory=list)
    terms: list[Node] = field(default_factory=list)


def load_lists(
    paths: list[tuple[Path, str]],
) -> tuple[dict[str, Or], dict[str, WordListDraft], list[Document]]:
    """Every list, resolved; the drafts, for lint; the documents, with their faults."""
    drafts: dict[str, WordListDraft] = {}
    documents: list[Document] = []
    for path, shown in paths:
        document, root = read_yaml(path, shown)
        documents.append(document)
        if root is not None:
            read_lists(document, root, drafts)
    for draft in drafts.values():
        read_terms(draft)
    resolved: dict[str, Or] = {}
    for name in drafts:
        resolve_list(name, drafts, resolved)
    return resolved, drafts, documents


def read_lists(document: Document, root: yaml.Node, drafts: dict[str, WordListDraft]) -> None:
    if holds_rules(root):
        hint = "move the file out of terms/, into the folder of the rules"
        document.fault(root, "these are rules and not word lists", hint=hint)
        return
    if isinstance(root, yaml.SequenceNode):
        hint = "write a name and a colon above them, such as my_towns:, and indent them"
        document.fault(root, "the words stand under no name", hint=hint)
        return
    for name, key, value in mapping_entries(document, root, None, "a file of word lists"):
        if not LIST_NAME.fullmatch(name):
            hint = f"write {re.sub(r'[^A-Za-z0-9_-]+', '_', name).strip('_') or 'my_list'}:"
            why = f'the name "{name}" may hold only letters, digits, - and _'
            document.fault(key, why, hint=hint)
        elif name in drafts:
            other = drafts[name]
            where = f"{other.document.path}:{other.key.start_mark.line + 1}"
            hint = "take another name, or add the words there"
            document.fault(key, f"the list ${name} is also defined in {where}", hint=hint)
        elif not isinstance(value, yaml.SequenceNode) or not value.value:
            hint = "write one term a line, each after a dash and a blank: - ballot"
            document.fault(value, "must be a list of terms, and not empty", name=name, hint=hint)
        else:
            drafts[name] = WordListDraft(document, key, text_items(document, value, name))


def holds_rules(root: yaml.Node) -> bool:
    """Whether a file of terms/ holds rules: mappings with a query."""
    if isinstance(root, yaml.MappingNode):
        keys = {key.value: value for key, value in root.value if isinstance(key, yaml.ScalarNode)}
        return "query" in keys or ("rules" in keys and holds_rules(keys["rules"]))
    return isinstance(root, yaml.SequenceNode) and any(holds_rules(child) for child in root.value)


def text_items(document: Document, value: yaml.SequenceNode, name: str) -> list[yaml.ScalarNode]:
    texts: list[yaml.ScalarNode] = []
    for child in value.value:
        if isinstance(child, yaml.ScalarNode) and not is_null(child):
            texts.append(child)
            continue
        hint = 'a term that holds ": " or begins with [ or { must stand in quotes'
        lost = taken_for_comment(document, child)
        if lost is not None:
            hint = f"{lost} begins a comment: write {lost[1:]}, for a # is not part of a word"
        document.fault(child, "a term must be text", name=name, hint=hint)
    return texts


def read_terms(draft: WordListDraft) -> None:
    for item in draft.items:
        try:
            token = entry_token(item.value)
            own_term = None if token.kind == "list" else term(token)
        except QueryError as error:
            draft.document.query_fault(item, error, draft.key.value)
            continue
        if own_term is None:
            draft.names.append((token.text, item))
        else:
            draft.terms.append(own_term)


def entry_token(text: str) -> Token:
    """The one term that an entry is; words without quotes make a phrase."""
    if plain := PLAIN_ENTRY.fullmatch(text):
        kind: TokenKind = "phrase" if " " in text else "word"
        return Token(kind, plain[1], 0, len(text), prefix=bool(plain[2]))
    try:
        entry_tokens = tokens(text.replace(" & ", "   "))[:-1]
    except QueryError as error:
        if text[error.start] not in ",;":
            raise
        hint = f"write each term on its own line; inside a term leave {text[error.start]} out"
        raise QueryError(error.why, error.start, error.end, hint) from error
    if len(entry_tokens) == 1 and entry_tokens[0].kind in ("word", "phrase", "list"):
        return entry_tokens[0]
    for token in entry_tokens:
        if token.kind in OPERATORS:
            raise token.error(
                f'"{token.text}" has no meaning in a word list',
                "a list holds words, phrases, prefix* and =Case; put the rest into the rule",
            )
    if not entry_tokens:
        raise QueryError("the term is empty", 0, 1)
    for token in entry_tokens[:-1]:
        if token.prefix or token.kind != "word" or (token.exact and token is not entry_tokens[0]):
            raise token.error("one entry holds one term", "write each on its own line")
    last = entry_tokens[-1]
    if last.kind != "word" or (last.exact and len(entry_tokens) > 1):
        raise last.error("one entry holds one term", "write each on its own line")
    words = " ".join(token.text for token in entry_tokens)
    return Token("phrase", words, 0, len(text), exact=entry_tokens[0].exact, prefix=last.prefix)


def resolve_list(name: str, drafts: dict[str, WordListDraft], resolved: dict[str, Or]) -> None:
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
                hint = did_you_mean(other, drafts, shown="${}")
                draft.document.fault(
                    item, f"there is no word list ${other}", name=current, hint=hint
                )
                draft.names.remove((other, item))
            elif other in path:
                circle = " → ".join(f"${listed}" for listed in [*path[path.index(other) :], other])
                draft.document.fault(
                    item, f"these lists contain each other: {circle}", name=current
                )
                draft.names.remove((other, item))
            elif other not in resolved:
                missing = other
                break
        if missing is not None:
            path.append(missing)
            continue
        terms = [*draft.terms]
        for other, _ in draft.names:
            terms += resolved[other].children
        resolved[current] = Or(tuple(dict.fromkeys(terms)), name=current)
        path.pop()
