"""Stories, articles and the state of the monitor, read by token."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from alerts.formats import tables
from alerts.formats.export_formats import EXPORT_FORMATS, in_format
from review import database
from review.api.access import ApiError
from review.api.push import published_time
from review.pages import responses
from review.search.words import words_query as words_of
from storage.queries.articles import archive
from storage.queries.export import ExportedStory, exported
from storage.queries.json_ready import json_ready
from storage.queries.monitor.alert_figures import outbox_status
from storage.queries.monitor.liveness import liveness
from storage.queries.stories.filter import TABS
from storage.tokens import ApiToken

T = TypeVar("T")
MOST_STORIES_A_PAGE = 500
LARGEST_EXPORT = 5_000


async def on_reader(ds: Datasette, work: Callable[[sqlite3.Connection], T]) -> T:
    answer: T = await ds.get_database(database.NAME).execute_fn(work)
    return answer


async def stories_json(ds: Datasette, request: Request, token: ApiToken) -> Response:
    """A page in the order of numbers; `next` is where to go on, null at the end."""
    limit = whole(request, "limit", 100, MOST_STORIES_A_PAGE)
    exported_stories = await asked_for(ds, request, limit)
    following = exported_stories[-1].id if len(exported_stories) == limit else None
    rows = [tables.as_mapping(story) for story in exported_stories]
    return Response.json({"ok": True, "stories": rows, "next": following})


async def asked_for(ds: Datasette, request: Request, limit: int) -> tuple[ExportedStory, ...]:
    tab = request.args.get("tab") or None
    if tab is not None and tab not in TABS:
        raise ApiError(400, f"tab: one of {', '.join(sorted(TABS))}")
    since: datetime | None = published_time(request.args.get("since") or "")
    after = whole(request, "after", 0, 2**60)
    return await on_reader(ds, lambda conn: exported(conn, tab=tab, since=since, after=after, limit=limit))  # fmt: skip


def whole(request: Request, name: str, usual: int, largest: int) -> int:
    value = request.args.get(name) or str(usual)
    if not value.isdecimal() or len(value) > 19 or int(value) > largest:
        raise ApiError(400, f"{name}: must be a whole number up to {largest}")
    return int(value)


async def story_json(ds: Datasette, request: Request, token: ApiToken) -> Response:
    number = int(request.url_vars["story"])
    exported_stories = await on_reader(ds, lambda conn: exported(conn, ids=[number]))
    if not exported_stories:
        raise ApiError(404, "there is no such story")
    return Response.json({"ok": True, "story": tables.as_mapping(exported_stories[0])})


async def export_text(ds: Datasette, request: Request, token: ApiToken) -> Response:
    """The same as `pollwatch export`, up to 5,000 stories after `after`."""
    form = request.url_vars["form"]
    stories = await asked_for(ds, request, LARGEST_EXPORT)
    text = in_format(form, stories, instance=request.host, now=responses.now())
    return Response(text, content_type=f"{EXPORT_FORMATS[form]}; charset=utf-8")


async def article_json(ds: Datasette, request: Request, token: ApiToken) -> Response:
    number = int(request.url_vars["article"])
    stored = await on_reader(ds, lambda conn: archive.archived_article(conn, number))
    if stored is None:
        raise ApiError(404, "there is no such article")
    return Response.json({"ok": True, "article": json_ready(stored)})


async def articles(ds: Datasette, request: Request, token: ApiToken) -> Response:
    """Full-text search: each word or "phrase" of ?q= is wanted; the newest first."""
    words = words_of(request.args.get("q") or "")
    if words is None:
        raise ApiError(400, "q: some words to look for")
    limit = whole(request, "limit", 50, MOST_STORIES_A_PAGE)
    before = whole(request, "before", 2**60, 2**60)
    stored = await on_reader(
        ds, lambda conn: archive.search(conn, words, limit=limit, before=before)
    )
    following = stored[-1].id if len(stored) == limit else None
    return Response.json({"ok": True, "articles": json_ready(stored), "next": following})


async def status_json(ds: Datasette, request: Request, token: ApiToken) -> Response:
    """Whether the monitor sees, and what waits to be sent."""
    now = responses.now()

    def look(conn: sqlite3.Connection) -> dict[str, object]:
        alive, box = liveness(conn), outbox_status(conn, now)
        silent = alive.silent_for(now)
        return {
            "ok": True,
            "last_good_run_at": json_ready(alive.good_at),
            "silent_seconds": silent.total_seconds() if silent else None,
            "last_run_failed": alive.bad_id is not None,
            "faults": list(alive.faults),
            "alerts": {"waiting": box.waiting, "dead": box.dead},
        }

    return Response.json(await on_reader(ds, look))
