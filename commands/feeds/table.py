"""Rows for people: a table on a terminal, aligned plain text elsewhere. And words for numbers."""

import sys
from collections.abc import Sequence

import click


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
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
    return "".join(character if character.isprintable() else " " for character in cell)
