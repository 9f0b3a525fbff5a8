"""`pollwatch feeds parse`: what Pollwatch reads in a document, as JSON. Imports no more than it needs."""

import json
import sys
from datetime import UTC, datetime
from typing import BinaryIO

import click

from commands.feeds.discover import USABLE
from commands.feeds.to_json import feed_to_json
from commands.shared.source import open_source, read_up_to
from extractors.feeds.parsing.parse import parse_feed
from extractors.feeds.parsing.text import LONGEST_FEED


@click.command(
    epilog="Example: curl -s https://example.org/feed/ | ./pollwatch feeds parse - --url https://example.org/feed/"
)
@click.argument("file", callback=open_source)
@click.option(
    "--url", default="", help="Where it came from: relative links are resolved against it."
)
@click.option("--content-type", help="The Content-Type header, if the server sent one.")
def parse_document(file: BinaryIO, url: str, content_type: str | None) -> None:
    """Show what Pollwatch reads in a feed document: a FILE, or - for standard input.

    Exit codes: 0 it is a feed (broken or not, see `problem`), 1 it is none, 2 it cannot be opened.
    """
    body = read_up_to(file, LONGEST_FEED)
    parsed = parse_feed(body, url=url, content_type=content_type, now=datetime.now(UTC))
    document = feed_to_json(parsed, url)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8", "replace"))
    sys.exit(0 if parsed.outcome in USABLE else 1)
