"""Articles for which no page could be read, and how any article is printed. Pure and light."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from extractors.articles.decoding import clean
from extractors.fetch.urls import canonical_url
from extractors.language_detection import language_of
from model import Article, Method, Outcome, Unread

EXTRACTOR = f"trafilatura {version('trafilatura')}"
LONGEST_BODY = 500_000  # characters; what a page says beyond that is not an article
BLANK = Article("", "", "", (), None, None, None, "", "none", Outcome.OK, None, "", EXTRACTOR)


@dataclass(frozen=True, slots=True)
class FeedArticle:
    """What the feed said of the article, cleaned."""

    title: str
    text: str
    published: datetime | None
    source: str
    language: str | None


def article_from_feed(unread: Unread, outcome: Outcome, problem: str) -> Article:
    """What an article is when its page brought nothing: the feed's own text, or nothing."""
    title, text = clean(unread.title).replace("\n", " "), clean(unread.feed_text)
    feed = FeedArticle(title, text, unread.published, unread.source, unread.language)
    return by_feed(unread.url, feed, outcome, problem, canonical=unread.canonical_url)


def from_address(url: str, outcome: Outcome, problem: str) -> Article:
    """An article of which nothing but its address is known."""
    return by_feed(url, FeedArticle("", "", None, "", None), outcome, problem)


def article_to_json(article: Article) -> dict[str, object]:
    """The shape that `pollwatch extract` prints."""
    return {
        "title": article.title,
        "authors": list(article.authors),
        "published": article.published.isoformat() if article.published else None,
        "date_source": article.date_source,
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


def by_feed(
    url: str, feed: FeedArticle, outcome: Outcome, problem: str, canonical: str | None = None
) -> Article:
    about = replace(
        BLANK,
        url=url,
        canonical_url=canonical or canonical_url(url) or url,
        title=feed.title,
        authors=(),
        published=feed.published,
        date_source="feed" if feed.published else None,
        language=language_of(feed.text, feed.language),
        site=feed.source or None,
        source=feed.source,
    )
    return with_text(about, feed.text, "feed" if feed.text else "none", outcome, problem or None)


def with_text(
    about: Article, body: str, method: Method, outcome: Outcome, problem: str | None
) -> Article:
    """With that text, cut at LONGEST_BODY wherever it was found."""
    body = body[:LONGEST_BODY]
    return replace(
        about,
        body=body,
        method=method,
        outcome=outcome,
        problem=problem,
        text_sha256=text_sha256(about.title, body),
    )


def with_summary(article: Article, summary: str) -> Article:
    """The article with what its outlet's own feed says of it, which is part of its text."""
    summary = clean(summary)
    if not summary:
        return article
    digest = text_sha256(article.title, article.body, summary)
    return replace(article, summary=summary, text_sha256=digest)


def text_sha256(title: str, body: str, summary: str = "") -> str:
    """Of the fields with an empty line between them; none of them holds one."""
    fields = [title, body, summary] if summary else [title, body]
    return hashlib.sha256("\n\n".join(fields).encode()).hexdigest()
