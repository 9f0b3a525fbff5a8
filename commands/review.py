"""`pollwatch review`: the review queue in a browser."""

import sys
import webbrowser
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from socket import socket
from typing import NoReturn
from urllib.parse import quote

import click

from alerts.sender import Sender, sending
from commands.alerts.alerts_file import secret
from commands.shared.account import account_name
from commands.shared.shared_options import DB, LOOPBACK, RULES, alerts_option, real_path
from commands.shared.standstill import standstill_reasons
from model import ConfigError
from model.plurals import count_of
from review import server
from review.auth import team_file
from storage.database.connection import on_read_only_media
from storage.queries.stories.counts import assigned_to_others
from storage.store import Store


@click.command(
    epilog="""\b
Examples:
  ./pollwatch review                              # alone, on this machine
  ./pollwatch review --db data/demo.db
  ./pollwatch review --config team.yaml --host 0.0.0.0"""
)
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    default=DB,
    show_default=True,
    help="The database to review.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on. Beyond loopback needs --config.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Team file: people, roles, host names (see docs/review.md).",
)
@alerts_option
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    default=RULES,
    show_default=True,
    help="Rule folder: word lists for searches, and the rules that the editor copies.",
)
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option(
    "--hash-password",
    is_flag=True,
    help="Ask for a password, print its hash for the team file, and stop.",
)
def command(
    db: Path,
    port: int,
    host: str,
    config: Path | None,
    alerts: Path,
    rules: Path,
    no_open: bool,
    hash_password: bool,
) -> None:
    """Open the review queue in Datasette.

    Alone on your own machine: prints a link that signs you in once. For a team: --config.
    Stop it with Ctrl-C; the database may be in use by `./pollwatch run` at the same time.
    """
    if hash_password:
        _print_hash()
        return
    _check(db, host, config)
    team = _team(config)
    listening = _listening(db, host, port)
    greet = partial(_greet, db, team, browser=not no_open)
    folder = rules if rules.is_dir() else None
    with _alerts_of(db, alerts):
        server.serve_review(
            db,
            team,
            listening,
            greet=greet,
            greet_again=_greet_again,
            rules=folder,
            alerts=real_path(alerts),
        )


def _print_hash() -> None:
    typed = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    click.echo(team_file.hash_password(typed))


def _check(db: Path, host: str, config: Path | None) -> None:
    if not db.exists():
        _stop(
            f"there is no database at {db}. `./pollwatch run` makes one; `./pollwatch demo` shows one."
        )
    if config is None and host not in LOOPBACK:
        _stop(f"{host} is reachable by others, so it needs --config with people and passwords.")


def _listening(db: Path, host: str, port: int) -> socket:
    """A socket for a server of a database that can be used; ends the program where one cannot."""
    problem = server.ready(db, datetime.now(UTC))
    if problem:
        _stop(problem)
    try:
        return server.listen(host, port)
    except server.ListenError as exc:
        _stop(str(exc))


def _greet(
    db: Path, team: team_file.Team, address: str, link: str | None, *, browser: bool
) -> None:
    click.echo(f"The review queue of {db} is at {address}")
    if link:
        click.echo(f"Sign in, once, with: {link}")
    if on_read_only_media(db):
        click.echo(
            "The database lies on a read-only file system: it can be read, and no verdict can be given."
        )
    for line in _left_behind(db, team):
        click.echo(line)
    if browser:
        webbrowser.open(link or address)


def _greet_again(link: str | None) -> None:
    click.echo(f"A new link was asked for. Sign in, once, with: {link}")


def _alerts_of(db: Path, alerts: Path) -> AbstractContextManager[None]:
    """Alerts go out meanwhile, unless the database cannot note that they did."""
    if on_read_only_media(db):
        return nullcontext()
    return sending(
        Sender(real_path(db), real_path(alerts), resolve=secret, explain=standstill_reasons)
    )


def _left_behind(db: Path, team: team_file.Team) -> list[str]:
    """Work of people whom the team file does not know, or knows no more."""
    with Store.open_existing(db) as store:
        others = assigned_to_others(store.db.conn, team.people)
    return [
        f"{count_of(stories, 'open story is', 'open stories are')} assigned to {person}, who is not "
        f"in the team: /-/queue?tab=all&assigned={quote(person)}"
        for person, stories in others
    ]


def _team(config: Path | None) -> team_file.Team:
    if config is None:
        return team_file.team_of_one(account_name())
    try:
        return team_file.load_team(config)
    except* ConfigError as faults:
        for fault in faults.exceptions:
            click.echo(f"Error: {fault}", err=True)
    sys.exit(2)


def _stop(why: str) -> NoReturn:
    click.echo(f"Error: {why}", err=True)
    sys.exit(2)
