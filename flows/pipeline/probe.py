"""The start of every run: each kind of worker does one job whose result is known.

A missing library or a memory limit would otherwise look like the fault of every feed and page.
"""

import asyncio

from extractors.articles.extract import extract_article
from extractors.workers.pool import BadInstallation, Workers
from extractors.workers.runner import JobRunner
from matchers.engine.engine import Engine, find_hits
from matchers.query.parser import parse_query
from matchers.text.article_text import ArticleText
from model import Article, Examples, Hit, ParsedFeed, Rule

PROBE_URL = "https://example.org/known"
SENTENCE = "The clerk said that all ballots of the county were counted by hand on Tuesday night."
KNOWN_FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Known</title>'
    b"<link>https://example.org/</link><item><title>Ballots counted</title>"
    b"<link>https://example.org/known</link><guid>known</guid></item></channel></rss>"
)
KNOWN_PAGE = (
    f"<html><head><title>Ballots counted</title></head><body><article><h1>Ballots counted</h1>"
    f"{f'<p>{SENTENCE} {SENTENCE}</p>' * 3}</article></body></html>"
)
KNOWN_QUERY = "ballots NEAR/8 counted"
FEED_JOB = (KNOWN_FEED, PROBE_URL, "application/rss+xml")


def read_known_page() -> tuple[Article, tuple[Hit, ...]]:
    """In a worker: the known page extracted, and matched against a rule that hits it."""
    article = extract_article(KNOWN_PAGE.encode(), url=PROBE_URL, content_type="text/html")
    rule = Rule("known", "Known", "low", "known", KNOWN_QUERY, Examples((), ()))
    engine = Engine([(rule, parse_query(KNOWN_QUERY).node, None)])
    text = ArticleText(article.title, article.body, article.source, article.url, "en")
    return article, find_hits(engine, text)


async def probe(*, pages: JobRunner, feeds: Workers) -> None:
    """Raises `BadInstallation` with one sentence unless both kinds of worker do what they should."""
    answers = await asyncio.gather(feeds.probe(), pages.probe(), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    feed, page = answers
    if not isinstance(feed, ParsedFeed) or len(feed.entries) != 1:
        raise BadInstallation("a known feed is not parsed as it should be")
    if not isinstance(page, tuple) or SENTENCE not in page[0].body:
        raise BadInstallation("the text of a known page is not found")
    if len(page[1]) != 1:
        raise BadInstallation("a known rule does not hit the text that it should")
