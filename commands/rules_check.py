"""`pollwatch rules check`."""

from pathlib import Path

import click

from commands.rules_shared import echo_faults
from matchers.loading import load


@click.command(epilog="Example: pollwatch rules check rules/ --strict")
@click.argument("path", type=click.Path(path_type=Path), default=Path("rules"))
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.pass_context
def check(ctx: click.Context, path: Path, strict: bool) -> None:
    """Parse, lint and run every example of the rules in PATH (a file or folder)."""
    loaded = load(path)
    echo_faults(loaded.faults)
    click.echo(f"{len(loaded.rules.rules)} rules good, {len(loaded.faults)} faults")
    ctx.exit(2 if loaded.faults else 0)
