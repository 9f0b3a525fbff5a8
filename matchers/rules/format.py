"""Rule files in one uniform way: order of keys, and queries in canonical form; comments stay."""

import io
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import FoldedScalarString

from matchers.query.ast import And, Node, Or, canonical, common_scope
from matchers.query.parser import parse_query
from matchers.rules.rule_from_yaml import RULE_KEYS

LINE_WIDTH = 96


def formatted(text: str, lists: Mapping[str, Or]) -> str:
    """The text of a valid rule file, laid out; doing it twice changes nothing more."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100_000  # prose keeps the lines that its author gave it
    yaml.indent(mapping=2, sequence=4, offset=2)
    documents = list(yaml.load_all(text))
    if documents in ([], [None]):  # nothing but comments
        return text
    for data in documents:
        rules = data["rules"] if isinstance(data, CommentedMap) and "rules" in data else data
        for rule in rules if isinstance(rules, list) else [rules]:
            if isinstance(rule, CommentedMap):
                arrange(rule, lists)
    out = io.StringIO()
    yaml.dump_all(documents, out)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def arrange(rule: CommentedMap, lists: Mapping[str, Or]) -> None:
    for key in ("query", "unless"):
        if key in rule:
            rule[key] = formatted_query(parse_query(str(rule[key]), lists).node)
    for key in RULE_KEYS:
        if key in rule:
            rule.move_to_end(key)


def formatted_query(node: Node) -> str:
    """A short query on one line; a longer one folded, each AND or OR of the top on its own line."""
    text = canonical(node, plain=True)
    if len(text) <= LINE_WIDTH - 10 and not needs_block(text):
        return text
    lines = [text]
    if isinstance(node, And | Or) and common_scope(node) == "any":
        word = "AND" if isinstance(node, And) else "OR"
        lines = split_top(text, f" {word} ")
    return folded("\n".join(lines))


def needs_block(text: str) -> bool:
    """Whether YAML would misread the text on one line."""
    return text[0] in "\"'=[]{}&*!|>%@`#" or ": " in text or " #" in text


def split_top(text: str, word: str) -> list[str]:
    """The text cut before each operator that stands in no parentheses and no quotes."""
    lines, depth, quoted, start = [], 0, False, 0
    for index, char in enumerate(text):
        quoted = quoted != (char == '"')
        depth += (char == "(") - (char == ")") if not quoted else 0
        if depth == 0 and not quoted and text.startswith(word, index):
            lines.append(text[start:index])
            start = index + 1
    return [*lines, text[start:]]


def folded(text: str) -> str:
    """A scalar in folded style whose line breaks stand where they are."""
    value: str = FoldedScalarString(text.replace("\n", " "))
    folds = [index for index, char in enumerate(text) if char == "\n"]
    setattr(value, "fold_pos", folds)  # noqa: B010 - a slot that the stubs do not know
    return value


def layout_file(path: Path, lists: Mapping[str, Or]) -> tuple[str, str]:
    """The text of a file before and after."""
    before = path.read_text(encoding="utf-8")
    return before, formatted(before, lists)
