"""What a table holds, and how a refusal says where in a file something is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any

from flask_babel import gettext as _

from eventsys.kernel.errors import BadInput
from eventsys.kernel.text import clean_line

Cell = str | int | float | bool | datetime | date | time | timedelta | None


class FileRefused(BadInput):
    """A file that cannot be taken, said in one line: file, line or place, column, reason.

    `line` counts from 1, the headings being line 1; `at` names a place in a file without rows (`sessions[3].room`).
    """

    code = "file_refused"

    def __init__(
        self, file: str, reason: Any, *, line: int | None = None, column: str | None = None, at: str | None = None
    ) -> None:
        self.file, self.reason, self.line, self.column, self.at = shown_name(file), reason, line, column, at
        super().__init__(field=column)

    def __str__(self) -> str:
        parts = [self.file]
        if self.line is not None:
            parts.append(_("line %(line)d", line=self.line))
        if self.column:
            parts.append(_("column “%(column)s”", column=self.column))
        if self.at:
            parts.append(self.at)
        return clean_line(f"{', '.join(parts)}: {self.reason}")


def shown_name(file: str) -> str:
    """The last part of a path, on one line: what a message may say of a name that somebody sent."""
    return clean_line(PurePath(file.replace("\\", "/")).name)[:120] or "file"


@dataclass(frozen=True)
class Row:
    """One row by column names. `line` is where it begins in the file (the headings are line 1)."""

    line: int
    values: dict[str, Cell]

    def text(self, column: str) -> str:
        """The cell as people read it, on as many lines as they wrote; absent and empty are both empty."""
        return as_text(self.values.get(column))


@dataclass(frozen=True)
class Table:
    """A sheet with headings. Rows without any content are left out; `file` is the name for messages."""

    file: str
    columns: list[str]
    rows: list[Row] = field(default_factory=list)

    def refusal(self, reason: Any, *, line: int | None = None, column: str | None = None) -> FileRefused:
        """The refusal of something in this table, to be raised by who understands what its columns mean."""
        return FileRefused(self.file, reason, line=line, column=column)


def as_text(cell: Cell) -> str:
    """A cell as text: whole numbers without `.0`, dates and times in ISO 8601, yes and no as `true` and `false`."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)


def headed(file: str, cells: Iterable[Cell], *, line: int) -> list[str]:
    """The headings of a sheet, each on one line; the same heading twice is refused."""
    columns = [clean_line(as_text(cell)) for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if not any(columns):
        raise FileRefused(file, _("the first line must hold the headings of the columns"), line=line)
    for number, name in enumerate(columns):
        if name and name in columns[:number]:
            raise FileRefused(file, _("this heading is there twice"), line=line, column=name)
    return columns
