"""How much a run holds in memory of what came, by the size of the bodies, and how many pages a feed has open."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from functools import partial

from extractors.feeds.poll_index import Parse
from extractors.workers.processes.memory import trim_heap
from model import ParsedFeed

MOST_WAITING = 50_000_000  # bytes of pages and feeds fetched and not yet read; a cluster needs many
MOST_BESIDE_LARGE = 12_000_000  # of which so many may wait while a body past 1 MB is taken in
# Bytes of feeds being parsed or not yet stored: one of the largest at a time
MOST_PARSED = 12_000_000
MOST_OPEN_OF_FEED = 64  # pages at hosts that nobody listed: half of a run's connections
LARGE = 1_000_000  # bytes of a feed that is worth tidying up before


class Share:
    """A number of bytes to go round; first come, first served. What is larger than all of it gets
    its turn alone."""

    def __init__(self, most: int) -> None:
        self.most, self.bytes_taken = most, 0
        self._queue: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, size: int) -> None:
        if not self._queue and self._fits(size):
            self.bytes_taken += size
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.bytes_taken -= size
            self._hand_out()
            raise

    def give(self, size: int) -> None:
        self.bytes_taken -= size
        self._hand_out()

    def _fits(self, size: int) -> bool:
        return not self.bytes_taken or self.bytes_taken + size <= self.most

    def _hand_out(self) -> None:
        while self._queue:
            size, turn = self._queue[0]
            if not turn.done():
                if not self._fits(size):
                    return
                self.bytes_taken += size
                turn.set_result(None)
            self._queue.popleft()


class Backlog:
    """What waits to be read, and what is read and waits to be stored.

    `room` is cleared while nobody is to take a large body in, `room_for_pages` while none is to be
    asked for at all.
    """

    def __init__(self, room: asyncio.Event) -> None:
        self.room, self.room_for_pages = room, asyncio.Event()
        self.room_for_pages.set()
        self.waiting = 0  # bytes
        self.parsed = Share(MOST_PARSED)

    @contextmanager
    def waits(self, size: int) -> Iterator[None]:
        """A body of so many bytes waits to be read until the end of this."""
        self._add(size)
        try:
            yield
        finally:
            self._add(-size)

    def _add(self, size: int) -> None:
        self.waiting += size
        for room, most in ((self.room, MOST_BESIDE_LARGE), (self.room_for_pages, MOST_WAITING)):
            (room.set if self.waiting <= most else room.clear)()

    @asynccontextmanager
    async def held(self, parse: Parse) -> AsyncIterator[Parse]:
        """`parse` for one feed, whose entries are held until the end of this.

        Of an index and its sitemaps none is: who waits for further bodies and holds what others
        wait for would wait for ever. They have no texts.
        """
        parsed_before, entries_size = False, 0

        async def parse_held(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
            nonlocal parsed_before, entries_size
            async with self._in_turn(len(body)) as give_back:
                feed = await parse(body, url, content_type)
                if not (parsed_before or feed.children):
                    give_back.pop_all()
                    entries_size = len(body)
            parsed_before = True
            return feed

        try:
            yield parse_held
        finally:
            self.parsed.give(entries_size)

    @asynccontextmanager
    async def _in_turn(self, size: int) -> AsyncIterator[ExitStack]:
        with self.waits(size):
            await self.parsed.take(size)
            if size > LARGE:  # the one before it is stored by now, and freed
                trim_heap()
            with ExitStack() as give_back:
                give_back.callback(self.parsed.give, size)
                yield give_back


class OpenPages:
    """Turns by which one feed has only so many pages open at once that no listed outlet publishes.

    A feed may name a thousand hosts that each answer as slowly as they may: with every connection
    of the run waiting for those, nobody else's page would be asked for. `is_listed` says whether an
    address is of a listed outlet, whose lanes wait for no other feed.
    """

    def __init__(self, is_listed: Callable[[str], bool], most: int = MOST_OPEN_OF_FEED) -> None:
        self._is_listed = is_listed
        self._turns = defaultdict[str, asyncio.Semaphore](partial(asyncio.Semaphore, most))

    def turn(self, feed_id: str, url: str) -> AbstractAsyncContextManager[None]:
        """Held while the page is asked for and comes."""
        return nullcontext() if self._is_listed(url) else self._turns[feed_id]
