"""Takes a request's body in before anybody works on it, and no more of it than a form may hold."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

AsgiMessage = MutableMapping[str, Any]  # the ASGI specification's own types
Receive = Callable[[], Awaitable[AsgiMessage]]

STRANGERS_FORM = 16_000  # bytes: a name, a password and a token
LARGEST_FORM = 2_000_000  # bytes: a rule file in the editor, an article handed in
SLOWEST_SECONDS = 30.0


class TooLargeError(Exception):
    """The body is longer than allowed."""


class TooSlowError(Exception):
    """The body did not arrive in time, or its sender went away."""


async def whole_body(receive: Receive, declared: str, limit: int) -> Receive:
    """A `receive` that gives the whole body at once.

    Raises TooLargeError, before reading where the length was declared, and TooSlowError.
    """
    if declared.isdecimal() and int(declared) > limit:
        raise TooLargeError
    try:
        async with asyncio.timeout(SLOWEST_SECONDS):
            body = await _whole(receive, limit)
    except TimeoutError:
        raise TooSlowError from None
    body_given = False

    async def replay() -> AsgiMessage:
        nonlocal body_given
        if body_given:
            return await receive()
        body_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _whole(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise TooSlowError
        body += message.get("body", b"")
        if len(body) > limit:
            raise TooLargeError
        if not message.get("more_body", False):
            return bytes(body)
