"""`pollwatch coverage`: what was seen, hour by hour, and what was not."""

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option, json_option
from storage.queries.coverage import Coverage, FeedHours, coverage
from storage.queries.json_ready import json_ready
from storage.store import Store

HOUR_LETTERS = {
    "seen": "#",
    "partial": "p",
    "gap": "G",
    "late": ".",
    "blocked": "B",
    "never": "-",
    None: " ",
}
LEDGER_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST_SINCE = timedelta(days=35)
LEGEND = (
    "# seen  p partial  G gap  . late  B blocked  - never polled  blank: not due yet, or not listed"
)


def length_option(ctx: click.Context, param: click.Parameter, value: str) -> timedelta:
    """A length of time such as 24h or 7d."""
    match = re.fullmatch(r"(\d{1,4})([hd])", value.strip())
    if not match:
        raise click.BadParameter(f"{value!r} is not a span of time; write 24h or 7d")
    length = int(match[1]) * LEDGER_UNITS[match[2]]
    if not timedelta(0) < length <= LONGEST_SINCE:
        raise click.BadParameter(f"{value!r}: from 1h to {LONGEST_SINCE.days}d")
    return length


@click.command(
    epilog=f"""\b
Examples:
  ./pollwatch coverage
  ./pollwatch coverage --since 7d --json | jq .share

\b
One character for each hour:
  {LEGEND}

\b
Exit codes: 0 nothing was missed; 1 there are gaps, or feeds that are blocked or were never polled;
2 there is no database, or none that this Pollwatch can read."""
)
@click.option(
    "--since",
    callback=length_option,
    default="24h",
    show_default=True,
    help="How far back: 24h, 7d.",
)
@db_option
@json_option
def command(since: timedelta, db: Path, as_json: bool) -> None:
    """Show which hours of which feeds were seen."""
    now = datetime.now(UTC)
    with faults_as_messages(), Store.open_existing(db) as store:
        ledger = coverage(store.db, since=now - since, now=now)
    if as_json:
        click.echo(json.dumps(coverage_as_plain(ledger), ensure_ascii=False))
    else:
        for line in ledger_lines(ledger):
            click.echo(line)
    sys.exit(1 if ledger.missed_hours else 0)


def coverage_as_plain(measured: Coverage) -> dict[str, object]:
    ledger = json_ready(measured)
    assert isinstance(ledger, dict)
    return {"sentence": measured.sentence, **ledger}


def ledger_lines(ledger: Coverage) -> list[str]:
    width = max((len(feed.id) for feed in ledger.feeds), default=4)
    shown = [
        f"{feed.id:<{width}}  {letters(feed)}  {block_note(feed)}".rstrip() for feed in ledger.feeds
    ]
    counts = ", ".join(f"{count} {state}" for state, count in ledger.counts.items() if count)
    share = f" ({ledger.share:.1%} seen)" if ledger.share is not None else ""
    return [
        f"Hours from {ledger.since:%Y-%m-%d %H:%M} to {ledger.until:%Y-%m-%d %H:%M} UTC, oldest first",
        *shown,
        LEGEND,
        f"Feed hours: {counts or 'none'}{share}",
        f"All hits are {ledger.sentence}; {ledger.disabled} disabled",
    ]


def letters(feed: FeedHours) -> str:
    return "".join(HOUR_LETTERS[state] for state in feed.hours)


def block_note(feed: FeedHours) -> str:
    return feed.sentence or feed.outcome if "blocked" in feed.hours[-1:] else ""
