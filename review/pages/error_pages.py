"""Refusals and failures as pages that say what happened and what to do."""

import logging
import os
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import datasette.app
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, NotFound, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from review import database, state
from review.auth import middleware
from review.auth.body_limit import AsgiMessage, Receive
from review.auth.middleware import App, RequestScope, Send
from review.pages import responses

log = logging.getLogger(__name__)
NO_TOKEN = frozenset(words.encode() for words in datasette.app.asgi_csrf.error_messages.values())
AGAIN_AFTER = "2"  # seconds
OLD_FORM = "Nothing was written: this form was filled in before you signed in anew, or the browser keeps no cookies of this server. Reload the page and try again."


async def forbidden_page(ds: Datasette, request: Request, text: str) -> Response:
    return await responses.message_page(
        ds, request, "Not for you", text or "Your role does not allow this.", status=403
    )


def failed(
    ds: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]]:
    """Ours for every failure: Datasette's own prints all local variables to the log."""
    if isinstance(exception, QueryInterrupted) and state.of(ds).is_warming:
        return lambda: still_reading(ds, request)
    if isinstance(exception, QueryInterrupted):
        text = "The answer took too long. Add a word or a filter, or pick fewer days."
        return lambda: responses.message_page(ds, request, "Too much at once", text, status=503)
    if isinstance(exception, sqlite3.OperationalError) and "locked" in str(exception):
        text = "The pipeline is writing and did not let go in time. Nothing of yours was written: try again."
        return lambda: responses.message_page(ds, request, "Busy", text, status=503)
    if isinstance(exception, database.ReadOnlyMediaError):
        text = "The database lies on a read-only file system: it can be read, but nothing can be decided or saved."
        return lambda: responses.message_page(ds, request, "Read-only", text, status=403)
    if isinstance(exception, NotFound) and str(exception) == "Database not found":
        text = "There is no page at this address."  # Datasette takes the first word of any for a database
        return lambda: responses.message_page(ds, request, "Not found", text, status=404)
    if isinstance(exception, Base400 | DatasetteError):
        title = getattr(exception, "title", None) or "That did not work"
        return lambda: responses.message_page(
            ds,
            request,
            title,
            _words(exception, state.of(ds).path),
            status=_status(exception),
            back="/pollwatch",
        )
    log.error("%s %s failed", request.method, request.path, exc_info=exception)
    text = "Internal error; the log of the server says more."
    return lambda: responses.message_page(ds, request, "A fault of ours", text, status=500)


async def still_reading(ds: Datasette, request: Request) -> Response:
    """After a start the disk is cold, and each try leaves more of the database in memory. The page asks again by
    itself, unless it was a form."""
    text = "The server was started a moment ago and still reads the archive from the disk. This page comes by itself."
    response = await responses.message_page(ds, request, "Reading the archive, a moment", text, status=503, back=request.full_path)  # fmt: skip
    response.headers["Retry-After"] = AGAIN_AFTER
    if request.method == "GET":
        response.headers["Refresh"] = AGAIN_AFTER
    return response


def explain_old_forms(ds: Datasette, app: App) -> App:
    """`app`, whose refusal of a form without the right token says what to do, as a page or as JSON.

    Datasette hands asgi-csrf no page for it, which then sends a line of its own for programmers.
    """

    async def explaining(scope: RequestScope, receive: Receive, send: Send) -> None:
        held_messages: list[AsgiMessage] = []

        async def watched(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start" and message["status"] == 403:
                held_messages.append(message)
                return
            refused = bool(held_messages) and message.get("body") in NO_TOKEN
            for waiting in held_messages if not refused else ():
                await send(waiting)
            held_messages.clear()
            if not refused:
                await send(message)
                return
            # For the forms of the page that tells of it.
            token = middleware.cookie(scope, "ds_csrftoken")
            request = Request({**scope, "csrftoken": lambda: token}, receive)
            page = await responses.message_page(
                ds, request, "Reload the page", OLD_FORM, status=403
            )
            await page.asgi_send(send)

        await app(scope, receive, watched if scope.get("method") == "POST" else send)

    return explaining


def _status(failure: Base400 | DatasetteError) -> int:
    """Datasette answers 500, a fault of the server, to an address that sorts by no column."""
    asked_wrongly = str(getattr(failure, "message", "")).startswith("Cannot ")
    return 400 if asked_wrongly else int(failure.status)


def _words(exception: Exception, path: Path) -> str:
    """What the failure says, without where files lie on this machine."""
    text = str(getattr(exception, "message", None) or exception.args[0])
    text = text.replace(str(path.parent) + os.sep, "").replace(str(path), path.name)
    return Markup(text).striptags() if getattr(exception, "message_is_html", False) else text  # noqa: S704 (tags are taken out)
