"""Text of pages that trafilatura reads nothing from: stories inside scripts, or all that shows."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from lxml.html import HtmlElement

from extractors.articles.decoding import clean
from extractors.articles.metadata import markup_to_text
from extractors.articles.paragraphs import squash

_FLIGHT = re.compile(r'self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)')
_PARAGRAPH = re.compile(r"<p[\s>]|<br|\\u003cp", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]{0,30})[^<>]{0,5000}>")
_HIDDEN = {"script", "style", "noscript", "template", "svg", "head", "title", "iframe", "object"}
_BLOCKS = {"p", "div", "li", "br", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"}
MOST_SCRIPT = 3_000_000  # characters of script looked at
MOST_TEXT = 400_000


def text_in_scripts(scripts: Iterable[HtmlElement]) -> str:
    """The longest run of marked-up prose in data that the page's own scripts would draw.

    Some sites (Next.js) ship the story as JSON strings only.
    """
    texts = (markup_to_text(raw) for raw in _strings(scripts) if _PARAGRAPH.search(raw))
    return max(texts, key=len, default="")[:MOST_TEXT]


def text_in_json(markup: str) -> str | None:
    """The longest text in what is no page but JSON, "" if there is none; None for a page."""
    if markup.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        data = json.loads(markup[:MOST_SCRIPT], strict=False)
    except (ValueError, RecursionError):
        return None
    return max((markup_to_text(leaf) for leaf in _leaves(data)), key=len, default="")[:MOST_TEXT]


def with_updates(text: str, updates: Sequence[str]) -> str:
    """The text of a live blog with those of its posts that the page did not show."""
    whole = squash(text)
    missing = [update for update in updates if squash(update.rpartition("\n")[2])[:60] not in whole]
    return "\n".join([text, *missing] if text else missing) if missing else text


def stripped(markup: str) -> str:
    """The text between the tags, for markup that no tree can hold. Linear in its length."""
    lines: list[str] = [""]
    hidden, last = "", 0
    for tag in _TAG.finditer(markup[:MOST_SCRIPT]):
        if not hidden:
            lines[-1] += markup[last : tag.start()]
        last = tag.end()
        name = tag[2].lower()
        if name in {"script", "style"} and hidden in {"", name}:
            hidden = "" if tag[1] else name
        elif name in _BLOCKS and lines[-1]:
            lines.append("")
    if not hidden:
        lines[-1] += markup[last:MOST_SCRIPT]
    return clean(html.unescape("\n".join(lines)))[:MOST_TEXT]


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


def _strings(scripts: Iterable[HtmlElement]) -> Iterator[str]:
    budget = MOST_SCRIPT
    for script in scripts:
        text = script.text or ""
        budget -= len(text)
        if budget < 0:
            return
        state = script.get("id") == "__NEXT_DATA__" or script.get("type") == "application/json"
        for raw in [text] if state else [found[1] for found in _FLIGHT.finditer(text)]:
            try:
                yield from _leaves(json.loads(raw, strict=False))
            except (ValueError, RecursionError):
                continue


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
