"""`pollwatch export`: stories for other tools."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from alerts.formats.export_formats import EXPORT_FORMATS, in_format
from commands.integrations.story_options import ANY_TAB, EVERY_TAB
from commands.shared import spans
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option
from commands.shared.source import written_to
from storage.queries.export import ExportedStory, exported
from storage.store import Store


@click.command(
    epilog="""\b
Examples:
  ./pollwatch export jsonl --since 24h | jq .headline
  ./pollwatch export stix --tab confirmed --since 7d --out confirmed.stix.json
  ./pollwatch export misp --tab confirmed --instance review.example.org"""
)
@click.argument("form", metavar="FORMAT", type=click.Choice(tuple(EXPORT_FORMATS)))
@click.option("--tab", type=ANY_TAB, help="Only stories of this tab of the queue.")
@click.option("--since", callback=spans.length, help="Only stories seen within this time: 12h, 7d.")
@click.option(
    "--instance",
    default="localhost",
    show_default=True,
    help="The publisher in STIX and MISP; ids are derived from it.",
)
@click.option(
    "--semicolon",
    is_flag=True,
    help="Of CSV: a semicolon between the columns, as Excel wants it where decimals have a comma.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead.")
@db_option
def command(
    form: str,
    tab: str | None,
    since: timedelta | None,
    instance: str,
    semicolon: bool,
    out: Path | None,
    db: Path,
) -> None:
    """Export stories as JSON Lines, CSV, a STIX 2.1 bundle or MISP events (jsonl, csv, stix, misp)."""
    now = datetime.now(UTC)
    stories: list[ExportedStory] = []
    with faults_as_messages(), Store.open_existing(db) as store:
        while more := exported(
            store.db.conn, tab=None if tab == EVERY_TAB else tab, since=now - since if since else None, after=stories[-1].id if stories else 0
        ):  # fmt: skip
            stories += more
    if semicolon and form != "csv":
        raise click.UsageError("--semicolon is for csv alone.")
    text = in_format(form, stories, instance=instance, now=now, separator=";" if semicolon else ",")
    if out is None:
        sys.stdout.write(text)
    else:
        written_to(out, text.encode())
        click.echo(f"{len(stories)} stories in {out}", err=True)
