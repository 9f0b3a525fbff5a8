"""The workers of a run, opened for it and closed at its end, and what they are asked."""

import pickle
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from extractors.articles.from_feed import article_from_feed, from_address
from extractors.cluster.start import cluster_workers
from extractors.feeds.parsing.entries import Publishers
from extractors.fetch.answer.walls import wall_by_answer
from extractors.fetch.urls import same_site, site_of
from extractors.workers.in_flight import Backlog
from extractors.workers.parse_feed import PARSE_JOB
from extractors.workers.pool import WorkerCrashed, Workers, WorkerTimeout
from extractors.workers.processes.zygote import Zygote, begun_zygote, closed_zygote
from extractors.workers.runner import JobRunner, Tell
from flows.pipeline.inputs.options import PAGE_JOB, PAGE_MEMORY_MB, Plan
from flows.pipeline.page_job import (
    EntriesJob,
    FeedTextJob,
    FurtherPageJob,
    Job,
    JoinedJob,
    KnownJob,
    PageJob,
)
from flows.pipeline.probe import FEED_JOB
from model import (
    Article,
    EntryMatch,
    EntryText,
    FeedSpec,
    Outcome,
    Publisher,
    ReadPage,
    Response,
    Unread,
)

NO_MEMORY: Mapping[str, frozenset[int]] = {}  # of boilerplate
PAGE_DEADLINE_SECONDS = 10.0
# Pages of one site that a run gives their ten seconds in vain. A thousand of them would hold up all other
# outlets' pages for an hour and a half on two cores.
MOST_LATE_OF_SITE = 20
NO_MORE_TIME = (
    "other pages of the site took too long to parse in this run, so no more of it are tried"
)
# What becomes of a page of which only the beginning came; walls and redirects keep their names.
CUT_SHORT = {Outcome.OK, Outcome.EXTRACTION_DOUBTFUL, Outcome.EXTRACTION_EMPTY, Outcome.EMPTY}


AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class Readers:
    pages: JobRunner  # here or on a cluster
    feeds: Workers  # always here


def page_zygote(plan: Plan) -> AbstractContextManager[Zygote | None]:
    """The process that page workers are forked from, at work on the rules while the database is
    still opening: the plan's, or one of its own where an earlier run has closed that."""
    zygote = plan.begun
    if zygote is None or zygote.closed or zygote.prepared != (plan.rules,):
        zygote = begun_zygote(PAGE_JOB, PAGE_MEMORY_MB)
        if zygote is not None:
            zygote.prepare(plan.rules)
    return closed_zygote(zygote)


@contextmanager
def workers_for(
    plan: Plan,
    repeated: Mapping[str, frozenset[int]] = NO_MEMORY,
    begun: Zygote | None = None,
) -> Iterator[tuple[Workers, Workers]]:
    """Pools of this machine that read pages and parse feeds, closed at the end."""
    within = partial(Workers, deadline_seconds=PAGE_DEADLINE_SECONDS, memory_mb=PAGE_MEMORY_MB)
    # A cluster has to be sent the rules as well.
    is_prepared = begun is not None and plan.feeds.settings.cluster is None
    setup = pickle.dumps((None if is_prepared else plan.rules, repeated))
    processes = plan.options.processes
    pages = within(PAGE_JOB, processes=processes, setup=setup, known_job=KnownJob(), begun=begun)
    feeds = within(PARSE_JOB, processes=1, known_job=FEED_JOB, beside=pages)
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


class PageReader:
    """Articles and hits out of worker processes. What breaks its worker is matched by what its feed said."""

    def __init__(
        self,
        pages: JobRunner,
        backlog: Backlog,
        publishers: Publishers,
        feeds: Iterable[FeedSpec],
    ) -> None:
        self.pages, self.backlog, self.publishers = pages, backlog, publishers
        self.specs = {spec.id: spec for spec in feeds}
        self._late = Counter[tuple[str, str]]()  # by whose pages they are, and who lists them

    async def read(self, unread: Unread, response: Response | None) -> ReadPage:
        """The article of a response, or of what feeds say, and its hits; never raises for either."""
        if response is None:
            return await self._feed_text(unread, *of_own_words(unread))
        if response.outcome is not Outcome.OK:
            answer = (response.status, response.headers, response.body)
            outcome, problem = wall_by_answer(*answer) or (response.outcome, response.sentence)
            return await self._feed_text(unread, outcome, problem)
        url = response.final_url
        if self._wastes_time(url, unread.source):
            return await self._feed_text(unread, Outcome.EXTRACTION_TIMEOUT, NO_MORE_TIME)
        publisher = self._publisher_of(unread, url)
        job = PageJob(unread, response.body, url, dict(response.headers), publisher)
        try:
            with self.backlog.waits(len(response.body)):
                page = await self._answer(job, ReadPage)
            article = marked_partial(page.article, response)
            return replace(page, article=article, publisher=publisher)
        except WorkerTimeout as late:
            self._late[site_of(url), unread.source] += 1
            why = f"the page took too long to parse and was given up: {late.sentence}"
        except WorkerCrashed as death:
            why = f"the page could not be read: {death.sentence}"
        return await self._feed_text(unread, Outcome.EXTRACTION_TIMEOUT, why)

    async def further_page(self, first: Article, response: Response, number: int) -> Article:
        """Page `number` of the story that begins with `first`; a page that breaks its worker has no text."""
        url, content_type = response.final_url, response.headers.get("content-type")
        if self._wastes_time(url, first.source):
            return from_address(url, Outcome.EXTRACTION_TIMEOUT, NO_MORE_TIME)
        job = FurtherPageJob(
            *(first.url, number, response.body, url, content_type, first.source, first.language)
        )
        try:
            with self.backlog.waits(len(response.body)):
                return marked_partial(await self._answer(job, Article), response)
        except (WorkerTimeout, WorkerCrashed) as death:
            self._late[site_of(url), first.source] += isinstance(death, WorkerTimeout)
            return from_address(url, Outcome.EXTRACTION_TIMEOUT, death.sentence)

    def _wastes_time(self, url: str, source: str) -> bool:
        return self._late[site_of(url), source] >= MOST_LATE_OF_SITE

    async def joined(self, article: Article) -> ReadPage | None:
        """What the rules find in a story of several pages; None: a worker did not survive it."""
        try:
            return await self._answer(JoinedJob(article), ReadPage)
        except (WorkerTimeout, WorkerCrashed):
            return None

    async def matched(self, entries: Sequence[EntryText]) -> tuple[EntryMatch, ...] | None:
        """What the rules find in these; None: a worker did not survive it."""
        try:
            return await self._answer(EntriesJob(tuple(entries)), tuple)
        except (WorkerTimeout, WorkerCrashed):
            return None

    async def _feed_text(self, unread: Unread, outcome: Outcome, problem: str) -> ReadPage:
        publisher = self._publisher_of(unread, unread.canonical_url)
        try:
            page = await self._answer(FeedTextJob(unread, outcome, problem), ReadPage)
        except (WorkerTimeout, WorkerCrashed) as death:
            why = f"the rules could not be tried on the feed's text: {death.sentence}"
            article = article_from_feed(unread, Outcome.EXTRACTION_TIMEOUT, why)
            return ReadPage(article, (), publisher=publisher)
        return replace(page, publisher=publisher)

    def _publisher_of(self, unread: Unread, url: str) -> Publisher | None:
        """Whose page this is; None: of the outlet that the article is known under."""
        spec = self.specs.get(unread.feed_id)
        if url.startswith("feed:") or (spec is None and same_site(url, unread.canonical_url)):
            return None
        return self.publishers.of(url, spec)

    async def _answer(self, job: Job, kind: type[AnswerT]) -> AnswerT:
        answer = await self.pages.run(job)
        assert isinstance(answer, kind)
        return answer


def of_own_words(unread: Unread) -> tuple[Outcome, str]:
    """What an article is of which the feed's words are all that there is to read."""
    if unread.full_text or unread.shared_page or unread.feed_text or unread.summary:
        return Outcome.OK, ""
    return Outcome.NO_LINK, "the entry has neither a link that can be read nor a text"


def marked_partial(article: Article, response: Response) -> Article:
    """Of a page that broke off on the way, what came is kept, and the whole is tried for again."""
    if not response.partial or article.outcome not in CUT_SHORT:
        return article
    return replace(article, outcome=Outcome.PROTOCOL, problem=response.sentence)
