"""Page bytes in, `Article` out. Pure and CPU-heavy: run it in a worker."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import trafilatura
from lxml import etree
from lxml.html import (
    HtmlComment,
    HtmlElement,
    HtmlEntity,
    HtmlProcessingInstruction,
)
from trafilatura.settings import Document
from trafilatura.utils import HTML_PARSER

from extractors.articles import publication_date
from extractors.articles.body import boilerplate, paragraphs, prune, trafilatura_speedups
from extractors.articles.body.fallbacks import (
    parsed_page,
    stripped,
    text_in_json,
    text_in_scripts,
    visible_text,
    with_frames,
    with_updates,
)
from extractors.articles.decoding import clean, decode
from extractors.articles.doubt import Doubt, doubt, fits, is_strange
from extractors.articles.from_feed import (
    BLANK,
    FeedArticle,
    article_from_feed,
    article_to_json,
    by_feed,
    with_text,
)
from extractors.articles.metadata import PageFacts, page_facts
from extractors.articles.publication_date import Dated
from extractors.articles.titles import pick_title
from extractors.fetch.content_types import not_a_page
from extractors.fetch.walls import LITTLE_TEXT, Wall, wall_by_answer, wall_by_page
from extractors.language_detection import language_of
from model import Article, Method, Outcome

__all__ = ["article_from_feed", "article_to_json", "extract_article"]

SHORTEST = 200  # characters; less is a failed extraction, as at Media Cloud
LONGEST_BODY = 500_000  # characters; what a page says beyond that is not an article
DEEPEST_MARKUP = 200  # levels of nesting that recursive code below us survives
# Step by step from the root: for each element to count its ancestors takes twice as long.
_IS_DEEP = etree.XPath(f"boolean({'/*' * (DEEPEST_MARKUP + 1)})")
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
    feed = FeedArticle(
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
        if (inside := text_in_json(markup)) is not None:
            return _from_json(inside, url, feed)
        return _read(markup, url, feed, now)
    except BROKEN_PAGE as exc:
        why = f"The page broke the parser ({type(exc).__name__})."
        return by_feed(url, feed, Outcome.EXTRACTION_EMPTY, why)


def extract_job(page: tuple[bytes, str, str | None]) -> Article:
    """A worker's job: (body, address, content type) to an article."""
    body, url, content_type = page
    return extract_article(body, url=url, content_type=content_type)


def _from_json(text: str, url: str, feed: FeedArticle) -> Article:
    """An address that serves data: the longest text in it, if that is one."""
    if len(text) < SHORTEST:
        return by_feed(url, feed, Outcome.UNSUPPORTED_TYPE, "The address serves JSON, not a page.")
    about = by_feed(url, feed, Outcome.OK, "")
    language = language_of(text, feed.language)
    return with_text(replace(about, language=language), text, "fallback", Outcome.OK, None)


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


def _read(markup: str, url: str, feed: FeedArticle, now: datetime) -> Article:
    tree = parsed_page(markup)
    if tree is None:
        return by_feed(url, feed, Outcome.EXTRACTION_EMPTY, "The page holds no text.")
    elements = list(tree.iter())
    facts = page_facts(tree, url)
    scripts = list(tree.iter("script"))
    title = pick_title(facts, feed.title, feed.source, url)
    with_frames(tree, (title, *(leads := (*facts.descriptions, feed.text))))
    prune.without_code(tree)
    classes = prune.classes_of(tree)
    prune.without_unseen(tree, classes)
    prune.without_side_columns(tree, classes)
    prune.without_hidden(tree, prune.hiding_names(classes, markup))
    prune.without_comments(tree, markup)
    paragraphs.without_other_stories(tree, markup, title)
    prune.rename_wrappers(tree, leads)
    return _judged(Page(tree, elements, markup, url, scripts, facts, title, feed), now)


def _judged(page: Page, now: datetime) -> Article:
    """The article with the name of what is wrong with it, if anything is."""
    method, text, paid = _body(page)
    facts, feed = page.facts, page.feed
    wall = _wall(page, text, paid=paid)
    if wall is None and len(text) >= SHORTEST:
        doubted = _doubt(page, text)
        if doubted and (drawn := _drawn_by_script(page)):
            return with_text(_about(page, drawn, now), drawn, "fallback", Outcome.OK, None)
        if doubted:
            text = _tidied(doubted.better, page.title) if doubted.better else text
            about = replace(_about(page, text, now), alternatives=doubted.alternatives)
            return with_text(about, text, method, Outcome.EXTRACTION_DOUBTFUL, doubted.why)
        return with_text(_about(page, text, now), text, method, Outcome.OK, None)
    refreshed = facts.refresh if len(text) < SHORTEST else None
    outcome, problem = wall or _too_little(text, refreshed)
    if outcome in {Outcome.BOT_WALL, Outcome.CONSENT_WALL, Outcome.COOKIE_WALL}:
        return by_feed(
            page.url, feed, outcome, problem
        )  # nothing that a wall says is the article's
    own = text if outcome is Outcome.PAYWALL or (wall is None and len(text) >= 80) else ""
    about = _about(page, own or feed.text, now)
    if len(own) > len(feed.text):
        return with_text(about, own, method, outcome, problem)
    return with_text(about, feed.text, "feed" if feed.text else "none", outcome, problem)


def _about(page: Page, text: str, now: datetime) -> Article:
    facts, feed = page.facts, page.feed
    published, date_source = _published(page, now)
    return replace(
        BLANK,
        url=page.url,
        canonical_url=facts.canonical_url or page.url,
        title=page.title,
        authors=facts.authors,
        published=published,
        date_source=date_source,
        language=language_of(text, facts.language or feed.language),
        site=facts.site or feed.source or None,
        source=feed.source,
    )


def _too_little(text: str, refresh: str | None) -> Wall:
    if refresh:
        why = "The page only forwards the reader to another address by <meta refresh>."
        return Outcome.BAD_REDIRECT, why
    return Outcome.EXTRACTION_EMPTY, f"Only {len(text)} characters of text were found on the page."


def _body(page: Page) -> tuple[Method, str, bool]:
    """Text by the first way that brings enough of it, and whether it asks to be paid for."""
    shallow = not _IS_DEEP(page.tree)
    text, paid = _by_trafilatura(page) if shallow else ("", False)
    method: Method = "trafilatura"
    in_data = page.facts.article_text
    if len(text) < SHORTEST or (len(text) < 1000 and len(in_data) > 3 * len(text)):
        others = [in_data]
        if len(in_data) < SHORTEST:
            others.append(text_in_scripts(page.tree, page.scripts, page.title))
        if not shallow:
            others.append(stripped(page.markup))  # libxml2 drops what is deeper than 256 levels
        best = max(others, key=len)
        if len(best) > len(text):
            method, text = "fallback", _tidied(best, page.title)
    return method, with_updates(text, page.facts.updates)[:LONGEST_BODY], paid


def _tidied(text: str, title: str) -> str:
    return "\n".join(boilerplate.tidy(text.split("\n"), titles=[title]))


def _by_trafilatura(page: Page) -> tuple[str, bool]:
    tree, facts = page.tree, page.facts
    links, headings = paragraphs.linked_lines(tree), paragraphs.headings(tree)
    # Without its metadata, which costs two fifths more time; `page_facts` reads what we need.
    found = trafilatura.bare_extraction(tree, url=page.url, include_comments=False)
    if not isinstance(found, Document):
        return "", False
    lines = clean(found.text or "").split("\n")
    paid = any(map(boilerplate.asks_to_pay, lines))
    lines = paragraphs.restore_paragraphs(tree, lines)
    lines = _with_lead(page, lines)
    titles = [page.title, *facts.titles]
    tidied = boilerplate.tidy(
        lines, titles=titles, authors=facts.authors, links=links, headings=headings
    )
    return clean("\n".join(tidied)), paid


def _with_lead(page: Page, lines: list[str]) -> list[str]:
    """With a lead of another box, but not before strange lines, for which it would vouch."""
    told = page.facts.descriptions
    led = paragraphs.restore_lead(page.tree, lines, [*told, page.feed.text])
    text = "\n".join(lines)
    if len(led) == len(lines) or len(text) < SHORTEST:
        return led
    declared, titles = page.facts.language, (page.title, *page.facts.titles)
    strange = is_strange(text, titles, told) and language_of(text, declared) == declared
    return lines if strange and not paragraphs.goes_on(page.tree, led[0], lines[0]) else led


def _wall(page: Page, text: str, *, paid: bool) -> Wall | None:
    if len(text) > LITTLE_TEXT:
        return None
    facts = page.facts
    return wall_by_page(
        page.markup,
        title=facts.titles[-1] if facts.titles else "",
        text=text,
        visible=visible_text(page.tree),
        paid=facts.paid or paid,
        url=page.url,
    )


def _drawn_by_script(page: Page) -> str:
    """The story in the page's data, where the text that shows is doubted and this fits the headline."""
    data = page.facts.article_text
    if len(data) < SHORTEST:
        data = text_in_scripts(page.tree, page.scripts, page.title)
    return _tidied(data, page.title) if len(data) >= SHORTEST and fits(data, page.title) else ""


def _doubt(page: Page, text: str) -> Doubt | None:
    """A template in one language around a story in another shares no words with it."""
    declared, titles = page.facts.language, (page.title, *page.facts.titles)
    found = doubt(page.tree, text, titles, page.facts.descriptions)
    if found is None or language_of(text, declared) == declared:
        return found
    return doubt(page.tree, text, (), page.facts.descriptions)


def _published(page: Page, now: datetime) -> Dated:
    try:
        return publication_date.published(page.facts, page.feed.published, page.url, page.tree, now)
    except BROKEN_PAGE:
        return None, None
