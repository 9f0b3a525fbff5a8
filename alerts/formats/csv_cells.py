"""CSV that spreadsheets open right, and that does nothing there."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"  # Excel takes a file without it for the local 8-bit encoding
# The full-width signs too, which East Asian spreadsheets read alike.
ISO_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z?")
FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """With a byte order mark, no line break inside a cell, no cell that starts a formula, and times
    in UTC that a spreadsheet of any language takes for a date."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    return harmless_cell(dated(" ".join(value.split()))) if isinstance(value, str) else value


def dated(cell: str) -> str:
    """A time as the database writes it, without what makes Excel take it for text: T, Z and
    milliseconds."""
    moment = ISO_TIME.fullmatch(cell)
    return " ".join(moment.groups()) if moment else cell


def harmless_cell(cell: str) -> str:
    """Text that a spreadsheet would take for a formula, with an apostrophe before it; numbers stay."""
    if not cell or cell.lstrip(" \u00a0\ufeff")[:1] not in FORMULA or _number(cell):
        return cell
    return f"'{cell}"


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
