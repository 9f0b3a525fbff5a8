"""JSON as scripts may write it: with comments, commas too many, and marks that hide it. Pure."""

import html
import json
import re
from collections.abc import Iterator

# What web pages put around a script's text for readers of XML and for browsers of 1996.
_MARKS = re.compile(r"(?://|/\*)?\s{0,9}(?:<!\[CDATA\[|\]\]>|<!--|-->)\s{0,9}(?:\*/)?")
_STRING = r'("(?:[^"\\]|\\.)*+(?:"|\Z))'
_COMMENT = re.compile(_STRING + r"|//[^\n]*|/\*(?:.*?\*/|.*)", re.DOTALL)
_COMMA = re.compile(_STRING + r"|,(?=\s*[}\]])", re.DOTALL)


def read_loosely(text: str) -> object:
    """The value; raises ValueError where even so it is none."""
    text = text.strip()
    if (first := _MARKS.match(text)) is not None:
        last = max((mark.start() for mark in _MARKS.finditer(text)), default=0)
        text = text[first.end() : last if last > first.start() else len(text)]
    if re.match(r"[\[{\s]{1,9}&(?:quot|#34);", text):
        text = html.unescape(text)
    bare = _COMMENT.sub(lambda match: match[1] or "", text)
    bare = _COMMA.sub(lambda match: match[1] or "", bare).strip().rstrip(";")
    try:
        return json.loads(bare, strict=False)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc


def objects(
    value: object, *, without: frozenset[str] = frozenset(), depth: int = 0
) -> Iterator[dict[str, object]]:
    """Every object inside a value, outermost first, to a depth of 12; nothing under the keys of
    `without`."""
    if depth > 12:
        return
    if isinstance(value, dict):
        yield value
        value = [child for key, child in value.items() if key not in without]
    if isinstance(value, list):
        for child in value:
            yield from objects(child, without=without, depth=depth + 1)
