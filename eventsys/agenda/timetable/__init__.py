"""Where each session of a day stands on the page: rows are the moments when something changes, columns are rooms.

A row is as high as its minutes ask and grows with what is written in it, so nothing is ever cut; hours in which
nothing begins are drawn lower, empty ones lower still, and the labels of the axis keep telling the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from eventsys.agenda.models import AgendaSession, Room
from eventsys.agenda.timetable.columns import FEW, placed
from eventsys.agenda.timetable.days import days_of, is_pause, runs_through, sessions_on
from eventsys.agenda.timetable.rows import MOST_ROWS, cell_of, points_of, slots_of, ticks_of
from eventsys.agenda.timetable.shapes import Cell, Head, Slot, Tick, Timetable

__all__ = ["Cell", "Head", "Slot", "Tick", "Timetable", "days_of", "is_pause", "laid_out", "sessions_on"]

# static/css/agenda-grid.css has classes for this many columns; so many stand on a very wide screen without scrolling.
MOST_COLUMNS = 80
_SOME = 5


def laid_out(entries: Sequence[AgendaSession], rooms: Sequence[Room], zone: ZoneInfo) -> Timetable:
    """The timetable of one day's sessions, which come in order of time."""
    through = [entry for entry in entries if runs_through(entry)]
    slotted = [entry for entry in entries if not runs_through(entry)]
    heads, places = placed(slotted, rooms)
    points = points_of(slotted, zone)
    row_of = {point: number + 2 for number, point in enumerate(points)}
    cells = [cell_of(place, row_of) for place in places]
    width = max((head.column + head.columns - 2 for head in heads), default=1)
    size = "few" if len(heads) <= FEW and width <= 2 * len(heads) else "some" if width <= _SOME else "many"
    is_list = width > MOST_COLUMNS or len(points) > MOST_ROWS
    return Timetable(heads, ticks_of(points, slotted, zone), slots_of(cells), width, through, size, is_list)
