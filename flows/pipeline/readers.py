"""The workers of a run: pools of this machine or a cluster, opened for it and closed at its end."""

import pickle
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

from extractors.cluster.start import cluster_workers
from extractors.workers.parse_feed import JOB as PARSE_JOB
from extractors.workers.pool import Workers
from extractors.workers.runner import JobRunner, Tell
from extractors.workers.zygote import Zygote, begun_zygote
from flows.pipeline.options import Plan
from flows.pipeline.page_job import KnownJob
from flows.pipeline.probe import FEED_JOB

NO_MEMORY: Mapping[str, frozenset[int]] = {}  # of boilerplate
PAGE_JOB = "flows.pipeline.page_job:read_page"
PAGE_DEADLINE_SECONDS = 10.0
PAGE_MEMORY_MB = 400


@dataclass(frozen=True, slots=True)
class Readers:
    pages: JobRunner  # here or on a cluster
    feeds: Workers  # always here


def page_zygote() -> AbstractContextManager[Zygote | None]:
    """The process that page workers are forked from, begun while the database is still opening."""
    return begun_zygote(PAGE_JOB, PAGE_MEMORY_MB)


@contextmanager
def workers_for(
    plan: Plan,
    repeated: Mapping[str, frozenset[int]] = NO_MEMORY,
    begun: Zygote | None = None,
) -> Iterator[tuple[Workers, Workers]]:
    """Pools of this machine that read pages and parse feeds, closed at the end."""
    within = partial(Workers, deadline_seconds=PAGE_DEADLINE_SECONDS, memory_mb=PAGE_MEMORY_MB)
    setup = pickle.dumps((plan.rules, repeated))
    processes = plan.options.processes
    pages = within(PAGE_JOB, processes=processes, setup=setup, known=KnownJob(), begun=begun)
    feeds = within(PARSE_JOB, processes=1, known=FEED_JOB, beside=pages)
    try:
        yield pages, feeds
    finally:
        feeds.close()
        pages.close()


@asynccontextmanager
async def readers_for(
    plan: Plan,
    repeated: Mapping[str, frozenset[int]],
    tell: Tell,
    begun: Zygote | None = None,
) -> AsyncIterator[Readers]:
    """What reads pages, here or on a cluster, and the pool that parses feeds.

    What is boilerplate is fixed here, before the first page: so neither order nor machine changes
    what is matched. Of a cluster, the pool of this machine starts no process unless it is lost.
    """
    with workers_for(plan, repeated, begun) as (pages, feeds):
        if (address := plan.feeds.settings.cluster) is None:
            yield Readers(pages, feeds)
            return
        cluster = cluster_workers(
            address,
            pages,
            security=plan.options.cluster_security,
            patience=plan.options.cluster_patience,
            read_on=plan.feeds.settings.cluster_lost == "local",
            tell=tell,
        )
        try:
            yield Readers(cluster, feeds)
        finally:
            await cluster.aclose()
