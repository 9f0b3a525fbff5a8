"""`pollwatch serve`: server, schedule and runs from one command, for one machine."""

import subprocess
import sys
import time
from pathlib import Path

import click

from commands.output.places import alerts_option, db_option, feeds_option, rules_option

SERVER = "http://127.0.0.1:4200"


@click.command(
    epilog="""\b
Example:
  ./pollwatch serve                  # every 15 minutes; UI at http://127.0.0.1:4200
  ./pollwatch serve --minutes 5"""
)
@feeds_option
@rules_option
@db_option
@alerts_option
@click.option("--minutes", type=click.FloatRange(min=1), default=15.0, show_default=True)
@click.option("--no-server", is_flag=True, help="Use the configured Prefect API; start none.")
def command(
    feeds: Path, rules: Path, db: Path, alerts: Path, minutes: float, no_server: bool
) -> None:
    """Run the watch on a schedule in this one process, until Ctrl-C.

    Starts a Prefect server on loopback when none is configured, so that the runs can be seen
    in its UI. Only one run goes on at a time.
    """
    from flows.orchestration.api import api_url, unreachable

    server: subprocess.Popen[bytes] | None = None
    if api_url() is None and not no_server:
        server = start_server()
    why = unreachable()
    if why is not None:
        click.echo(f"The Prefect API at {api_url()} does not answer: {why}", err=True)
        sys.exit(2)
    from alerts.sender import Sender, sending
    from flows.orchestration.secrets import alert_secret
    from flows.orchestration.serve import serve_watch

    click.echo(f"Serving every {minutes:g} minutes; runs at {ui_of(api_url())}. Ctrl-C stops.")
    try:
        with sending(Sender(db.resolve(), alerts.resolve(), resolve=alert_secret)):
            serve_watch(
                {
                    "feeds": str(feeds.resolve()),
                    "rules": str(rules.resolve()),
                    "db": str(db.resolve()),
                    "alerts": str(alerts.resolve()),
                    "max_minutes": max(1.0, minutes - 1),
                },
                seconds=60 * minutes,
            )
    except KeyboardInterrupt:
        pass
    finally:
        if server is not None:
            server.terminate()
            server.wait(20)


def start_server() -> subprocess.Popen[bytes]:
    """A Prefect server of our own on loopback, answering when this returns."""
    from flows.orchestration.guardian import guard
    from flows.orchestration.serve import use_api

    guard()
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("prefect")), "server", "start", "--port", "4200"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    use_api(f"{SERVER}/api")
    from flows.orchestration.api import unreachable

    for _ in range(120):
        if unreachable() is None:
            return server
        if server.poll() is not None:
            click.echo("The Prefect server did not start (is port 4200 taken?).", err=True)
            sys.exit(2)
        time.sleep(0.5)
    server.terminate()
    click.echo("The Prefect server did not answer within a minute.", err=True)
    sys.exit(2)


def ui_of(api: str | None) -> str:
    return (api or "").removesuffix("/api")
