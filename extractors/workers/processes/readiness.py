"""A wait for a pipe or socket, which can be called off from outside."""

import asyncio
from collections.abc import Callable


class Readiness:
    """One wait at a time, in the event loop of whoever waits."""

    def __init__(self) -> None:
        self._stop: Callable[[Exception | None], None] | None = None

    async def to_read(self, file: int) -> None:
        loop = asyncio.get_running_loop()
        await self._wait(file, loop.add_reader, loop.remove_reader)

    async def to_write(self, file: int) -> None:
        loop = asyncio.get_running_loop()
        await self._wait(file, loop.add_writer, loop.remove_writer)

    def wake(self, error: Exception | None = None) -> None:
        """End the wait, if there is one: it returns, or raises `error`."""
        if self._stop is not None:
            self._stop(error)

    async def _wait(
        self, file: int, add: Callable[..., object], remove: Callable[[int], object]
    ) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def stop(error: Exception | None = None) -> None:
            self._stop = None
            remove(file)
            if not waiter.done():
                waiter.set_exception(error) if error else waiter.set_result(None)

        add(file, stop)
        self._stop = stop
        try:
            await waiter
        finally:
            if self._stop is stop:  # cancelled; later the number may be another file's
                stop()
