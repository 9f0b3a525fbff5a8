"""What every page needs: who asks, a form, a page, a table as CSV or JSON."""

import csv
import io
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from datasette.app import Datasette
from datasette.utils.asgi import Forbidden, Request, Response

from review.auth import permissions
from review.state import Actor

View = Callable[[Datasette, Request], Awaitable[Response]]


def now() -> datetime:
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def reader(request: Request) -> Actor:
    """Who asks. The gate lets no stranger here; a page checks all the same."""
    actor: Actor | None = request.actor
    if actor is None:
        raise Forbidden("Sign in first.")
    return actor


def reviewer(request: Request) -> Actor:
    actor = reader(request)
    if not permissions.may_review(actor):
        raise Forbidden("Viewers read; reviewers and leads decide.")
    return actor


def wants_json(request: Request) -> bool:
    return request.path.endswith(".json") or "application/json" in request.headers.get("accept", "")


async def form(request: Request) -> dict[str, str]:
    posted: dict[str, str] = await request.post_vars()
    return posted


async def page(
    ds: Datasette,
    request: Request,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
) -> Response:
    html = await ds.render_template(template, context, request=request, view_name="pollwatch")
    return Response.html(html, status=status)


async def message(
    ds: Datasette, request: Request, title: str, text: str, *, status: int,
    back: str = "/-/queue", **more: object,
) -> Response:  # fmt: skip
    """One sentence for a person, or the same as JSON for our own script."""
    if wants_json(request):
        return Response.json({"ok": False, "title": title, "message": text, **more}, status=status)
    context = {"title": title, "text": text, "back": back, **more}
    return await page(ds, request, "message.html", context, status=status)


def csv_table(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The gate makes cells that would be formulas harmless, here as in all CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return Response(
        out.getvalue(), content_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )  # fmt: skip


def table(
    form: str, name: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str]
) -> Response:
    """`rows` as "csv" or "json"."""
    if form == "csv":
        return csv_table(name, columns, ([row.get(c) for c in columns] for row in rows))
    return Response.json({"name": name, "rows": [dict(row) for row in rows]}, default=str)


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str)
