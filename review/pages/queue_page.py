"""The queue page, and the same as JSON and CSV."""

import sqlite3
from datetime import datetime, timedelta

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from review import database, state, verdicts
from review.pages import filters, responses
from review.queries import queue, seen_feeds
from review.render import charts, highlight, links
from review.state import Actor

MOST_ROWS = 20_000
COLUMNS = (
    "id", "status", "severity", "category", "rule_slug", "rule_title", "title", "outlet", "outlets", "owners", "copies",
    "region", "language", "score", "priority", "first_at", "last_at", "assigned_to", "reviewed_by", "reviewed_at",
    "reopened", "still_matches", "partial", "snippet", "url",
)  # fmt: skip
SESSION = timedelta(minutes=30)


async def show(ds: Datasette, request: Request) -> Response:
    actor = responses.reader(request)
    room = state.of(ds)
    chosen = filters.read(request.args)
    reader = await visitor(ds, actor, responses.now())
    cursor = request.args.get("after") or ""
    page = await queue.page(ds, chosen, reader, cursor)
    context = {
        "filters": chosen,
        "cards": [shown(row, chosen) for row in await queue.cards(ds, page.ids)],
        "following": page.following,
        "tabs": await room.cache.get("tabs", lambda: queue.tabs(ds)),
        "facets": await room.cache.get(
            ("facets", chosen.status), lambda: queue.facets(ds, chosen.status)
        ),
        "assignees": await room.cache.get("assignees", lambda: queue.assignees(ds)),
        "coverage": await coverage(ds),
        "chart": await chart(ds),
        "statuses": filters.STATUSES, "sorts": filters.SORTS, "reasons": verdicts.REASONS,
        "last_visit": reader.last_visit, "started": bool(cursor),
    }  # fmt: skip
    return await responses.page(ds, request, "queue.html", context)


async def coverage(ds: Datasette) -> seen_feeds.SeenFeeds:
    return await state.of(ds).cache.get(
        "coverage", lambda: seen_feeds.coverage(ds, responses.now())
    )


async def chart(ds: Datasette, days: int = 30) -> charts.Bars:
    first = (responses.now() - timedelta(days=days - 1)).date()
    found = await state.of(ds).cache.get(
        ("days", days), lambda: seen_feeds.days(ds, first.isoformat())
    )
    return charts.per_day(found, first, days)


def shown(row: sqlite3.Row, chosen: filters.Filters) -> dict[str, object]:
    """A card for the template: marked headline and passage, terms once each, a safe link."""
    terms = highlight.terms(row["terms_json"])
    colours = highlight.clauses(terms)
    title = highlight.within(terms, "title", row["title"], colours=colours)
    passage = highlight.within(
        terms, row["snippet_field"], row["snippet"], offset=row["snippet_start"], colours=colours
    )
    return {
        **dict(row),
        "headline": highlight.html(row["title"], title),
        "passage": highlight.html(row["snippet"], passage)
        if row["snippet_field"] == "body"
        else Markup(""),
        "terms": _once(terms, colours),
        "address": links.safe(row["url"]),
        "more_rules": row["story_cards"] - 1,
        "open_url": chosen.url(f"/-/card/{row['id']}"),
    }


def _once(
    terms: tuple[highlight.MatchedTerm, ...], colours: dict[str, int]
) -> list[dict[str, object]]:
    """Each term as written, once, with how often it stands there."""
    counted: dict[str, dict[str, object]] = {}
    for term in terms:
        entry = counted.setdefault(
            term.text.casefold(), {"text": term.text, "colour": colours[term.clause], "n": 0}
        )
        entry["n"] = int(str(entry["n"])) + 1
    return list(counted.values())[:12]


async def export(ds: Datasette, request: Request) -> Response:
    """The queue as filtered; the first 20,000 cards of it."""
    actor = responses.reader(request)
    chosen = filters.read(request.args)
    reader = await visitor(ds, actor, responses.now())
    form = request.url_vars["form"]
    size = MOST_ROWS if form == "csv" else min(int_or(request.args.get("size"), 100), 1000)
    page = await queue.page(ds, chosen, reader, request.args.get("after") or "", size)
    found = [{name: row[name] for name in COLUMNS} for row in await queue.cards(ds, page.ids)]
    if form == "csv":
        return responses.table("csv", "queue", found, COLUMNS)
    seen = await coverage(ds)
    after = chosen.url("/-/queue.json", after=page.following) if page.following else None
    return Response.json({"coverage": seen.sentence, "next": after, "rows": found})


def int_or(given: str | None, default: int) -> int:
    return int(given) if given and given.isdigit() and len(given) < 9 else default


async def visitor(ds: Datasette, actor: Actor, now: datetime) -> queue.Reader:
    """Who reads, and when they were last here before this session. Noted once a minute."""
    room = state.of(ds)
    if now.timestamp() - room.seen.get(actor["id"], 0.0) > 60:
        room.seen[actor["id"]] = now.timestamp()
        await database.write(ds, lambda connection: _visit(connection, actor["id"], now))
    row = await database.row(ds, "SELECT previous_at FROM visits WHERE actor = ?", [actor["id"]])
    return queue.Reader(actor["id"], row["previous_at"] if row else None)


def _visit(connection: sqlite3.Connection, actor: str, now: datetime) -> None:
    connection.execute(
        """INSERT INTO visits (actor, previous_at, last_at) VALUES (:actor, NULL, :now)
        ON CONFLICT (actor) DO UPDATE SET
          previous_at = CASE WHEN last_at < :new_session THEN last_at ELSE previous_at END, last_at = :now""",
        {
            "actor": actor,
            "now": responses.stamp(now),
            "new_session": responses.stamp(now - SESSION),
        },
    )
