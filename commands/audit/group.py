"""`pollwatch audit`: how much is missed, measured on a blind daily sample."""

import click

from commands.audit.draw import draw
from commands.audit.miss import example
from commands.audit.report import report


@click.group(epilog="Example: ./pollwatch audit report")
def command() -> None:
    """Draw the daily sample, report recall with an interval, make rules of what was missed.

    Reviewers judge the sample at /-/audit of the review server, without rules, marks or scores.
    """


for part in (draw, report, example):
    command.add_command(part)
