"""What stands on a page beside its story: the next ones, related ones, most read ones.

Works on the tree in place. What tells another story is its own headline: of the same rank as the
page's, linked to a page of its own, with a byline where the page's headline has one, or a box below
"More stories". A heading of a lower rank without any of these may be a part of the story, however
little its words have in common with the headline: in a round-up it is the news of the day.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from extractors.articles.body.paragraphs import PROSE, prose_of, squash, words_of_element

SHORTEST_TITLE = 12  # letters of a headline that names one story of several
BOXES_AROUND = 3  # a headline's boxes that are looked at
MOST_OTHERS = 4  # stories beside one; more are the posts of a live page, or a list
MOST_LINKED = 0.4  # of a page's prose may stand in boxes below linked headlines; else it is a list
LONGEST_CARD = 800  # characters of a card of another story
_RANKS = ("h1", "h2")
_HEADLINES = ("h2", "h3", "h4", "h5")
_BOXES = ("div", "section", "aside", "article")
_OWN_ADDRESS = ("data-url", "data-href", "data-permalink", "data-article-url", "itemid")
_BYLINE = re.compile(r"\s*(?:by|von|por|par|di)\s+\w", re.IGNORECASE)
_OTHERS_HEADING = re.compile(
    r"\W*(?:(?:more|other|latest|top|related|recommended|popular|trending|most|suggested|further) ?[\w’' ]{0,20}"
    r"\b(?:stories|story|news|articles?|videos?|headlines|posts|reads?|reading|coverage|viewed|popular)|up next|next (?:story|article)"
    r"|you (?:may|might) also (?:like|be interested in)|read next|(?:más|otras|últimas|noticias) (?:noticias|relacionadas|leídas)"
    r"|(?:lo )?más leído|te puede interesar|mehr (?:zum thema|nachrichten)|weitere (?:artikel|meldungen|themen|nachrichten)|auch interessant"
    r"|(?:à )?lire aussi|sur le même sujet|leggi anche|leia (?:também|mais)|meistgelesen|les plus lus)\W*",
    re.IGNORECASE,
)


def without_other_stories(tree: HtmlElement, markup: str, title: str, url: str) -> None:
    """Drop what opens on a click alone, and the stories that stand beside the one of this title."""
    popovers = tree.xpath("//body//*[@popover]") if " popover" in markup else ()
    _drop(popover for popover in popovers if popover.find(".//h1") is None)
    title_text = squash(title)
    headings = [
        heading for heading in tree.iter(*_RANKS) if squash(heading.text_content()) == title_text
    ]
    if len(title_text) < SHORTEST_TITLE or len(headings) != 1:
        return
    headline = headings[0]
    if not _drop(_beside(headline)):
        _drop(_below_it(headline, url))
    _drop(_boxes_of_others(tree, headline))
    _drop(_cards(tree, headline, url))
    _drop(_linked(tree, headline, url))


def _drop(elements: Iterable[HtmlElement]) -> bool:
    attached = [element for element in elements if element.getparent() is not None]
    for element in attached:
        element.drop_tree()
    return bool(attached)


def _beside(headline: HtmlElement) -> list[HtmlElement]:
    """Boxes like the headline's own, each with a heading of the same rank and some paragraphs; and of
    few, those that name an address of their own, or are an <article> with any headline."""
    for box in islice(headline.iterancestors(), BOXES_AROUND):
        boxes = list(chain(box.itersiblings(), box.itersiblings(preceding=True)))
        others = [other for other in boxes if _is_story_like(other, box, headline.tag)]
        marked = [other for other in boxes if _is_marked(other, box)]
        if len(marked) <= MOST_OTHERS:
            others += [other for other in marked if other not in others]
        if others and _tells_something(box):
            return others
    return []


def _is_story_like(element: HtmlElement, box: HtmlElement, heading: str) -> bool:
    alike = element.tag == box.tag and element.get("class") == box.get("class")
    return alike and element.find(f".//{heading}") is not None and _tells_something(element)


def _is_marked(element: HtmlElement, box: HtmlElement) -> bool:
    if element.tag != box.tag or all(element.find(f".//{rank}") is None for rank in _RANKS):
        return False
    address = next((name for name in _OWN_ADDRESS if box.get(name)), "")
    other = element.get(address, "") if address else ""
    links_elsewhere = bool(other) and other != box.get(address)
    return (links_elsewhere or box.tag == "article") and _tells_something(element)


def _tells_something(element: HtmlElement) -> bool:
    return sum(len(words_of_element(paragraph)) >= PROSE for paragraph in element.iter("p")) > 1


def _below_it(headline: HtmlElement, url: str) -> list[HtmlElement]:
    """Stories in one box with the story, each from its headline to the next."""
    parent = headline.getparent()
    parts: list[list[HtmlElement]] = []
    before, passed = set[int](), False
    for child in parent if parent is not None else ():
        passed |= child is headline
        if child.tag in _RANKS or child is headline:
            before |= set() if passed else {len(parts)}
            parts.append([child])
        elif parts:
            parts[-1].append(child)
    own = next((part for part in parts if part[0] is headline), [])
    others = [
        part
        for number, part in enumerate(parts)
        if part is not own and _runs_on(part) and (number in before or _is_headline(part, own, url))
    ]
    whole = len(others) <= MOST_OTHERS and _runs_on(own)
    return [element for part in others for element in part] if whole else []


def _is_headline(part: list[HtmlElement], own: list[HtmlElement], url: str) -> bool:
    """Whether a heading begins a story of its own."""
    if part[0].tag == own[0].tag or _leads_elsewhere(part[0], url):
        return True
    return _has_byline(part) and _has_byline(own)


def _runs_on(part: list[HtmlElement]) -> bool:
    paragraphs = chain.from_iterable(element.iter("p") for element in part)
    return sum(len(words_of_element(paragraph)) >= PROSE for paragraph in paragraphs) > 1


def _has_byline(part: list[HtmlElement]) -> bool:
    after = part[1] if len(part) > 1 else None
    return (
        after is not None
        and len(text := words_of_element(after)) < PROSE
        and _BYLINE.match(text) is not None
    )


def _leads_elsewhere(heading: HtmlElement, url: str) -> bool:
    """Whether a heading is one link to another page of the site."""
    link = next(chain(heading.iter("a"), islice(heading.iterancestors("a"), 1)), None)
    if link is None or squash(words_of_element(link)) != squash(words_of_element(heading)):
        return False
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, link.get("href", "#")))
    except ValueError:
        return False
    return there.netloc == here.netloc and there.path not in {here.path, "", "/"}


def _boxes_of_others(tree: HtmlElement, headline: HtmlElement) -> Iterator[HtmlElement]:
    """Boxes that begin with "More stories"."""
    around = set(headline.iterancestors())
    for heading in tree.iter(*_HEADLINES):
        box = heading.getparent()
        if box is None or box.tag not in _BOXES or box in around:
            continue
        if _OTHERS_HEADING.fullmatch(words_of_element(heading)) and _begins(box, heading):
            yield box


def _begins(box: HtmlElement, heading: HtmlElement) -> bool:
    return squash(box.text_content()).startswith(squash(words_of_element(heading)))


def _cards(tree: HtmlElement, headline: HtmlElement, url: str) -> list[HtmlElement]:
    """Short <article>s beside the story's own, each with the linked headline of another."""
    own = next(headline.iterancestors("article"), None)
    if own is None or not _tells_something(own):
        return []
    around = {own, *own.iterancestors()}
    others = (article for article in tree.iter("article") if article not in around)
    return [
        card
        for card in others
        if own not in card.iterancestors()
        and len(words_of_element(card)) <= LONGEST_CARD
        and any(_leads_elsewhere(heading, url) for heading in card.iter(*_HEADLINES))
    ]


def _linked(tree: HtmlElement, headline: HtmlElement, url: str) -> list[HtmlElement]:
    """Boxes inside the story that begin with the linked headline of another."""
    around = set(headline.iterancestors())
    boxes = [
        box
        for heading in tree.iter(*_HEADLINES)
        if (box := heading.getparent()) is not None
        and box.tag in _BOXES
        and box not in around
        and _leads_elsewhere(heading, url)
        and _begins(box, heading)
    ]
    prose = sum(map(prose_of, boxes))
    return boxes if 0 < prose <= MOST_LINKED * prose_of(tree) else []
