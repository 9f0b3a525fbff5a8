"""Whether the monitor sees, in one word for strangers: for uptime checks."""

import re
import sqlite3
from datetime import datetime, timedelta

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database
from review.pages import responses
from storage.queries.monitor.liveness import MISSED, USUAL_PAUSE, liveness

LONGEST_SILENCE = MISSED * USUAL_PAUSE
MINUTES = re.compile(r"\d{1,5}")


async def health_answer(ds: Datasette, request: Request) -> Response:
    """200 `ok`, or 503 `blind`: the last run failed, or none ended well within ?minutes= (30)."""
    minutes = request.args.get("minutes") or ""
    longest = timedelta(minutes=int(minutes)) if MINUTES.fullmatch(minutes) else LONGEST_SILENCE
    now = responses.now()
    try:
        sees = await ds.get_database(database.NAME).execute_fn(lambda conn: seeing(conn, now, longest))  # fmt: skip
    except sqlite3.Error:
        sees = False
    return Response.json({"status": "ok" if sees else "blind"}, status=200 if sees else 503)


def seeing(conn: sqlite3.Connection, now: datetime, longest: timedelta) -> bool:
    alive = liveness(conn)
    return alive.good_at is not None and alive.bad_id is None and now - alive.good_at <= longest
