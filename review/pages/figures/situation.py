"""The situation report as a page: what its numbers link to."""

import sqlite3
from datetime import UTC, datetime, timedelta

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from alerts.report import sections
from review import database
from review.pages import responses
from storage.queries.situation import Situation, situation
from storage.queries.stories.saved import view_filter
from storage.times import iso

USUAL_SPAN = timedelta(hours=12)


async def situation_page(ds: Datasette, request: Request) -> Response:
    """Since `since` (12 hours ago), narrowed to the shared view `view`; the coverage until `until` too."""
    responses.reader(request)
    now, view = responses.now(), request.args.get("view")
    since = time_of_address(request.args.get("since")) or now - USUAL_SPAN
    until = time_of_address(request.args.get("until"))

    def look(conn: sqlite3.Connection) -> Situation:
        base = view_filter(conn, view, iso(now))
        return situation(Database(conn), since=since, now=now, base=base, view=view, until=until)

    try:
        report = await database.read_snapshot(ds, look)
    except ValueError as error:
        return await responses.message_page(ds, request, "No such report", str(error), status=404, back="/-/queue")  # fmt: skip
    context = {"title": sections.report_title(report), "sections": sections.sections(report)}
    return await responses.page(ds, request, "situation.html", context)


def time_of_address(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
