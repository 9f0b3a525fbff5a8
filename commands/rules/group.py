"""`pollwatch rules`: what rule authors use."""

import importlib

import click

PARTS = {
    "check": ("commands.rules.check", "check", "Parse, lint and run every example."),
    "new": ("commands.rules.schema", "new", "Print a rule to start from."),
    "list": ("commands.rules.list", "list_rules", "List the rules."),
    "format": ("commands.rules.format", "format_rules", "Write rule files in one uniform way."),
    "stats": ("commands.rules.list", "stats", "Hits, and precision by reviewers' verdicts."),
    "schema": ("commands.rules.schema", "show", "Print the JSON Schema of rule files."),
    "why": ("commands.rules.why", "why", "Show what a rule finds in a text."),
    "why-not": ("commands.rules.why", "why_not", "Tell which clauses fail, and what came nearest."),
    "match": ("commands.rules.match_text", "match_text", "Tell which rules catch a text."),
    "learn": ("commands.rules.learn", "learn_command", "Trust rules and clauses by verdicts."),
    "try": ("commands.rules.try_rule", "try_rule", "Run a rule against texts or the archive."),
}


class Parts(click.Group):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PARTS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in PARTS:
            return None
        module, attribute, _ = PARTS[name]
        found = getattr(importlib.import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in PARTS.items()])


@click.group(cls=Parts, epilog="Example: ./pollwatch rules check")
def command() -> None:
    """Check, try, explain, format and list rules."""
