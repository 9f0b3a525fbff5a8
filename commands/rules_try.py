"""`pollwatch rules try`."""

from pathlib import Path

import click

from commands.rules_shared import load_leniently, rule_or_exit, texts_of
from matchers.engine import compile_rules, find_hits


@click.command("try", epilog="Example: pollwatch rules try voter-data-leak articles.jsonl")
@click.argument("rule_id", metavar="RULE")
@click.argument("files", nargs=-1, required=True)
@click.option("--rules", type=click.Path(path_type=Path), default=Path("rules"), show_default=True)
def try_rule(rule_id: str, files: tuple[str, ...], rules: Path) -> None:
    """Run RULE against texts: plain text or JSON lines, "-" for standard input."""
    ruleset = load_leniently(rules)
    rule_or_exit(ruleset, rule_id)
    engine = compile_rules(ruleset)
    seen = hits = 0
    for file in files:
        for name, text in texts_of(file):
            seen += 1
            for hit in find_hits(engine, text):
                if hit.rule_id == rule_id:
                    hits += 1
                    click.echo(f"{name}  {hit.score:.2f}  {hit.snippet}")
    click.echo(f"{hits} of {seen} texts match {rule_id}")
