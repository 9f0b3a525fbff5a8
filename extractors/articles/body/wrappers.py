"""Misleading names around the story: the box keeps its text and loses its name; posts of a live
page become one story.

Works on the tree in place, before trafilatura copies it. trafilatura drops whatever is named like
a comment, a footer, a bar or a widget; some sites name the box around the whole story so.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, islice

from lxml.html import Element, HtmlElement
from trafilatura import xpaths

from extractors.articles.body.paragraphs import LONG_PARAGRAPH, squash, words_of_element
from extractors.articles.body.prune import HEAVY

_COMMENT_PART = re.compile(
    r"comment[-_]*(?:author|body|content|text|meta|reply|item|date)|avatar|vcard|disqus", re.I
)
# trafilatura drops these whatever they are called; some sites put the story into one.
_DROPPED_TAGS = frozenset(("aside", "footer", "form", "nav", "menu", "noscript"))
_BLANK = re.compile(r"\s+")
WRAPPED_SHARE = 0.8  # share from which on it needs no headline inside
PARTS_OF_COMMENTS = 3  # elements of a comment thread that prove one
FEWEST_POSTS = 5  # of a live page
MOST_IN_POSTS = 0.6  # share of a page's prose from which on its posts are the story
MOST_IN_ONE = 0.4  # share of a page's prose from which on its box is no post of several
MOST_STAMPED = 0.8  # share of the posts that say when they were written
LEVELS_OF_POST = 4  # boxes around a paragraph that may be its post
LONGEST_STAMP = 40  # characters
_POST_TAGS = frozenset(("article", "section", "div", "li"))
_LISTED_HEADLINES = frozenset(("h2", "h3", "h4"))
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
LITTLE_STORY = 500  # characters of a cell of a table that may be a story
STORY_CELL = 0.6  # share of its row's text
LITTLE_PROSE = 200  # characters of paragraphs; a page with fewer has none
_IN_LINES = frozenset(
    (
        "a",
        "abbr",
        "b",
        "big",
        "br",
        "em",
        "font",
        "i",
        "img",
        "mark",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    )
)
TEXT_NODES = 5_000  # of a page without paragraphs that are looked at


def rename_wrappers(tree: HtmlElement, leads: Sequence[str] = ()) -> None:
    """Take misleading names and tags off the boxes that hold the story.

    Such a box holds much of the page's paragraph text, with the headline, an <article> or one of
    the `leads` in it (the beginnings that feed and page tell of), or nearly all of it; a thread of
    readers' comments is known by the names of its parts.
    """
    sizes = [(p, size) for p in tree.iter("p") if (size := len(words_of_element(p))) >= 40]
    _join_posts(tree, sizes)
    weights = _weights(tree, sizes)
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


def with_paragraphs(tree: HtmlElement) -> None:
    """Where a page has no paragraphs, make some of the lines of its innermost boxes: of boxes with
    text between <br>, trafilatura reads one."""
    sizes = accumulate(len(words_of_element(p)) for p in tree.iter("p"))
    if any(size >= LITTLE_PROSE for size in sizes):
        return
    _without_side_cells(tree)
    for box in list(tree.iter("div", "td")):
        if box.find("br") is not None and _is_of_lines(box):
            _cut_at_breaks(box)


def _without_side_cells(tree: HtmlElement) -> None:
    """Drop the cells with links beside the one that holds the story, where a page is laid out as a
    table. Where several rows hold as much, or the cells beside are words alone, it is a list: of
    incidents, by county and day."""
    for table in list(tree.iter("table")):
        rows = [row.findall("td") for row in (*table.iterfind("tr"), *table.iterfind("*/tr"))]
        of_story = [beside for cells in rows if (beside := _beside_story(cells))]
        for cell in of_story[0] if len(of_story) == 1 else ():
            if cell.find(".//a") is not None and cell.find(".//h1") is None:
                cell.drop_tree()


def _beside_story(cells: Sequence[HtmlElement]) -> list[HtmlElement]:
    """The other cells of a row of which one holds most of the text, and much."""
    sizes = [len(words_of_element(cell)) for cell in cells]
    most = max(sizes, default=0)
    if most < LITTLE_STORY or most < STORY_CELL * sum(sizes):
        return []
    return [cell for cell, size in zip(cells, sizes, strict=True) if size < most]


def _is_of_lines(box: HtmlElement) -> bool:
    is_inline = all(child.tag in _IN_LINES for child in box)
    return is_inline and len(words_of_element(box)) >= LONG_PARAGRAPH


def _cut_at_breaks(box: HtmlElement) -> None:
    paragraph = Element("p")
    paragraph.text, box.text = box.text, None
    paragraphs = [paragraph]
    for child in list(box):
        if child.tag == "br":
            paragraph = Element("p")
            paragraph.text = child.tail
            paragraphs.append(paragraph)
        else:
            paragraph.append(child)
    for child in list(box):  # the breaks
        box.remove(child)
    box.extend(paragraph for paragraph in paragraphs if words_of_element(paragraph))


def _opens_story(element: HtmlElement, leads: Sequence[str]) -> bool:
    """Whether headline or beginning stand inside."""
    if element.find(".//h1") is not None:
        return True
    starts = [start for lead in leads if len(start := squash(lead)[:60]) > 30]
    inside = squash(element.text_content()) if starts else ""
    return any(start in inside for start in starts)


def _join_posts(tree: HtmlElement, sizes: list[tuple[HtmlElement, int]]) -> None:
    """Make one <article> of boxes of one kind in one box that hold most of a page's prose and say
    each when it was written: of several, trafilatura reads one."""
    boxes = _posts(sizes) if len(sizes) >= FEWEST_POSTS else []
    if not boxes or any(box.find(".//h1") is not None for box in boxes):
        return
    parent = boxes[0].getparent()
    around = {parent, *parent.iterancestors()}
    for other in [article for article in tree.iter("article") if article not in around]:
        other.tag = "div"
    for box in boxes:
        for element in (box, *box.iter("header")):
            element.tag = "div"
            element.attrib.pop("class", None)
            element.attrib.pop("id", None)
        for link in [*box.iterfind(".//a")]:
            if link.find(".//time") is not None or link.getparent().tag in _LISTED_HEADLINES:
                link.drop_tag()  # trafilatura drops boxes of links
    parent.tag = "article"
    parent.attrib.pop("class", None)


def _posts(sizes: list[tuple[HtmlElement, int]]) -> list[HtmlElement]:
    """The boxes of one tag and class in one box that hold most of the prose, if they are stamped."""
    inside = Counter[HtmlElement]()
    for p, size in sizes:
        inside[p.getparent()] += size
    if max(inside.values()) > MOST_IN_ONE * inside.total():
        return []  # the usual case: a story in one box
    groups: dict[tuple[HtmlElement, str, str], Counter[HtmlElement]] = {}
    for p, size in sizes:
        for box in islice(p.iterancestors(), LEVELS_OF_POST):
            if box.tag in _POST_TAGS and (parent := box.getparent()) is not None:
                kind = (parent, box.tag, box.get("class") or "")
                groups.setdefault(kind, Counter())[box] += size
    most = MOST_IN_POSTS * sum(size for _, size in sizes)
    for boxes in groups.values():
        if len(boxes) >= FEWEST_POSTS and boxes.total() >= most:
            stamped = sum(map(_is_stamped, boxes))
            if stamped >= MOST_STAMPED * len(boxes):
                return list(boxes)
    return []


def _is_stamped(box: HtmlElement) -> bool:
    if box.find(".//time") is not None:
        return True
    labels = (words_of_element(element) for element in box.iterdescendants() if len(element) < 3)
    return any(len(label) <= LONGEST_STAMP and _CLOCK.search(label) for label in labels)


def _weights(tree: HtmlElement, sizes: list[tuple[HtmlElement, int]]) -> Counter[HtmlElement]:
    """Characters of paragraph text inside each element; `sizes` are those of the paragraphs."""
    weights: Counter[HtmlElement] = Counter()
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
    holds_story = element.find(".//article") is not None or share >= WRAPPED_SHARE
    if not holds_story and not _opens_story(element, leads):
        return False
    parts = (
        inner
        for inner in element.iterdescendants()
        if _COMMENT_PART.search(f"{inner.get('class') or ''} {inner.get('id') or ''}")
    )
    return sum(1 for _ in zip(range(PARTS_OF_COMMENTS), parts, strict=False)) < PARTS_OF_COMMENTS


def _rename(element: HtmlElement) -> None:
    """Without those names that alone would drop it; without any, if what is left still does."""
    names_left = [
        name
        for name in (element.get("class") or "").split()
        if not is_discarded(element.tag, name, "", "")
    ]
    for key in ("id", "role", "class"):
        element.attrib.pop(key, None)
    if names_left and not is_discarded(element.tag, " ".join(names_left), "", ""):
        element.set("class", " ".join(names_left))
