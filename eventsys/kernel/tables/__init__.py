"""Tables that people write and open in a spreadsheet: CSV and XLSX in, CSV and XLSX out."""

from __future__ import annotations

from eventsys.kernel.tables.cells import Cell, FileRefused, Row, Table, as_text
from eventsys.kernel.tables.reading import read_table
from eventsys.kernel.tables.writing import Sheet, write_csv, write_table, write_xlsx

__all__ = [
    "Cell", "FileRefused", "Row", "Sheet", "Table", "as_text", "read_table", "write_csv", "write_table", "write_xlsx",
]  # fmt: skip
