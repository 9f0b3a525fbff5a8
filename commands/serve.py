"""`pollwatch serve`: server, schedule and runs from one command, for one machine."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.shared.faults import CommandFailed, faults_as_messages
from commands.shared.numbers import Finite
from commands.shared.scale import Scale, scale_options
from commands.shared.shared_options import RunFiles, run_files_options
from extractors.feed_list.shard import database_of
from storage.database.errors import AnotherRun
from storage.database.lock import RunLock

if TYPE_CHECKING:
    from flows.orchestration.server.prefect_server import ServerWatch

PAUSE_SECONDS = 5  # before a server that died is started again


@click.command(
    epilog="""\b
Examples:
  ./pollwatch serve                  # every 15 minutes; UI at http://127.0.0.1:4200
  ./pollwatch serve --minutes 5 --port 4300"""
)
@run_files_options
@click.option(
    "--minutes",
    type=Finite(min=1, max=720),
    default=15.0,
    show_default=True,
    help="Minutes from one run to the next.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=4200,
    show_default=True,
    help="Port of the Prefect server that is started where no API is configured.",
)
@scale_options
@click.option("--no-server", is_flag=True, help="Use the configured Prefect API; start none.")
def command(files: RunFiles, minutes: float, port: int, scale: Scale, no_server: bool) -> None:
    """Run the watch on a schedule in this one process, until Ctrl-C or SIGTERM.

    Starts a Prefect server on loopback where none is configured, so that the runs can be seen
    in its UI. Only one run goes on at a time, and one `serve` on a database. At 03:30 UTC it
    forgets what is too old, draws the audit of the day before, and writes a checked backup into the
    folder `backups` beside the database, of which seven stay.
    """
    parameters: dict[str, object] = {
        "feeds": str(files.feeds),
        "rules": str(files.rules),
        "db": str(files.db),
        "alerts": str(files.alerts),
        "max_minutes": max(1.0, minutes - 2),
        "cluster": scale.cluster,
        "cluster_lost": scale.cluster_lost,
        "shard": None if scale.shard is None else str(scale.shard),
    }
    own_db = files.db if scale.shard is None else database_of(files.db, scale.shard)
    environment = dict(os.environ)  # before a server of our own is named in it
    with faults_as_messages():
        files.db.parent.mkdir(parents=True, exist_ok=True)
        try:
            with RunLock(own_db, "serve"):
                why_ended = serve_schedule(
                    parameters, own_db, minutes, port, environment, no_server=no_server
                )
        except AnotherRun as other:
            click.echo(f"pollwatch: {other}; this one ends.", err=True)
            sys.exit(1)
    if why_ended is not None:
        begin_anew(environment, why_ended)


def begin_anew(environment: Mapping[str, str], why: str) -> None:
    """This command once more, in this process: a service manager sees nothing of it."""
    click.echo(why, err=True)
    sys.stdout.flush()
    time.sleep(PAUSE_SECONDS)
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606


def serve_schedule(
    parameters: dict[str, object],
    db: Path,
    minutes: float,
    port: int,
    environment: Mapping[str, str],
    *,
    no_server: bool,
) -> str | None:
    """Until it is told to stop, or has to begin anew: why, in a sentence."""
    from alerts.sender import Sender, sending
    from flows.orchestration.feed_secrets import alert_secret
    from flows.orchestration.serve import serve_flows
    from flows.orchestration.server.api import api_url
    from flows.orchestration.server.standstill import why_no_run_begins

    alerts = Path(str(parameters["alerts"]))
    with reachable_api(port, environment, no_server=no_server) as watch:
        ui = (api_url() or "").removesuffix("/api")
        click.echo(f"Serving every {minutes:g} minutes; runs at {ui}. Ctrl-C stops.")
        click.echo(
            "A run polls the feeds whose own interval has passed, so most runs find few due."
        )
        with (
            suppress(KeyboardInterrupt),
            sending(Sender(db, alerts, resolve=alert_secret, explain=why_no_run_begins)),
        ):
            serve_flows(parameters, db, seconds=60 * minutes)
    return watch.why


@contextmanager
def reachable_api(
    port: int, environment: Mapping[str, str], *, no_server: bool
) -> Iterator["ServerWatch"]:
    """The configured Prefect API, or a server of our own, which is watched and ends with the body. So is the
    clock."""
    from flows.orchestration.server.api import api_url, unreachable
    from flows.orchestration.server.prefect_server import (
        NoServer,
        ServerWatch,
        start_server,
        stop_server,
    )

    server = None
    if api_url() is not None or no_server:
        if (why_not := unreachable()) is not None:
            raise CommandFailed(f"the Prefect API at {api_url()} does not answer: {why_not}")
    else:
        try:
            server = start_server(port)
        except NoServer as why:
            raise CommandFailed(str(why)) from None
    watch = ServerWatch(server, lambda why: begin_anew(environment, why))
    try:
        yield watch
    finally:
        watch.stop()  # first, as it would take the end of the server for a death
        if server is not None:
            stop_server(server)
