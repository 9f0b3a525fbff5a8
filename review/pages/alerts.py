"""Alerts: what went where, when and why, what waits, and what could not be sent."""

import sqlite3
from dataclasses import asdict

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database
from review.pages import responses
from storage.queries.monitor import alert_figures

LINES_ON_A_PAGE = 200
MOST_LINES = 20_000
ALERT_COLUMNS = ("id", "happened_at", "sent_at", "state", "channel", "kind", "title", "story_id", "route", "why", "attempts", "error", "key")  # fmt: skip


async def show(ds: Datasette, request: Request) -> Response:
    """All deliveries, or by `show=waiting|dead`, `channel=ID`, `message=KEY`."""
    responses.reader(request)
    choice, key = chosen_view(request)
    form, now = request.url_vars.get("form"), responses.now()

    def look(conn: sqlite3.Connection) -> dict[str, object]:
        return {
            "lines": alert_figures.sent_lines(
                conn,
                choice,
                key=key,
                limit=MOST_LINES if form or choice == "message" else LINES_ON_A_PAGE,
            ),
            "status": alert_figures.outbox_status(conn, now),
            "unrouted": alert_figures.unrouted_events(conn, LINES_ON_A_PAGE)
            if choice in ("all", "waiting")
            else (),
            "unsent": alert_figures.unsent_events(conn),
        }

    sent_lines = await ds.get_database(database.NAME).execute_fn(look)
    if form:
        return responses.table(
            form, "alerts", [asdict(line) for line in sent_lines["lines"]], ALERT_COLUMNS
        )
    context = {**sent_lines, "choice": choice, "key": key, "size": LINES_ON_A_PAGE}
    return await responses.page(ds, request, "alerts.html", context)


def chosen_view(request: Request) -> tuple[str, str]:
    key = (request.args.get("message") or request.args.get("channel") or "").replace("*", "")
    if request.args.get("message"):
        return "message", key
    if request.args.get("channel"):
        return "channel", key
    show = request.args.get("show") or "all"
    return (show if show in ("waiting", "dead") else "all"), ""


async def message(ds: Datasette, request: Request) -> Response:
    """One message as it was sent, in plain text."""
    responses.reader(request)
    number = int(request.url_vars["delivery"])
    text = await ds.get_database(database.NAME).execute_fn(
        lambda conn: alert_figures.message_text(conn, number)
    )
    if text is None:
        return Response.text("No message was composed of this.\n", status=404)
    return Response.text(f"{text[0]}\n\n{text[1]}\n")
