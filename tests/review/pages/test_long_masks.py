"""The masks of a long text are made beside the server's loop: whoever asks meanwhile is answered."""

import asyncio
import time
from itertools import pairwise
from pathlib import Path

import pytest

from storage.database.connection import write_txn
from storage.store import Store
from tests.review.conftest import Desk
from tests.review.stored import ask
from tests.storage.making import NOON

THREATENED = "SELECT s.id, h.article_id FROM stories s JOIN hits h ON h.id = s.lead_hit_id JOIN story_rules r ON r.story_id = s.id WHERE r.category = 'physical-security' AND h.entry_id IS NULL ORDER BY s.id LIMIT 1"
FIGURES = "1 "  # what a page may hold that wants to cost time


async def longest_silence(desk: Desk, path: str) -> tuple[float, float]:
    """Seconds for which the loop did nothing else while the page was made, and those that it took."""
    ticks = [time.perf_counter()]

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.01)
            ticks.append(time.perf_counter())

    ticking = asyncio.ensure_future(tick())
    answer = await desk.ask("GET", path, "vera")
    ticks.append(time.perf_counter())
    ticking.cancel()
    assert answer.status_code == 200
    gaps = [later - before for before, later in pairwise(ticks)]
    return max(gaps), ticks[-1] - ticks[0]


@pytest.mark.slow
def test_others_are_answered_while_a_long_text_is_masked(desk: Desk, db: Path) -> None:
    story, article = ask(db, THREATENED)[0]
    with Store.open(db, now=NOON) as store, write_txn(store.db):
        store.db.execute("UPDATE article_texts SET body = body || ? WHERE article_id = ?", (f"\n{FIGURES * 40_000}", article))  # fmt: skip
    for page in (f"/-/story/{story}", f"/-/article/{article}"):
        silent, whole = desk.run(longest_silence(desk, page))

        assert whole > 0.5
        assert silent < whole / 2
