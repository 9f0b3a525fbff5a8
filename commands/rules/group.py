"""`pollwatch rules`: what rule authors use."""

import click

from commands.shared.lazy_group import LazyGroup

RULES_COMMANDS = {
    "check": ("commands.rules.check", "check_rules", "Parse, lint and run every example."),
    "new": ("commands.rules.schema", "new_rule_file", "Print a rule to start from."),
    "list": ("commands.rules.list", "list_rules", "List the rules."),
    "lists": (
        "commands.rules.lists",
        "show_word_lists",
        "List the word lists, or the words of one.",
    ),
    "format": ("commands.rules.format", "format_rules", "Write rule files in one uniform way."),
    "stats": ("commands.rules.list", "stats", "Show hits, and precision by reviewers' verdicts."),
    "schema": ("commands.rules.schema", "print_schema", "Print the JSON Schema of rule files."),
    "why": ("commands.rules.why", "why", "Show what a rule finds in a text."),
    "why-not": ("commands.rules.why", "why_not", "Show which clauses fail, and what came nearest."),
    "match": ("commands.rules.match_text", "match_text", "Show which rules match a text."),
    "learn": (
        "commands.rules.learn",
        "learn_command",
        "Fit the relevance of rules and clauses to the team's verdicts.",
    ),
    "try": ("commands.rules.try_rule", "try_rule", "Run a rule against texts or the archive."),
}


class RuleCommands(LazyGroup):
    parts = RULES_COMMANDS


@click.group(cls=RuleCommands, epilog="Example: ./pollwatch rules check")
def command() -> None:
    """Check, try, explain, format and list rules."""
