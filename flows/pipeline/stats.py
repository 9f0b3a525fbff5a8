"""What a run has done so far, and what the outcome of one reading means."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from extractors.feeds.schedule import is_held_back, is_usable, next_attempt, reread_at
from model import Article, FeedPoll, Hit, Outcome, Reading, Response, Unread


@dataclass(slots=True)
class RunStats:
    """What a run has done so far."""

    feeds_polled: int = 0
    feeds_unchanged: int = 0
    feeds_failed: list[tuple[str, str]] = field(default_factory=list)  # name, sentence
    entries_seen: int = 0
    entries_new: int = 0
    read: int = 0
    partial: int = 0
    failed: int = 0
    deferred: int = 0  # left for the next run: time was up, or the host asked us to wait
    hits: int = 0  # new ones

    def add_poll(self, poll: FeedPoll, name: str, new: int) -> None:
        self.feeds_polled += 1
        self.feeds_unchanged += poll.outcome is Outcome.NOT_MODIFIED
        self.entries_seen += len(poll.entries)
        self.entries_new += new
        if not is_usable(poll):
            self.feeds_failed.append((name, poll.sentence))

    def add_reading(self, reading: Reading, new_hits: int) -> None:
        self.read += reading.state == "read"
        self.partial += reading.state == "partial"
        self.failed += reading.state == "failed"
        self.hits += new_hits


def judge(
    unread: Unread,
    article: Article,
    hits: Sequence[Hit],
    response: Response | None,
    *,
    now: datetime,
) -> Reading:
    """What the outcome means for the article's row: its state, and when to try again."""
    whole = article.outcome in {Outcome.OK, Outcome.EXTRACTION_DOUBTFUL}
    asked = response is None or not is_held_back(response.outcome, response.status)
    again = (
        (reread_at(unread.reads, now) if hits and response else None)
        if whole
        else next_attempt(
            article.outcome,
            unread.attempts + asked,
            response.retry_after if response else None,
            now,
            asked=asked,
        )
    )
    return Reading(
        article_id=unread.article_id,
        article=article,
        hits=tuple(hits),
        read_at=now,
        state="read" if whole else "partial" if article.body else "failed",
        next_attempt_at=again,
        http_status=response.status if response else None,
        duration_ms=response.duration_ms if response else 0,
        asked=asked,
    )
