"""Page bytes in, `Article` out. Pure and CPU-heavy: run it in a worker."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from lxml import etree

from extractors.articles import inline_marks
from extractors.articles.body import prune
from extractors.articles.body.fallbacks import (
    parsed_page,
    text_in_json,
    visible_text,
    with_frames,
)
from extractors.articles.body.inserts import without_inserts, without_linked_offers
from extractors.articles.body.other_stories import without_other_stories
from extractors.articles.body.paragraphs import notes_of
from extractors.articles.body.signup_boxes import without_asking_boxes
from extractors.articles.body.text_of_page import (
    SHORTEST,
    Page,
    body_of,
    drawn_by_script,
    tidied,
)
from extractors.articles.body.wrappers import rename_wrappers, with_paragraphs
from extractors.articles.decoding import clean, decode
from extractors.articles.doubt import Doubt, doubt, doubt_by_feed, share_told
from extractors.articles.from_feed import (
    BLANK,
    FeedArticle,
    by_feed,
    with_text,
)
from extractors.articles.metadata import publication_date
from extractors.articles.metadata.page_facts import page_facts
from extractors.articles.metadata.publication_date import Dated
from extractors.articles.metadata.titles import pick_title
from extractors.articles.notices import notice
from extractors.articles.pagination import other_pages
from extractors.articles.several_pages import continued_at
from extractors.feeds.parsing.text import opening_of
from extractors.fetch.answer.content_types import not_a_page
from extractors.fetch.answer.walls import LITTLE_TEXT, Wall, wall_by_answer, wall_by_page
from extractors.language_detection import language_of
from model import Article, Outcome

# What libxml2, trafilatura, htmldate and justext raise on hostile pages, beside what they catch.
_BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError)
# Of the words of the feed's headline or summary, from which on a text is their story
HEADLINE_SHARE = 0.34
BROKEN_PAGE = (*_BROKEN, ValueError, re.error, etree.LxmlError)


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
    first_page: str | None = None,
    number: int = 1,
) -> Article:
    """The article of a page; what its feed said fills the gaps. Never raises for what bytes say.

    `number` is which page it is of the story that begins at `first_page` (None: `url`).

    With fewer than 200 characters of text, or a wall in the way, the article is partial (the
    feed's text, or a teaser) or empty; `outcome` and `problem` then say why. `headers` have
    lower-case names.
    """
    now = now or datetime.now(UTC)
    content_type = content_type or (headers or {}).get("content-type")
    feed = FeedArticle(
        clean(feed_title).replace("\n", " "), clean(feed_text), published, source, language
    )
    if (refused := _no_page(body, content_type, headers or {})) is not None:
        return by_feed(url, feed, *refused)
    markup = decode(body, content_type).replace("\x00", "")
    try:
        if (inside := text_in_json(markup)) is not None:
            return _from_json(inside, url, feed)
        return _read(markup, url, feed, now, (first_page or url, number))
    except BROKEN_PAGE as exc:
        why = f"The page broke the parser ({type(exc).__name__})."
        return by_feed(url, feed, Outcome.EXTRACTION_EMPTY, why)


def _no_page(body: bytes, content_type: str | None, headers: Mapping[str, str]) -> Wall | None:
    """Why these bytes are not read at all."""
    if other := not_a_page(body, content_type):
        return Outcome.UNSUPPORTED_TYPE, f"The address serves {other}, not a page."
    if proven := wall_by_answer(None, headers, b""):
        return proven
    if not body.strip(b"\x00 \t\r\n"):
        return Outcome.EMPTY, "The page is empty."
    return None


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


def _read(
    markup: str, url: str, feed: FeedArticle, now: datetime, place: tuple[str, int]
) -> Article:
    tree = parsed_page(markup)
    if tree is None:
        return by_feed(url, feed, Outcome.EXTRACTION_EMPTY, "The page holds no text.")
    elements = list(tree.iter())
    facts = page_facts(tree, url)
    scripts = list(tree.iter("script", "textarea"))
    title = pick_title(facts, feed.title, feed.source, url)
    with_frames(tree, (title, *(leads := (*facts.descriptions, feed.text))))
    first_page, number = place
    pages = other_pages(tree, markup, url, facts.canonical_url, first=first_page, number=number)
    prune.without_code(tree)
    classes = prune.classes_of(tree)
    prune.without_unseen(tree, classes)
    inline_marks.with_drop_caps(tree, classes)
    inline_marks.without_readings(tree)
    prune.without_side_columns(tree, classes)
    prune.without_hidden(tree, prune.hiding_names(classes, markup))
    prune.without_comments(tree, markup)
    without_asking_boxes(tree, facts.authors, classes)
    inserts = f"{without_inserts(tree, classes)}\n{without_linked_offers(tree)}".strip()
    without_other_stories(tree, markup, title, url)
    with_paragraphs(tree)
    notes = notes_of(tree, classes)
    rename_wrappers(tree, leads)
    return _article_of(
        Page(tree, elements, markup, url, scripts, facts, title, feed, notes, inserts, pages),
        now,
    )


def _article_of(page: Page, now: datetime) -> Article:
    """The article with the name of what is wrong with it, if anything is."""
    method, text, paid = body_of(page)
    facts, feed = page.facts, page.feed
    wall = _wall(page, text, paid=paid)
    if wall is None and len(text) >= SHORTEST:
        doubted = _doubt(page, text)
        if doubted and not doubted.by_feed and (drawn := drawn_by_script(page)):
            return with_text(_about(page, drawn, now), drawn, "fallback", Outcome.OK, None)
        if doubted:
            text = tidied(doubted.better, page.title) if doubted.better else text
            about = replace(_about(page, text, now), alternatives=doubted.alternatives)
            if doubted.by_feed:  # rules that ask for a headline must see what the feed calls it
                about = replace(about, title=feed.title)
            return with_text(about, text, method, Outcome.EXTRACTION_DOUBTFUL, doubted.why)
        if page.others.following is not None:
            why = continued_at(page.others.following)
            about = _about(page, text, now)
            return with_text(about, text, method, Outcome.EXTRACTION_DOUBTFUL, why)
        return with_text(_about(page, text, now), text, method, Outcome.OK, None)
    refreshed = facts.refresh if len(text) < SHORTEST else None
    outcome, problem = wall or _too_little(text, refreshed)
    if wall is not None and outcome is not Outcome.PAYWALL:
        # Nothing that a wall says is the article's.
        return by_feed(page.url, feed, outcome, problem)
    own = text if outcome is Outcome.PAYWALL or len(text) >= 80 else ""
    about = _about(page, own or feed.text, now)
    if len(own) > len(feed.text):
        return with_text(about, own, method, outcome, problem)
    about = replace(about, title=feed.title or about.title)  # "Sign in" is no headline
    return with_text(about, feed.text, "feed" if feed.text else "none", outcome, problem)


def _about(page: Page, text: str, now: datetime) -> Article:
    facts, feed = page.facts, page.feed
    published, date_source = _published(page, now)
    return replace(
        BLANK,
        url=page.url,
        canonical_url=facts.canonical_url or page.url,
        title=page.title or opening_of(text),
        authors=facts.authors,
        published=published,
        date_source=date_source,
        language=language_of(text, facts.language or feed.language),
        site=facts.site or feed.source or None,
        source=feed.source,
        next_page=page.others.following,
        one_page=page.others.whole,
    )


def _too_little(text: str, refresh: str | None) -> Wall:
    if refresh:
        why = "The page only forwards the reader to another address by <meta refresh>."
        return Outcome.BAD_REDIRECT, why
    return Outcome.EXTRACTION_EMPTY, f"Only {len(text)} characters of text were found on the page."


def _wall(page: Page, text: str, *, paid: bool) -> Wall | None:
    """What stands in the article's place, if anything does."""
    facts = page.facts
    visible = f"{visible_text(page.tree)}\n{page.inserts}" if len(text) <= LITTLE_TEXT else ""
    shown = text if len(text) >= SHORTEST else visible
    if (wall := notice(shown, facts.titles, is_told=_is_told(page.feed, shown))) is not None:
        return wall
    if len(text) > LITTLE_TEXT:
        return None
    title = facts.titles[-1] if facts.titles else ""
    paid = facts.paid or paid
    return wall_by_page(
        page.markup, title=title, text=text, visible=visible, paid=paid, url=page.url
    )


def _is_told(feed: FeedArticle, text: str) -> bool | None:
    """Whether the text has the words of the feed's headline or summary; None for a feed of few words."""
    shares = [share_told(text, words) for words in (feed.title, feed.text)]
    told_shares = [share for share in shares if share is not None]
    return max(told_shares) >= HEADLINE_SHARE if told_shares else None


def _doubt(page: Page, text: str) -> Doubt | None:
    """A template in one language around a story in another shares no words with it."""
    declared, titles = page.facts.language, (page.title, *page.facts.titles)
    suspicion = doubt(page.tree, text, titles, page.facts.descriptions)
    if suspicion is not None and language_of(text, declared) != declared:
        suspicion = doubt(page.tree, text, (), page.facts.descriptions)
    feed = page.feed
    if suspicion is None and feed.language in {None, language_of(text, feed.language)}:
        return doubt_by_feed(page.tree, text, feed.title, feed.text)
    return suspicion


def _published(page: Page, now: datetime) -> Dated:
    try:
        return publication_date.published(page.facts, page.feed.published, page.url, page.tree, now)
    except BROKEN_PAGE:
        return None, None
