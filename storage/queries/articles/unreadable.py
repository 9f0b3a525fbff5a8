"""Articles whose page could not be read, or perhaps not rightly: nothing is there of them, the feed's
own text, or a beginning; or a text that may be the wrong part of its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from storage.times import day, parse_or_none, parse_time


@dataclass(frozen=True, slots=True)
class UnreadableArticle:
    """An article that only another outlet's feed lists is named by that feed's headline, and its
    `outlet` says so: "Example Aggregator on Harbor Daily"."""

    article_id: int
    outlet: str
    title: str
    url: str
    # "failed"; "partial": the feed's own text was read, or a beginning; "read": in doubt
    state: str
    is_headline: bool  # partial, and nothing but the feed's headline is known
    outcome: str
    why: str
    attempts: int
    first_seen_at: datetime
    next_attempt_at: datetime | None  # None: it is not tried again


UNREADABLE = """SELECT a.id, iif(e.id IS NULL, a.outlet, f.outlet || ' on ' || a.outlet), coalesce(e.title, a.title), a.url, a.state, a.state = 'partial' AND a.chars = 0, a.outcome, coalesce(nullif(a.problem, ''), a.outcome), a.attempts,
  a.first_seen_at, a.next_attempt_at
  FROM articles a LEFT JOIN entries e ON a.title = a.url AND NOT e.speaks AND e.id = (SELECT min(x.id) FROM entries x WHERE x.article_id = a.id)
  LEFT JOIN feeds f ON f.id = e.feed_id"""


def unreadable(db: Database) -> tuple[UnreadableArticle, ...]:
    """All of them: those of which nothing is there come first, then headlines, then the newest; those
    of entries without a link and a text, of which a feed can hold 20,000, come after the others."""
    order = (
        "WHERE a.state IN ('failed', 'partial') OR a.outcome = 'extraction-doubtful'"
        " ORDER BY a.state, a.chars > 0, a.outcome = 'no-link', a.id DESC"
    )
    return tuple(map(as_unreadable, db.execute(f"{UNREADABLE} {order}")))


def count_doubtful(db: Database, since: datetime) -> int:
    """Articles first seen since that day whose text may be the wrong part of its page."""
    (count,) = db.execute(
        "SELECT count(*) FROM articles WHERE outcome = 'extraction-doubtful' AND day >= ?",
        [day(since)],
    ).fetchone()
    return int(count)


def failed_in_run(db: Database, run_id: int, *, limit: int) -> tuple[UnreadableArticle, ...]:
    """Those that one run, the latest to try them, brought nothing of but a headline; entries without a link
    last."""
    rows = db.execute(
        f"""{UNREADABLE} JOIN runs r ON r.id = a.run_id
           WHERE a.run_id = ? AND a.state IN ('failed', 'partial') AND a.chars = 0 AND a.attempted_at >= r.started_at
           ORDER BY a.outcome = 'no-link', a.id LIMIT ?""",
        (run_id, limit),
    )
    return tuple(map(as_unreadable, rows))


def as_unreadable(row: tuple[Any, ...]) -> UnreadableArticle:
    number, outlet, title, url, state, is_headline, outcome, why, attempts, first_seen, again = row
    return UnreadableArticle(
        number, outlet, title, url, state, bool(is_headline), outcome, why, attempts,
        parse_time(first_seen), parse_or_none(again),
    )  # fmt: skip
