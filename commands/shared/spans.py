"""Lengths of time as people type them: 30m, 12h, 7d."""

import re
from datetime import timedelta

import click

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST_SPAN = timedelta(days=366)


def length(ctx: click.Context, param: click.Parameter, value: str | None) -> timedelta | None:
    """A click callback; None stays None."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,6})([mhd])", value.strip())
    span = int(match[1]) * UNITS[match[2]] if match else timedelta(0)
    if not timedelta(0) < span <= LONGEST_SPAN:
        raise click.BadParameter(f"{value!r} is not a length of time; write 30m, 12h or 7d")
    return span
