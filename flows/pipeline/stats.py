"""What a run has done so far, and what the outcome of one reading means."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from extractors.articles.page_schedule import next_attempt, reread_at, stub_reread_at
from extractors.feeds.schedule import is_held_back, is_usable
from model import (
    Article,
    ConfigError,
    FeedList,
    FeedPoll,
    FeedSpec,
    Hit,
    Outcome,
    Reading,
    Response,
    Unread,
)
from model.plurals import count_of
from storage.acts.floods import MOST_NEWS, MOST_NEWS_A_DAY, NEWS
from storage.queries.reports import partial_sentence, read_at_sentence

FinalState = Literal["completed", "completed-with-errors", "failed", "crashed", "cancelled"]
FEWEST_FAILED = 2


@dataclass(slots=True)
class RunStats:
    """What a run has done so far."""

    feeds_polled: int = 0
    feeds_unchanged: int = 0
    feeds_left: int = 0  # for the next run: time was up
    feeds_failed: list[tuple[str, str]] = field(default_factory=list)  # name, sentence
    entries_seen: int = 0
    entries_new: int = 0
    read: int = 0
    partial: int = 0
    headlines: int = 0  # of the partial ones, those of which nothing but the headline is known
    failed: int = 0
    # Left for the next run: time was up, the host asked us to wait, or one feed has too many
    deferred: int = 0
    hits: int = 0  # new ones
    list_changes: list[tuple[str, list[str], list[str]]] = field(default_factory=list)
    # of live lists: which one, names of feeds that it brought, and of those that it took
    read_at: dict[str, int] = field(default_factory=dict)  # texts by each worker of a cluster
    held_back: list[str] = field(default_factory=list)  # outlets whose further stories are muted

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
        self.headlines += reading.is_headline
        self.failed += reading.state == "failed"
        self.hits += new_hits


class NewsByOutlet:
    """Articles with new hits, by the outlet whose feeds brought them, whoever's pages they are: else a
    feed of links to a thousand hosts would be a thousand outlets.

    What a source that is read for the first time lists of long ago is no news; that of any other
    counts, as a feed says of itself how old its news is. `earlier`: by outlet, what earlier runs of
    the day brought.
    """

    def __init__(
        self,
        specs: Iterable[FeedSpec],
        read_before: Container[str],
        earlier: Mapping[str, Set[int]] | None = None,
    ) -> None:
        self._outlets = {spec.id: spec.outlet or spec.name for spec in specs}
        self._read_before = read_before  # ids of feeds
        self._earlier = earlier or {}
        self._counted: defaultdict[str, set[int]] = defaultdict(set)
        self._flooding = set[str]()

    def floods(self, feed_id: str, article_id: int, age: timedelta) -> str | None:
        """Count it; the outlet, once, as it passes what a desk can look through."""
        if age > NEWS and feed_id not in self._read_before:
            return None
        counted = self._counted[outlet := self._outlets.get(feed_id, feed_id)]
        counted.add(article_id)
        of_the_day = len(counted) + len(self._earlier.get(outlet, frozenset()) - counted)
        passes = len(counted) > MOST_NEWS or of_the_day > MOST_NEWS_A_DAY
        if not passes or outlet in self._flooding:
            return None
        self._flooding.add(outlet)
        return outlet


def reading_of(
    unread: Unread,
    article: Article,
    hits: Sequence[Hit],
    response: Response | None,
    *,
    now: datetime,
) -> Reading:
    """What the outcome means for the article's row: its state, and when to try again."""
    whole = article.outcome in {Outcome.OK, Outcome.EXTRACTION_DOUBTFUL}
    site_asked = response is None or not is_held_back(response.outcome, response.status)
    if whole:
        again = _looked_at_again(unread, article, hits, now) if response else None
    else:
        attempts = unread.attempts + site_asked
        retry_after = response.retry_after if response else None
        again = next_attempt(article.outcome, attempts, retry_after, now, was_asked=site_asked)
    # A headline alone is text enough: rules of later days may find it. One that no feed of the
    # outlet's own gave is the address, and its hits are not of words that anybody wrote.
    has_headline = unread.spoken_for and bool((unread.title and article.title) or hits)
    return Reading(
        article_id=unread.article_id,
        article=article,
        hits=tuple(hits),
        read_at=now,
        state="read" if whole else "partial" if article.body or has_headline else "failed",
        next_attempt_at=again,
        http_status=response.status if response else None,
        duration_ms=response.duration_ms if response else 0,
        asked=site_asked,
    )


def _looked_at_again(
    unread: Unread, article: Article, hits: Sequence[Hit], now: datetime
) -> datetime | None:
    if hits:
        return reread_at(unread.reads, now)
    published = article.published or unread.published
    doubtful = article.outcome is Outcome.EXTRACTION_DOUBTFUL
    return stub_reread_at(article.body, published, unread.reads, now, doubtful=doubtful)


def final_state(
    stats: RunStats, feeds: FeedList, faults: Sequence[ConfigError] = ()
) -> tuple[FinalState, str]:
    """The state that a finished run earns, and one sentence of why.

    A run is `failed` when more than `failing_share` of the enabled feeds failed, and at least
    `FEWEST_FAILED`: one dead feed of three that happened to be due alone says little.
    """
    failed, polled = len(stats.feeds_failed), stats.feeds_polled
    message = (
        f"{polled} feeds polled, {stats.entries_new} new entries; articles: {stats.read} read, "
        f"{partial_sentence(stats.partial, stats.headlines)}, {stats.failed} failed; {stats.hits} hits"
    )
    if stats.feeds_left:
        message += f"; {stats.feeds_left} feeds left for the next run"
    if stats.deferred:
        message += f"; {stats.deferred} articles left for the next run"
    if stats.held_back:
        message += f"; muted for a day, after more than {MOST_NEWS} articles with hits in this run, or {MOST_NEWS_A_DAY} in a day: {', '.join(stats.held_back)}"
    if stats.list_changes:
        message += "; " + "; ".join(change_sentence(*change) for change in stats.list_changes)
    if stats.read_at:
        message += f"; read at {read_at_sentence(stats.read_at)}"
    if failed:
        message = f"{failed} of {polled} feeds failed; {message}"
    if faults:
        message = f"{fault_sentence(faults)}; {message}"
    enabled = sum(spec.enabled for spec in feeds.feeds)
    share = feeds.settings.failing_share
    if failed >= min(FEWEST_FAILED, enabled) and failed > share * enabled:
        return "failed", message
    troubled = failed or faults or stats.held_back
    return "completed-with-errors" if troubled else "completed", message


def change_sentence(source: str, added: Sequence[str], removed: Sequence[str]) -> str:
    """Such as "lists/team.opml: 2 feeds more (A, B), 1 feed less (C)"."""
    parts = [
        f"{count_of(len(names), 'feed')} {more_or_less}"
        f" ({', '.join(names[:3])}{', …' * (len(names) > 3)})"
        for names, more_or_less in ((added, "more"), (removed, "less"))
        if names
    ]
    return f"{source}: {', '.join(parts)}"


def fault_sentence(faults: Sequence[ConfigError]) -> str:
    """Where the first fault is, and how many there are."""
    first = faults[0]
    where = ":".join(str(part) for part in (first.path, first.line, first.column) if part)
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"fault in {where}{more}: earlier versions stand in, or it is left out"
