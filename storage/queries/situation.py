"""The situation since a moment: what a desk hands over, and what it tells its head.

Every figure is the number of stories of one view of the queue, so its link shows the same number.
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.queries.coverage import Coverage, coverage
from storage.queries.export import ExportedStory, exported
from storage.queries.feed_health import FeedHealth, feed_health
from storage.queries.monitor.alert_figures import OutboxStatus, outbox_status
from storage.queries.monitor.liveness import Liveness, liveness
from storage.queries.recall import Recall, ShownPrecision, estimate, sampled, shown_precision
from storage.queries.rules.figures import Precision, precision
from storage.queries.stories import counts, queue
from storage.queries.stories.filter import StoryFilter
from storage.stories.outward import OUTWARD_NOTE
from storage.times import iso

STORIES_TOLD = 3  # stories told by name in a category
STORIES_LISTED = 20  # of escalated and overdue stories
NOTES = f"""SELECT v.created_at, v.actor, {OUTWARD_NOTE}, v.story_id, coalesce(s.masked_title, s.title) FROM story_reviews v JOIN stories s ON s.id = v.story_id
  WHERE v.note <> '' AND v.actor <> 'pollwatch' AND v.created_at >= :since ORDER BY v.id DESC LIMIT 30"""  # noqa: S608 (ours)
AUDIT_DAYS = 14  # as on the page Audit: a night's sample is too small for a figure


@dataclass(frozen=True, slots=True)
class Figure:
    """`view` gives the same number."""

    name: str
    count: int
    view: StoryFilter


@dataclass(frozen=True, slots=True)
class CategoryPart:
    figure: Figure
    stories: tuple[ExportedStory, ...]  # the first by priority


@dataclass(frozen=True, slots=True)
class Note:
    at: str
    actor: str
    note: str
    story: int
    title: str


@dataclass(frozen=True, slots=True)
class Situation:
    since: datetime
    until: datetime
    coverage: Coverage
    liveness: Liveness
    figures: tuple[Figure, ...]
    categories: tuple[CategoryPart, ...]
    escalated: tuple[ExportedStory, ...]
    overdue: tuple[ExportedStory, ...]
    troubled: tuple[FeedHealth, ...]
    precision: Precision  # of verdicts since
    recall: Recall | None  # by the blind sample of the last 14 days, and so is the next
    shown_precision: ShownPrecision | None
    notes: tuple[Note, ...]
    outbox: OutboxStatus
    view: str = ""  # the shared view that it is narrowed to
    # Of the time that an older report was on; all else is as it stands
    then: Coverage | None = None


def situation(
    db: Database,
    *,
    since: datetime,
    now: datetime,
    base: StoryFilter,
    view: str | None = None,
    until: datetime | None = None,
) -> Situation:
    """`base` narrows every figure, as the saved view `view` does; its tab and dates are set anew.

    `until`: when a report was written whose link is followed now; its coverage is given beside.
    """
    conn = db.conn
    before, conn.row_factory = conn.row_factory, sqlite3.Row
    try:
        looked = counted_situation(db, since, now, replace(base, now=iso(now)))
        over = until is not None and since < until <= now - timedelta(
            hours=1
        )  # as the ledger counts
        then = coverage(db, since=since, now=until, past=True) if until and over else None
        return replace(looked, view=view or "", then=then)
    finally:
        conn.row_factory = before


def counted_situation(db: Database, since: datetime, now: datetime, base: StoryFilter) -> Situation:
    conn, moment = db.conn, iso(since)
    fresh = replace(base, tab="all", shown_since=moment)
    views = {
        "new": fresh,
        "waiting": replace(base, tab="new"),
        "overdue": replace(base, tab="new", flag="overdue"),
        "escalated": replace(base, tab="escalated", judged_since=moment),
        "confirmed": replace(base, tab="confirmed", judged_since=moment),
        "falsehoods": replace(base, tab="all", flag="falsehood", judged_since=moment),
        "dismissed": replace(base, tab="dismissed", judged_since=moment),
        "reopened": replace(base, tab="new", flag="reopened"),
        "withdrawn": replace(base, tab="gone"),
        "unlikely": replace(base, tab="unlikely", seen_since=""),
    }
    figures = tuple(
        Figure(name, queue.count_stories(conn, view), view) for name, view in views.items()
    )
    of = {figure.name: figure for figure in figures}
    right, wrong = of["escalated"].count + of["confirmed"].count, of["dismissed"].count
    sample = sampled(conn, *audit_span(now))
    return Situation(
        since, now, coverage(db, since=since, now=now), liveness(conn), figures, category_parts(conn, fresh),
        first_stories(conn, views["escalated"], STORIES_LISTED), first_stories(conn, views["overdue"], STORIES_LISTED),
        tuple(feed for feed in feed_health(db, now) if feed.needs_a_look),
        precision(right, wrong), estimate(sample), shown_precision(sample),
        tuple(Note(*row) for row in conn.execute(NOTES, {"since": moment})), outbox_status(conn, now),
    )  # fmt: skip


def audit_span(now: datetime) -> tuple[str, str]:
    """First and last day of the blind sample that figures rest on."""
    today = now.date()
    return (today - timedelta(days=AUDIT_DAYS)).isoformat(), today.isoformat()


def category_parts(conn: sqlite3.Connection, fresh: StoryFilter) -> tuple[CategoryPart, ...]:
    """What came in, the fullest category first."""
    by_category = Counter(counts.stories_by_category(conn, fresh))
    parts = []
    for category, _ in by_category.most_common():
        view = replace(fresh, category=(category,))
        parts.append(CategoryPart(Figure(category, queue.count_stories(conn, view), view), first_stories(conn, view, STORIES_TOLD)))  # fmt: skip
    return tuple(parts)


def first_stories(
    conn: sqlite3.Connection, view: StoryFilter, size: int
) -> tuple[ExportedStory, ...]:
    ids = list(queue.page_of_view(conn, view, size=size).stories)
    by_number = {story.id: story for story in exported(conn, ids=ids)}
    return tuple(by_number[number] for number in ids if number in by_number)
