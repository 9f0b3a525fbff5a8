"""`pollwatch audit draw`: the sample of one day."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option, rules_option
from storage.store import Store


@click.command(
    short_help="Draw the blind sample of a day.",
    epilog="Example: ./pollwatch audit draw --day 2026-11-27",
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day on which feeds first listed the articles (default: yesterday, UTC).",
)
@click.option(
    "--size",
    type=click.IntRange(1, 500),
    default=15,
    show_default=True,
    help="Articles that were not shown; as many that were are mixed in.",
)
@rules_option
@db_option
def draw(day: datetime | None, size: int, rules: Path, db: Path) -> None:
    """Draw the blind sample of a day; the nightly `maintain` flow does it by itself.

    A day is drawn once. Exit codes: 0 drawn, or drawn before; 2 the database or rules cannot be used.
    """
    from flows.archive.audit import draw_day
    from matchers.rules.load import load_rules

    now = datetime.now(UTC)
    chosen = (day or now - timedelta(days=1)).strftime("%Y-%m-%d")
    with faults_as_messages():
        Store.open_existing(db, any_version=True).close()  # an audit makes no database
        drawn_day = draw_day(
            db, load_rules(rules), chosen, now=now, size=size, rng=random.SystemRandom()
        )
    if drawn_day.before:
        click.echo(f"{chosen}: was drawn before; what is left of it is at /-/audit.")
        return
    if not drawn_day.articles and not drawn_day.shown:
        click.echo(f"{chosen}: nothing to draw: no article first listed that day has a text that was not drawn before. --day names another day.")  # fmt: skip
        return
    click.echo(
        f"{chosen}: {drawn_day.articles} of {drawn_day.of} articles that were not shown, and {drawn_day.shown}"
        " that were, wait at /-/audit."
    )
