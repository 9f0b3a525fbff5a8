"""What the file format does to a value behind its author's back, and how to say so."""

import re

import yaml

from config.document import Document
from config.mapping import is_null
from config.mapping import text_value as plain_text_of
from matchers.query.hints import TWO_TERMS
from model import QueryError

HASH = re.compile(r"[ \t]+(#\w+)")
WRITE_A_BLOCK = "write '{key}: |' and the text on the next line, indented further"


def taken_for_comment(document: Document, node: yaml.Node) -> str | None:
    """What stands after a value as `#word`: a hashtag or a number that was meant, most likely."""
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return None
    match = HASH.match(document.text, node.end_mark.index)
    return match[1] if match else None


def checked_text(document: Document, node: yaml.Node, name: str) -> str | None:
    """A value as text; what is none is a fault that says what to write."""
    if isinstance(node, yaml.ScalarNode) and not is_null(node):
        return plain_text_of(document, node, name)
    lost = taken_for_comment(document, node)
    if lost is not None:
        why, hint = f"is empty, for {lost} begins a comment", "put the text in quotes"
        if name in ("query", "unless"):
            hint = WRITE_A_BLOCK.format(key=name)
    elif isinstance(node, yaml.ScalarNode):
        why, hint = "is empty", None
    elif isinstance(node, yaml.SequenceNode):
        why, hint = "must be one text, not a list", None
        if name in ("query", "unless"):
            hint = "write one query, its parts joined with OR; one that begins with [ needs quotes"
    else:
        why, hint = "must be text", "a text that holds ': ' stands in quotes"
    document.fault(node, why, name=name, hint=hint)
    return None


def in_file(document: Document, node: yaml.ScalarNode, error: QueryError, name: str) -> QueryError:
    """The error, with a better hint where the file format and not the query is at fault."""
    hint = error.hint
    lost = taken_for_comment(document, node)
    if lost is not None:
        hint = f"{lost} begins a comment here: {WRITE_A_BLOCK.format(key=name)}"
    elif node.style in ("'", '"') and error.hint == TWO_TERMS:
        hint = f"YAML removed the quotation marks: {WRITE_A_BLOCK.format(key=name)}"
    return QueryError(error.why, error.start, error.end, hint)
