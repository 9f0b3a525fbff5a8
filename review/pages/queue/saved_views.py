"""Named views in the sidebar: saved, counted, dropped."""

import sqlite3
import string
from datetime import datetime
from urllib.parse import quote

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Forbidden, Request, Response

from review import database, state
from review.pages import responses
from review.pages.queue import filters, shared_counts
from review.render import safe_links
from review.search.new_matches import NewMatches, count_new
from review.state import Actor
from storage.acts import take_over
from storage.queries.stories import saved
from storage.times import iso


def views_of(connection: sqlite3.Connection, actor: Actor) -> list[sqlite3.Row]:
    """The person's views, and everybody's."""
    return saved.saved_views(connection, actor["id"])


async def listed(
    ds: Datasette, actor: Actor, now: datetime, rows: list[sqlite3.Row]
) -> list[dict[str, object]]:
    """These views with how many stories each shows; counts may be a minute old. Of a search, what is new."""
    views: list[dict[str, object]] = []
    for row in rows:
        query = _query(row["query"])  # an older one may name how its cards looked
        view: dict[str, object] = {
            **dict(row),
            "query": query,
            "search": search_of(query),
            "hint": "Stories that this view shows",
        }
        if view["search"]:
            view |= _new_in_search(ds, search_of(query))
        else:
            view["count"] = f"{await stories_in_view(ds, actor, query, now):,}"
        views.append(view)
    return views


def search_of(query: str) -> str:
    """The search that a saved address holds; "" where it is a view of the queue."""
    if not query.startswith("find="):
        return ""
    return (Request.fake(f"/-/search?{query}").args.get("find") or "").strip()


async def name_of_search(ds: Datasette, person: str, find: str) -> str | None:
    """Under which name the person, or the team, has saved this search; None: nobody has."""
    rows = await database.read_snapshot(ds, lambda c: saved.saved_views(c, person))
    return next((str(row["name"]) for row in rows if search_of(row["query"]) == find), None)


def _new_in_search(ds: Datasette, find: str) -> dict[str, str]:
    """What is new in a search, as counted last; it is counted again behind the page."""
    room = state.of(ds)

    async def count() -> NewMatches:
        now = responses.now()
        async with room.searching:
            try:
                return await database.read_snapshot(ds, lambda c: count_new(c, find, room.rules, now))  # fmt: skip
            except QueryInterrupted:
                return NewMatches(now, fault="its words take too long to look up")

    counted = room.new_matches.get(find, count)
    if counted is None:
        return {"count": "…", "hint": "New in the last 24 hours: not counted yet"}
    return {"count": counted.figure, "hint": counted.sentence}


async def stories_in_view(ds: Datasette, actor: Actor, query: str, now: datetime) -> int:
    chosen = filters.filters_of(Request.fake(f"/-/queue?{query}").args)
    view_filter = chosen.stories(me=actor["id"], now=iso(now))
    key = ("view", actor["id"], query)
    tally = await shared_counts.tally(ds)
    return await state.of(ds).cache.get(key, lambda: database.read_snapshot(ds, lambda c: tally.counts(c, view_filter).tabs[view_filter.tab]))  # fmt: skip


async def change(ds: Datasette, request: Request) -> Response:
    """POST: keep a view under a name, or take one away."""
    actor = responses.reader(request)
    if request.method != "POST":
        return Response.redirect("/-/queue", status=303)
    posted = await responses.form(request)
    back = safe_links.inside(posted.get("next"), "/-/queue")
    drop = posted.get("drop", "")
    if drop.isdecimal() and len(drop) < 19:
        lead = actor["role"] == "lead"
        is_dropped = await database.write(
            ds, lambda c: saved.drop(c, int(drop), actor["id"], lead=lead)
        )
        if not is_dropped:
            return await responses.message_page(ds, request, "Not yours", "You may drop your own views.", status=403, back=back)  # fmt: skip
        return Response.redirect(back, status=303)
    name = " ".join(posted.get("name", "").split())[: saved.LONGEST_NAME]
    if not name:
        return await responses.message_page(ds, request, "One thing is missing", "A view needs a name.", status=400, back=back)  # fmt: skip
    if posted.get("shared") and actor["role"] == "viewer":
        return await responses.message_page(ds, request, "Not for you", "Viewers save views for themselves.", status=403, back=back)  # fmt: skip
    owner = None if posted.get("shared") else actor["id"]
    query, now = _query(posted.get("query", "")), iso(responses.now())
    await database.write(ds, lambda c: saved.save_view(c, owner=owner, name=name, query=query, actor=actor["id"], now=now))  # fmt: skip
    return Response.redirect(back, status=303)


def _query(address: str) -> str:
    """Only what the pages read is kept."""
    address = quote(address[:4000], safe=string.punctuation)  # no browser sends another
    args = Request.fake(f"/-/queue?{address}").args
    find = args.get("find")
    if find:
        return str(Request.fake(f"/-/search?{address}").query_string)
    return filters.filters_of(args).query()


def left_for_lead(
    ds: Datasette, connection: sqlite3.Connection, actor: Actor
) -> tuple[take_over.LeftBehind, ...]:
    """What a lead may take over: of people who are not in the team."""
    if actor["role"] != "lead":
        return ()
    return take_over.left_behind(connection, state.of(ds).team.people)


async def take_over_view(ds: Datasette, request: Request) -> Response:
    """POST, by a lead: open stories and views of somebody who is not in the team become the lead's."""
    actor = responses.reader(request)
    if actor["role"] != "lead":
        raise Forbidden("Leads take over what somebody left.")
    if request.method != "POST":
        return Response.redirect("/-/queue", status=303)
    posted = await responses.form(request)
    person, at = posted.get("person", ""), iso(responses.now())
    left_by = await database.read_snapshot(ds, lambda c: left_for_lead(ds, c, actor))
    if person not in {share.person for share in left_by}:
        return await responses.message_page(ds, request, "Nothing to do", "Nothing is left of a person of that name who is not in the team.", status=404)  # fmt: skip
    request_id = posted.get("request_id", "")[:64] or None
    await database.write(ds, lambda c: take_over.take_over(c, person, actor["id"], at, request_id))
    shared_counts.forget(ds)
    return Response.redirect("/-/queue?tab=open&sort=due&assigned=me", status=303)
