"""Where things are unless told otherwise, and the options that every command shares."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from config.home import HOME, in_force


def path_from_here(path: Path) -> Path:
    """As seen from here, when it lies below the current directory: what messages then show."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


LOOPBACK = ("127.0.0.1", "localhost", "::1")
FEEDS = path_from_here(in_force(HOME, "feeds.yaml"))
RULES = path_from_here(HOME / "rules")
ALERTS = path_from_here(in_force(HOME, "alerts.yaml"))
DB = path_from_here(HOME / "data" / "pollwatch.db")

feeds_option = click.option(
    "--feeds", type=click.Path(path_type=Path), default=FEEDS, help="The feed list (feeds.yaml)."
)
rules_option = click.option(
    "--rules", type=click.Path(path_type=Path), default=RULES, help="The rules, a folder or a file."
)
db_option = click.option(
    "--db", type=click.Path(path_type=Path), default=DB, help="The database (data/pollwatch.db)."
)
alerts_option = click.option(
    "--alerts",
    type=click.Path(path_type=Path),
    default=ALERTS,
    help="Channels and routes (alerts.yaml); without the file nothing is sent.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def real_path(path: Path) -> Path:
    """Absolute, without links. Path.resolve raises RuntimeError for a link that leads to itself;
    here whoever opens it says so."""
    return Path(os.path.realpath(path))


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of a run, absolute and without links."""

    feeds: Path
    rules: Path
    db: Path
    alerts: Path


def run_files_options(command: Callable[..., None]) -> Callable[..., None]:
    """--feeds, --rules, --db and --alerts, handed to the command as one `files`."""

    @wraps(command)
    def with_files(feeds: Path, rules: Path, db: Path, alerts: Path, **others: Any) -> None:
        command(files=RunFiles(*map(real_path, (feeds, rules, db, alerts))), **others)

    return feeds_option(rules_option(db_option(alerts_option(with_files))))
