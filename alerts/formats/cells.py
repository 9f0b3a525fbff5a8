"""CSV that spreadsheets open right, and that does nothing there."""

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"  # Excel takes a file without it for the local 8-bit encoding
# The full-width signs too, which East Asian spreadsheets read alike.
FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """With a byte order mark, no line break inside a cell, and no cell that starts a formula."""
    out = io.StringIO()
    out.write(MARK)
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    return harmless(" ".join(value.split())) if isinstance(value, str) else value


def harmless(cell: str) -> str:
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
