"""CSV and XLSX written row by row; no cell of theirs is ever taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path
from typing import IO, Any

from eventsys.kernel.tables.cells import Cell, as_text
from eventsys.kernel.tables.reading import DANGEROUS

# A workbook's cell holds no more characters than this (ECMA-376 as Excel reads it).
MOST_CHARACTERS = 32_767


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook. `widths` are in characters; a column without one gets 16."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str = "Table") -> None:
    """Write XLSX or CSV, as the ending of the path says."""
    with path.open("wb") as out:
        if path.suffix.lower() == ".xlsx":
            write_xlsx(out, Sheet(name, columns, rows))
        else:
            write_csv(out, columns, rows)


def write_csv(
    out: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, with_mark: bool = False
) -> None:
    """UTF-8 with commas. `with_mark` begins with a byte order mark, by which Excel knows UTF-8."""
    if with_mark:
        out.write(b"\xef\xbb\xbf")
    writer = csv.writer(_Encoded(out), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in chain([columns], rows):
        writer.writerow([_for_csv(cell) for cell in row])


def guarded(text: str) -> str:
    """A text with an apostrophe before what a spreadsheet would calculate; `read_table` takes it off again."""
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text


def _for_csv(cell: Cell) -> str | int | float:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    return guarded(cell if isinstance(cell, str) else as_text(cell))


class _Encoded:
    """What csv writes to: text in, UTF-8 out, nothing kept."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, text: str) -> int:
        return self._out.write(text.encode("utf-8", "replace"))


def write_xlsx(out: IO[bytes], *sheets: Sheet) -> None:
    """A workbook with a frozen line of headings and a filter on each sheet; memory does not grow with its rows."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        formats = _formats(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(_sheet_name(sheet.name)), sheet, formats)


def _formats(book: Any) -> dict[str, Any]:
    named = {
        "heading": {"bold": True, "bottom": 1, "valign": "top"},
        # Without the mark, Excel would calculate a text such as =1+1 as soon as somebody edits the cell.
        "guarded": {"quote_prefix": True},
        "datetime": {"num_format": "yyyy-mm-dd hh:mm"},
        "date": {"num_format": "yyyy-mm-dd"},
        "time": {"num_format": "hh:mm"},
    }
    return {name: book.add_format(values) for name, values in named.items()}


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    for number in range(len(sheet.columns)):
        page.set_column(number, number, sheet.widths[number] if number < len(sheet.widths) else 16)
    for number, name in enumerate(sheet.columns):
        page.write_string(0, number, name, formats["heading"])
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        for number, cell in enumerate(row):
            if cell is not None and cell != "":
                _write_cell(page, last, number, cell, formats)
    page.autofilter(0, 0, last, max(0, len(sheet.columns) - 1))


def _write_cell(page: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    if isinstance(cell, str):
        style = formats["guarded"] if cell.startswith(DANGEROUS) else None
        page.write_string(row, column, cell[:MOST_CHARACTERS], style)
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell.replace(tzinfo=None), formats["datetime"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, formats["date"])
    elif isinstance(cell, time):
        page.write_datetime(row, column, cell.replace(tzinfo=None), formats["time"])
    else:
        page.write_string(row, column, as_text(cell))


def _sheet_name(name: str) -> str:
    """At most 31 characters, none that a sheet's name may not have."""
    return "".join(c for c in name if c not in "[]:*?/\\'")[:31].strip() or "Table"
