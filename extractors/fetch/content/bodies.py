"""Takes an answer in while it arrives, within its limits. Knows no sockets."""

import asyncio
from collections.abc import Callable

from extractors.fetch.answer.content_types import ENOUGH_FOR_MAGIC, type_by_magic
from extractors.fetch.content.decompress import FREE, BadCompression, Body, TooLarge
from extractors.fetch.request import REDIRECTS, PendingRequest
from extractors.fetch.throttle import Slots
from extractors.fetch.transport.head import ResponseHead
from extractors.fetch.transport.sending import Enough

ERROR_BODY = 65_536  # of an error page: enough to tell a bot wall by
ERROR_SECONDS = 5.0  # for the rest of an answer whose head has said enough
# How many times the limit a body may be by its own account for its beginning to be read.
_WORTH_IT = {"page": 1.0, "feed": 10.0, "robots": float("inf")}


_NOTHING = Body("", 0)  # of answers without a body that counts


class NotAPage(Exception):  # noqa: N818
    """The first bytes show that this is not a page; says what it is."""


class Intake:
    """The sink of one request. `turns` are for bodies past 1 MB, while there is `room`."""

    def __init__(self, pending: PendingRequest, turns: Slots, room: asyncio.Event) -> None:
        self.pending, self.turns, self.room = pending, turns, room
        self.body = _NOTHING
        self._take: Callable[[bytes], bool] = self._drop
        self._large = self._looked_at = False
        self._dropped = 0
        self.waited = 0.0  # seconds

    def begin(self, head: ResponseHead) -> float | None:
        """How many seconds the rest may take, where they are few. Raises TooLarge or BadCompression."""
        self.pending.answered(head)
        if head.status in REDIRECTS or head.status == 304:
            return ERROR_SECONDS
        if head.status >= 300:
            self.body = Body(self._encoding, 16 * ERROR_BODY)
            self._take = self._take_error
            return ERROR_SECONDS
        if head.length is not None:
            limit = self.pending.limit * _WORTH_IT[self.pending.kind]
            if head.length > limit and not head.is_chunked:
                raise TooLarge(f"{head.length / 1e6:,.1f} MB by its own account")
        self.body = Body(self._encoding, self.pending.limit)
        self._take = self._take_page if self.pending.kind == "page" else self._take_body
        return None

    def take(self, chunk: bytes) -> bool:
        """False: not now. Raises TooLarge, BadCompression, NotAPage or Enough."""
        return self._take(chunk)

    async def ready(self) -> None:
        """Few large bodies are in memory at once; waiting here is not the server's fault."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        if not self._large:
            await self.turns.take()
            self._large = True
        await self.room.wait()
        self.waited += loop.time() - began

    def close(self) -> None:
        if self._large:
            self._large = False
            self.turns.give()

    @property
    def _encoding(self) -> str:
        return self.pending.headers.get("content-encoding", "")

    def _drop(self, chunk: bytes) -> bool:
        """A redirect's text: read to the end where it is short, as the connection can then be kept."""
        self._dropped += len(chunk)
        if self._dropped > ERROR_BODY:
            raise Enough
        return True

    def _take_error(self, chunk: bytes) -> bool:
        self._unpack(chunk)
        if self.body.size > ERROR_BODY:
            raise Enough
        return True

    def _take_page(self, chunk: bytes) -> bool:
        byte_count = self._take_body(chunk)
        if not self._looked_at and self.body.size >= ENOUGH_FOR_MAGIC:
            self._looked_at = True
            if (what := type_by_magic(self.body.so_far())) is not None:
                raise NotAPage(what)
        return byte_count

    def _take_body(self, chunk: bytes) -> bool:
        if not self._large and self.body.size + len(chunk) > FREE:
            if not self.room.is_set() or not self.turns.try_take():
                return False
            self._large = True
        self._unpack(chunk)
        return True

    def _unpack(self, chunk: bytes) -> None:
        try:
            self.body.take(chunk)
        finally:
            self.pending.received = self.body.received


__all__ = ["ERROR_BODY", "BadCompression", "Intake", "NotAPage", "TooLarge"]
