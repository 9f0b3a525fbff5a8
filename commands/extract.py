"""`pollwatch extract`: what Pollwatch reads from a page, as JSON."""

import asyncio
import json
import sys
from typing import BinaryIO

import click

from commands.shared.faults import faults_as_messages
from commands.shared.source import open_source, read_up_to
from extractors.articles.from_feed import article_to_json, from_address
from extractors.fetch.urls import canonical_url
from extractors.workers.pool import WorkerCrashed, Workers, WorkerTimeout
from model import Article, Outcome

LARGEST_PAGE_BYTES = 10 << 20
EXTRACT_SECONDS = 6.0  # of processor time, for the page; the worker's start comes on top
MEMORY_MB = 340


@click.command(
    epilog="Example: curl -s https://example.org/story | ./pollwatch extract - --url https://example.org/story"
)
@click.argument("file", callback=open_source)
@click.option("--url", required=True, help="Address that the page came from.")
@click.option("--content-type", help="Content-Type header that came with it.")
@click.pass_context
def command(ctx: click.Context, file: BinaryIO, url: str, content_type: str | None) -> None:
    """Show the article that Pollwatch reads from the page in FILE ("-": standard input).

    Prints {"title", "authors", "published", "language", "site", "canonical_url", "body",
    "method", "problem"} and a few more. Exit code 0: there is a body; 1: only a problem.
    """
    if canonical_url(url) is None:
        raise click.BadParameter(f"{url!r} is not a web address", param_hint="--url")
    body = read_up_to(file, LARGEST_PAGE_BYTES)
    with faults_as_messages():
        article = asyncio.run(extract(body, url, content_type))
    text = json.dumps(article_to_json(article), ensure_ascii=False, indent=2) + "\n"
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
    ctx.exit(0 if article.body else 1)


async def extract(body: bytes, url: str, content_type: str | None) -> Article:
    """The article, read in a process that may not take long or much."""
    if len(body) > LARGEST_PAGE_BYTES:
        why = f"The page is larger than {LARGEST_PAGE_BYTES >> 20} MB."
        return from_address(url, Outcome.TOO_LARGE, why)
    workers = Workers(
        "extractors.articles.extract:extract_job",
        processes=1,
        deadline_seconds=EXTRACT_SECONDS,
        memory_mb=MEMORY_MB,
    )
    try:
        article = await workers.run((body, url, content_type))
    except WorkerTimeout:
        why = f"The page was still being read after {EXTRACT_SECONDS:g} seconds."
        return from_address(url, Outcome.EXTRACTION_TIMEOUT, why)
    except WorkerCrashed as exc:
        why = f"Reading the page failed: {exc.sentence}."
        return from_address(url, Outcome.EXTRACTION_TIMEOUT, why)
    finally:
        workers.close()
    assert isinstance(article, Article)
    return article
