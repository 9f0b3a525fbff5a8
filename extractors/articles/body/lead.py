"""The standfirst of a story, which many pages show outside the box of its paragraphs. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, islice

from lxml.html import HtmlElement

from extractors.articles.body.paragraphs import (
    is_aside,
    limited,
    link_share,
    squash,
    words_of_element,
)

_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|intro|introduction|standfirst|dek|deck|chapo|entradilla|vorspann|sapo"
    r"|ingress|sommario|bajada|excerpt|summary|preamble|sub-?title|(?:second|alternative)-title"
    r"|sub-?head(?:line|ing)?|(?:article|t\d{1,4})_{1,2}desc(?:r|ription)?|teaser-text)(?:$|[\s_-]|text|paragraph)",
    re.I,
)
# Where classes are made by a program, what tests and scripts know a part by stays readable.
_NAMING = (
    "class",
    "id",
    "data-gu-name",
    "data-testid",
    "data-test-id",
    "data-qa",
    "data-component",
)
SOON_AFTER = 300  # letters between two paragraphs: a byline, a caption, a teaser
ENDS = (".", "!", "?", "…", "”", '"', "»", "。")  # a caption or a headline has none
LEVELS = 2  # an element and its box are asked for their names
MOST_MARKS = 3  # elements in a standfirst that is no paragraph
SHORTEST_LEAD, LONGEST_LEAD = 60, 700  # characters


def restore_lead(tree: HtmlElement, lines: list[str], descriptions: Iterable[str]) -> list[str]:
    """Put the standfirst first when the page shows it outside the body that was found.

    It is the text that the page's own description begins with; a description that the page
    does not show is not article text.
    """
    starts = {squash(text)[:60] for text in descriptions if len(text) >= 60}
    whole = squash("".join(lines))
    starts = {start for start in starts if len(start) > 30}
    if any(start in whole for start in starts):
        return lines
    if not starts:
        return _restore_named_lead(tree, lines, whole)
    if not _shows(tree, starts):
        return _restore_named_lead(tree, lines, whole)
    for element in limited(tree.iter("p", "h2", "h3", "div", "span", "strong")):
        if len(element) > 6 or not _may_start(element, starts):
            continue
        text = words_of_element(element)
        if 60 <= len(text) <= 700 and (key := squash(text)).startswith(tuple(starts)):
            return lines if key[:60] in whole else [text, *lines]
    return _restore_named_lead(tree, lines, whole)


def _shows(tree: HtmlElement, starts: Iterable[str]) -> bool:
    """Whether one of the starts stands anywhere on the page, told without a look at each element."""
    shown = squash(tree.text_content())
    return any(start in shown for start in starts)


def _restore_named_lead(tree: HtmlElement, lines: list[str], whole: str) -> list[str]:
    """The paragraph before the first that was found, if its box is named as a story's opening."""
    headlines = {squash(words_of_element(heading)) for heading in limited(tree.iter("h1"))}
    keys = (squash(line) for line in lines)
    first = next((key for key in keys if key not in headlines), "")
    lead = None
    for element in limited(tree.iter("p", "h2", "h3", "div")):
        if element.tag == "div" and (len(element) > MOST_MARKS or not _is_lead(element)):
            continue
        text = words_of_element(element)
        key = squash(text)
        if key == first:
            return lines if lead is None else [lead, *lines]
        if not SHORTEST_LEAD <= len(text) <= LONGEST_LEAD or not _is_lead(element):
            continue
        is_new = key[:60] not in whole and text.endswith(ENDS)
        if is_new and link_share(element) <= 0.2 and not _stands_aside(element):
            lead = text
    return [lead, *lines] if lead and first and _is_before(tree, lead, first) else lines


def _is_before(tree: HtmlElement, opening: str, first: str) -> bool:
    """Whether it stands before a line that is no paragraph of the page."""
    shown = squash(tree.text_content())
    return 0 <= shown.find(squash(opening)) < shown.find(first[:60])


def _stands_aside(element: HtmlElement) -> bool:
    """A box of other stories, but for one whose own name says that it opens this."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    around = element.getparent() if _LEAD.search(names) else element
    return around is not None and is_aside(around)


def goes_on(tree: HtmlElement, lead: str, line: str) -> bool:
    """Whether the line stands on the page soon after the lead."""
    shown, opening = squash(tree.text_content()), squash(lead)
    at = shown.find(opening[:60])
    return 0 <= shown.find(squash(line)[:60], at) - at - len(opening) < SOON_AFTER


def _is_lead(element: HtmlElement) -> bool:
    around = islice(chain((element,), element.iterancestors()), LEVELS)
    return any(_names_lead(*map(element.get, _NAMING)) for element in around)


@lru_cache(4096)  # few names on many elements
def _names_lead(*names: str | None) -> bool:
    return any(name and _LEAD.search(name) for name in names)


def _may_start(element: HtmlElement, starts: set[str]) -> bool:
    """Cheap: whether the element's first words agree with one of the starts."""
    first = next((key for text in element.itertext() if (key := squash(text[:200]))), "")
    return any(first.startswith(start) or start.startswith(first) for start in starts)
