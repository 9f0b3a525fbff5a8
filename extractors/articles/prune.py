"""What must not reach any reader of a page's text: code, hidden elements, misleading names.

Works on the tree in place, before trafilatura copies it. trafilatura drops whatever is named like
a comment, a footer, a bar or a widget; some sites name the box around the whole story so.
"""

import re
from collections import Counter
from functools import lru_cache

from lxml.html import HtmlElement, fragment_fromstring
from trafilatura import xpaths

from extractors.articles.paragraphs import plain

_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:left|top|text-indent)\s*:\s*-\d{4}",
    re.IGNORECASE,
)
# What frameworks call text that only screen readers speak: labels, "opens in a new window".
_UNSEEN = re.compile(
    r"(?:^|\s)(?:u-|a11y-)?(?:sr-only|visually-?hidden|hidden-visually|screen-?reader(?:-only|-text)?)(?:\s|$)",
    re.IGNORECASE,
)
_PARTS_OF_UNSEEN = ("sr-only", "isually", "creen-reader", "creenreader")
_COMMENT_PART = re.compile(
    r"comment[-_]*(?:author|body|content|text|meta|reply|item|date)|avatar|vcard|disqus",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\s+")
HEAVY = 0.4  # share of a page's paragraph text from which on a box is no side matter
NEARLY_ALL = 0.8  # share from which on it needs no headline inside
MOST_HIDDEN = 0.5  # share of paragraph text beyond which hiding is how the site draws its stories
MOST_UNSEEN = 500  # characters of paragraphs; what screen readers alone are told is short
PARTS_OF_COMMENTS = 3  # elements of a comment thread that prove one
TEXT_NODES = 5_000  # of a page without paragraphs that are looked at


def without_code(tree: HtmlElement) -> None:
    """Drop scripts and styles wherever they stand. JSON-LD stays for the date, in the head, and what
    browsers show of templates: the content of a shadow root."""
    head = tree.find("head")
    for element in list(tree.iter("script", "style", "template")):
        if element.get("shadowrootmode") == "open":
            element.tag = "div"
        elif head is not None and "ld+json" in (element.get("type") or "").lower():
            if element.getparent() is not head:
                _move(element, head)
        else:
            element.drop_tree()


def _move(element: HtmlElement, head: HtmlElement) -> None:
    text, kind = element.text, element.get("type")
    element.drop_tree()
    copy = head.makeelement("script", {"type": kind or ""})
    copy.text = text
    head.append(copy)


def without_hidden(tree: HtmlElement) -> None:
    """Drop what no reader sees, unless that is much of the text: some sites show it by script."""
    hidden = [
        element for element in tree.xpath("//body//*[@hidden or @style]") if _is_hidden(element)
    ]
    if not hidden:
        return
    outer = [element for element in hidden if not _inside(element, hidden)]
    if sum(map(_prose, outer)) <= MOST_HIDDEN * _prose(tree):
        for element in outer:
            element.drop_tree()


def without_unseen(tree: HtmlElement, markup: str) -> None:
    """Drop text for screen readers alone; a box with a headline or much text is misnamed.

    The page's markup tells most pages apart that name nothing so, without a look at each element.
    """
    if not any(part in markup for part in _PARTS_OF_UNSEEN):
        return
    for element in [each for each in tree.iterdescendants("*") if _is_unseen(each)]:
        if element.getparent() is None or element.tag == "h1" or element.find(".//h1") is not None:
            continue
        if _prose(element) < MOST_UNSEEN:
            element.drop_tree()


def _is_unseen(element: HtmlElement) -> bool:
    names = element.get("class")
    return names is not None and _UNSEEN.search(names) is not None


def _prose(element: HtmlElement) -> int:
    return sum(len(plain(paragraph)) for paragraph in element.iter("p"))


def _is_hidden(element: HtmlElement) -> bool:
    if element.get("hidden") is not None:
        return bool(element.get("hidden") != "until-found")
    return _HIDDEN.search(element.get("style") or "") is not None


def _inside(element: HtmlElement, others: list[HtmlElement]) -> bool:
    around = set(others)
    return any(parent in around for parent in element.iterancestors())


def rename_wrappers(tree: HtmlElement) -> None:
    """Take misleading names off the boxes that hold the story.

    Such a box holds much of the page's paragraph text, with the headline or an <article> in it, or
    nearly all of it; a thread of readers' comments is known by the names of its parts.
    """
    weights = _weights(tree)
    whole = weights.get(tree, 0)
    for element, weight in weights.items():
        if weight < HEAVY * whole or element is tree:
            continue
        names = tuple(element.get(name) or "" for name in ("class", "id", "role"))
        if any(names) and is_discarded(element.tag, *names) and _is_story(element, weight / whole):
            _rename(element)


def _weights(tree: HtmlElement) -> Counter[HtmlElement]:
    """Characters of paragraph text inside each element."""
    weights: Counter[HtmlElement] = Counter()
    for element in tree.iter("p"):
        size = len(plain(element))
        if size >= 40:
            weights.update(dict.fromkeys((element, *element.iterancestors()), size))
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
    root = fragment_fromstring("<div><p></p></div>")
    element = root.makeelement(tag, {})
    root.append(element)
    for key, value in (("class", names), ("id", number), ("role", role)):
        if value:
            element.set(key, value)
    return any(
        element in find(root)
        for finders in (xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH, xpaths.OVERALL_DISCARD_XPATH)
        for find in finders
    )


def _is_story(element: HtmlElement, share: float) -> bool:
    if element.find(".//h1") is None and element.find(".//article") is None and share < NEARLY_ALL:
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
