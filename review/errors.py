"""Refusals and failures as pages that say what happened and what to do."""

import sqlite3
from collections.abc import Awaitable, Callable

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request, Response

from review import web


async def forbidden(ds: Datasette, request: Request, text: str) -> Response:
    return await web.message(
        ds, request, "Not for you", text or "Your role does not allow this.", status=403
    )


def failed(
    ds: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """A page for what a person can wait out or narrow; None: Datasette's own handling."""
    if isinstance(exception, QueryInterrupted):
        text = "The answer took too long. Add a word or a filter, or pick fewer days."
        return lambda: web.message(ds, request, "Too much at once", text, status=503)
    if isinstance(exception, sqlite3.OperationalError) and "locked" in str(exception):
        text = "The pipeline is writing and did not let go in time. Nothing of yours was written: try again."
        return lambda: web.message(ds, request, "Busy", text, status=503)
    return None
