"""Who asks by token: what it opens, how often, and how much it may send."""

import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database
from review.pages import responses
from storage import tokens
from storage.tokens import ApiToken

PER_MINUTE = 120
ApiView = Callable[[Datasette, Request, ApiToken], Awaitable[Response]]


class ApiError(Exception):
    """An answer other than the one asked for."""

    def __init__(self, status: int, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status, self.why, self.headers = status, why, headers


@dataclass(slots=True)
class Rates:
    """Requests of each token in the last minute; of this process, which is the only one that serves."""

    request_times: dict[int, deque[float]] = field(default_factory=dict)

    def take(self, token_id: int, now: float) -> int:
        """Seconds to wait; 0 when there is room, which is then used."""
        times = self.request_times.setdefault(token_id, deque())
        while times and now - times[0] >= 60:
            times.popleft()
        if len(times) >= PER_MINUTE:
            return max(1, int(60 - (now - times[0])) + 1)
        times.append(now)
        return 0


RATES = Rates()


def answered(
    scope: str | None, view: ApiView
) -> Callable[[Datasette, Request], Awaitable[Response]]:
    """`view` for tokens that open `scope`; None: for any token that stands."""

    async def call(ds: Datasette, request: Request) -> Response:
        try:
            token = await bearer(ds, request, scope)
            return await view(ds, request, token)
        except ApiError as refused:
            body = {"ok": False, "error": refused.why}
            return Response.json(body, status=refused.status, headers=refused.headers)

    return call


async def bearer(ds: Datasette, request: Request, scope: str | None) -> ApiToken:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not value.strip():
        raise ApiError(401, "a bearer token is needed", **{"www-authenticate": "Bearer"})
    now = responses.now()
    db = ds.get_database(database.NAME)
    token: ApiToken | None = await db.execute_fn(
        lambda conn: tokens.find_token(conn, value.strip())
    )
    if token is None or not token.stands(now):
        raise ApiError(401, "this token is unknown, expired or revoked", **{"www-authenticate": "Bearer"})  # fmt: skip
    wait = RATES.take(token.id, time.monotonic())
    if wait:
        raise ApiError(429, f"more than {PER_MINUTE} requests in a minute", **{"retry-after": str(wait)})  # fmt: skip
    if scope is not None and scope not in token.scopes:
        raise ApiError(403, f"this token does not open {scope}")
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60:
        await database.write_if_writable(ds, lambda conn: tokens.note_use(conn, token.id, now))
    return token


async def sent_object(request: Request, largest: int) -> dict[str, object]:
    """The JSON object that was sent; refused while it arrives once it is too large."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > largest:
        raise ApiError(413, f"at most {largest} bytes")
    body, more = b"", True
    while more:
        message = await request.receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > largest:
            raise ApiError(413, f"at most {largest} bytes")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError(400, "the body is not JSON") from None
    if not isinstance(document, dict):
        raise ApiError(400, "the body is not a JSON object")
    return document


def text_in(document: dict[str, object], name: str, longest: int, *, needed: bool = False) -> str:
    value = document.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise ApiError(400, f"{name}: must be text")
    if len(value) > longest:
        raise ApiError(400, f"{name}: at most {longest} characters")
    return value
