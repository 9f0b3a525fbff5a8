"""`pollwatch alerts`: what leaves, where to, and what waits."""

import click

from commands.alerts.check import check_alerts, test
from commands.alerts.send import retry, send
from commands.alerts.status import alerts_status


@click.group(epilog="Example: ./pollwatch alerts check")
def command() -> None:
    """Check alerts.yaml, try a channel, see what waits, send it."""


for part in (check_alerts, test, alerts_status, send, retry):
    command.add_command(part)
