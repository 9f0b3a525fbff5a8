"""Work that goes on at once and ends together."""

import asyncio
from collections.abc import Awaitable, Iterable


async def gather_or_cancel(works: Iterable[Awaitable[None]]) -> None:
    """Wait for all; the first to fail cancels the others, and all have ended when it is raised.

    `asyncio.gather` alone would leave the others running while what they use is being closed.
    """
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
