"""The queue of stories, and the same as JSON and CSV."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import act_words, database, state
from review.pages import responses
from review.pages.queue import filters, saved_views, shared_counts
from review.pages.queue.filters import Filters
from review.render import charts, chips, story_card
from review.state import Actor
from storage.acts.take_over import LeftBehind
from storage.acts.verdicts import MOST_STORIES_AN_ACT
from storage.queries import seen_feeds
from storage.queries.stories import queue
from storage.queries.stories.counts import Counts, stories_per_day
from storage.queries.stories.filter import OPEN_TABS, TABS, StoryFilter
from storage.queries.stories.order import Cursor
from storage.queries.stories.tally import Tally
from storage.times import iso

Evidence = dict[tuple[int, int], sqlite3.Row]  # by story and rule
MOST_QUEUE_ROWS = 20_000
VIEW_COOKIE, YEAR = "pollwatch_view", 365 * 24 * 3600  # how cards look, and seconds
SESSION = timedelta(minutes=30)
PRESENT_FOR = timedelta(seconds=90)
SIDE_FACETS = {
    "severity": "Severity", "category": "Category", "rule": "Rule", "tag": "Tag", "region": "Region", "place": "Place",
    "outlet": "Outlet", "language": "Language", "assigned": "Assigned to",
}  # fmt: skip
FLAG_WORDS = {
    "reopened": "Says more since its verdict",
    "overdue": "Overdue",
    "linked": "Same event elsewhere",
    "added": "Added by hand",
    "noted": "With a note",
    "falsehood": "Spreads a falsehood itself",
}
MY_STORIES = Filters(tab="open", sort="due", assigned=("me",))
TAB_WORDS = {
    "open": "Open",
    "gone": "Withdrawn",
    "low": "Low severity",
    "experimental": "Experimental rules",
}
MAIN_TABS = ("new", "escalated", "confirmed", "dismissed", "unlikely")


@dataclass(frozen=True, slots=True)
class QueueAsRead:
    """What the page shows of the database, all of one moment. `mine`: open stories in whatever tab that are
    in this person's hands; `last_visit`: when they were last here before this session."""

    page: queue.QueuePage
    cards: list[queue.Card]
    evidence: Evidence
    counts: Counts
    last_visit: str | None
    mine: int
    views: list[sqlite3.Row]
    left_behind: tuple[LeftBehind, ...]


async def queue_page(ds: Datasette, request: Request) -> Response:
    actor = responses.reader(request)
    room, now = state.of(ds), responses.now()
    chosen = filters.filters_of(request.args, request.cookies.get(VIEW_COOKIE))
    view_filter = await story_filter(ds, actor, chosen, now)
    cursor = filters.place(request.args.get("at"), chosen.sort)
    since = iso(now - PRESENT_FOR)
    tally = await shared_counts.tally(ds)

    def read(connection: sqlite3.Connection) -> QueueAsRead:
        page, cards, evidence, counted = _page(connection, tally, view_filter, chosen=chosen, cursor=cursor, present=since)  # fmt: skip
        return QueueAsRead(page, cards, evidence, counted, last_visit(connection, actor), mine(connection, tally, actor, now), saved_views.views_of(connection, actor), saved_views.left_for_lead(ds, connection, actor))  # fmt: skip

    # All at once: each way to a reading thread and back takes as long as most of what is read there.
    shown_page = await database.read_snapshot(ds, read)
    page = shown_page.page
    context = {
        "filters": chosen, "not_understood": filters.not_understood(request.query_string), "page": page, "cards": [_card(card, shown_page.evidence, chosen, actor, now) for card in shown_page.cards],
        "previous": filters.written(page.previous), "following": filters.written(page.following), "here_at": filters.written(cursor),
        "tabs": shown_page.counts.tabs, "facets": shown_page.counts.facets, "coverage": await feeds_seen(ds), "chart": await chart(ds),
        "all_tabs": (*TABS, "open", "all"), "main_tabs": MAIN_TABS, "tab_words": TAB_WORDS, "sorts": filters.QUEUE_SORTS, "reasons": act_words.REASONS, "reason_words": act_words.REASON_WORDS,
        "side_facets": SIDE_FACETS, "flag_words": FLAG_WORDS, "relevances": filters.RELEVANCE, "team": room.team.reviewers, "claiming": act_words.claiming,
        "last_visit": shown_page.last_visit, "loaded_at": iso(now), "most_at_once": MOST_STORIES_AN_ACT, "newest_articles": view_filter.newest_articles,
        "most_chips": story_card.MOST_CHIPS, "views": await saved_views.listed(ds, actor, now, shown_page.views), "left_behind": shown_page.left_behind, "mine": shown_page.mine, "my_view": MY_STORIES, "open_tabs": OPEN_TABS,
    }  # fmt: skip
    response = await responses.page(ds, request, "queue.html", context)
    if request.args.get("view") in filters.VIEWS:
        response.set_cookie(VIEW_COOKIE, chosen.view, max_age=YEAR, httponly=True, samesite="lax", secure=room.team.tls)  # fmt: skip
    return response


def _page(
    connection: sqlite3.Connection, tally: Tally, view_filter: StoryFilter, *, chosen: Filters, cursor: Cursor | None, present: str
) -> tuple[queue.QueuePage, list[queue.Card], Evidence, Counts]:  # fmt: skip
    narrowed, cut = queue.looked_up(connection, view_filter)
    counted = tally.counts(connection, narrowed)
    total = counted.tabs[narrowed.tab]
    page = queue.page_of_view(connection, tally.narrowed(connection, narrowed), chosen.sort, cursor=cursor, total=total)  # fmt: skip
    cards, evidence = queue.cards(connection, page.stories, present), queue.evidence(connection, page.stories)  # fmt: skip
    return replace(page, cut=cut), cards, evidence, counted


def _card(
    card: queue.Card, evidence: Evidence, chosen: Filters, actor: Actor, now: datetime
) -> dict[str, object]:
    shown = story_card.card_context(card, chosen, actor, now)
    rules = [(dict(rule), evidence.get((card.story["id"], rule["rule_id"]))) for rule in card.rules]
    return shown | {"chips": [chips.chip(rule, hit, covered=card.leaves_masked) for rule, hit in rules]}  # fmt: skip


async def story_filter(ds: Datasette, actor: Actor, chosen: Filters, now: datetime) -> StoryFilter:
    """As storage takes it; that the person is here is noted."""
    await visit(ds, actor, now)
    before = await database.read_snapshot(ds, lambda c: last_visit(c, actor)) if chosen.seen == "visit" else None  # fmt: skip
    return chosen.stories(me=actor["id"], now=iso(now), last_visit=before)


def mine(connection: sqlite3.Connection, tally: Tally, actor: Actor, now: datetime) -> int:
    """How many open stories, in whatever tab, are in this person's hands."""
    return tally.count(connection, MY_STORIES.stories(me=actor["id"], now=iso(now)))


async def feeds_seen(ds: Datasette) -> seen_feeds.SeenFeeds:
    return await state.figure(ds, "coverage", lambda c: seen_feeds.seen_feeds(c, responses.now()))


async def chart(ds: Datasette, days: int = 30) -> charts.Bars:
    first = (responses.now() - timedelta(days=days - 1)).date()
    per_day = await state.figure(
        ds, ("days", days), lambda c: stories_per_day(c, first.isoformat()), fresh=60
    )
    return charts.per_day(per_day, first, days)


async def ids(ds: Datasette, request: Request) -> Response:
    """Number and review count of every story that the filters show, for an act on all of them."""
    actor = responses.reader(request)
    chosen = filters.filters_of(request.args)
    view_filter = await story_filter(ds, actor, chosen, responses.now())
    rows = await database.read_snapshot(
        ds, lambda c: queue.shown_by(c, view_filter, MOST_STORIES_AN_ACT)
    )
    return Response.json({"stories": [f"{row['id']}:{row['review_count']}" for row in rows]})


def last_visit(connection: sqlite3.Connection, actor: Actor) -> str | None:
    """When the person was last here before this session."""
    row = connection.execute("SELECT previous_at FROM visits WHERE actor = ?", [actor["id"]]).fetchone()  # fmt: skip
    return row["previous_at"] if row else None


async def visit(ds: Datasette, actor: Actor, now: datetime) -> None:
    """Note that the person is here, once a minute; waited for only where a session may begin."""
    room = state.of(ds)
    away = now.timestamp() - room.visits.get(actor["id"], 0.0)
    if away > 60:
        room.visits[actor["id"]] = now.timestamp()
        write = (
            database.write_if_writable if away > SESSION.total_seconds() else database.write_behind
        )
        await write(ds, lambda connection: _visit(connection, actor["id"], now))


def _visit(connection: sqlite3.Connection, actor: str, now: datetime) -> None:
    connection.execute(
        """INSERT INTO visits (actor, previous_at, last_at) VALUES (:actor, NULL, :now)
        ON CONFLICT (actor) DO UPDATE SET
          previous_at = CASE WHEN last_at < :new_session THEN last_at ELSE previous_at END, last_at = :now""",
        {"actor": actor, "now": iso(now), "new_session": iso(now - SESSION)},
    )
