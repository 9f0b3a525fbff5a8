"""`pollwatch rematch`: what would change, or changes, if today's rules had always stood."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from commands.output.faults import told
from commands.output.places import db_option, json_option, rules_option


@click.command(
    epilog="""\b
Examples:
  ./pollwatch rematch --dry-run            # hits gained and lost, nothing stored
  ./pollwatch rematch
  ./pollwatch rematch --since 2026-11-01

\b
Exit codes: 0 good; 1 with --dry-run, something would change; 2 a fault in rules/ or the database."""
)
@rules_option
@db_option
@click.option(
    "--since",
    "since_day",
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only articles seen since that day.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@json_option
def command(
    rules: Path, db: Path, since_day: datetime | None, dry_run: bool, as_json: bool
) -> None:
    """Match the stored archive against the rules of today.

    Hits that today's rules add are marked as found by a rematch; hits that they no longer find
    stay, marked so. No verdict is touched. Killed and started again, it goes on where it was.
    """
    day = f"{since_day:%Y-%m-%d}" if since_day else None
    with told():
        from flows.archive.rematch import preview_archive, rematch_archive
        from matchers.rules.load import load_rules

        ruleset = load_rules(rules)
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("articles", total=None)

            def progress(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            do = preview_archive if dry_run else rematch_archive
            done = do(db, ruleset, since_day=day, progress=progress)
    if as_json:
        click.echo(json.dumps(done.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo(done.message + ".")
        for change in done.changes[:40]:
            click.echo(f"  {change.kind:<6} {change.rule}  {change.title}")
    sys.exit(1 if dry_run and (done.gained or done.lost) else 0)
