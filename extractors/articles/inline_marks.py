"""Marks inside the lines of a text: first letters set apart, readings of letters, cards of links on
names. Works on the tree in place.
"""

import re
from collections.abc import Iterable
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from extractors.articles.body.paragraphs import words_of_element

_DROP_CAP = re.compile(
    r"(?i)drop-?cap|(?:^|[\s_-])(?:first-?letter|lettrine|capitular|initiale?|cap)(?:$|[\s_-])"
)
# One of them stands wherever that does, and few other names have one.
_PARTS_OF_CAP = (
    "ropcap",
    "rop-cap",
    "irst-letter",
    "irstletter",
    "ettrine",
    "apitular",
    "nitial",
    "cap\n",
)
MOST_READINGS = 1_000  # of a page; each copies the text of its line
LONGEST_CAP = 3  # characters: a quotation mark and a letter
_CARDS = XPath("//body//p//a/following-sibling::*[1][self::span or self::div][count(.//a) > 1]")
_INLINE_TAGS = frozenset(("a", "b", "strong", "i", "em", "span", "cite", "u", "mark"))


def with_drop_caps(tree: HtmlElement, classes: Iterable[str]) -> None:
    """Put the first letter of a text, set apart to be shown large, back before its word."""
    joined = "\n".join((*classes, ""))
    if not any(part in joined for part in _PARTS_OF_CAP):
        return
    caps = {names for names in classes if _DROP_CAP.search(names)}
    for element in [
        element for element in tree.iterdescendants("*") if element.get("class") in caps
    ]:
        parent = element.getparent()
        if (
            parent is None
            or not 0 < len(words_of_element(element)) <= LONGEST_CAP
            or not (element.tail or "").strip()
        ):
            continue
        if element.tag == "div":  # which has ended the paragraph around it
            element.tag = "p"
            element.text, element.tail = (
                f"{words_of_element(element)}{(element.tail or '').lstrip()}",
                None,
            )
            _take_in(element)
        else:
            element.tail = f"{words_of_element(element)}{element.tail.lstrip()}"
            element.drop_tree()
            parent.tag = "p" if parent.tag == "div" and parent.find(".//p") is None else parent.tag


def without_readings(tree: HtmlElement) -> None:
    """Leave of annotated letters (`<ruby>`) the letters, in one line with the text around; and of names
    on which a card of links opens, the names."""
    if tree.find(".//ruby") is not None:
        for element in [*tree.iter("rt", "rp")]:
            element.drop_tree()
        for element in [*islice(tree.iter("ruby"), MOST_READINGS)]:
            if element.getparent() is None:  # inside another
                continue
            element.tail = (element.tail or "").lstrip()
            element.text, before = words_of_element(element), element.getprevious()
            del element[:]
            if before is not None:
                before.tail = (before.tail or "").rstrip()
            elif (parent := element.getparent()) is not None:
                parent.text = (parent.text or "").rstrip()
            element.drop_tag()
    for card in _CARDS(tree):
        before = card.getprevious()
        name = "" if before is None else words_of_element(before)
        if card.getparent() is not None and name and words_of_element(card).startswith(name):
            card.drop_tree()


def _take_in(paragraph: HtmlElement) -> None:
    """What runs on behind it, up to the next block."""
    while (after := paragraph.getnext()) is not None and after.tag in _INLINE_TAGS:
        paragraph.append(after)
