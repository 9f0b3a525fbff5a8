"""Rows for people: a table on a terminal, aligned plain text elsewhere. And words for numbers."""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

import click


def show(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if sys.stdout.isatty():
        _show_table(headings, rows)
        return
    lines = [[_flat(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(len(row[column]) for row in lines) for column in range(len(headings))]
    for row in lines:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_flat(cell)) for cell in row))
    Console().print(table)


def _flat(cell: str) -> str:
    """One line without control characters: names of feeds come from strangers."""
    return "".join(one if one.isprintable() else " " for one in cell)


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def ago(when: datetime | None, now: datetime) -> str:
    """Such as "3 h ago"; "never" for None."""
    if when is None:
        return "never"
    seconds = (now - when).total_seconds()
    return f"{span(abs(seconds))} ago" if seconds >= 0 else f"in {span(-seconds)}"


def span(seconds: float) -> str:
    whole = timedelta(seconds=seconds)
    if whole < timedelta(minutes=2):
        return f"{seconds:.0f} s"
    if whole < timedelta(hours=2):
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if whole < timedelta(days=3) else f"{whole.days} days"
