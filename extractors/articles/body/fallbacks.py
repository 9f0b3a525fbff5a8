"""Text of pages that trafilatura reads nothing from: stories inside scripts, or all that shows."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura.utils import load_html

from extractors.articles.body.paragraphs import squash
from extractors.articles.body.script_data import DEEPEST_DATA, MOST_SCRIPT, page_data
from extractors.articles.decoding import clean, markup_to_text

_PARAGRAPH = re.compile(r"<p[\s>]|<br|\\u003cp|\n\n\S", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]{0,30})[^<>]{0,5000}>")
_SILENT_TAGS = {
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "head",
    "title",
    "iframe",
    "object",
}
_TEXT_BLOCKS = {
    "p",
    "div",
    "li",
    "br",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
}
# Where content systems keep the words of a block; "children" and "nodes" hold further blocks.
_TEXT_KEYS = frozenset(
    [
        "text",
        "value",
        "content",
        "html",
        "body",
        "rendered",
        "paragraph",
        "copy",
        "markup",
        "children",
        "nodes",
        "data",
        "props",
        "__html",
    ]
)
# Elements of React that hold a paragraph: `["$", "p", null, {"children": …}]`.
_TEXT_TAGS = frozenset(("p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "pre"))
_ADDRESSES = frozenset(("url", "slug", "href", "link", "permalink", "canonical_url", "path"))
SHORTEST_FRAME = 300  # characters of a frame's document that may hold a story
MOST_BLOCKS = 2_000
SHORTEST_HEADLINE = 12  # letters of a post's headline that is missed where it does not stand
MOST_TEXT = 400_000


def parsed_page(markup: str) -> HtmlElement | None:
    """The tree as trafilatura makes it; for fragments that it refuses, as lxml does."""
    tree = load_html(markup)
    if tree is not None:
        return tree
    parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but blanks and comments
        return None


def with_frames(tree: HtmlElement, openings: Sequence[str]) -> None:
    """Put into the page what browsers without frames show, and a frame's own document (`srcdoc`) in
    which headline, description or the feed's summary stand."""
    for frames in list(tree.iter("frameset")):
        frames.tag = "body"
    for element in list(tree.iter("noframes")):
        _open(element, element.text or "")
    for element in list(tree.iter("iframe")):
        if len(inner := element.get("srcdoc") or "") > SHORTEST_FRAME:
            _open(element, inner, openings)


def _open(element: HtmlElement, markup: str, openings: Sequence[str] | None = None) -> None:
    """Put the document in the element's place; with `openings` of texts, only where one stands in
    it or it says more than the page around it."""
    try:
        inner = document_fromstring(markup).find("body")
    except etree.ParserError:
        return
    if inner is None:
        return
    framed, shown = squash(inner.text_content()), element.getroottree().getroot().text_content()
    is_wanted = openings is None or len(framed) > len(shown)
    if is_wanted or any(
        len(at := squash(text)[:60]) > 12 and at in framed for text in openings or ()
    ):
        inner.tag, inner.tail = "div", element.tail
        element.getparent().replace(element, inner)


def text_in_scripts(tree: HtmlElement, scripts: Iterable[HtmlElement], title: str) -> str:
    """The story in data that the page's own scripts would draw: as one string of markup, or as a
    list of paragraphs.

    Next.js, Nuxt, Fusion and others ship it so, in scripts or in an attribute. A text that shares
    a word with the headline goes before a longer one.
    """
    texts = [text for value in page_data(tree, scripts) for text in _stories(value)]
    words = set(re.findall(r"\w{5,}", title.casefold()))

    def rank(text: str) -> tuple[bool, int]:
        return bool(words & set(re.findall(r"\w{5,}", text.casefold()))), len(text)

    return max(texts, key=rank, default="")[:MOST_TEXT]


def text_in_json(markup: str) -> str | None:
    """The longest text in what is no page but JSON, "" if there is none; None for a page."""
    if markup.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        data = json.loads(markup[:MOST_SCRIPT], strict=False)
    except (ValueError, RecursionError):
        return None
    texts = (*map(markup_to_text, _leaves(data)), *_stories(data))
    return max(texts, key=len, default="")[:MOST_TEXT]


def with_updates(text: str, updates: Sequence[str]) -> str:
    """The text of a live blog with those of its posts, and headlines of posts, that the page did not
    show."""
    if not updates:
        return text
    lines = text.split("\n") if text else []
    whole = squash(text)
    missing = []
    for update in updates:
        headline, _, body = update.rpartition("\n")
        opening = squash(body)[:60]
        if opening not in whole:
            missing.append(update)
        elif len(key := squash(headline)) >= SHORTEST_HEADLINE and key not in whole:
            at = next((n for n, line in enumerate(lines) if opening in squash(line)), None)
            lines[at:at] = [headline] if at is not None else []
    return "\n".join([*lines, *missing])


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
        elif name in _TEXT_BLOCKS and lines[-1]:
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
        if name in _TEXT_BLOCKS:
            lines.append("")
        if not opening:
            hidden -= name in _SILENT_TAGS
            lines[-1] += element.tail or ""
            size += len(element.tail or "")
            continue
        hidden += name in _SILENT_TAGS
        if hidden == 0:
            lines[-1] += element.text or ""
            size += len(element.text or "")
        stack.append((element, False))
        if hidden == 0:
            stack.extend((child, True) for child in reversed(element))
    return "\n".join(text for line in lines if (text := " ".join(line.split())))


def _stories(value: object, depth: int = 0) -> Iterator[str]:
    """Texts that may be the story: strings of paragraphs, and lists of them."""
    if isinstance(value, str) and len(value) > 200 and _PARAGRAPH.search(value):
        yield markup_to_text(value)
    elif isinstance(value, list) and (text := _of_blocks(value)):
        yield text
    if depth < DEEPEST_DATA and isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _stories(child, depth + 1)


def _of_blocks(blocks: list[object]) -> str:
    """The paragraphs of a list of blocks; "" for lists of anything else, teasers among them."""
    dicts = [block for block in blocks if isinstance(block, dict)]
    teasers = sum(bool(_ADDRESSES & set(block)) for block in dicts)
    if teasers * 2 > len(blocks):
        return ""
    elements = [block for block in blocks if _tag(block)]
    if elements:
        blocks = [block for block in elements if _tag(block) in _TEXT_TAGS]
    lines = [markup_to_text("".join(_words(block))) for block in blocks[:MOST_BLOCKS]]
    prose = [line for line in lines if len(line) >= 40 and line.count(" ") >= 6]
    return "\n".join(filter(None, lines)) if len(prose) >= 2 else ""


def _words(block: object, depth: int = 0) -> Iterator[str]:
    """The words of a block in their order, whatever marks stand between them."""
    if isinstance(block, str):
        yield block
    elif depth < DEEPEST_DATA and isinstance(block, list):
        yield from "\n" if _tag(block) in _TEXT_TAGS else ""
        for child in block[3:] if _tag(block) else block:
            yield from _words(child, depth + 1)
    elif depth < DEEPEST_DATA and isinstance(block, dict):
        for key, child in block.items():
            if key.lower() in _TEXT_KEYS:
                yield from _words(child, depth + 1)


def _tag(block: object) -> str:
    """The tag of an element of React; "" for anything else."""
    if not isinstance(block, list) or len(block) < 4 or block[0] != "$":
        return ""
    return block[1] if isinstance(block[1], str) else ""


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
