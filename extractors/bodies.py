"""Takes a body in while it arrives, within its limits. Async, but knows no sockets."""

import asyncio
from collections.abc import AsyncIterator

from extractors.exchange import Asked, Failure
from extractors.unpacking import FREE, BadCompression, Body, TooLarge
from extractors.urls import mask
from model import Outcome

ERROR_BODY = 65_536  # of an error page: enough to tell a bot wall by
ERROR_SECONDS = 5.0


async def read_body(
    asked: Asked,
    chunks: AsyncIterator[bytes],
    declared: int | None,
    turns: asyncio.Semaphore,
    deadline: asyncio.Timeout,
) -> bytes:
    """The decoded body; `turns` are for bodies past 1 MB. Raises Failure."""
    assert asked.at is not None
    large = False
    try:
        body = Body(asked.headers.get("content-encoding", ""), asked.limit)
        if declared is not None and declared > asked.limit and asked.kind != "robots":
            raise TooLarge(f"{declared / 1e6:,.1f} MB by its own account")
        async for chunk in chunks:
            if not large and body.size + len(chunk) > FREE:
                large = await _turn(turns, deadline)
            body.take(chunk)
            asked.received = body.received
        return body.whole()
    except TooLarge as exc:
        if asked.kind == "robots":
            return body.so_far()  # RFC 9309: what is within the limit counts
        limit = f"{asked.limit / 1e6:g} MB"
        raise Failure(
            Outcome.TOO_LARGE, f"{mask(asked.url)} is too large: {exc}; at most {limit} is read."
        ) from exc
    except BadCompression as exc:
        raise Failure(Outcome.PROTOCOL, f"{asked.at.host} sent {exc}.") from exc
    finally:
        if large:
            turns.release()


async def _turn(turns: asyncio.Semaphore, deadline: asyncio.Timeout) -> bool:
    """Few large bodies are in memory at once; waiting here is not the server's fault."""
    when = deadline.when()
    if turns.locked() and when is not None:
        loop = asyncio.get_running_loop()
        left = when - loop.time()
        deadline.reschedule(None)
        await turns.acquire()
        deadline.reschedule(loop.time() + left)
    else:
        await turns.acquire()
    return True


async def read_error_page(asked: Asked, chunks: AsyncIterator[bytes]) -> bytes:
    """The beginning of what came with an error status; b"" when it cannot be read."""
    try:
        body = Body(asked.headers.get("content-encoding", ""), 16 * ERROR_BODY)
        async with asyncio.timeout(ERROR_SECONDS):
            async for chunk in chunks:
                body.take(chunk)
                if body.size > ERROR_BODY:
                    break
    except (BadCompression, TooLarge, TimeoutError):
        return b""
    asked.received = body.received
    return body.so_far()[:ERROR_BODY]
