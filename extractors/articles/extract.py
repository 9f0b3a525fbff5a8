"""Page bytes in, `Article` out. Pure and CPU-heavy: run it in a worker."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import trafilatura
from htmldate import find_date
from lxml import etree
from lxml.html import (
    HtmlComment,
    HtmlElement,
    HtmlEntity,
    HTMLParser,
    HtmlProcessingInstruction,
    document_fromstring,
)
from trafilatura.settings import Document
from trafilatura.utils import HTML_PARSER, load_html

from extractors.articles import boilerplate, paragraphs, trafilatura_speedups
from extractors.articles.decoding import clean, decode
from extractors.articles.fallbacks import stripped, text_in_scripts, visible_text
from extractors.articles.from_feed import (
    BLANK,
    FeedWords,
    article_from_feed,
    article_to_json,
    by_feed,
    with_text,
)
from extractors.articles.metadata import PageFacts, page_facts, sane
from extractors.articles.titles import pick_title
from extractors.fetch.content_types import not_a_page
from extractors.fetch.walls import LITTLE_TEXT, Wall, wall_by_answer, wall_by_page
from model import Article, Method, Outcome

__all__ = ["article_from_feed", "article_to_json", "extract_article"]

SHORTEST = 200  # characters; less is a failed extraction, as at Media Cloud
LONGEST = 500_000  # characters; what a page says beyond that is no article
DEEPEST = 200  # levels of nesting that recursive code below us survives
# What libxml2, trafilatura, htmldate and justext raise on hostile pages, beside what they catch.
_BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError)
BROKEN_PAGE = (*_BROKEN, ValueError, re.error, etree.LxmlError)


# lxml.html asks Python for the class of every element it hands out; one class for all is decided
# in C, which spares a twelfth of the time and changes no text.
HTML_PARSER.set_element_class_lookup(
    etree.ElementDefaultClassLookup(
        element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
    )
)
trafilatura_speedups.take()


def extract_article(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    headers: Mapping[str, str] | None = None,
    feed_title: str = "",
    feed_text: str = "",
    published: datetime | None = None,
    source: str = "",
    language: str | None = None,
    now: datetime | None = None,
) -> Article:
    """The article of a page; what its feed said fills the gaps. Never raises for what bytes say.

    With fewer than 200 characters of text, or a wall in the way, the article is partial (the
    feed's text, or a teaser) or empty; `outcome` and `problem` then say why. `headers` have
    lower-case names.
    """
    now = now or datetime.now(UTC)
    content_type = content_type or (headers or {}).get("content-type")
    feed = FeedWords(
        clean(feed_title).replace("\n", " "), clean(feed_text), published, source, language
    )
    other = not_a_page(body, content_type)
    if other:
        return by_feed(
            url, feed, Outcome.UNSUPPORTED_TYPE, f"The address serves {other}, not a page."
        )
    proven = wall_by_answer(None, headers or {}, b"")
    if proven:
        return by_feed(url, feed, *proven)
    if not body.strip(b"\x00 \t\r\n"):
        return by_feed(url, feed, Outcome.EMPTY, "The page is empty.")
    markup = decode(body, content_type).replace("\x00", "")
    try:
        return _read(markup, url, feed, now)
    except BROKEN_PAGE as exc:
        why = f"The page broke the parser ({type(exc).__name__})."
        return by_feed(url, feed, Outcome.EXTRACTION_EMPTY, why)


def read_page(page: tuple[bytes, str, str | None]) -> Article:
    """A worker's job: (body, address, content type) to an article."""
    body, url, content_type = page
    return extract_article(body, url=url, content_type=content_type)


def _read(markup: str, url: str, feed: FeedWords, now: datetime) -> Article:
    tree = _parse(markup)
    if tree is None:
        return by_feed(url, feed, Outcome.EXTRACTION_EMPTY, "The page holds no text.")
    facts = page_facts(tree, url)
    title = pick_title(facts, feed.title, feed.source, url)
    method, text = _body(tree, markup, url, facts, title)
    wall = _wall(tree, markup, url, facts, text)
    refreshed = facts.refresh if len(text) < SHORTEST else None
    about = replace(
        BLANK,
        url=url,
        canonical_url=facts.canonical_url or url,
        title=title,
        authors=facts.authors,
        published=_published(facts, tree, feed, now),
        language=facts.language or feed.language,
        site=facts.site or feed.source or None,
        source=feed.source,
    )
    if wall is None and len(text) >= SHORTEST:
        return with_text(about, text, method, Outcome.OK, None)
    outcome, problem = wall or _too_little(text, refreshed)
    if outcome in {Outcome.BOT_WALL, Outcome.CONSENT_WALL, Outcome.COOKIE_WALL}:
        return by_feed(url, feed, outcome, problem)  # nothing that a wall says is the article's
    own = text if outcome is Outcome.PAYWALL or (wall is None and len(text) >= 80) else ""
    if len(own) > len(feed.text):
        return with_text(about, own, method, outcome, problem)
    return with_text(about, feed.text, "feed" if feed.text else "none", outcome, problem)


def _parse(markup: str) -> HtmlElement | None:
    """The tree as trafilatura makes it; for fragments that it refuses, as lxml does."""
    tree = load_html(markup)
    if tree is not None:
        return tree
    parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but blanks and comments
        return None


def _too_little(text: str, refresh: str | None) -> Wall:
    if refresh:
        why = "The page only forwards the reader to another address by <meta refresh>."
        return Outcome.BAD_REDIRECT, why
    return Outcome.EXTRACTION_EMPTY, f"Only {len(text)} characters of text were found on the page."


def _body(
    tree: HtmlElement, markup: str, url: str, facts: PageFacts, title: str
) -> tuple[Method, str]:
    """Text by the first way that brings enough of it."""
    shallow = not tree.xpath(f"boolean(//*[ancestor::*[{DEEPEST}]])")
    text = _by_trafilatura(tree, url, facts, title) if shallow else ""
    method: Method = "trafilatura"
    if len(text) < SHORTEST or (len(text) < 1000 and len(facts.article_text) > 3 * len(text)):
        others = [facts.article_text]
        if len(facts.article_text) < SHORTEST:
            others.append(text_in_scripts(tree))
        if not shallow:
            others.append(stripped(markup))  # libxml2 drops what lies deeper than 256 levels
        best = max(others, key=len)
        if len(best) > len(text):
            method, text = "fallback", "\n".join(boilerplate.tidy(best.split("\n"), titles=[title]))
    return method, text[:LONGEST]


def _by_trafilatura(tree: HtmlElement, url: str, facts: PageFacts, title: str) -> str:
    links, headings = paragraphs.linked_lines(tree), paragraphs.headings(tree)
    # Without its metadata, which costs two fifths more time; `page_facts` reads what we need.
    found = trafilatura.bare_extraction(tree, url=url, include_comments=False)
    if not isinstance(found, Document):
        return ""
    lines = clean(found.text or "").split("\n")
    lines = paragraphs.restore_paragraphs(tree, lines)
    lines = paragraphs.restore_lead(tree, lines, facts.descriptions)
    titles = [title, *facts.titles]
    tidied = boilerplate.tidy(
        lines, titles=titles, authors=facts.authors, links=links, headings=headings
    )
    return clean("\n".join(tidied))


def _wall(tree: HtmlElement, markup: str, url: str, facts: PageFacts, text: str) -> Wall | None:
    if len(text) > LITTLE_TEXT:
        return None
    own = facts.titles[-1] if facts.titles else ""
    visible = visible_text(tree)
    return wall_by_page(markup, title=own, text=text, visible=visible, paid=facts.paid, url=url)


def _published(
    facts: PageFacts, tree: HtmlElement, feed: FeedWords, now: datetime
) -> datetime | None:
    """The page's own instant, else the feed's, else the day that htmldate finds on the page."""
    date = sane(facts.published, now) or sane(feed.published, now)
    if date:
        return date
    try:
        day = find_date(tree, original_date=True, extensive_search=True)
        return sane(datetime.fromisoformat(day).replace(tzinfo=UTC), now) if day else None
    except BROKEN_PAGE:
        return None
