"""Page bytes in, `Article` out. Pure and CPU-heavy: run it in a worker."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import trafilatura
from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement
from trafilatura.settings import Document
from trafilatura.utils import load_html

from extractors import boilerplate, paragraphs
from extractors.decoding import clean, decode, not_a_page
from extractors.fallbacks import text_in_scripts, visible_text
from extractors.pagefacts import PageFacts, page_facts, sane
from extractors.titles import pick_title
from extractors.urls import canonical_url
from extractors.walls import LITTLE_TEXT, Wall, wall_by_page
from model import Article, Method, Outcome, Unread

SHORTEST = 200  # characters; less is a failed extraction, as at Media Cloud
DEEPEST = 400  # levels of nesting that recursive code below us survives
EXTRACTOR = f"trafilatura {trafilatura.__version__}"
# What libxml2, trafilatura, htmldate and justext raise on hostile pages, beside what they catch.
_BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError)
_BLANK = Article("", "", "", (), None, None, None, "", "none", Outcome.OK, None, "", EXTRACTOR)
BROKEN_PAGE = (*_BROKEN, ValueError, re.error, etree.LxmlError)


def extract_article(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    feed_title: str = "",
    feed_text: str = "",
    published: datetime | None = None,
    source: str = "",
    language: str | None = None,
    now: datetime | None = None,
) -> Article:
    """The article of a page; what its feed said fills the gaps. Never raises for what bytes say.

    With fewer than 200 characters of text, or a wall in the way, the article is partial (the
    feed's text, or a teaser) or empty; `outcome` and `problem` then say why.
    """
    now = now or datetime.now(UTC)
    feed = _Feed(
        clean(feed_title).replace("\n", " "), clean(feed_text), published, source, language
    )
    other = not_a_page(body, content_type)
    if other:
        return _from_feed(
            url, feed, Outcome.UNSUPPORTED_TYPE, f"The address serves {other}, not a page."
        )
    if not body.strip(b"\x00 \t\r\n"):
        return _from_feed(url, feed, Outcome.EMPTY, "The page is empty.")
    markup = decode(body, content_type).replace("\x00", "")
    try:
        return _read(markup, url, feed, now)
    except BROKEN_PAGE as exc:
        why = f"The page broke the parser ({type(exc).__name__})."
        return _from_feed(url, feed, Outcome.EXTRACTION_EMPTY, why)


def article_from_feed(unread: Unread, outcome: Outcome, problem: str) -> Article:
    """What an article is when its page brought nothing: the feed's own text, or nothing."""
    title, text = clean(unread.title).replace("\n", " "), clean(unread.feed_text)
    feed = _Feed(title, text, unread.published, unread.source, unread.language)
    return _from_feed(unread.url, feed, outcome, problem, canonical=unread.canonical_url)


def article_to_json(article: Article) -> dict[str, object]:
    """The shape that `pollwatch extract` prints."""
    return {
        "title": article.title,
        "authors": list(article.authors),
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "site": article.site,
        "canonical_url": article.canonical_url,
        "body": article.body,
        "method": article.method,
        "problem": article.problem,
        "outcome": str(article.outcome),
        "url": article.url,
        "text_sha256": article.text_sha256,
        "extractor": article.extractor,
    }


@dataclass(frozen=True, slots=True)
class _Feed:
    """What the feed said of the article, cleaned."""

    title: str
    text: str
    published: datetime | None
    source: str
    language: str | None


def _read(markup: str, url: str, feed: _Feed, now: datetime) -> Article:
    tree = load_html(markup)
    if tree is None:
        return _from_feed(url, feed, Outcome.EXTRACTION_EMPTY, "The page holds no text.")
    facts = page_facts(tree, url)
    title = pick_title(facts, feed.title, feed.source, url)
    method, text = _body(tree, markup, url, facts, title)
    wall = _wall(tree, markup, url, facts, text)
    refreshed = facts.refresh if len(text) < SHORTEST else None
    about = replace(
        _BLANK,
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
        return _with_text(about, text, method, Outcome.OK, None)
    outcome, problem = wall or _too_little(text, refreshed)
    if outcome in {Outcome.BOT_WALL, Outcome.CONSENT_WALL, Outcome.COOKIE_WALL}:
        return _from_feed(url, feed, outcome, problem)  # nothing that a wall says is the article's
    own = text if outcome is Outcome.PAYWALL or (wall is None and len(text) >= 80) else ""
    if len(own) > len(feed.text):
        return _with_text(about, own, method, outcome, problem)
    return _with_text(about, feed.text, "feed" if feed.text else "none", outcome, problem)


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
            others.append(text_in_scripts(markup))
        if not shallow:
            others.append(visible_text(tree))
        best = max(others, key=len)
        if len(best) > len(text):
            method, text = "fallback", "\n".join(boilerplate.tidy(best.split("\n"), titles=[title]))
    return method, text


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


def _published(facts: PageFacts, tree: HtmlElement, feed: _Feed, now: datetime) -> datetime | None:
    """The page's own instant, else the feed's, else the day that htmldate finds on the page."""
    date = sane(facts.published, now) or sane(feed.published, now)
    if date:
        return date
    try:
        day = find_date(tree, original_date=True, extensive_search=True)
        return sane(datetime.fromisoformat(day).replace(tzinfo=UTC), now) if day else None
    except BROKEN_PAGE:
        return None


def _from_feed(
    url: str, feed: _Feed, outcome: Outcome, problem: str, canonical: str | None = None
) -> Article:
    about = replace(
        _BLANK,
        url=url,
        canonical_url=canonical or canonical_url(url) or url,
        title=feed.title,
        authors=(),
        published=feed.published,
        language=feed.language,
        site=feed.source or None,
        source=feed.source,
    )
    return _with_text(about, feed.text, "feed" if feed.text else "none", outcome, problem)


def _with_text(
    about: Article, body: str, method: Method, outcome: Outcome, problem: str | None
) -> Article:
    digest = hashlib.sha256(f"{about.title}\n\n{body}".encode()).hexdigest()
    return replace(
        about, body=body, method=method, outcome=outcome, problem=problem, text_sha256=digest
    )
