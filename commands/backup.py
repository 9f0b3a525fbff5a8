"""`pollwatch backup`: a copy of the database, made while it is in use."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from commands.shared.faults import USAGE, faults_as_messages
from commands.shared.shared_options import db_option, real_path
from storage.database.migrations import require_current
from storage.store import Store
from storage.upkeep.backup import backup, export_reviews, forget_unfinished


@click.command(
    epilog="""\b
Examples:
  ./pollwatch backup /mnt/backup/pollwatch.db
  ./pollwatch backup --reviews reviews.jsonl
  ./pollwatch backup monday.db --reviews monday.jsonl

\b
Safe while Pollwatch runs and people review. The copy is checked before it replaces an older one.
Never copy the .db file by other means while it is in use: part of it lives in the -wal file beside it.

\b
Exit codes: 0 done; 2 there is no database, or the copy cannot be written."""
)
@click.argument("destination", metavar="[DEST]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--reviews",
    metavar="FILE.jsonl",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also, or only, write every act of every reviewer as JSON lines.",
)
@db_option
def command(destination: Path | None, reviews: Path | None, db: Path) -> None:
    """Copy the database to DEST safely while it is in use."""
    if destination is None and reviews is None:
        raise click.UsageError("say where to: ./pollwatch backup DEST, or --reviews FILE.jsonl")
    with faults_as_messages(), Store.open_existing(db, any_version=True) as store:
        if destination is not None:
            target = destination / db.name if destination.is_dir() else destination
            if real_path(target) == real_path(db):
                click.echo(f"pollwatch: {target} is the database itself", err=True)
                sys.exit(USAGE)
            if target.parent.is_dir():
                forget_unfinished(target.parent, datetime.now(UTC))
            size = backup(store.db, target)
            click.echo(f"{target} ({size / 1e6:,.1f} MB), checked")
        if reviews is not None:
            click.echo(f"{reviews} ({acts_written(store, reviews)} acts)")


def acts_written(store: Store, reviews: Path) -> int:
    if not store.db.table("story_reviews").exists():  # acts were on hits, in another form
        require_current(store.db)
    return export_reviews(store.db, reviews)
