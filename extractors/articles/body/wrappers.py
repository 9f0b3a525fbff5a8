"""Misleading names around the story: the box keeps its text and loses its name.

Works on the tree in place, before trafilatura copies it. trafilatura drops whatever is named like
a comment, a footer, a bar or a widget; some sites name the box around the whole story so.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from lxml.html import Element, HtmlElement
from trafilatura import xpaths

from extractors.articles.body.paragraphs import plain, squash

_COMMENT_PART = re.compile(
    r"comment[-_]*(?:author|body|content|text|meta|reply|item|date)|avatar|vcard|disqus", re.I
)
# trafilatura drops these whatever they are called; some sites put the story into one.
_DROPPED_TAGS = frozenset(("aside", "footer", "form", "nav", "menu", "noscript"))
_BLANK = re.compile(r"\s+")
HEAVY = 0.4  # share of a page's paragraph text from which a box is not side matter
NEARLY_ALL = 0.8  # share from which on it needs no headline inside
PARTS_OF_COMMENTS = 3  # elements of a comment thread that prove one
TEXT_NODES = 5_000  # of a page without paragraphs that are looked at


def rename_wrappers(tree: HtmlElement, leads: Sequence[str] = ()) -> None:
    """Take misleading names and tags off the boxes that hold the story.

    Such a box holds much of the page's paragraph text, with the headline, an <article> or one of
    the `leads` in it (the beginnings that feed and page tell of), or nearly all of it; a thread of
    readers' comments is known by the names of its parts.
    """
    weights = _weights(tree)
    whole = weights.get(tree, 0)
    for element, weight in weights.items():
        if weight < HEAVY * whole or element is tree:
            continue
        names = tuple(element.get(name) or "" for name in ("class", "id", "role"))
        if element.tag == "button":  # "read on" around the story itself: no label is so long
            element.tag = "div"
        misnamed = any(names) and is_discarded(element.tag, *names)
        if element.tag in _DROPPED_TAGS and _opens_story(element, leads):
            element.tag = "div"
            misnamed = any(names)
        if misnamed and _is_story(element, weight / whole, leads):
            _rename(element)


def _opens_story(element: HtmlElement, leads: Sequence[str]) -> bool:
    """Whether headline or beginning stand inside."""
    if element.find(".//h1") is not None:
        return True
    starts = [start for lead in leads if len(start := squash(lead)[:60]) > 30]
    inside = squash(element.text_content()) if starts else ""
    return any(start in inside for start in starts)


def _weights(tree: HtmlElement) -> Counter[HtmlElement]:
    """Characters of paragraph text inside each element."""
    weights: Counter[HtmlElement] = Counter()
    sizes = [(p, size) for p in tree.iter("p") if (size := len(plain(p))) >= 40]
    # By parent, as paragraphs of one box have the same boxes around.
    inside = Counter[HtmlElement]()
    for p, size in sizes:
        inside[p.getparent()] += size
    for p, size in sizes:
        weights[p] += size
        if around := inside.pop(p.getparent(), 0):
            weights.update(dict.fromkeys(p.iterancestors(), around))
    if weights.get(tree, 0) >= 500:
        return weights
    for _, element in zip(range(TEXT_NODES), tree.iter(), strict=False):
        size = len(_BLANK.sub(" ", element.text or "")) if isinstance(element.tag, str) else 0
        size += sum(len(_BLANK.sub(" ", child.tail or "")) for child in element)
        if size >= 40 and element.tag not in {"p", "script", "style"}:
            weights.update(dict.fromkeys((element, *element.iterancestors()), size))
    return weights


@lru_cache(4096)
def is_discarded(tag: str, names: str, number: str, role: str) -> bool:
    """Whether trafilatura drops an element for its names."""
    root, element = Element("div"), Element(tag)
    root.extend((Element("p"), element))
    for key, value in (("class", names), ("id", number), ("role", role)):
        if value:
            element.set(key, value)
    return any(
        element in find(root)
        for finders in (xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH, xpaths.OVERALL_DISCARD_XPATH)
        for find in finders
    )


def _is_story(element: HtmlElement, share: float, leads: Sequence[str]) -> bool:
    told = element.find(".//article") is not None or share >= NEARLY_ALL
    if not told and not _opens_story(element, leads):
        return False
    parts = (
        inner
        for inner in element.iterdescendants()
        if _COMMENT_PART.search(f"{inner.get('class') or ''} {inner.get('id') or ''}")
    )
    return sum(1 for _ in zip(range(PARTS_OF_COMMENTS), parts, strict=False)) < PARTS_OF_COMMENTS


def _rename(element: HtmlElement) -> None:
    """Without those names that alone would drop it; without any, if what is left still does."""
    kept = [
        name
        for name in (element.get("class") or "").split()
        if not is_discarded(element.tag, name, "", "")
    ]
    for key in ("id", "role", "class"):
        element.attrib.pop(key, None)
    if kept and not is_discarded(element.tag, " ".join(kept), "", ""):
        element.set("class", " ".join(kept))
