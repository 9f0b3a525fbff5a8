"""`pollwatch maintain`: one night's upkeep, for machines whose runs cron starts."""

from datetime import UTC, datetime
from pathlib import Path

import click

from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option, rules_option
from storage.store import Store


@click.command(
    epilog="""\b
Examples:
  ./pollwatch maintain
  30 3 * * *  /opt/pollwatch/pollwatch maintain     # a line for cron

\b
Exit codes: 0 done; 2 there is no database, it is damaged, or the backup cannot be written."""
)
@rules_option
@db_option
@click.option(
    "--backups",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of backups; default: backups beside the database.",
)
@click.option(
    "--keep",
    type=click.IntRange(1, 1000),
    default=7,
    show_default=True,
    help="How many backups stay.",
)
@click.option(
    "--keep-bodies-days",
    type=click.IntRange(1, 36500),
    help="Drop texts older than that which never had a hit; without it all are kept.",
)
def command(
    rules: Path, db: Path, backups: Path | None, keep: int, keep_bodies_days: int | None
) -> None:
    """Do one night's upkeep: forget what is too old, back up, draw the audit.

    Once a night is right. The deployment `nightly` and `serve` do the same by themselves; where cron
    starts the runs, let it start this, too. Safe while Pollwatch runs and people review.
    """
    from flows.archive.upkeep import keep_up

    with faults_as_messages():
        Store.open_existing(db, any_version=True).close()  # upkeep makes no database
        folder = db.parent / "backups" if backups is None else backups
        now = datetime.now(UTC)
        click.echo(keep_up(db, folder, rules, now, keep=keep, keep_bodies_days=keep_bodies_days))
