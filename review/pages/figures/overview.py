"""Overview, sources, rules and runs, each also as CSV and JSON."""

import json
from datetime import datetime, timedelta

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database, state
from review.pages import responses
from review.pages.queue import page
from review.render import charts
from storage.queries import overview as query
from storage.queries.feed_health import health_of_feeds
from storage.queries.stories.agreement import agreement
from storage.queries.stories.counts import stories_per_day
from storage.times import iso

SPANS = (14, 30, 90)
ROWS_ON_A_PAGE = 50
SOURCE_COLUMNS = (
    "slug", "name", "outlet", "owner", "region", "language", "category", "enabled", "dormant", "last_outcome", "last_sentence",
    "failures", "last_ok_at", "last_entry_at", "last_polled_at", "next_poll_at", "interval_seconds", "url",
)  # fmt: skip
RUN_COLUMNS = (
    "id",
    "flow",
    "started_at",
    "finished_at",
    "state",
    "message",
    "code_version",
    "ruleset_sha256",
    "stats_json",
)


async def overview_page(ds: Datasette, request: Request) -> Response:
    responses.reader(request)
    span = next((n for n in SPANS if str(n) == request.args.get("days")), 30)
    first = (responses.now() - timedelta(days=span - 1)).date()
    per_day = await state.figure(
        ds, ("days", span), lambda c: stories_per_day(c, first.isoformat())
    )
    form = request.url_vars.get("form")
    if form:
        return responses.table(
            form,
            "hits-per-day",
            [{**dict(row), "hits": row["stories"]} for row in per_day],  # its name of old
            ("day", "category", "stories", "hits", "waiting", "critical"),
        )
    week = (responses.now() - timedelta(days=7)).date().isoformat()
    severities = await state.figure(ds, "severities", query.by_severity)
    context = {
        "chart": charts.per_day(per_day, first, span, width=1000, height=220), "span": span, "spans": SPANS,
        "severities": charts.grid(severities), "coverage": await page.feeds_seen(ds),
        "states": await state.figure(ds, "states", lambda c: query.article_states(c, week)),
        "outcomes": await state.figure(ds, "outcomes", lambda c: query.outcomes(c, week)),
        "kinds": charts.COLOURED_KINDS,
        "agreement": await state.figure(ds, "agreement", lambda c: agreement(c, iso(responses.now() - timedelta(days=90)))),
        "times": await state.figure(ds, "times", lambda c: query.times_to_verdict(c, iso(responses.now() - timedelta(days=30)))),
    }  # fmt: skip
    return await responses.page(ds, request, "overview.html", context)


async def sources_page(ds: Datasette, request: Request) -> Response:
    responses.reader(request)
    state_asked = request.args.get("state") or "all"
    shown = state_asked if state_asked in query.FEED_STATES else "all"
    offset = responses.whole_number(request.args.get("from"), 0)
    form = request.url_vars.get("form")
    now, only = responses.now(), request.args.get("feed") or None
    size, skipped = (200_000, 0) if form else (ROWS_ON_A_PAGE + 1, offset)
    feeds = await database.read_snapshot(
        ds, lambda c: query.source_rows(c, shown, now, size, skipped, only)
    )
    if form:
        return responses.table(form, "sources", [dict(row) for row in feeds], SOURCE_COLUMNS)
    more, feeds = len(feeds) > ROWS_ON_A_PAGE, feeds[:ROWS_ON_A_PAGE]
    ids = json.dumps([row["id"] for row in feeds])
    since = (now - timedelta(hours=23)).replace(minute=0, second=0, microsecond=0)
    polls = await database.read_snapshot(ds, lambda c: query.polls(c, ids, iso(since)))
    week = (now - timedelta(days=7)).date().isoformat()
    reading = await state.figure(ds, ("reading", ids, week), lambda c: query.reading(c, ids, week))
    health = await state.figure(
        ds, ("health", ids), lambda c: health_of_feeds(c, now, [row["id"] for row in feeds])
    )
    context = {
        "sources": feeds, "state": shown, "only": only, "states": tuple(query.FEED_STATES), "coverage": await page.feeds_seen(ds),
        "hours": charts.hours(polls, since), "hour_names": hour_names(since),
        "reading": reading,
        "health": {feed.id: feed for feed in health},
        "following": offset + ROWS_ON_A_PAGE if more else None, "squares": charts.squares,
    }  # fmt: skip
    return await responses.page(ds, request, "sources.html", context)


def hour_names(since: datetime) -> tuple[str, ...]:
    return tuple(f"{since + timedelta(hours=n):%H}:00" for n in range(24))


async def runs_page(ds: Datasette, request: Request) -> Response:
    responses.reader(request)
    before = responses.whole_number(request.args.get("before"), 999_999_999)
    form = request.url_vars.get("form")
    runs = await database.read_snapshot(
        ds, lambda c: query.latest_runs(c, before, 10_000 if form else ROWS_ON_A_PAGE)
    )
    if form:
        return responses.table(form, "runs", [dict(row) for row in runs], RUN_COLUMNS)
    listed = [
        {
            **dict(row),
            "stats": _stats(row["stats_json"]),
            "took": _took(row["started_at"], row["finished_at"]),
        }
        for row in runs
    ]
    following = runs[-1]["id"] if len(runs) == ROWS_ON_A_PAGE else None
    context = {"runs": listed, "following": following, "coverage": await page.feeds_seen(ds)}
    return await responses.page(ds, request, "runs.html", context)


def _stats(stats_json: str) -> dict[str, object]:
    stats = json.loads(stats_json)
    plain = stats.items() if isinstance(stats, dict) else ()
    return {key: value for key, value in plain if isinstance(value, int | float | str)}


def _took(start: str, end: str | None) -> str:
    if end is None:
        return "–"
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
