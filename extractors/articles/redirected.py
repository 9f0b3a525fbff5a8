"""Whether a redirect within a site led away from the article. Pure.

A site that has lost an article sends its readers to its front page, to the section that the
article stood in, or to a page that says so, all with status 200. Their text is not the
article's, and would be taken for it.
"""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import SplitResult, urlsplit

from extractors.fetch.urls import host_group
from model import Outcome, Response
from model.front_page import NUMBERED, is_front

_NOT_FOUND = re.compile(
    r"/(?:[\w-]{1,20}/){0,2}(?:error[-_/]?)?(?:404|not[-_]?found|page[-_]?not[-_]?found)(?:\.[a-z]{2,5})?/?",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"(?:/(?:[a-z][a-z_]{1,24}(?:-[a-z]{2,12})?|(?:19|20)\d\d|\d{1,2}))+/?", re.IGNORECASE
)
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_WORD = re.compile(r"\w{3,}")
FRONT_PAGE = "its front page"
TITLE_WITHIN = 100_000  # bytes
FEWEST_TITLE_WORDS = 4
MOST_OF_WORDS = 0.7
_SECTIONS = re.compile(
    r"/(?:news|latest|archives?|all|stories|articles|blog|noticias|actualites|nachrichten)/?",
    re.IGNORECASE,
)
# What is only another form of the page before it: `/story/amp`, `/story/index.html`.
_FORM = re.compile(
    r"(?:/(?:amp|index\.\w{2,5}|print|full|feed|rss|single|comments?|\d|page|-)){0,2}/?",
    re.IGNORECASE,
)


def at_the_article(url: str, response: Response, title: str = "") -> Response:
    """The response, or a bad redirect where it is of another page than the article's. A page that is
    called as the feed calls the story (`title`) is the story, whatever its address looks like."""
    if response.outcome is not Outcome.OK or response.final_url == url:
        return response
    requested, reached = urlsplit(url), urlsplit(response.final_url)
    if host_group(url) != host_group(response.final_url):
        return response
    where = _away(requested, reached)
    if where is None or (where != FRONT_PAGE and is_called(response.body, title)):
        return response
    sentence = f"{reached.hostname} leads to {where} instead of the article."
    return replace(response, outcome=Outcome.BAD_REDIRECT, sentence=sentence)


def is_called(body: bytes, title: str) -> bool:
    """Whether the page's own title has most of the words of a headline; four words at least."""
    title_words = set(_WORD.findall(title.casefold()))
    match = _TITLE.search(body[:TITLE_WITHIN])
    if len(title_words) < FEWEST_TITLE_WORDS or match is None:
        return False
    page_words = set(_WORD.findall(unescape(match[1].decode("utf-8", "replace")).casefold()))
    return len(title_words & page_words) >= MOST_OF_WORDS * len(title_words)


def _away(requested: SplitResult, reached: SplitResult) -> str | None:
    """Where the reader was sent, if that is no article."""
    if is_front(requested):
        return None
    if is_front(reached):
        return FRONT_PAGE
    if requested.path.rstrip("/") == reached.path.rstrip("/"):
        return None
    if _NOT_FOUND.fullmatch(reached.path):
        return "its not-found page"
    if NUMBERED.search(reached.query):
        return None
    if _SECTIONS.fullmatch(reached.path) and not _SECTIONS.fullmatch(requested.path):
        return "a list of articles"
    folder = reached.path.rstrip("/")
    below = requested.path.startswith(f"{folder}/") and not _FORM.fullmatch(
        requested.path[len(folder) :]
    )
    return "the section that it stood in" if below and _SECTION.fullmatch(reached.path) else None
