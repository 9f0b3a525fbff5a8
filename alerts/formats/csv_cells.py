"""CSV that spreadsheets open right, and that does nothing there."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"  # Excel takes a file without it for the local 8-bit encoding
ISO_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z?")
DAY_OR_COUNT = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?|0|[1-9]\d{0,14}")
FIGURE_SIGNS = frozenset("0123456789eE-+.,:/' \u00a0%()$€£¥")
EXCEL_CELL = 32_767  # characters; Excel writes what is longer into the rows below
SEPARATORS = {
    "comma": ",",
    "semicolon": ";",
}  # Excel expects the latter where decimals have a comma
# Beginnings of the months in the languages of most spreadsheets: "Nov 3" and "3 nov. 2026" become days there.
MONTH_BEGINNINGS = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "ene", "abr", "ago", "dic", "mär", "mai", "okt", "dez", "fév", "avr", "jui", "aoû", "déc", "gen", "mag", "giu", "lug", "set", "ott", "fev", "out"])  # fmt: skip
LONGEST_DAY = 30  # characters of a day with its month in letters
LOGICAL = frozenset(
    ["true", "false", "wahr", "falsch", "vrai", "faux", "verdadero", "falso", "vero"]
)
# The full-width signs too, which East Asian spreadsheets read alike.
FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")


def csv_text(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, separator: str = ","
) -> str:
    """With a byte order mark, no line break inside a cell, no cell that starts a formula or is longer than
    Excel takes, and times in UTC that a spreadsheet of any language takes for a date."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(columns)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    cell = harmless_cell(dated(" ".join(value.split())), number=False)
    return cell if len(cell) <= EXCEL_CELL else f"{cell[: EXCEL_CELL - 1]}…"


def dated(cell: str) -> str:
    """A time as the database writes it, without what makes Excel take it for text: T, Z and
    milliseconds."""
    moment = ISO_TIME.fullmatch(cell)
    return " ".join(moment.groups()) if moment else cell


def harmless_cell(cell: str, *, number: bool = True) -> str:
    """Text that a spreadsheet would take for a formula, or for another number or date than stands
    there ("1E5", "3/4", "007", "Nov 3", "TRUE"), with an apostrophe before it. Days, times and counts stay, and what
    reads as a program writes numbers where it may be one."""
    if number and _as_written(cell):
        return cell
    first = cell.lstrip(" \u00a0\ufeff")[:1]
    misread = (_is_figures(cell) and not DAY_OR_COUNT.fullmatch(cell)) or _is_word_for_a_value(cell)
    return f"'{cell}" if misread or (first and first in FORMULA) else cell


def _is_figures(cell: str) -> bool:
    """In one pass: a cell may be a whole article."""
    letters = set(cell)
    return letters <= FIGURE_SIGNS and not letters.isdisjoint("0123456789") and cell[0] not in "eE"


def _is_word_for_a_value(cell: str) -> bool:
    """A day with its month in letters, or true and false."""
    if len(cell) > LONGEST_DAY:
        return False
    letters = "".join(letter if letter.isalpha() else " " for letter in cell.lower()).split()
    signs = {sign for sign in cell if not sign.isalpha()}
    if len(letters) != 1 or not signs <= FIGURE_SIGNS:
        return False
    word = letters[0]
    return (
        word in LOGICAL
        if not signs
        else word[:3] in MONTH_BEGINNINGS and any(map(str.isdigit, signs))
    )


def _as_written(cell: str) -> bool:
    try:
        return cell in (str(float(cell)), str(int(float(cell))))
    except (ValueError, OverflowError):
        return False
