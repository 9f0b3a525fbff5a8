"""The alert sender beside a run: its thread, and its last word when the database fails."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alerts.sender import Sender
from storage.database.errors import StorageError


@asynccontextmanager
async def alongside(sender: Sender | None) -> AsyncIterator[None]:
    """Rounds go on while the body runs; at its end what waits goes out first."""
    if sender is None:
        yield
        return
    stop = threading.Event()
    rounds = asyncio.create_task(asyncio.to_thread(sender.run, stop))
    try:
        yield
    except StorageError as error:
        await asyncio.to_thread(sender.speak, error)
        raise
    finally:
        stop.set()
        await rounds
