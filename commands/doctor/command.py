"""`pollwatch doctor`: is everything here as a run needs it, and what to do where it is not."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import click

from commands.doctor.finding import EXIT, Check
from commands.doctor.installation import check_prefect, workers
from commands.doctor.machine import machine
from commands.doctor.setup import check_contact, database, listed_feeds, rules_check, team
from commands.shared.shared_options import db_option, feeds_option, json_option, rules_option
from model import FeedList

STATUS_COLOURS = {"ok": "green", "warning": "yellow", "failure": "red"}
FALLBACK_HOST = "example.org"  # whose name is looked up where no feed is listed


@click.command(
    epilog="""\b
Examples:
  ./pollwatch doctor
  ./pollwatch doctor --config team.yaml
  ./pollwatch doctor --json | jq '.[] | select(.level != "ok")'

\b
Exit codes: 0 all is well; 1 there are warnings; 2 something fails, so that runs do not work."""
)
@feeds_option
@rules_option
@db_option
@click.option("--config", type=click.Path(path_type=Path), help="The review server's team file.")
@json_option
def command(feeds: Path, rules: Path, db: Path, config: Path | None, as_json: bool) -> None:
    """Check everything that a run needs, and say how to fix it.

    Asks the name service for one feed's host, and the Prefect API that is configured; requests
    nothing from any publisher, and writes nothing.
    """
    results: list[Check] = []
    for check in checks(feeds, rules, db, config):
        results.append(check)
        if not as_json:
            print_check(check)
    if as_json:
        click.echo(json.dumps([asdict(check) for check in results], ensure_ascii=False, indent=2))
    sys.exit(max(EXIT[check.level] for check in results))


def checks(feeds: Path, rule_files: Path, db: Path, config: Path | None) -> Iterator[Check]:
    listed, feeds_check = listed_feeds(feeds)
    yield from machine(db.absolute().parent, first_host(listed))
    yield workers()
    yield from database(db)
    yield feeds_check
    yield check_contact(listed)
    yield rules_check(rule_files)
    yield check_prefect()
    yield team(config)


def first_host(feeds: FeedList | None) -> str:
    urls = [feed.url for feed in feeds.feeds if feed.enabled] if feeds else []
    return (urlsplit(urls[0]).hostname if urls else None) or FALLBACK_HOST


def print_check(check: Check) -> None:
    level = click.style(f"{check.level:<8}", fg=STATUS_COLOURS[check.level])
    click.echo(f"{level} {check.name:<16} {check.message}")
    if check.remedy:
        click.echo(f"{'':<25} → {check.remedy}")
