"""The door: host names, headers, cookies, and nobody past it unknown. Default is no."""

import csv
import io
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from alerts.formats.csv_cells import dated, harmless_cell
from review.auth.body_limit import (
    LARGEST_FORM,
    STRANGERS_FORM,
    AsgiMessage,
    Receive,
    TooLargeError,
    TooSlowError,
    whole_body,
)
from review.auth.client_address import client_address
from review.auth.sessions import COOKIE, Sessions, seconds_now
from review.auth.team_file import Person, Team

RequestScope = MutableMapping[str, Any]  # what the ASGI specification calls scope
Send = Callable[[AsgiMessage], Awaitable[None]]
App = Callable[[RequestScope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# Reachable without a session. The feed checks a token of its own; health says one word,
# and the API asks for a bearer token: a session opens nothing of it.
OPEN_ADDRESSES = re.compile(
    r"/-/(health|api/v1/[\w./-]+|sign-in|sign-in/link|sign-in/again|feed\.atom|pollwatch/[\w.-]+)|/favicon\.ico"
)
SIGN_IN = re.compile(r"/-/sign-in")
# Datasette's own pages for people who run it; the rest of them nobody needs.
FOR_LEADS = re.compile(r"/-/(metadata|versions|plugins|settings|threads|databases)(\.json)?")
FOR_NOBODY = re.compile(
    r"/-/(auth-token|allow-debug|permissions|messages|patterns|logout|actor)(\..*)?|/_internal.*|/_memory.*"
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FIXED = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer, browsers hide the origin of our own forms
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex, nofollow",
}


def header(scope: RequestScope, name: str) -> str:
    for key, value in scope["headers"]:
        if key == name.encode():
            return str(value.decode("latin-1"))
    return ""


def host_of(value: str) -> str:
    """The name in a Host header or an origin, without its port."""
    try:
        return (urlsplit(value if "//" in value else f"//{value}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def cookie(scope: RequestScope, name: str) -> str:
    try:
        jar = SimpleCookie(header(scope, "cookie"))
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""


def guarded_app(app: App, door: Callable[[], tuple[Team, Sessions]]) -> App:
    """`door` is asked at each request: Datasette builds its app before it knows the team."""

    async def gate(scope: RequestScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        team, sessions = door()
        allowed = {name.lower() for name in (*LOOPBACK, *team.hosts)}
        guarded = _guarded(send, scope, team)
        person = sessions.person(cookie(scope, COOKIE), seconds_now())
        refusal = _refusal(scope, allowed, person)
        if refusal:
            await _refuse(guarded, *refusal)
            return
        identified = {**scope, "person": person, "client_address": address_of(scope, team)}
        if scope["method"] != "POST":
            await app(identified, receive, guarded)
            return
        limit = LARGEST_FORM if person or not SIGN_IN.match(scope["path"]) else STRANGERS_FORM
        try:
            body = await whole_body(receive, header(scope, "content-length"), limit)
        except TooLargeError:
            await _refuse(guarded, 413, "That is more than this form may hold.", "")
        except TooSlowError:
            await _refuse(guarded, 408, "The form did not arrive in time.", "")
        else:
            await app(identified, body, guarded)

    return gate


def address_of(scope: RequestScope, team: Team) -> str:
    peer = scope.get("client")
    forwarded = [
        value.decode("latin-1") for key, value in scope["headers"] if key == b"x-forwarded-for"
    ]
    return client_address(str(peer[0]) if peer else None, forwarded, team.trusted)


def _refusal(
    scope: RequestScope, allowed: set[str], person: Person | None
) -> tuple[int, str, str] | None:
    """Status, sentence and (for people to be sent elsewhere) an address."""
    if host_of(header(scope, "host")).lower() not in allowed:
        return 421, "This server does not answer to that name.", ""
    if scope["method"] not in ("GET", "HEAD", "POST"):
        return 405, "Only GET, HEAD and POST are answered.", ""
    if scope["method"] == "POST" and not _same_origin(scope):
        return 403, "This form was sent from another site.", ""
    path = scope["path"]
    if FOR_NOBODY.fullmatch(path):
        return (403, "Nobody may open this page.", "") if person else _stranger(scope)
    if OPEN_ADDRESSES.fullmatch(path):
        return None
    if person is None:
        return _stranger(scope)
    if FOR_LEADS.fullmatch(path) and person.role != "lead":
        return 403, "This page is for leads.", ""
    return None


def _stranger(scope: RequestScope) -> tuple[int, str, str]:
    if scope["method"] != "GET" or "text/html" not in header(scope, "accept"):
        return 401, "Sign in first.", ""
    query = scope["query_string"].decode("latin-1")
    here = scope["path"] + (f"?{query}" if query else "")
    return 303, "Sign in first.", f"/-/sign-in?next={quote(here, safe='')}"


def _same_origin(scope: RequestScope) -> bool:
    """Browsers name the origin of every POST; a form on another site cannot hide it."""
    if header(scope, "sec-fetch-site") not in ("", "same-origin", "none"):
        return False
    origin = header(scope, "origin")
    return not origin or host_of(origin) == host_of(header(scope, "host"))


async def _refuse(send: Send, status: int, sentence: str, location: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if location:
        headers.append((b"location", location.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})


def _guarded(send: Send, scope: RequestScope, team: Team) -> Send:
    # Those of our own pages are harmless as they are made, and may have other separators.
    table = scope["path"].endswith(".csv") and not scope["path"].startswith("/-/")
    static = scope["path"].startswith(("/-/pollwatch/", "/-/static/"))

    async def guarded(message: AsgiMessage) -> None:
        if message["type"] == "http.response.start":
            fixed = _headers(message.get("headers", []), team, static=static)
            if table:
                fixed = [pair for pair in fixed if pair[0] != b"content-length"]
            message = {**message, "headers": fixed}
        elif table and message.get("body"):
            message = {**message, "body": harmless_csv(message["body"].decode()).encode()}
        await send(message)

    return guarded


def _headers(
    response_headers: Sequence[tuple[bytes, bytes]], team: Team, *, static: bool
) -> Headers:
    headers = [(k.lower(), v) for k, v in response_headers if k.lower().decode() not in FIXED]
    headers = [(k, _cookie(v, team) if k == b"set-cookie" else v) for k, v in headers]
    if not static:
        headers = [(k, v) for k, v in headers if k != b"cache-control"]
        headers.append((b"cache-control", b"private, no-store"))
    headers += [(key.encode(), value.encode()) for key, value in FIXED.items()]
    if team.tls:
        headers.append((b"strict-transport-security", b"max-age=31536000"))
    return headers


def _cookie(value: bytes, team: Team) -> bytes:
    """Every cookie, also one that a library sets, keeps out of scripts and other sites."""
    text = value.decode("latin-1")
    have = text.lower()
    for name, attribute in (("httponly", "HttpOnly"), ("samesite", "SameSite=Lax")):
        if f"; {name}" not in have:
            text += f"; {attribute}"
    if team.tls and "; secure" not in have:
        text += "; Secure"
    return text.encode("latin-1")


def harmless_csv(text: str) -> str:
    """Rows in which no text cell starts a formula in a spreadsheet, and times are dates there.
    Each call gets whole rows."""
    out = io.StringIO()
    rows = csv.reader(io.StringIO(text, newline=""))
    csv.writer(out).writerows([harmless_cell(dated(cell)) for cell in row] for row in rows)
    return out.getvalue()
