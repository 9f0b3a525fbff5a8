"""The body text of a page: by trafilatura, or by the first other way that brings enough. Pure."""

import re
from dataclasses import dataclass

import trafilatura
from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction
from trafilatura.settings import Document
from trafilatura.utils import HTML_PARSER

from extractors.articles.body import boilerplate, lead, paragraphs
from extractors.articles.body.fallbacks import stripped, text_in_scripts, with_updates
from extractors.articles.body.paragraphs import squash
from extractors.articles.decoding import clean
from extractors.articles.doubt import fits, is_strange
from extractors.articles.from_feed import LONGEST_BODY, FeedArticle
from extractors.articles.metadata.page_facts import PageFacts
from extractors.articles.pagination import NO_OTHERS, OtherPages
from extractors.articles.speedups import trafilatura_speedups
from extractors.language_detection import language_of
from model import Method

SHORT_TEXT = 1_000  # characters; a longer text is no teaser of what the page's data holds at length
MOST_OF_TEASER = 1_500  # characters of a beginning whose rest may stand in data
MUCH_LONGER = 3  # times
LONGER = 1.3  # times
OPENING = 60  # letters of a paragraph by which it is found again
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9 ,.]{30,60}")  # as they stand in JSON, too
SHORTEST = 200  # characters; less is a failed extraction, as at Media Cloud
DEEPEST_MARKUP = 200  # levels of nesting that recursive code below us survives
# Step by step from the root: for each element to count its ancestors takes twice as long.
_IS_DEEP = etree.XPath(f"boolean({'/*' * (DEEPEST_MARKUP + 1)})")

# lxml.html asks Python for the class of every element it hands out; one class for all is decided
# in C, which spares a twelfth of the time and changes no text.
HTML_PARSER.set_element_class_lookup(
    etree.ElementDefaultClassLookup(
        element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
    )
)
trafilatura_speedups.install_trafilatura_speedups()


@dataclass(frozen=True, slots=True)
class Page:
    """A page taken apart: what is asked of it again and again."""

    tree: HtmlElement  # without code, hidden elements and misleading names
    elements: list[HtmlElement]  # held, as lxml otherwise makes each anew for whoever looks at it
    markup: str
    url: str
    scripts: list[HtmlElement]
    facts: PageFacts
    title: str
    feed: FeedArticle
    notes: tuple[str, ...]  # corrections and the like
    inserts: str  # what boxes said that were set into the story and are no part of it
    others: OtherPages = NO_OTHERS  # where the story goes on


def body_of(page: Page) -> tuple[Method, str, bool]:
    """Text by the first way that brings enough of it, and whether it asks to be paid for."""
    shallow = not _IS_DEEP(page.tree)
    text, paid = _by_trafilatura(page) if shallow else ("", False)
    method: Method = "trafilatura"
    fuller = _fuller(page, text, shallow=shallow) if len(text) < MOST_OF_TEASER else ""
    if fuller:
        method, text = "fallback", tidied(fuller, page.title)
    return method, with_updates(text, page.facts.updates)[:LONGEST_BODY], paid


def _fuller(page: Page, text: str, *, shallow: bool) -> str:
    """The story as data and scripts of the page have it, where it shows none of it, or its beginning
    alone; "" where they have no more of it."""
    in_data = page.facts.article_text
    if len(text) < SHORTEST:
        others = [in_data]
        if len(in_data) < SHORTEST:
            others.append(text_in_scripts(page.tree, page.scripts, page.title))
        if not shallow:
            others.append(stripped(page.markup))  # libxml2 drops what is deeper than 256 levels
        best = max(others, key=len)
    elif len(text) < SHORT_TEXT and len(in_data) > MUCH_LONGER * len(text):
        best = in_data
    else:
        best = _going_on(page, text)
    best = best if len(best) > len(text) else ""
    transcript = page.facts.transcript
    if (
        len(best or text) < SHORT_TEXT
        and len(transcript) > len(text)
        and fits(transcript, page.title)
    ):
        return "\n".join(filter(None, [best or text, transcript]))
    return best


def _going_on(page: Page, text: str) -> str:
    """What page or feed have in their data of a text of which the page shows the beginning."""
    longest = max(text.split("\n"), key=len)
    words = _PLAIN_WORDS.search(longest)
    if words and page.markup.count(words[0]) < 2:
        return ""  # it stands in no data; telling so is cheap
    opening = squash(longest)[:OPENING]
    for whole in (page.facts.article_text, text_in_scripts(page.tree, page.scripts, page.title)):
        if len(whole) > LONGER * len(text) and opening in squash(whole):
            return whole
    return ""


def tidied(text: str, title: str) -> str:
    return "\n".join(boilerplate.tidy(text.split("\n"), titles=[title]))


def _by_trafilatura(page: Page) -> tuple[str, bool]:
    tree, facts = page.tree, page.facts
    links, headings = paragraphs.linked_lines(tree), paragraphs.headings(tree)
    # Without its metadata, which costs two fifths more time; `page_facts` reads what we need.
    document = trafilatura.bare_extraction(
        tree, options=trafilatura_speedups.settings_for(page.url)
    )
    if not isinstance(document, Document):
        return "", False
    lines = clean(document.text or "").split("\n")
    paid = any(map(boilerplate.asks_to_pay, lines))
    lines = paragraphs.restore_paragraphs(tree, lines)
    lines = _with_lead(page, lines)
    lines = paragraphs.restore_notes(lines, page.notes)
    titles = [page.title, *facts.titles]
    tidy_lines = boilerplate.tidy(
        lines, titles=titles, authors=facts.authors, links=links, headings=headings
    )
    return clean("\n".join(tidy_lines)), paid


def _with_lead(page: Page, lines: list[str]) -> list[str]:
    """With a lead of another box, but not before strange lines, for which it would vouch."""
    descriptions = page.facts.descriptions
    led = lead.restore_lead(page.tree, lines, [*descriptions, page.feed.text])
    text = "\n".join(lines)
    if len(led) == len(lines) or len(text) < SHORTEST:
        return led
    declared, titles = page.facts.language, (page.title, *page.facts.titles)
    strange = is_strange(text, titles, descriptions) and language_of(text, declared) == declared
    return lines if strange and not lead.goes_on(page.tree, led[0], lines[0]) else led


def drawn_by_script(page: Page) -> str:
    """The story in the page's data, where the text that shows is doubted and this fits the headline."""
    data = page.facts.article_text
    if len(data) < SHORTEST:
        data = text_in_scripts(page.tree, page.scripts, page.title)
    return tidied(data, page.title) if len(data) >= SHORTEST and fits(data, page.title) else ""
