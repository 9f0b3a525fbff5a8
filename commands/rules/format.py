"""`pollwatch rules format`."""

from pathlib import Path

import click

from commands.rules.rules_and_texts import echo_faults
from commands.shared.shared_options import RULES
from config.replace_file import replace_file
from matchers.rules.format import layout_file
from matchers.rules.load import files_to_load, load_folder


@click.command("format", epilog="Example: ./pollwatch rules format rules/ --check")
@click.argument("path", type=click.Path(path_type=Path), default=RULES)
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 when a file would change.")
@click.pass_context
def format_rules(ctx: click.Context, path: Path, check: bool) -> None:
    """Write the rule files of PATH in one uniform way; comments and meaning stay."""
    loaded = load_folder(path)
    if loaded.faults:
        echo_faults(loaded.faults)
        click.echo("nothing was changed", err=True)
        ctx.exit(2)
    changed = 0
    for file, shown in files_to_load(path)[0]:
        before, after = layout_file(file, loaded.lists)
        if after != before:
            changed += 1
            click.echo(f"{'would change' if check else 'changed'} {shown}")
            if not check:
                replace_file(file, after)
    if not changed:
        click.echo("nothing to change")
    ctx.exit(1 if check and changed else 0)
