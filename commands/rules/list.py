"""`pollwatch rules list` and `stats`."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from commands.rules.rules_and_texts import load_leniently
from commands.shared.faults import CommandFailed
from commands.shared.shared_options import DB, RULES
from storage.database.errors import StorageError
from storage.queries.rules.figures import RuleFigures, rule_figures
from storage.store import Store

SHOWN_COLUMNS = ("id", "severity", "status", "category", "title")


@click.command("list", epilog="Example: ./pollwatch rules list --json")
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, show_default=True, help="Rule file or folder.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with every field.")
def list_rules(rules: Path, as_json: bool) -> None:
    """List the rules: id, severity, status, category, title."""
    ruleset = load_leniently(rules).rules
    if as_json:
        for rule in ruleset:
            click.echo(json.dumps(asdict(rule), ensure_ascii=False))
        return
    rows = [tuple(str(getattr(rule, column)) for column in SHOWN_COLUMNS) for rule in ruleset]
    widths = [max(len(row[i]) for row in rows) for i in range(len(SHOWN_COLUMNS) - 1)]
    for row in rows:
        click.echo("  ".join([*(f"{v:{w}}" for v, w in zip(row, widths, strict=False)), row[-1]]))


@click.command(epilog="Example: ./pollwatch rules stats --db data/pollwatch.db")
@click.option("--db", type=click.Path(path_type=Path), default=DB, show_default=True, help="The database.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def stats(db: Path, as_json: bool) -> None:
    """Hits of each rule, and its precision by reviewers' verdicts (95 % interval)."""
    try:
        with Store.open_existing(db) as store:
            figures = [rule for rule in rule_figures(store.db.conn) if rule.rule["active"]]
    except StorageError as error:
        raise CommandFailed(str(error)) from error
    if as_json:
        for rule in figures:
            click.echo(json.dumps(stats_as_json(rule), ensure_ascii=False))
        return
    click.echo(f"{'hits':>6} {'stories':>7} {'right':>6} {'wrong':>6}  precision        rule")
    for rule in figures:
        rated = rule.precision
        click.echo(f"{rule.rule['hits']:6} {rule.stories:7} {rated.right:6} {rated.wrong:6}  {share_with_interval(rated.share, rated.low, rated.high):15}  {rule.rule['slug']}")  # fmt: skip


def stats_as_json(figures: RuleFigures) -> dict[str, object]:
    rule, rated = figures.rule, figures.precision
    return {
        "rule": rule["slug"], "title": rule["title"], "severity": rule["severity"], "hits": rule["hits"],
        "stories": figures.stories, "waiting": figures.waiting, "confirmed": figures.confirmed,
        "escalated": figures.escalated, "dismissed": rated.wrong, "precision": rated.share,
        "precision_low": rated.low, "precision_high": rated.high, "reasons": figures.reasons,
    }  # fmt: skip


def share_with_interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return "no verdicts"
    return f"{value:.2f} ({low:.2f}–{high:.2f})"
