"""Takes a body in while it arrives, within its limits. Async, but knows no sockets."""

import asyncio

from extractors.fetch.decompress import FREE, BadCompression, Body, TooLarge
from extractors.fetch.request import Failure, PendingRequest
from extractors.fetch.transport.addresses import Connection
from extractors.fetch.transport.wire import Head
from extractors.fetch.urls import mask
from model import Outcome

ERROR_BODY = 65_536  # of an error page: enough to tell a bot wall by
ERROR_SECONDS = 5.0
# How many times the limit a body may be by its own account for its beginning to be read.
_WORTH_IT = {"page": 1.0, "feed": 10.0, "robots": float("inf")}


async def read_body(
    asked: PendingRequest,
    head: Head,
    connection: Connection,
    turns: asyncio.Semaphore,
    room: asyncio.Event,
) -> bytes:
    """The decoded body; `turns` are for bodies past 1 MB, while there is `room`. Raises Failure.

    Of a feed that is too large, the Failure holds as much as is read: its entries are of use.
    """
    large = False
    try:
        body = Body(asked.headers.get("content-encoding", ""), asked.limit)
        if head.length is not None and head.length > asked.limit * _WORTH_IT[asked.kind]:
            raise TooLarge(f"{head.length / 1e6:,.1f} MB by its own account")
        async for chunk in connection.pieces():
            if not large and body.size + len(chunk) > FREE:
                large = await _turn(turns, room, connection)
            body.take(chunk)
            asked.received = body.received
        return body.whole()
    except TooLarge as exc:
        if asked.kind == "robots":
            return body.so_far()  # RFC 9309: what is within the limit counts
        said = f"{exc}; at most {asked.limit / 1e6:g} MB is read."
        part = body.so_far() if asked.kind == "feed" and body.size > asked.limit else b""
        raise Failure(Outcome.TOO_LARGE, f"{mask(asked.url)} is too large: {said}", part) from exc
    except BadCompression as exc:
        raise Failure(Outcome.PROTOCOL, f"{asked.host} sent {exc}.") from exc
    finally:
        if large:
            turns.release()


async def _turn(turns: asyncio.Semaphore, room: asyncio.Event, connection: Connection) -> bool:
    """Few large bodies are in memory at once; waiting here is not the server's fault."""
    if turns.locked() or not room.is_set():
        began, done_by = connection.loop.time(), connection.done_by
        connection.read_by = connection.done_by = float("inf")
        await turns.acquire()
        await room.wait()
        now = connection.loop.time()
        connection.done_by, connection.read_by = (
            done_by + now - began,
            now + connection.read_seconds,
        )
    else:
        await turns.acquire()
    return True


async def read_error_page(asked: PendingRequest, connection: Connection) -> bytes:
    """The beginning of what came with an error status, or nothing when it cannot be unpacked."""
    connection.done_by = min(connection.done_by, connection.loop.time() + ERROR_SECONDS)
    try:
        body = Body(asked.headers.get("content-encoding", ""), 16 * ERROR_BODY)
        async for chunk in connection.pieces():
            body.take(chunk)
            if body.size > ERROR_BODY:
                break
    except (BadCompression, TooLarge):
        return b""
    asked.received = body.received
    return body.so_far()[:ERROR_BODY]
