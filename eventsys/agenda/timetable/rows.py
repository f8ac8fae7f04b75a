"""Rows: one for each stretch between two moments when something changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from eventsys.agenda.models import AgendaSession
from eventsys.agenda.timetable.columns import clusters
from eventsys.agenda.timetable.days import is_pause
from eventsys.agenda.timetable.shapes import Cell, Place, Slot, Tick

HALF_HOUR = timedelta(minutes=30)
FIVE_MINUTES = timedelta(minutes=5)
# static/css/agenda-grid.css has classes for this many rows.
MOST_ROWS = 300


def points_of(entries: Sequence[AgendaSession], zone: ZoneInfo) -> list[datetime]:
    """The moments that begin a row: starts, ends, and the half hours between them."""
    moments = {moment for entry in entries for moment in (entry.starts_at, entry.ends_at)}
    marks = {mark for entry in entries for mark in _half_hours(entry.starts_at, entry.ends_at, zone)}
    return sorted(moments | marks if len(moments | marks) <= MOST_ROWS else moments)


def _half_hours(start: datetime, end: datetime, zone: ZoneInfo) -> Iterable[datetime]:
    mark = _half_hour(start, zone) + HALF_HOUR
    while mark < end:
        yield mark
        mark += HALF_HOUR


def _half_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    """The last full or half hour of local clocks at or before a moment."""
    local = moment.astimezone(zone)
    return moment - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond) % HALF_HOUR


def cell_of(place: Place, row_of: dict[datetime, int]) -> Cell:
    entry = place.entry
    row = row_of[entry.starts_at]
    rows = row_of[entry.ends_at] - row
    is_short = entry.ends_at - entry.starts_at <= timedelta(minutes=15)
    return Cell(entry, row, rows, place.column, place.columns, is_pause(entry), is_short)


def ticks_of(points: list[datetime], entries: Sequence[AgendaSession], zone: ZoneInfo) -> list[Tick]:
    begins = {entry.starts_at for entry in entries if not is_pause(entry)}
    ends = _ends_of_stretches(entries)
    ticks = []
    for number, (at, until) in enumerate(pairwise(points)):
        steps = min(-(-(until - at) // FIVE_MINUTES), 12)
        is_gap = until - at >= HALF_HOUR and not any(start <= at < end for start, end in ends)
        kind = "gap" if is_gap else "begin" if at in begins else "run"
        ticks.append(Tick(at, number + 2, max(steps, 1), kind, is_labelled=False))
    if points:
        ticks.append(Tick(points[-1], len(points) + 1, 0, "end", is_labelled=False))
    return _labelled(ticks, zone)


def _ends_of_stretches(entries: Sequence[AgendaSession]) -> list[tuple[datetime, datetime]]:
    return [(cluster[0].starts_at, max(entry.ends_at for entry in cluster)) for cluster in clusters(list(entries))]


def _labelled(ticks: list[Tick], zone: ZoneInfo) -> list[Tick]:
    """Full and half hours carry a label, other moments where there is room for one."""
    majors = [tick.at for tick in ticks if tick.at.astimezone(zone).minute in (0, 30)]
    found: list[Tick] = []
    last: datetime | None = None
    for tick in ticks:
        is_major = tick.at in majors
        ahead = next((at for at in majors if at > tick.at), None)
        has_room = (last is None or tick.at - last >= timedelta(minutes=15)) and (
            ahead is None or ahead - tick.at >= timedelta(minutes=15)
        )
        shown = is_major or has_room
        last = tick.at if shown else last
        found.append(replace(tick, is_labelled=shown))
    return found


def slots_of(cells: list[Cell]) -> list[Slot]:
    groups: dict[datetime, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.entry.starts_at, []).append(cell)
    return [Slot(at, group, sum(not cell.is_pause for cell in group)) for at, group in groups.items()]
