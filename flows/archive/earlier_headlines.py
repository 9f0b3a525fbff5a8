"""Headlines without a text, as earlier releases stored them: given one, for a rematch to find."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from extractors.articles.from_feed import article_from_feed, with_summary
from model import Article, Outcome, Unread
from storage.database.wellformed import well_formed
from storage.ingest.headlines import keep_headlines, without_text
from storage.ingest.rematch import ArchivedText
from storage.ingest.text_versions import NewText
from storage.queries.articles.unread import whole_unread
from storage.store import Store

HEADLINES_AT_ONCE = 100  # in one transaction, which reviewers wait for


def take_in_headlines(store: Store, run_id: int, since_day: str | None, now: datetime) -> None:
    """Killed, it goes on where it was: what has its text is listed no more."""
    for headlines in headline_articles(store, since_day):
        texts = [NewText(unread.article_id, article, now) for unread, article in headlines]
        keep_headlines(store.db, run_id, texts)


def headlines_as_archived(store: Store, since_day: str | None) -> Iterator[Sequence[ArchivedText]]:
    """What a rematch would take in, for one that stores nothing."""
    for headlines in headline_articles(store, since_day):
        yield [
            ArchivedText(
                unread.article_id, article.title, article.body, unread.source, unread.url,
                unread.language, article.text_sha256, day="", summary=article.summary,
            )
            for unread, article in headlines
        ]  # fmt: skip


def headline_articles(
    store: Store, since_day: str | None
) -> Iterator[Sequence[tuple[Unread, Article]]]:
    waiting = without_text(store.db, since_day)
    for first in range(0, len(waiting), HEADLINES_AT_ONCE):
        some = waiting[first : first + HEADLINES_AT_ONCE]
        yield [(unread, by_its_feed(unread)) for unread in whole_unread(store.db, some)]


def by_its_feed(unread: Unread) -> Article:
    """As a run makes it of a page that brings nothing."""
    article = article_from_feed(unread, Outcome.OK, "")
    return well_formed(with_summary(article, unread.summary))
