"""Search in the rule language over all stored articles, hit or not."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import thread_time
from typing import TypeVar

import privacy
from matchers.engine.engine import Engine, find_hits
from matchers.query.ast import Node, Or
from matchers.query.parser import parse_query
from matchers.query.validate import check_sense
from matchers.text.article_text import ArticleText, entry_text
from model import EntryText, Examples, Hit, QueryError, Rule
from review.search.candidates import necessary_words
from storage.queries.articles.article_search import (
    NO_BOUND,
    article_row,
    candidates,
    entries_by_article,
)
from storage.stories.outward import leaves_masked

LONGEST_RULE_SEARCH = 4_000  # characters of a query
MOST_READ = 300  # articles whose text the engine reads for one page, at most
A_PAGE = 50  # of them matching, and it goes no further
MOST_SECONDS = 5.0  # of processor time for one page, whatever somebody asks for
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Query:
    """A search that makes sense. `words` is None when the index can leave nothing out."""

    text: str
    node: Node
    words: str | None


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """`entry`: the words are that feed's, and stand nowhere in the article's own text."""

    article: sqlite3.Row
    hit: Hit
    entry: EntryText | None = None


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """One article, whether it fits a search or not, and what each feed says of it."""

    row: sqlite3.Row
    feed_texts: tuple[EntryText, ...]

    @property
    def text(self) -> ArticleText | None:
        """Its own, or that of the first feed; None when neither is kept."""
        if self.row["body"] is not None:
            return text_of_row(self.row)
        return next(map(entry_text, self.feed_texts), None)


@dataclass(frozen=True, slots=True)
class Found:
    """`looked_at` articles, down to the one seen at `back_to`; `further`: where to go on, if there is more."""

    articles: tuple[FoundArticle, ...]
    looked_at: int
    back_to: str | None
    further: int | None


def read_query(text: str, lists: Mapping[str, Or]) -> Query:
    """The query, or QueryError with its place."""
    if len(text) > LONGEST_RULE_SEARCH:
        raise QueryError(
            f"longer than {LONGEST_RULE_SEARCH:,} characters", LONGEST_RULE_SEARCH, len(text)
        )
    node = parse_query(text, lists).node
    for error, _ in check_sense(node, None):
        raise error
    return Query(text, node, necessary_words(node))


def compiled(query: Query) -> Engine:
    rule = Rule("search", "Search", "low", "search", query.text, Examples((), ()))
    return Engine([(rule, query.node, None)])


def find_articles(
    connection: sqlite3.Connection,
    query: Query,
    *,
    before: int = NO_BOUND,
    since: str = "",
    most: int = MOST_READ,
    most_seconds: float = MOST_SECONDS,
) -> Found:
    """Matching articles among the newest `most` candidates numbered below `before` and first seen at `since`
    or later; a page of them at least, when there are so many, and fewer where that takes more than
    `most_seconds` of processor time."""
    engine, until = compiled(query), thread_time() + most_seconds
    articles: list[FoundArticle] = []
    looked_at, last, more = 0, None, True
    while more and looked_at < most and len(articles) < A_PAGE:
        step = min(A_PAGE, most - looked_at)
        rows = candidates(connection, query.words, before=last["id"] if last else before, most=step)
        recent = [row for row in rows if row["first_seen_at"] >= since]
        entries = told_entries(connection, recent)
        read = 0
        for row in while_time(recent, until):
            articles += found_in(engine, row, entries.get(row["id"], ()))
            read, last = read + 1, row
        # Numbers follow the time of first sight: a step with an older article is the last that is needed.
        whole = len(recent) == len(rows) == step
        looked_at, more = looked_at + read, read < len(recent) or whole
        if thread_time() >= until:
            break
    back_to, further = (last["first_seen_at"], last["id"]) if last else (None, None)
    return Found(tuple(articles), looked_at, back_to, further if more else None)


def while_time(rows: Iterable[Row], until: float) -> Iterator[Row]:
    """The first row, and others while this thread's processor time is before `until`."""
    for row in rows:
        yield row
        if thread_time() >= until:
            return


def told_entries(
    connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]
) -> Mapping[int, Sequence[EntryText]]:
    """By article, what feeds say of it and its own text does not."""
    return entries_by_article(connection, [row["id"] for row in rows if row["told"]])


def in_texts(
    engine: Engine, connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]
) -> Iterator[FoundArticle]:
    entries = told_entries(connection, rows)
    for row in rows:
        yield from found_in(engine, row, entries.get(row["id"], ()))


def found_in(
    engine: Engine, row: sqlite3.Row, entries: Sequence[EntryText]
) -> Iterator[FoundArticle]:
    """The article by its own text, or else by the first feed that says it."""
    own = find_hits(engine, text_of_row(row)) if row["body"] is not None else ()
    if own:
        yield from (FoundArticle(row, hit) for hit in own)
        return
    hits_of_entries = ((entry, find_hits(engine, entry_text(entry))) for entry in entries)
    first = next(((entry, hits) for entry, hits in hits_of_entries if hits), None)
    if first:
        yield FoundArticle(row, first[1][0], first[0])


def outgoing(match: FoundArticle) -> tuple[str, str]:
    """Headline and passage, masked as everything that leaves the article's story."""
    article = match.article
    title = match.entry.title if match.entry else article["text_title"]
    covered = leaves_masked(article["added_by"], article["categories"])
    words = (title or "", match.hit.snippet)
    return (privacy.masked(words[0]), privacy.masked(words[1])) if covered else words


def stored_article(connection: sqlite3.Connection, number: int) -> StoredArticle | None:
    row = article_row(connection, number)
    return (
        StoredArticle(row, tuple(entries_by_article(connection, [number]).get(number, ())))
        if row
        else None
    )


def text_of_row(row: sqlite3.Row) -> ArticleText:
    return ArticleText(
        title=row["text_title"], body=row["body"], source=row["outlet"], url=row["url"], lang=row["language"] or "",
        summary=row["summary"],
    )  # fmt: skip
