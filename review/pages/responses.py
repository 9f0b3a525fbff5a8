"""What every page needs: who asks, a form, a page, a table as CSV or JSON."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs

from datasette.app import Datasette
from datasette.utils.asgi import Forbidden, Request, Response

from alerts.formats import csv_cells
from review import state
from review.auth import permissions
from review.render import synchronous
from review.state import Actor

PageView = Callable[[Datasette, Request], Awaitable[Response]]


def now() -> datetime:
    return datetime.now(UTC)


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


def own_address(ds: Datasette, request: Request) -> str:
    """Where readers reach this server, for addresses that leave it; no slash at its end."""
    team = state.of(ds).team
    scheme = "https" if team.tls else request.scheme
    return f"{scheme}://{request.host}{team.path_prefix}"


def wants_json(request: Request) -> bool:
    return request.path.endswith(".json") or "application/json" in request.headers.get("accept", "")


async def form(request: Request) -> dict[str, str]:
    posted: dict[str, str] = await request.post_vars()
    return posted


async def form_lists(request: Request) -> dict[str, list[str]]:
    """As `form`, with every value of a name, as checkboxes send them."""
    body: bytes = await request.post_body()
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)


async def page(
    ds: Datasette,
    request: Request,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
) -> Response:
    return Response.html(await rendered(ds, request, template, context), status=status)


async def rendered(
    ds: Datasette, request: Request, template: str, context: Mapping[str, object]
) -> str:
    compiled = synchronous.template(ds.jinja_env, template)
    text: str = await ds.render_template(compiled, context, request=request, view_name="pollwatch")
    return text


async def message_page(
    ds: Datasette, request: Request, title: str, text: str, *, status: int,
    back: str = "/-/queue", **more: object,
) -> Response:  # fmt: skip
    """One sentence for a person, or the same as JSON for our own script."""
    if wants_json(request):
        return Response.json({"ok": False, "title": title, "message": text, **more}, status=status)
    context = {"title": title, "text": text, "back": back, **more}
    return await page(ds, request, "message.html", context, status=status)


def atom(request: Request, xml: str) -> Response:
    """A feed, or 304 where the reader has this very one: most ask far more often than anything changes."""
    tag = f'"{hashlib.sha256(xml.encode()).hexdigest()[:32]}"'
    headers = {"etag": tag}
    held_tags = request.headers.get("if-none-match", "")
    if tag in {
        held_tag.strip().removeprefix("W/") for held_tag in held_tags.split(",")
    }:  # a proxy that packs makes it weak
        return Response("", status=304, headers=headers)
    return Response(xml, content_type="application/atom+xml; charset=utf-8", headers=headers)


def csv_table(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, separator: str = ","
) -> Response:
    return Response(
        csv_cells.csv_text(columns, rows, separator=separator), content_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )  # fmt: skip


def whole_number(value: str | None, usual: int) -> int:
    """A number from an address, or the usual one."""
    return int(value) if value and value.isdecimal() and len(value) < 19 else usual


def table(
    form: str, name: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str]
) -> Response:
    """`rows` as "csv" or "json"."""
    if form == "csv":
        return csv_table(name, columns, ([row.get(c) for c in columns] for row in rows))
    return Response.json({"name": name, "rows": [dict(row) for row in rows]}, default=str)


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str)
