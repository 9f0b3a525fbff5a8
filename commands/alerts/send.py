"""`pollwatch alerts send` and `retry`: the sender by itself, and dead messages taken up again."""

import logging
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import click

from alerts.sender import Sender
from commands.alerts.alerts_file import loaded_alerts, secret
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import alerts_option, db_option
from commands.shared.standstill import standstill_reasons
from storage.database.errors import AnotherRun, NoDatabase
from storage.outbox import deliveries
from storage.outbox.outbox import Outbox


@click.command(
    epilog="""\b
Examples:
  ./pollwatch alerts send              # what is due now
  ./pollwatch alerts send --follow     # until Ctrl-C; for a service of its own

\b
Exit codes: 0 all that is due was sent; 1 something failed, or another sender is at work;
2 a fault in alerts.yaml, or there is no database."""
)
@click.option("--follow", is_flag=True, help="Go on until stopped.")
@alerts_option
@db_option
def send(follow: bool, alerts: Path, db: Path) -> None:
    """Send what waits in the outbox. Runs, serve and review do so by themselves."""
    logging.basicConfig(format="%(message)s")
    with faults_as_messages():
        loaded_alerts(alerts)
        if not db.exists():
            raise NoDatabase(db)
    sender = Sender(db, alerts, resolve=secret, explain=standstill_reasons)
    if follow:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
        sender.run(stop)
        return
    try:
        with faults_as_messages():
            last_round = sender.round()
    except AnotherRun as other:
        click.echo(f"Another sender is at work (process {other.pid}).", err=True)
        sys.exit(1)
    click.echo(
        f"{last_round.routed} events routed, {last_round.sent} messages sent, {last_round.failed} failed"
    )
    sys.exit(1 if last_round.failed else 0)


@click.command(
    short_help="Retry messages that were given up.",
    epilog="Example: ./pollwatch alerts retry --channel desk",
)
@click.option("--channel", help="Only messages of this channel.")
@db_option
def retry(channel: str | None, db: Path) -> None:
    """Retry messages that were given up; they keep their keys, so no receiver counts one twice."""
    with faults_as_messages():
        outbox = Outbox.open(db)
        try:
            with outbox.transaction():
                count = deliveries.retry_dead(outbox.conn, datetime.now(UTC), channel)
        finally:
            outbox.close()
    click.echo(f"{count} messages are tried again: by the next run, review, or ./pollwatch alerts send")  # fmt: skip
