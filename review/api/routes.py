"""Every address of the API: pattern, scope, and what the OpenAPI document says of it."""

from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from alerts.formats.export_formats import EXPORT_FORMATS
from review import state
from review.api import push, stories, verdicts
from review.api.access import ApiError, ApiView, answered
from review.api.openapi import PUSHED, VERDICT_SCHEMA, document
from review.pages import responses
from storage.tokens import ApiToken

BASE = "/-/api/v1"


@dataclass(frozen=True, slots=True)
class ApiRoute:
    name: str
    pattern: str  # after BASE
    path: str  # as OpenAPI writes it
    view: ApiView
    scope: str | None
    summary: str
    answer: str = "As asked"
    parameters: tuple[str, ...] = ()
    method: str = "GET"
    status: int = 200
    schema: dict[str, Any] | None = None
    body: dict[str, Any] | None = None


async def no_such_address(ds: Datasette, request: Request, token: ApiToken) -> Response:
    """In JSON as all else here: a page for people is nothing that a program can read."""
    raise ApiError(404, f"there is no such address; {BASE}/openapi.json lists all of them")


async def openapi(ds: Datasette, request: Request, token: ApiToken) -> Response:
    prefix = state.of(ds).team.path_prefix
    servers = {"servers": [{"url": prefix}]} if prefix else {}
    return Response.json({**document(API), **servers})


STORY_REFERENCE = {"$ref": "#/components/schemas/Story"}
LIST = {"type": "object", "properties": {"stories": {"type": "array", "items": STORY_REFERENCE}, "next": {"type": ["integer", "null"]}}}  # fmt: skip
API: tuple[ApiRoute, ...] = (
    ApiRoute("openapi", r"/openapi\.json", f"{BASE}/openapi.json", openapi, None, "This document"),
    ApiRoute("status", "/status", f"{BASE}/status", stories.status_json, "read:queue", "Whether the monitor sees"),
    ApiRoute("stories", "/stories", f"{BASE}/stories", stories.stories_json, "read:queue", "Stories, page by page", parameters=("tab", "since", "after", "limit"), schema=LIST),
    ApiRoute("story", r"/stories/(?P<story>\d{1,18})", BASE + "/stories/{story}", stories.story_json, "read:queue", "One story", schema={"type": "object", "properties": {"story": STORY_REFERENCE}}),
    ApiRoute("verdict", r"/stories/(?P<story>\d{1,18})/verdict", BASE + "/stories/{story}/verdict", verdicts.verdict, "write:verdict", "Decide a story", "Decided", method="POST", body=VERDICT_SCHEMA),
    ApiRoute("export", rf"/export\.(?P<form>{'|'.join(EXPORT_FORMATS)})", BASE + "/export.{form}", stories.export_text, "read:queue", "Stories as jsonl, csv, stix or misp", parameters=("tab", "since", "after")),
    ApiRoute("articles", "/articles", f"{BASE}/articles", stories.articles, "read:archive", "Search the archive", parameters=("q", "before", "limit")),
    ApiRoute("article", r"/articles/(?P<article>\d{1,18})", BASE + "/articles/{article}", stories.article_json, "read:archive", "One article with its text"),
    ApiRoute("push", "/push", f"{BASE}/push", push.take_articles, "push:articles", "Hand an article in", "Stored; the next run reads it", method="POST", status=202, body=PUSHED),
)  # fmt: skip
API_ROUTES: tuple[tuple[str, responses.PageView], ...] = tuple(
    (f"^{BASE}{pattern}$", answered(scope, view))
    for pattern, scope, view in (
        *((route.pattern, route.scope, route.view) for route in API),
        ("/(?P<unknown>.+)", None, no_such_address),
    )
)
