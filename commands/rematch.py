"""`pollwatch rematch`: what would change, or changes, if today's rules had always stood."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress

from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option, json_option, rules_option

if TYPE_CHECKING:
    from flows.archive.rematch import Rematch
    from flows.archive.sample import SampledRematch

CHANGES_LISTED = 40  # changes


@click.command(
    epilog="""\b
Examples:
  ./pollwatch rematch --dry-run                  # hits gained and lost, nothing stored
  ./pollwatch rematch --dry-run --sample 5000    # about as much, within seconds
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
@click.option(
    "--sample",
    metavar="N",
    type=click.IntRange(1),
    help="With --dry-run: match N articles drawn at random, and say what that means for all.",
)
@json_option
def command(
    rules: Path,
    db: Path,
    since_day: datetime | None,
    dry_run: bool,
    sample: int | None,
    as_json: bool,
) -> None:
    """Match the stored archive against the rules of today.

    Hits that today's rules add are marked as found by a rematch; hits that they no longer find
    stay, marked so. No verdict is touched. Interrupted and started again, it goes on where it
    stopped.
    """
    if sample and not dry_run:
        raise click.UsageError("--sample is for --dry-run: what is stored is matched whole.")
    day = f"{since_day:%Y-%m-%d}" if since_day else None
    with faults_as_messages():
        from flows.archive.rematch import preview_archive, rematch_archive
        from flows.archive.sample import sample_archive
        from matchers.rules.load import load_rules

        ruleset = load_rules(rules)
        if sample:
            sampled = sample_archive(db, ruleset, sample, since_day=day)
            print_rematch(sampled, as_json=as_json)
            sys.exit(1 if sampled.changes else 0)
        match_archive = preview_archive if dry_run else rematch_archive
        with progress_bar() as progress:
            totals = match_archive(db, ruleset, since_day=day, progress=progress)
    print_rematch(totals, as_json=as_json)
    sys.exit(1 if dry_run and (totals.gained or totals.lost) else 0)


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """Where somebody looks on; it is told how many articles are done, and of how many."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("articles", total=None)
        yield lambda completed, total: bar.update(task, completed=completed, total=total)


def print_rematch(totals: "Rematch | SampledRematch", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(totals.as_json(), ensure_ascii=False, indent=2))
        return
    click.echo(totals.message + ".")
    for change in totals.changes[:CHANGES_LISTED]:
        click.echo(f"  {change.kind:<6} {change.rule}  {change.title}")
