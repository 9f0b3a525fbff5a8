"""How another outlet's text, or an earlier version, differs from one article's text."""

import asyncio
import sqlite3

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from review import database
from review.pages import responses
from review.render import compare, safe_links
from storage.queries.stories import story as query


async def differences(ds: Datasette, request: Request) -> Response:
    responses.reader(request)
    number = int(request.url_vars["article"])
    first = await database.read_snapshot(ds, lambda c: query.current(c, number))
    if first is None:
        raise NotFound("There is no such article, or its text was purged.")
    other = await _other(ds, request, first)
    if other is None or other["body"] is None:
        raise NotFound("There is no such text to compare with.")
    compared = await asyncio.to_thread(
        compare.compared_lines,
        f"{other['title']}\n{other['body']}",
        f"{first['title']}\n{first['body']}",
    )
    back = safe_links.inside(request.args.get("next"), "/-/queue")
    names = {"before": _name(other), "after": _name(first)}
    return await responses.page(
        ds, request, "compare.html", {"told": compared, "back": back, **names}
    )


async def _other(ds: Datasette, request: Request, first: sqlite3.Row) -> sqlite3.Row | None:
    number = request.args.get("with") or ""
    if number.isdecimal() and len(number) < 19:
        return await database.read_snapshot(ds, lambda c: query.current(c, int(number)))
    version = request.args.get("version") or ""
    return await database.read_snapshot(ds, lambda c: query.version(c, first["id"], version))


def _name(row: sqlite3.Row) -> str:
    if "outlet" in row.keys():  # noqa: SIM118 (a Row has no "in")
        return str(row["outlet"])
    return f"text read {row['first_read_at'][:16].replace('T', ' ')} UTC"
