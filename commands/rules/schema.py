"""`pollwatch rules schema` and `new`."""

import json

import click

from matchers.rules.json_schema import rules_schema
from matchers.rules.new_rule import new_rule


@click.command(epilog="Example: ./pollwatch rules schema > rules/schema.json")
def print_schema() -> None:
    """Print the JSON Schema of rule files, for editors that complete and check YAML."""
    click.echo(json.dumps(rules_schema(), indent=2))


@click.command(epilog='Example: ./pollwatch rules new "Poll book outages" > rules/poll-books.yaml')
@click.argument("title")
@click.option("--category", default="voting-equipment", show_default=True, help="The subject; ./pollwatch rules list shows those in use.")  # fmt: skip
def new_rule_file(title: str, category: str) -> None:
    """Print a rule file with one complete rule, ready to be changed.

    TITLE is what reviewers read, in quotes. The query and its examples are there to be replaced.
    """
    if not title.strip():
        raise click.UsageError("the TITLE is empty")
    click.echo(new_rule(title, category), nl=False)
