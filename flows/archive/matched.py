"""Stored texts with the hits that today's rules find in them: matched in processes, given in order."""

import asyncio
import logging
import pickle
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

from extractors.workers.granted import usable_cores
from extractors.workers.pool import WorkerCrashed, Workers, WorkerTimeout
from flows.archive.match_job import MATCH_JOB
from matchers.rules.load import RuleSet
from matchers.text.article_text import as_text
from model import Hit
from storage.ingest.rematch import ArchivedText, archive, archived_entries
from storage.store import Store

MATCHED_AT_ONCE = 100  # texts in one transaction, which reviewers wait for
MOST_PROCESSES = 8
TEXTS_DEADLINE_SECONDS = 60.0  # of processor time, for as many texts
logger = logging.getLogger("pollwatch")
MatchedTexts = list[tuple[ArchivedText, tuple[Hit, ...]]]


@contextmanager
def matchers_of(rules: RuleSet) -> Iterator[Workers]:
    """A process for each core; the texts are hostile, and one that hangs must not stop the rest."""
    workers = Workers(
        MATCH_JOB,
        processes=min(MOST_PROCESSES, usable_cores()),
        deadline_seconds=TEXTS_DEADLINE_SECONDS,
        setup=pickle.dumps((rules,)),
    )
    try:
        yield workers
    finally:
        workers.close()


def steps(
    store: Store, unseen_by: str | None, since_day: str | None
) -> Iterator[Sequence[ArchivedText]]:
    """Articles' own texts and then entries' that speak for themselves, in the order of their ids;
    `unseen_by` leaves out what is done."""
    after = 0
    while texts := archive(
        store.db,
        after_id=after,
        limit=MATCHED_AT_ONCE,
        ruleset_sha256=unseen_by,
        since_day=since_day,
    ):
        yield texts
        after = texts[-1].article_id
    after = 0
    while texts := archived_entries(
        store.db, after_id=after, limit=MATCHED_AT_ONCE, ruleset_sha256=unseen_by
    ):
        yield [text for text in texts if since_day is None or text.day >= since_day]
        after = texts[-1].entry_id or after


async def matched(
    workers: Workers, coming: Iterable[Sequence[ArchivedText]]
) -> AsyncIterator[MatchedTexts]:
    """Each step with its hits. A few steps are under way while the caller stores the one before."""
    ahead = 2 * min(MOST_PROCESSES, usable_cores())
    waiting: deque[asyncio.Task[MatchedTexts]] = deque()
    try:
        for texts in coming:
            waiting.append(asyncio.create_task(match_archived(workers, texts)))
            if len(waiting) > ahead:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def match_archived(workers: Workers, texts: Sequence[ArchivedText]) -> MatchedTexts:
    """Where a process dies of one of the texts, each is tried alone, and that one is left out: it
    stays as it was, and the next rematch takes it up again."""
    try:
        return await match_all(workers, texts)
    except (WorkerTimeout, WorkerCrashed) as death:
        if len(texts) == 1:
            logger.warning("article %d was left out: %s", texts[0].article_id, death.sentence)
            return []
    return [matched for text in texts for matched in await match_archived(workers, [text])]


async def match_all(workers: Workers, texts: Sequence[ArchivedText]) -> MatchedTexts:
    answer = await workers.run(tuple(as_text(text) for text in texts))
    return list(zip(texts, cast(tuple[tuple[Hit, ...], ...], answer), strict=True))
