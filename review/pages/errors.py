"""Refusals and failures as pages that say what happened and what to do."""

import logging
import os
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from review import database, state
from review.pages import responses

log = logging.getLogger(__name__)


async def forbidden(ds: Datasette, request: Request, text: str) -> Response:
    return await responses.message(
        ds, request, "Not for you", text or "Your role does not allow this.", status=403
    )


def failed(
    ds: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]]:
    """Ours for every failure: Datasette's own prints all local variables to the log."""
    if isinstance(exception, QueryInterrupted):
        text = "The answer took too long. Add a word or a filter, or pick fewer days."
        return lambda: responses.message(ds, request, "Too much at once", text, status=503)
    if isinstance(exception, sqlite3.OperationalError) and "locked" in str(exception):
        text = "The pipeline is writing and did not let go in time. Nothing of yours was written: try again."
        return lambda: responses.message(ds, request, "Busy", text, status=503)
    if isinstance(exception, database.ReadOnlyMediaError):
        text = "The database lies on a read-only file system: it can be read, but nothing can be decided or saved."
        return lambda: responses.message(ds, request, "Read-only", text, status=403)
    if isinstance(exception, Base400 | DatasetteError):
        title = getattr(exception, "title", None) or "That did not work"
        return lambda: responses.message(
            ds,
            request,
            title,
            _words(exception, state.of(ds).path),
            status=exception.status,
            back="/pollwatch",
        )
    log.error("%s %s failed", request.method, request.path, exc_info=exception)
    text = "The server met a fault of its own; its log tells more."
    return lambda: responses.message(ds, request, "A fault of ours", text, status=500)


def _words(exception: Exception, path: Path) -> str:
    """What the failure says, without where files lie on this machine."""
    text = str(getattr(exception, "message", None) or exception.args[0])
    text = text.replace(str(path.parent) + os.sep, "").replace(str(path), path.name)
    return Markup(text).striptags() if getattr(exception, "message_is_html", False) else text  # noqa: S704 (tags are taken out)
