"""`pollwatch audit report`: recall with an interval, and what was missed."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option, json_option
from model.plurals import count_of
from storage.queries import recall
from storage.store import Store

NO_RECALL_YET = (
    "No recall yet: nothing of the sample was judged, or nothing that is shown was wanted."
)


@click.command(
    short_help="Show the recall of the last days, and the misses.",
    epilog="Example: ./pollwatch audit report --days 30",
)
@click.option(
    "--days", type=click.IntRange(1, 366), default=14, show_default=True, help="How many days back."
)
@db_option
@json_option
def report(days: int, db: Path, as_json: bool) -> None:
    """Recall of the last days, with an interval of 95 %, and each miss that was found."""
    until = datetime.now(UTC)
    span = f"{until - timedelta(days=days):%Y-%m-%d}", f"{until:%Y-%m-%d}"
    with faults_as_messages(), Store.open_existing(db) as store:
        sample = recall.sampled(store.db.conn, *span)
        estimate = recall.estimate(sample)
        misses = recall.misses(store.db.conn, *span)
    by_category = recall.missed_by_category(sample, estimate.missed) if estimate else {}
    if as_json:
        plain = {
            "since": span[0],
            "until": span[1],
            "recall": asdict(estimate) if estimate else None,
            "missed_by_category": by_category,
            "misses": [asdict(miss) for miss in misses],
        }
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    click.echo(sentence(estimate) if estimate else NO_RECALL_YET)
    for name, count in by_category.items():
        click.echo(f"  missed of {name}: about {count:.0f}")
    for miss in misses:
        click.echo(f"  {miss.draw}  {miss.day}  {miss.outlet}: {miss.title}\n      {miss.url}")


def sentence(estimate: recall.Recall) -> str:
    return (
        f"Recall {estimate.share:.0%} ({estimate.low:.0%} to {estimate.high:.0%}): about"
        f" {estimate.shown_wanted:.0f} wanted articles were shown and {estimate.missed:.0f} were not;"
        f" {count_of(estimate.judged, 'article')} of what was not shown judged,"
        f" {count_of(estimate.misses_found, 'miss', 'misses')} among them."
        f" By the sample alone, without the score that the draw rests on: {estimate.missed_by_design:.0f} missed."
    )
