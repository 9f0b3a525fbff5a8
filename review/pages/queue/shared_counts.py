"""The counts that the queue's pages share, filled before the first of them."""

from datasette.app import Datasette

from review import database, state
from storage.queries.stories.tally import Tally

FILLING_MS = 300_000


async def tally(ds: Datasette) -> Tally:
    """What is counted; a large database takes some seconds to be read as a whole."""
    kept_tally = state.of(ds).tally
    if kept_tally.upto is None:
        await database.read_snapshot(ds, kept_tally.refresh, longest_ms=FILLING_MS)
    return kept_tally


def forget(ds: Datasette) -> None:
    """Counts are taken anew after a write of our own."""
    cache = state.of(ds).cache
    for key in {*cache.answers, *cache.counting}:
        if isinstance(key, tuple) and key[0] == "view":
            cache.forget(key)
