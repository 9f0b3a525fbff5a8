"""What a run takes on next, as the database lists it, and what a batch of it is called."""

from collections.abc import Sequence
from datetime import UTC, datetime

from model import EntryText, FeedHistory, FeedSpec, Unread
from storage.queries.articles.unread import Only, newest_article, unmatched_entries, unread_articles
from storage.store import Store

ENTRIES_AT_ONCE = 200
HOSTS_NAMED = 3  # in the name of a task
MOST_UNREAD = 100_000  # unread articles taken on by one run


def was_read(history: FeedHistory | None) -> bool:
    return history is not None and history.last_ok_at is not None


def newest_and_unread(
    store: Store, *, after_id: int, only: Only | None
) -> tuple[int, tuple[Unread, ...]]:
    """Due by the clock of the moment at which the writer comes to it: what a poll stored while this
    waited is among the newest, and no later call of a run would list it."""
    now = datetime.now(UTC)
    listed = unread_articles(store.db, now, limit=MOST_UNREAD, after_id=after_id, only=only)
    return newest_article(store.db), listed


def entries_to_match(store: Store, *, after_id: int) -> tuple[EntryText, ...]:
    return unmatched_entries(store.db, limit=ENTRIES_AT_ONCE, after_id=after_id)


def batch_name(batch: Sequence[FeedSpec]) -> str:
    first = batch[0].name
    return first if len(batch) == 1 else f"{first} and {len(batch) - 1} more"


def hosts_in_short(hosts: Sequence[str]) -> str:
    """A batch's hosts as a task's name tells them."""
    more = len(hosts) - HOSTS_NAMED
    return ", ".join(hosts[:HOSTS_NAMED]) + (f" and {more} more hosts" if more > 0 else "")
