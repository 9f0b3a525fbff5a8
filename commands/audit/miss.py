"""`pollwatch audit example`: a miss that the sample found, as an example of a rule or a new rule."""

import sys
from pathlib import Path

import click

from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option, rules_option
from matchers.rules.load import load_rules
from matchers.rules.new_rule import example_of, rule_from
from storage.queries.recall import miss_text
from storage.store import Store


@click.command(
    short_help="Turn a miss into an example or a draft rule.",
    epilog="""\b
Examples:
  ./pollwatch audit example 17                       # prints a new draft rule
  ./pollwatch audit example 17 --rule drop-box-arson # prints lines for its examples:""",
)
@click.argument("draw", type=int)
@click.option("--rule", "rule_id", help="A rule that should have found it.")
@rules_option
@db_option
def example(draw: int, rule_id: str | None, rules: Path, db: Path) -> None:
    """Print miss DRAW of `audit report` as YAML: an example of a rule, or a draft of a new one.

    Paste it into a file of rules/; `./pollwatch rules check` then says whether the rule finds it.
    """
    with faults_as_messages(), Store.open_existing(db) as store:
        row = miss_text(store.db.conn, draw)
    if row is None:
        click.echo(
            f"pollwatch: {draw} is not a miss that the audit found; `audit report` lists them.",
            err=True,
        )
        sys.exit(2)
    title, summary = row
    if rule_id is None:
        click.echo(rule_from(title, summary, "other"))
        return
    with faults_as_messages():
        rule = load_rules(rules).rule(rule_id)
    if rule is None:
        click.echo(f"pollwatch: there is no rule {rule_id}.", err=True)
        sys.exit(2)
    click.echo(f"# {rule.path}:{rule.line}, below examples: match:")
    click.echo(example_of(title, summary))
