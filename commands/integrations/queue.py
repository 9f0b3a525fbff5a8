"""`pollwatch queue`: the queue on the command line."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from alerts.formats import tables
from commands.integrations.story_options import stories_limit_option, tab_option
from commands.shared.faults import CommandFailed, faults_as_messages
from commands.shared.shared_options import db_option, json_option
from storage.queries.coverage import answering_lately
from storage.queries.export import exported
from storage.queries.stories import queue
from storage.queries.stories.saved import view_filter
from storage.store import Store
from storage.times import iso


@click.command(
    epilog="""\b
Examples:
  ./pollwatch queue
  ./pollwatch queue --tab escalated --json | jq -r '.stories[].headline'
  ./pollwatch queue --view Arizona --limit 100"""
)
@tab_option
@click.option("--view", help="A shared view of the queue, by its name; instead of --tab.")
@stories_limit_option
@db_option
@json_option
def command(tab: str, view: str | None, limit: int, db: Path, as_json: bool) -> None:
    """Stories as the queue page shows them, best first."""
    now = datetime.now(UTC)
    with faults_as_messages(), Store.open_existing(db) as store:
        conn = store.db.conn
        try:
            chosen = view_filter(conn, view, iso(now))
            chosen = chosen if view else replace(chosen, tab=tab)
        except ValueError as error:
            raise CommandFailed(str(error)) from None
        answering = answering_lately(conn, now).sentence
        page, _ = queue.listing(conn, chosen, limit)
        rows = [tables.row(story) for story in exported(conn, ids=list(page.stories))]
    if as_json:
        click.echo(json.dumps({"coverage": answering, "total": page.total, "stories": rows}, ensure_ascii=False, indent=2))  # fmt: skip
        return
    for row in rows:
        spread = f" (+{int(str(row['outlets'])) - 1})" if row["outlets"] != 1 else ""
        click.echo(f"{row['story']:>6}  {row['severity'] or '':<8}  {str(row['headline'])[:90]}  [{row['outlet']}{spread}]")  # fmt: skip
    click.echo(f"{len(rows)} of {page.total} stories, {answering}")
