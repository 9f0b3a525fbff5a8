"""`pollwatch rules check`."""

import json
from pathlib import Path
from typing import Any

import click

from commands.rules.rules_and_texts import echo_faults
from commands.shared.shared_options import RULES
from matchers.relevance.weights import weights_path
from matchers.rules.lint.language_gaps import language_gaps
from matchers.rules.lint.lint import lint
from matchers.rules.load import load_folder
from model import ConfigError
from model.plurals import count_of


@click.command(epilog="Example: ./pollwatch rules check rules/ --strict")
@click.argument("path", type=click.Path(path_type=Path), default=RULES)
@click.option("--strict", is_flag=True, help="Warnings fail too; three examples of each kind are wanted.")  # fmt: skip
@click.option("--meaning/--no-meaning", default=True, help="Name lines of queries without a word that means an election.", show_default=True)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.pass_context
def check_rules(ctx: click.Context, path: Path, strict: bool, meaning: bool, as_json: bool) -> None:
    """Parse, lint and run every example of the rules in PATH (a file or folder).

    The exit code is 2 for errors, 1 for warnings with --strict, else 0.
    """
    loaded = load_folder(path, afresh=True)
    warnings = lint(loaded, strict=strict, meaning=meaning)
    if as_json:
        report = check_report(loaded.faults, warnings, len(loaded.rules.rules))
        gaps = list(language_gaps(loaded.drafts)) if loaded.whole else []
        click.echo(json.dumps({**report, "notes": gaps}))
    else:
        echo_faults(loaded.faults)
        if not path.absolute().is_relative_to(RULES.absolute()) and examples_fail(loaded.faults):
            click.echo(f"note: rules why and why-not need --rules {path} here", err=True)
        if path.is_dir() and not weights_path(path).exists():
            why = "is missing: every hit has relevance 1"
            click.echo(f"note: {weights_path(path)} {why}", err=True)
        for gap in language_gaps(loaded.drafts) if loaded.whole else ():
            click.echo(f"note: {gap}", err=True)
        for warning in warnings:
            click.echo(f"warning: {warning}", err=True)
        examples = sum(len(texts) for draft in loaded.drafts for texts in draft.examples.values())
        click.echo(
            f"{count_of(len(loaded.rules.rules), 'rule')} and {count_of(examples, 'example')} read, "
            f"{count_of(len(loaded.faults), 'error')}, {count_of(len(warnings), 'warning')}"
        )
    ctx.exit(2 if loaded.faults else 1 if warnings and strict else 0)


def examples_fail(faults: list[ConfigError]) -> bool:
    return any("./pollwatch rules why" in (fault.hint or "") for fault in faults)


def check_report(
    errors: list[ConfigError], warnings: list[ConfigError], rules: int
) -> dict[str, Any]:
    return {
        "rules": rules,
        "errors": [fault_json(fault) for fault in errors],
        "warnings": [fault_json(warning) for warning in warnings],
    }


def fault_json(fault: ConfigError) -> dict[str, Any]:
    return {
        "path": fault.path,
        "line": fault.line,
        "column": fault.column,
        "field": fault.field,
        "message": fault.why.split("\n", 1)[0],
        "hint": fault.hint,
    }
