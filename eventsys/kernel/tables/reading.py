"""CSV and XLSX read into rows, with limits that no file can talk its way past."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext as _

from eventsys.kernel.tables.cells import Cell, FileRefused, Row, Table, headed
from eventsys.kernel.tables.unpacking import refuse_bombs

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 200
_XLSX = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MARK = "\ufeff"


def read_table(data: bytes, filename: str, *, most_rows: int = MOST_ROWS) -> Table:
    """The first sheet of an XLSX file, or a CSV file (UTF-8; comma, semicolon or tab); the content decides which.

    Raises FileRefused. Dates and times of XLSX stay typed; everything in CSV is text.
    """
    if len(data) > MOST_BYTES:
        raise FileRefused(filename, _("the file is larger than %(most)d MB", most=MOST_BYTES // 1024 // 1024))
    if data.startswith(_OLD_EXCEL):
        raise FileRefused(filename, _("this is an old Excel file; save it as .xlsx or as CSV UTF-8"))
    cells = _xlsx_cells(data, filename, most_rows) if data.startswith(_XLSX) else _csv_cells(data, filename)
    return _as_table(filename, cells, most_rows)


def _as_table(filename: str, lines: Iterable[tuple[int, Sequence[Cell]]], most_rows: int) -> Table:
    columns: list[str] = []
    rows: list[Row] = []
    for line, cells in lines:
        if all(cell is None or cell == "" for cell in cells):
            continue
        if not columns:
            columns = headed(filename, cells, line=line)
            continue
        if len(rows) >= most_rows:
            raise FileRefused(filename, _("there are more than %(most)d rows", most=most_rows), line=line)
        rows.append(Row(line, _by_column(filename, columns, cells, line)))
    if not columns:
        raise FileRefused(filename, _("the file is empty"), line=1)
    return Table(filename, columns, rows)


def _by_column(filename: str, columns: list[str], cells: Sequence[Cell], line: int) -> dict[str, Cell]:
    values: dict[str, Cell] = {}
    for number, cell in enumerate(cells):
        name = columns[number] if number < len(columns) else ""
        if name:
            values[name] = cell
        elif cell not in (None, ""):
            reason = _("cell %(number)d has content, but its column has no heading", number=number + 1)
            raise FileRefused(filename, reason, line=line)
    return values


def _csv_cells(data: bytes, filename: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    text = _decoded(data, filename)
    first_line, _rest = (text + "\n").split("\n", 1)
    if first_line.lower().startswith("sep=") and len(first_line.strip()) == 5:
        delimiter, skipped = first_line[4], 1
    else:
        delimiter, skipped = _delimiter(first_line), 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    while True:
        # A quoted cell may span lines: a row is told by the line it begins on.
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(filename, _("this row cannot be read (%(why)s)", why=error), line=line) from error
        if len(cells) > MOST_COLUMNS:
            raise FileRefused(filename, _("there are more than %(most)d columns", most=MOST_COLUMNS), line=line)
        if line > skipped:
            yield line, [_restored(cell) for cell in cells]


def _decoded(data: bytes, filename: str) -> str:
    coding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused(filename, _("this is not UTF-8; in Excel, save as “CSV UTF-8”"), line=line) from error
    if "\0" in text:
        reason = _("this is no text; CSV or XLSX was expected")
        raise FileRefused(filename, reason, line=text.count("\n", 0, text.index("\0")) + 1)
    return text.removeprefix(_MARK)


def _delimiter(headings: str) -> str:
    """The separator that cuts the headings into the most pieces; a comma where none does."""
    outside = "".join(headings.split('"')[::2])
    return max(",;\t", key=outside.count)


def _restored(cell: str) -> str:
    """The text that our own export guarded with an apostrophe (see `writing.guarded`)."""
    bare = cell.lstrip("'")
    return cell[1:] if bare != cell and bare.startswith(DANGEROUS) else cell


# What spreadsheets take for the start of a formula, in the widths they fold.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _xlsx_cells(data: bytes, filename: str, most_rows: int) -> Iterator[tuple[int, Sequence[Cell]]]:
    from openpyxl import load_workbook

    # The library remarks on styles it does not know; a command says one line or none.
    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    refuse_bombs(data, filename)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What the sheet says of its own size is not believed.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=most_rows + 2, max_col=MOST_COLUMNS + 1, values_only=True)
        for line, cells in enumerate(rows, start=1):
            if len(cells) > MOST_COLUMNS and cells[MOST_COLUMNS] is not None:
                raise FileRefused(filename, _("there are more than %(most)d columns", most=MOST_COLUMNS), line=line)
            yield line, cells  # type: ignore[misc]
    except FileRefused:
        raise
    except Exception as error:
        # A damaged workbook can fail anywhere inside the library, with any exception.
        reason = _("this workbook is damaged or no .xlsx (%(why)s)", why=type(error).__name__)
        raise FileRefused(filename, reason) from error
