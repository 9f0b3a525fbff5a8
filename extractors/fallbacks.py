"""Text of pages that trafilatura reads nothing from: stories inside scripts, or all that shows."""

import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from extractors.pagefacts import markup_to_text

_FLIGHT = re.compile(r'self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)')
_STATE = re.compile(
    r"<script[^>]*(?:id=[\"']__NEXT_DATA__[\"']|type=[\"']application/json[\"'])[^>]*>(.*?)</script>",
    re.I | re.S,
)
_PARAGRAPH = re.compile(r"<p[\s>]|<br|\\u003cp", re.I)
_HIDDEN = {"script", "style", "noscript", "template", "svg", "head", "title", "iframe", "object"}
_BLOCKS = {"p", "div", "li", "br", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"}
MOST_SCRIPT = 3_000_000  # characters of script looked at
MOST_TEXT = 400_000


def text_in_scripts(markup: str) -> str:
    """The longest run of marked-up prose in data that the page's own scripts would draw.

    Some sites (Next.js) ship the story as JSON strings only.
    """
    pieces = [
        text
        for raw in _strings(markup[:MOST_SCRIPT])
        if _PARAGRAPH.search(raw) and (text := markup_to_text(raw))
    ]
    return max(pieces, key=len, default="")[:MOST_TEXT]


def visible_text(tree: HtmlElement) -> str:
    """Everything a reader would see, block by block. Needs no recursion."""
    lines: list[str] = [""]
    size, hidden = 0, 0
    stack: list[tuple[HtmlElement, bool]] = [(tree, True)]
    while stack and size < MOST_TEXT:
        element, opening = stack.pop()
        name = element.tag if isinstance(element.tag, str) else "script"
        if name in _BLOCKS:
            lines.append("")
        if not opening:
            hidden -= name in _HIDDEN
            lines[-1] += element.tail or ""
            size += len(element.tail or "")
            continue
        hidden += name in _HIDDEN
        if hidden == 0:
            lines[-1] += element.text or ""
            size += len(element.text or "")
        stack.append((element, False))
        if hidden == 0:
            stack.extend((child, True) for child in reversed(element))
    return "\n".join(text for line in lines if (text := " ".join(line.split())))


def _strings(markup: str) -> Iterator[str]:
    for found in _FLIGHT.finditer(markup):
        try:
            yield json.loads(found[1], strict=False)
        except ValueError:
            continue
    for found in _STATE.finditer(markup):
        try:
            value = json.loads(found[1], strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _leaves(value)


def _leaves(value: object) -> Iterator[str]:
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str) and len(item) > 200:
            yield item
        elif isinstance(item, dict):
            todo += item.values()
        elif isinstance(item, list):
            todo += item
