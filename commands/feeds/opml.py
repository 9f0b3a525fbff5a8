"""`pollwatch feeds import` and `export`: OPML, in and out."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import click

from commands.shared.faults import CommandFailed, faults_as_messages
from commands.shared.shared_options import feeds_option, json_option
from commands.shared.source import open_source, read_whole, source_name, written_to
from extractors.feed_list.edit import add_feeds
from extractors.feed_list.live_opml import told_apart
from extractors.feed_list.load import load_feeds
from extractors.feed_list.opml import Imported, OpmlError, read_opml, write_opml
from model.plurals import count_of

MOST_NAMED = 20
LARGEST_OPML = 64_000_000  # bytes: as a feed list's


@click.command(
    "import",
    epilog="Example: ./pollwatch feeds import subscriptions.opml. "
    "Exit code 1: some rows could not be used, or were lost as the file breaks off.",
)
@click.argument("file", callback=open_source)
@feeds_option
@click.option("--dry-run", is_flag=True, help="Say what would be added, and add nothing.")
@json_option
def import_opml(file: BinaryIO, feeds: Path, dry_run: bool, as_json: bool) -> None:
    """Add the feeds of an OPML file (or - for standard input). Folders become categories.

    Feeds that are listed already are left alone, so importing twice changes nothing.
    """
    with faults_as_messages():
        listed = load_feeds(feeds).feeds if feeds.exists() else ()
        try:
            imported = read_opml(read_whole(file, LARGEST_OPML), listed)
        except OpmlError as error:
            raise CommandFailed(f"{source_name(file)}: {error}") from error
        imported = replace(imported, feeds=told_apart(imported.feeds, listed))
        if imported.feeds and not dry_run:
            add_feeds(feeds, imported.feeds)
    _print_import_json(imported) if as_json else _print_import(imported, feeds, dry_run=dry_run)
    if imported.lost is not None:
        click.echo(f"{source_name(file)}: {imported.lost}.", err=True)
    sys.exit(1 if imported.bad or imported.lost else 0)


def _print_import_json(imported: Imported) -> None:
    added = [{"id": feed.id, "url": feed.url, "category": feed.category} for feed in imported.feeds]
    report = {
        "added": added,
        "known": list(imported.known),
        "bad": list(imported.bad),
        "lost": imported.lost,
    }
    click.echo(json.dumps(report, ensure_ascii=False, indent=2))


def _print_import(imported: Imported, feeds: Path, *, dry_run: bool) -> None:
    for sentence in imported.bad[:MOST_NAMED]:
        click.echo(f"left out: {sentence}", err=True)
    if len(imported.bad) > MOST_NAMED:
        click.echo(f"left out: {len(imported.bad) - MOST_NAMED} more", err=True)
    verb = "Would add" if dry_run else "Added"
    click.echo(
        f"{verb} {count_of(len(imported.feeds), 'feed')} to {feeds};"
        f" {len(imported.known)} listed already, {len(imported.bad)} unusable."
    )


@click.command("export", epilog="Example: ./pollwatch feeds export > feeds.opml")
@feeds_option
@click.option("-o", "--output", type=click.Path(allow_dash=True), default="-", help="A file.")
def export_opml(feeds: Path, output: str) -> None:
    """Write all feeds as OPML, switched-off ones too. Categories become folders; no secrets."""
    with faults_as_messages():
        listed = load_feeds(feeds).feeds
    written_to(output, write_opml(listed))
