"""Boxes that ask readers for an address, and those that tell of the author: no part of the story."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain, islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from extractors.articles.body.paragraphs import PROSE, prose_of, words_of_element

LONGEST_BIO = 800  # characters of a box that tells of an author
LONGEST_BOX = 500  # characters of a box that asks for an address
MOST_IN_BOX = 0.3  # of a page's prose
MOST_ASKING = 30  # fields, links and paragraphs of a page that are looked at
SHORTEST_OFFER = 30  # characters of a line that says what is offered
_FIELDS = XPath("descendant::input[@type='email' or contains(@placeholder, 'mail')]")
_LINKS = XPath("descendant::a[contains(@href, 'newsletter')]")
MOST_AROUND = 3  # boxes around a paragraph that are asked for their names
_NAMED_BOXES = ("signup", "sign-up", "author-bio", "author-box", "about-author", "saboxplugin")
_AUTHORS_BOX = re.compile(r"(?i)author|(?:^|[\s_-])bio(?:$|[\s_-])|tagline|contributor")
_AUTHORS_PAGES = ("/author", "/staff/", "mailto:")
_ROUND_TEXT = frozenset(("div", "section", "aside", "form", "figure", "footer", "ul"))
_WHOLE = frozenset(("article", "main", "body", "html"))


def without_asking_boxes(tree: HtmlElement, authors: Iterable[str], classes: Iterable[str]) -> None:
    """Drop boxes with a field or link for a newsletter, and those with a paragraph that begins with an
    author's name and a link to the author; none that holds much of the page, a headline or a time."""
    asking = [*_FIELDS(tree), *filter(_stands_alone, _LINKS(tree))]
    joined = "\n".join(classes)
    if any(part in joined for part in _NAMED_BOXES):
        box_classes = {names for names in classes if any(part in names for part in _NAMED_BOXES)}
        asking += [box for box in tree.iter(*_ROUND_TEXT) if box.get("class") in box_classes]
    bios = _bios(tree, authors)
    most_prose = cache(lambda: MOST_IN_BOX * prose_of(tree))  # asked for where a box is small
    large = set[HtmlElement]()
    for element in asking[:MOST_ASKING]:
        box = _box_around(element, LONGEST_BOX, most_prose, large)
        if box is not None and _offers(box):
            box.drop_tree()
    for element in bios[:MOST_ASKING]:
        box = _box_around(element, LONGEST_BIO, most_prose, large)
        if box is None and element.getnext() is None:  # the last of the story's own box
            box = element if any(map(_is_mail, element.iter("a"))) else None
        if box is not None and (any(map(_is_of_author, box.iter("a"))) or _names_author(element)):
            box.drop_tree()


def _is_mail(link: HtmlElement) -> bool:
    return (link.get("href") or "").startswith("mailto:")


def _names_author(element: HtmlElement) -> bool:
    """Whether it or a box around it is named as one that tells of an author."""
    around = islice(chain((element,), element.iterancestors()), MOST_AROUND)
    return any(_AUTHORS_BOX.search(element.get("class") or "") for element in around)


def _stands_alone(link: HtmlElement) -> bool:
    return not any(ancestor.tag in {"p", "li"} for ancestor in islice(link.iterancestors(), 3))


def _is_of_author(link: HtmlElement) -> bool:
    href = link.get("href") or ""
    return link.get("rel") == "author" or any(part in href for part in _AUTHORS_PAGES)


def _bios(tree: HtmlElement, authors: Iterable[str]) -> list[HtmlElement]:
    """Paragraphs that begin with an author's name."""
    starts = tuple(name for name in authors if " " in name)
    paragraphs = [p for p in tree.iter("p") if _first_words(p).startswith(starts)] if starts else []
    return [p for p in paragraphs if len(words_of_element(p)) >= PROSE]


def _first_words(paragraph: HtmlElement) -> str:
    own = (paragraph.text or "").lstrip()
    return own or (paragraph[0].text or "" if len(paragraph) else "").lstrip()


def _offers(box: HtmlElement) -> bool:
    lines = (words_of_element(line) for line in box.iter("p", "h2", "h3", "h4"))
    return any(len(line) >= SHORTEST_OFFER for line in lines)


def _box_around(
    element: HtmlElement, longest: int, most_prose: Callable[[], float], large: set[HtmlElement]
) -> HtmlElement | None:
    """The largest box around it with no more text and prose than that, without a headline and a time;
    None for what went with another. `large` keeps those that had more."""
    outermost = None
    for box in islice(chain((element,), element.iterancestors()), 9):
        if box.tag in _WHOLE or box in large:
            break
        if len(words_of_element(box)) > longest or prose_of(box) > most_prose():
            large.add(box)
            break
        if box.find(".//h1") is not None or box.find(".//time") is not None:
            break
        outermost = box if box.tag in _ROUND_TEXT else outermost
    return outermost if outermost is not None and outermost.getparent() is not None else None
