"""What a worker process does with one page: extract, then match. Never imports Prefect."""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extractors.articles.body.boilerplate import marked
from extractors.articles.doubt import is_foreign
from extractors.articles.extract import extract_article
from extractors.articles.from_feed import article_from_feed, with_summary
from extractors.articles.metadata.publication_date import load_date_words
from extractors.fetch.urls import host_group, is_search
from flows.pipeline.probe import read_known_page
from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import as_text, entry_text
from model import Article, EntryMatch, EntryText, Hit, Outcome, Publisher, ReadPage, Unread

# Of a page that is another outlet's, its feed says nothing: its words are matched as its own.
_UNSAID: Mapping[str, Any] = {
    "title": "",
    "feed_text": "",
    "published": None,
    "summary": "",
    "language": None,
}
ECHO = "The address searches its site, whose answer repeats words that somebody else wrote."
_engine: Engine | None = None
_repeated: Mapping[str, frozenset[int]] = {}


@dataclass(frozen=True, slots=True)
class PageJob:
    unread: Unread
    body: bytes
    final_url: str
    headers: dict[str, str]
    publisher: Publisher | None = None  # None: the article's outlet; a redirect may lead to another


@dataclass(frozen=True, slots=True)
class FeedTextJob:
    """The page was not read: match what the feed said, and say why."""

    unread: Unread
    outcome: Outcome
    problem: str


@dataclass(frozen=True, slots=True)
class FurtherPageJob:
    """A page of a story that begins elsewhere: its text, which is not matched alone."""

    first: str  # address of the first page
    number: int
    body: bytes
    final_url: str
    content_type: str | None
    source: str
    language: str | None


@dataclass(frozen=True, slots=True)
class JoinedJob:
    """A story of several pages, read one by one: match it as one text."""

    article: Article


@dataclass(frozen=True, slots=True)
class EntriesJob:
    """What feeds say of articles of other outlets: texts of their own."""

    entries: Sequence[EntryText]


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A page and a rule whose result is known: does this installation work?"""


Job = PageJob | FurtherPageJob | JoinedJob | FeedTextJob | EntriesJob | KnownJob
JobResult = ReadPage | Article | tuple[EntryMatch, ...] | tuple[Article, tuple[Hit, ...]]


def warm_up() -> None:
    """Load what libraries load at the first page, of which each worker would wait 0.2 s: here it is done
    once for all, while rules are read and a core is idle."""
    read_known_page()
    load_date_words()


def prepare(rules: RuleSet) -> None:
    """Compile the rules once in this process, and read what is the same for all pages."""
    global _engine
    _engine = compile_rules(rules)
    host_group("https://example.org/")  # reads the list of public suffixes, once for all forks


def setup(rules: RuleSet | None, repeated: Mapping[str, frozenset[int]]) -> None:
    """What a run goes by. `rules`: None, where those that were prepared are meant. `repeated`: by
    site, the hashes of paragraphs that stand in many of its articles, as the run found them when it
    began."""
    global _repeated
    if rules is not None:
        prepare(rules)
    _repeated = repeated
    gc.freeze()  # rules live as long as the process: the collector need not look at them again


def read_page(job: Job) -> JobResult:
    """The article and its hits; the world's failures come back as a problem, never raised."""
    if isinstance(job, KnownJob):
        return read_known_page()
    assert _engine is not None, "setup runs first"
    if isinstance(job, EntriesJob):
        return match_entries(_engine, job.entries)
    if isinstance(job, FurtherPageJob):
        return further_page(job)
    if isinstance(job, JoinedJob):
        return match_joined(_engine, job.article)
    apart = job.unread.entries
    if isinstance(job, PageJob) and (publisher := job.publisher) is not None:
        unsaid = {} if publisher.is_own else _UNSAID
        apart += () if publisher.is_own else job.unread.spoken
        unread = replace(job.unread, source=publisher.outlet, **unsaid)
        echoes = not publisher.is_own and is_search(job.final_url)
        job = (
            FeedTextJob(unread, Outcome.EXTRACTION_EMPTY, ECHO)
            if echoes
            else replace(job, unread=unread)
        )
    article = page_article(job) if isinstance(job, PageJob) else feed_article(job)
    if article.method not in {"feed", "none"} and is_foreign(article.body, job.unread.title, job.unread.feed_text):  # fmt: skip
        # The feed's words are worth less beside a text that is not theirs.
        apart += job.unread.spoken
    article = marked(with_summary(article, job.unread.summary), _repeated)
    each_once = tuple(dict.fromkeys(apart))
    return ReadPage(
        article, find_hits(_engine, as_text(article)), match_entries(_engine, each_once)
    )


def match_joined(engine: Engine, article: Article) -> ReadPage:
    article = marked(with_summary(article, article.summary), _repeated)
    return ReadPage(article, find_hits(engine, as_text(article)))


def further_page(job: FurtherPageJob) -> Article:
    return extract_article(
        job.body,
        url=job.final_url,
        content_type=job.content_type,
        source=job.source,
        language=job.language,
        first_page=job.first,
        number=job.number,
    )


def match_entries(engine: Engine, entries: Sequence[EntryText]) -> tuple[EntryMatch, ...]:
    return tuple(
        EntryMatch(entry.entry_id, entry.text_sha256, find_hits(engine, entry_text(entry)))
        for entry in entries
    )


def page_article(job: PageJob) -> Article:
    unread = job.unread
    return extract_article(
        job.body,
        url=job.final_url,
        content_type=job.headers.get("content-type"),
        feed_title=unread.title,
        feed_text=unread.feed_text,
        published=unread.published,
        source=unread.source,
        language=unread.language,
    )


def feed_article(job: FeedTextJob) -> Article:
    return article_from_feed(job.unread, job.outcome, job.problem)
