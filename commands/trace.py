"""`pollwatch trace`: what became of a story that somebody misses."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option, json_option
from review.search.words import words_query
from storage.queries.articles.archive import search
from storage.queries.articles.article_search import NO_BOUND
from storage.queries.articles.by_address import articles_at, listed_feeds_of, looks_like_address
from storage.queries.articles.trace import Trace, trace
from storage.queries.coverage import answering_lately
from storage.queries.feed_health import FeedHealth, health_of_feeds
from storage.queries.json_ready import json_ready
from storage.store import Store

LONGEST_NUMBER = 18  # digits; SQLite counts no further
MOST_TRACED = 5  # articles with the words that were given, the newest first


@click.command(
    epilog="""\b
Examples:
  ./pollwatch trace https://example.org/news/ballots-found
  ./pollwatch trace ballots found in a ditch
  ./pollwatch trace 17 --db data/demo.db

Exit codes: 0 an article was found; 1 none was."""
)
@click.argument("what", nargs=-1, required=True)
@db_option
@json_option
def command(what: tuple[str, ...], db: Path, as_json: bool) -> None:
    """Say what became of a story: WHAT is its address, words of it, or an article's number.

    Shows each step: which feeds listed it, what came of reading its page, which rules found it,
    and where in the queue it is. An arrow stands where it left the way to a reviewer's eyes.
    """
    typed = " ".join(what).strip()
    with faults_as_messages(), Store.open_existing(db) as store:
        conn = store.db.conn
        traces = [
            traced for number in articles_meant(store, typed) if (traced := trace(conn, number))
        ]
        feeds = (
            () if traces or not looks_like_address(typed) else feeds_that_should_list(store, typed)
        )
        coverage = answering_lately(conn, datetime.now(UTC)).sentence
    if as_json:
        click.echo(json.dumps(json_ready({"articles": traces, "feeds": feeds, "coverage": coverage}), ensure_ascii=False, indent=2))  # fmt: skip
    else:
        for line in trace_lines(traces, feeds, typed, coverage, db):
            # People type names and phrases into a browser's forms, and a terminal obeys some signs.
            click.echo("".join(sign if sign.isprintable() else " " for sign in line))
    sys.exit(0 if traces else 1)


def articles_meant(store: Store, typed: str) -> Sequence[int]:
    if typed.isdecimal() and len(typed) <= LONGEST_NUMBER:
        return [int(typed)]
    if looks_like_address(typed):
        return articles_at(store.db.conn, typed)
    phrase = words_query(f'"{typed.replace(chr(34), " ")}"')
    for query in (phrase, words_query(typed)):
        articles = search(store.db.conn, query, limit=MOST_TRACED, before=NO_BOUND) if query else ()
        if articles:
            return [article.id for article in articles]
    return []


def feeds_that_should_list(store: Store, address: str) -> tuple[FeedHealth, ...]:
    return health_of_feeds(
        store.db.conn, datetime.now(UTC), listed_feeds_of(store.db.conn, address)
    )


def trace_lines(
    traces: Sequence[Trace], feeds: Sequence[FeedHealth], typed: str, coverage: str, db: Path
) -> list[str]:
    printed: list[str] = []
    for traced in traces:
        printed += [f"Article {traced.article}: {traced.headline} [{traced.outlet}]", f"   {traced.url}"]  # fmt: skip
        printed += [f"{'->' if step.stopped else '  '} {step.name:<8} {step.sentence}" for step in traced.steps]  # fmt: skip
        if traced.steps[-1].name == "matched" and traced.steps[-1].stopped:
            printed.append(f"   why not: ./pollwatch rules why-not RULE --db {db} --article {traced.article}, or its page /-/article/{traced.article}")  # fmt: skip
    if printed:
        return printed
    if not looks_like_address(typed):
        return [f"No stored article has these words; {coverage}."]
    if not feeds:
        return [f"No feed has listed {typed}, and none of the list is of that site: ./pollwatch feeds discover"]  # fmt: skip
    return [
        f"No feed has listed {typed}. It may have another address: try words of its headline.",
        *(f"-> {feed.name}: {feed.state}; {feed.what_happened.rstrip('.')}{last_entry(feed)}." for feed in feeds),
    ]  # fmt: skip


def last_entry(feed: FeedHealth) -> str:
    return f"; last new entry {feed.last_entry_at:%Y-%m-%d %H:%M} UTC" if feed.last_entry_at else "; no entry so far"  # fmt: skip
