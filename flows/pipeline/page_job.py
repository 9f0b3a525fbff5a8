"""What a worker process does with one page: extract, then match. Never imports Prefect."""

import gc
from dataclasses import dataclass

from extractors.articles.extract import article_from_feed, extract_article
from flows.pipeline.probe import read_known_page
from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import Article, Hit, Outcome, Unread

_engine: Engine | None = None


@dataclass(frozen=True, slots=True)
class PageJob:
    unread: Unread
    body: bytes
    final_url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class FeedTextJob:
    """The page was not read: match what the feed said, and say why."""

    unread: Unread
    outcome: Outcome
    problem: str


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A page and a rule whose result is known: does this installation work?"""


def setup(rules: RuleSet) -> None:
    """Compile the rules once in this process."""
    global _engine
    _engine = compile_rules(rules)
    gc.freeze()  # rules live as long as the process: the collector need not look at them again


def read_page(job: PageJob | FeedTextJob | KnownJob) -> tuple[Article, tuple[Hit, ...]]:
    """The article and its hits; the world's failures come back as a problem, never raised."""
    if isinstance(job, KnownJob):
        return read_known_page()
    assert _engine is not None, "setup runs first"
    article = page_article(job) if isinstance(job, PageJob) else feed_article(job)
    return article, find_hits(_engine, as_text(article))


def page_article(job: PageJob) -> Article:
    unread = job.unread
    return extract_article(
        job.body,
        url=job.final_url,
        content_type=job.headers.get("content-type"),
        feed_title=unread.title,
        feed_text=unread.feed_text,
        published=unread.published,
        source=unread.source,
        language=unread.language,
    )


def feed_article(job: FeedTextJob) -> Article:
    return article_from_feed(job.unread, job.outcome, job.problem)


def as_text(article: Article) -> ArticleText:
    return ArticleText(
        title=article.title,
        body=article.body,
        source=article.source,
        url=article.url,
        lang=article.language or "",
    )
