"""Writes static/css/agenda-grid.css: a class for each row, column and height that a timetable may need."""

from __future__ import annotations

from pathlib import Path

ROWS, COLUMNS, STEPS = 302, 82, 12
HEAD = """/* Where things stand on a timetable: rows, columns and heights by number, as pages carry no style.
   Written by scripts/agenda_grid.py; eventsys/agenda/timetable/ counts on these numbers. */
@layer pages {
"""


def sheet() -> str:
    lines = [f".r{n}{{--r:{n}}}" for n in range(1, ROWS + 1)]
    lines += [f".n{n}{{--n:{n}}}" for n in range(1, ROWS + 1)]
    lines += [f".c{n}{{--c:{n}}}" for n in range(1, COLUMNS + 1)]
    lines += [f".w{n}{{--w:{n}}}" for n in range(1, COLUMNS + 1)]
    lines += [f".h{n}{{--h:{n}}}" for n in range(1, STEPS + 1)]
    return HEAD + "\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    Path(__file__).resolve().parent.parent.joinpath("static/css/agenda-grid.css").write_text(sheet())
