"""Puts every page under a path, where a proxy serves other things beside Pollwatch.

The prefix exists at this border alone: within, a page's address is "/-/queue" as ever. Datasette's
own `base_url` reaches none of our pages, and cannot tell the prefix /pollwatch from the database
of that name, so it stays unset.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from datasette.app import Datasette
from datasette.utils.asgi import Request

from review.auth.body_limit import AsgiMessage, Receive
from review.auth.middleware import App, Headers, RequestScope, Send

# Quotes in text and in values are escaped on all pages: one that stands bare is markup.
ADDRESS_ATTRIBUTE = re.compile(rb'(\s(?:href|src|action|formaction)=")/(?!/)')
COOKIE_PATH = re.compile(rb"(;\s*path=)/", re.IGNORECASE)


class PrefixedDatasette(Datasette):  # type: ignore[misc]  # Datasette has no types
    """A Datasette whose absolute addresses (next page, facets, other formats) hold the prefix."""

    path_prefix = ""

    def absolute_url(self, request: Request, path: str) -> str:
        inside = urljoin(request.path, path)
        return str(super().absolute_url(request, f"{self.path_prefix}{inside}"))


def under_prefix(app: App, prefix: str) -> App:
    """`prefix`: such as "/pollwatch", with no slash at its end; "" changes nothing."""
    if not prefix:
        return app
    raw = prefix.encode()

    async def under(scope: RequestScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif scope["path"] == prefix:
            await _answer(send, 308, f"{prefix}/", "The pages begin here")
        elif not scope["raw_path"].startswith(raw + b"/"):
            await _answer(send, 404, "", f"The pages of this server begin at {prefix}/")
        else:
            inside = {
                "path": scope["path"][len(prefix) :],
                "raw_path": scope["raw_path"][len(raw) :],
            }
            await app({**scope, **inside}, receive, _outward(send, raw))

    return under


async def _answer(send: Send, status: int, location: str, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if location:
        headers.append((b"location", location.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})


def _outward(send: Send, prefix: bytes) -> Send:
    starts: list[AsgiMessage] = []  # the start of a page, until its whole body is there
    body = bytearray()

    async def outward(message: AsgiMessage) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _headers(message.get("headers", []), prefix)}
            if _is_page(message["headers"]):
                starts.append(message)
                return
        if not starts:
            await send(message)
            return
        body.extend(message.get("body", b""))
        if not message.get("more_body", False):
            page = ADDRESS_ATTRIBUTE.sub(rb"\1" + prefix + b"/", bytes(body))
            await send(_sized(starts.pop(), len(page)))
            await send({**message, "body": page})

    return outward


def _headers(headers: Headers, prefix: bytes) -> Headers:
    return [(name, _header(name.lower(), value, prefix)) for name, value in headers]


def _header(name: bytes, value: bytes, prefix: bytes) -> bytes:
    if name == b"location" and value.startswith(b"/") and not value.startswith(b"//"):
        return prefix + value
    if name == b"set-cookie":
        return COOKIE_PATH.sub(rb"\1" + prefix + b"/", value)
    return value


def _is_page(headers: Headers) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html")
        for name, value in headers
    )


def _sized(start: Mapping[str, Any], length: int) -> AsgiMessage:
    other_headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
    return {**start, "headers": [*other_headers, (b"content-length", str(length).encode())]}
