"""A view of the queue to take away: CSV with chosen columns, or JSON page by page."""

import sqlite3

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from alerts.formats import tables
from alerts.formats.csv_cells import SEPARATORS
from alerts.formats.tables import COLUMNS
from review import database, state
from review.pages import responses
from review.pages.queue import filters, page
from storage.queries.export import ExportedStory, exported
from storage.queries.stories import queue
from storage.queries.stories.filter import StoryFilter
from storage.queries.stories.order import Cursor


async def queue_export(ds: Datasette, request: Request) -> Response:
    """CSV: the first 20,000 stories of the view; JSON: a page of it, and where to go on. An address with a
    slip is refused: nobody sees of a file that it holds other stories than were asked for."""
    actor = responses.reader(request)
    if slip := _slip(request):
        return await responses.message_page(ds, request, "Not understood", slip, status=400)
    chosen, now = filters.filters_of(request.args), responses.now()
    view_filter = await page.story_filter(ds, actor, chosen, now)
    form = request.url_vars["form"]
    size = page.MOST_QUEUE_ROWS if form == "csv" else min(responses.whole_number(request.args.get("size"), 100), 1000)  # fmt: skip
    cursor = filters.place(request.args.get("at"), chosen.sort)
    shown, stories = await database.read_snapshot(
        ds, lambda c: _rows(c, view_filter, chosen.sort, cursor, size)
    )
    all_columns = (*COLUMNS, tables.FOR_PROGRAMS)
    names = [name for name in (request.args.get("columns") or "").split(",") if name in all_columns]
    names = names or list(COLUMNS if form == "csv" else all_columns)
    rows = [{name: row[name] for name in names} for row in map(tables.row, stories)]
    if form == "csv":
        separator = SEPARATORS[request.args.get("separator") or "comma"]
        return responses.csv_table(f"pollwatch-{chosen.tab}", names, (list(row.values()) for row in rows), separator=separator)  # fmt: skip
    coverage = await page.feeds_seen(ds)
    following = filters.written(shown.following)
    prefix = state.of(ds).team.path_prefix
    return Response.json({
        "coverage": coverage.sentence, "total": shown.total, "first": shown.first, "rows": rows,
        "next": chosen.url(f"{prefix}/-/queue.json", at=following, size=str(size)) if following else None,
    })  # fmt: skip


OF_EXPORTS = {"columns", "size", "separator"}


def _slip(request: Request) -> str:
    """What of the address is no filter or column, in a sentence; "" where all is understood."""
    unknown = filters.not_understood(request.query_string, beside=OF_EXPORTS)
    for words, meant in unknown:
        address = meant.replace("/-/queue", request.path, 1)
        return f"“{words}” is no filter of the queue." + (
            f" Did you mean {address} ?" if address else ""
        )
    if (request.args.get("separator") or "comma") not in SEPARATORS:
        return f"A separator is {' or '.join(SEPARATORS)}."
    all_columns = (*COLUMNS, tables.FOR_PROGRAMS)
    for name in filter(None, (request.args.get("columns") or "").split(",")):
        if name not in all_columns:
            return f"“{name[:80]}” is no column. There are: {', '.join(all_columns)}."
    return ""


def _rows(
    connection: sqlite3.Connection, view_filter: StoryFilter, sort: str, cursor: Cursor | None, size: int
) -> tuple[queue.QueuePage, tuple[ExportedStory, ...]]:  # fmt: skip
    shown = queue.page_of_view(connection, view_filter, sort, cursor=cursor, size=size)
    return shown, exported(connection, ids=list(shown.stories))


async def columns(ds: Datasette, request: Request) -> Response:
    """The form that lets people choose the columns of a CSV; sent, it leads to the file."""
    responses.reader(request)
    chosen = filters.filters_of(request.args)
    if request.args.get("download"):
        picked = [name for name in request.args.getlist("column") if name in COLUMNS]
        semicolon = "semicolon" if request.args.get("separator") == "semicolon" else ""
        return Response.redirect(chosen.url("/-/queue.csv", columns=",".join(picked), separator=semicolon), status=303)  # fmt: skip
    return await responses.page(ds, request, "columns.html", {"filters": chosen, "columns": COLUMNS})  # fmt: skip
