"""Alerts: what went where, when and why, what waits, and what could not be sent."""

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database
from review.pages import responses
from storage.queries.monitor import alert_figures
from storage.queries.monitor.alert_figures import SentLine, UnsentEvent
from storage.times import iso

LINES_ON_A_PAGE, EVENTS_ON_A_PAGE = 200, 50
MOST_LOG_LINES = 20_000
ALERT_COLUMNS = ("id", "happened_at", "sent_at", "state", "channel", "kind", "title", "story_id", "route", "why", "attempts", "error", "key")  # fmt: skip


async def alerts_page(ds: Datasette, request: Request) -> Response:
    """All deliveries, or by `show=waiting|dead`, `channel=ID`, `message=KEY`."""
    responses.reader(request)
    choice, key = chosen_view(request)
    form, now = request.url_vars.get("form"), responses.now()

    def look(conn: sqlite3.Connection) -> dict[str, Any]:
        return {
            "lines": alert_figures.sent_lines(
                conn,
                choice,
                key=key,
                limit=MOST_LOG_LINES if form or choice == "message" else LINES_ON_A_PAGE,
            ),
            "status": alert_figures.outbox_status(conn, now),
            "unrouted": alert_figures.newest_unrouted(
                conn, MOST_LOG_LINES if form else LINES_ON_A_PAGE
            )
            if choice in ("all", "waiting")
            else (),
            "unsent": alert_figures.unsent_events(
                conn, MOST_LOG_LINES if form else EVENTS_ON_A_PAGE
            )
            if choice == "all"
            else (),
        }

    shown = await ds.get_database(database.NAME).execute_fn(look)
    if form:
        return responses.table(form, "alerts", as_rows(**shown), ALERT_COLUMNS)
    context = {**shown, "choice": choice, "key": key, "size": LINES_ON_A_PAGE}
    return await responses.page(ds, request, "alerts.html", context)


def as_rows(
    lines: Sequence[SentLine], unrouted: Sequence[UnsentEvent], unsent: Sequence[UnsentEvent], **_: object
) -> list[dict[str, object]]:  # fmt: skip
    """Deliveries, and the events that have none: those that no sender has looked at yet, and those that
    went nowhere, with the reason. The newest first."""
    nowhere = [asdict(event) | {"state": "sent to nobody"} for event in unsent]
    waiting = [asdict(event) | {"state": "waiting", "why": "not yet matched to a route"} for event in unrouted]  # fmt: skip
    rows = [*map(asdict, lines), *waiting, *nowhere]
    stamped = [
        {k: iso(v) if isinstance(v, datetime) else v for k, v in row.items()} for row in rows
    ]
    return sorted(stamped, key=lambda row: str(row["happened_at"]), reverse=True)


def chosen_view(request: Request) -> tuple[str, str]:
    key = (request.args.get("message") or request.args.get("channel") or "").replace("*", "")
    if request.args.get("message"):
        return "message", key
    if request.args.get("channel"):
        return "channel", key
    show = request.args.get("show") or "all"
    return (show if show in ("waiting", "dead") else "all"), ""


async def sent_message(ds: Datasette, request: Request) -> Response:
    """One message as it was sent, in plain text."""
    responses.reader(request)
    number = int(request.url_vars["delivery"])
    text = await ds.get_database(database.NAME).execute_fn(
        lambda conn: alert_figures.message_text(conn, number)
    )
    if text is None:
        return Response.text("No message was composed of this.\n", status=404)
    return Response.text(f"{text[0]}\n\n{text[1]}\n")
