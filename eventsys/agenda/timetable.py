"""Where each session of a day stands on the page: rows are the moments when something changes, columns are rooms.

A row is as high as its minutes ask and grows with what is written in it, so nothing is ever cut; hours in which
nothing begins are drawn lower, empty ones lower still, and the labels of the axis keep telling the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from eventsys.agenda.models import PAUSES, AgendaSession, Room

HALF_HOUR = timedelta(minutes=30)
FIVE_MINUTES = timedelta(minutes=5)
# What runs longer than this is no slot of a day but runs through it: an exhibition, a hackathon.
THROUGH = timedelta(hours=12)
# static/css/agenda-grid.css has classes for this many rows and columns.
MOST_ROWS = 300
MOST_COLUMNS = 80
# So many rooms stand side by side on any wide screen; so many columns on a very wide one.
_FEW, _SOME = 3, 5


@dataclass(frozen=True)
class Cell:
    """One session on the grid. Rows and columns count from 1; the heads of the rooms and the axis are the first."""

    entry: AgendaSession
    row: int
    rows: int
    column: int
    columns: int
    is_pause: bool
    is_short: bool


@dataclass(frozen=True)
class Tick:
    """The top of a row. `steps` is its height in steps of five minutes; `kind` is begin, run, gap or end."""

    at: datetime
    row: int
    steps: int
    kind: str
    is_labelled: bool


@dataclass(frozen=True)
class Head:
    """A room above its columns; None for sessions that have none while others do."""

    room: Room | None
    column: int
    columns: int


@dataclass(frozen=True)
class Slot:
    """What begins at one moment: on a phone it is one group, and `parallel` says how many are a choice."""

    at: datetime
    cells: list[Cell]
    parallel: int


@dataclass(frozen=True)
class Timetable:
    """One day. `width` counts the columns of rooms; `through` holds what runs through the whole day.

    `size` is few, some or many: how much of the page's width the columns want. `is_list` says that the day has more moments or parallel sessions than a grid can show: it is drawn as a list.
    """

    heads: list[Head]
    ticks: list[Tick]
    slots: list[Slot]
    width: int
    through: list[AgendaSession]
    size: str
    is_list: bool


@dataclass(frozen=True)
class _Place:
    entry: AgendaSession
    column: int
    columns: int


def days_of(entries: Iterable[AgendaSession], zone: ZoneInfo) -> list[date]:
    """The local days on which sessions begin or run through; one after midnight belongs to the day it begins on."""
    days = set()
    for entry in entries:
        first = entry.starts_at.astimezone(zone).date()
        last = (entry.ends_at - timedelta(microseconds=1)).astimezone(zone).date() if _runs_through(entry) else first
        days |= {first + timedelta(days=number) for number in range(min((last - first).days, 60) + 1)}
    return sorted(days)


def sessions_on(entries: Iterable[AgendaSession], day: date, zone: ZoneInfo) -> list[AgendaSession]:
    """The sessions of one local day, in the order given."""
    found = []
    for entry in entries:
        first = entry.starts_at.astimezone(zone).date()
        last = (entry.ends_at - timedelta(microseconds=1)).astimezone(zone).date() if _runs_through(entry) else first
        if first <= day <= last:
            found.append(entry)
    return found


def laid_out(entries: Sequence[AgendaSession], rooms: Sequence[Room], zone: ZoneInfo) -> Timetable:
    """The timetable of one day's sessions, which come in order of time."""
    through = [entry for entry in entries if _runs_through(entry)]
    slotted = [entry for entry in entries if not _runs_through(entry)]
    heads, places = _placed(slotted, rooms)
    points = _points(slotted, zone)
    row_of = {point: number + 2 for number, point in enumerate(points)}
    cells = [_cell(place, row_of) for place in places]
    width = max((head.column + head.columns - 2 for head in heads), default=1)
    size = "few" if len(heads) <= _FEW and width <= 2 * len(heads) else "some" if width <= _SOME else "many"
    is_list = width > MOST_COLUMNS or len(points) > MOST_ROWS
    return Timetable(heads, _ticks(points, slotted, zone), _slots(cells), width, through, size, is_list)


def is_pause(entry: AgendaSession) -> bool:
    return entry.kind in PAUSES


def _runs_through(entry: AgendaSession) -> bool:
    return entry.ends_at - entry.starts_at >= THROUGH


def _overlap(one: AgendaSession, other: AgendaSession) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


# Columns


def _placed(entries: Sequence[AgendaSession], rooms: Sequence[Room]) -> tuple[list[Head], list[_Place]]:
    used = {entry.room_id for entry in entries if entry.room_id and not is_pause(entry)}
    shown = [room for room in rooms if room.id in used]
    known = {room.id for room in shown}
    wide = [entry for entry in entries if entry.room_id not in known]
    aside = _unplaceable(wide, [entry for entry in entries if entry.room_id in known])
    while True:
        groups: list[tuple[Room | None, list[AgendaSession]]] = [
            (room, [entry for entry in entries if entry.room_id == room.id]) for room in shown
        ]
        if aside or not shown:
            groups.append((None, [entry for entry in wide if entry.id in aside or not shown]))
        heads, places = _columns(groups)
        spread, failed = _spread([entry for entry in wide if entry.id not in aside and shown], heads, places)
        if not failed:
            return heads, _in_order(entries, places + spread)
        aside |= failed


def _in_order(entries: Sequence[AgendaSession], places: list[_Place]) -> list[_Place]:
    found = {place.entry.id: place for place in places}
    return [found[entry.id] for entry in entries]


def _unplaceable(wide: list[AgendaSession], roomed: list[AgendaSession]) -> set[int]:
    """Sessions without a room that are held beside others: they need a column of their own."""
    lone = [entry for entry in wide if not is_pause(entry)]
    return {
        entry.id
        for entry in lone
        if any(other is not entry and _overlap(entry, other) for other in [*roomed, *lone] if not is_pause(other))
    }


def _columns(groups: list[tuple[Room | None, list[AgendaSession]]]) -> tuple[list[Head], list[_Place]]:
    """A column a room, or several where its sessions overlap: side by side, never one over the other."""
    heads, places, column = [], [], 2
    laned = [(room, [_lanes(cluster) for cluster in _clusters(entries)]) for room, entries in groups]
    most = max((len(lane) for _, lanes in laned for lane in lanes), default=1)
    # A few rooms stay equally wide when two sessions share one; of many, the room that needs it grows.
    is_even = len(groups) <= _FEW and most == 2
    for room, lanes in laned:
        columns = most if is_even else max((len(lane) for lane in lanes), default=1)
        heads.append(Head(room, column, columns))
        for lane in lanes:
            for number, queue in enumerate(lane):
                start, end = number * columns // len(lane), (number + 1) * columns // len(lane)
                places += [_Place(entry, column + start, end - start) for entry in queue]
        column += columns
    return heads, places


def _clusters(entries: list[AgendaSession]) -> Iterable[list[AgendaSession]]:
    """Runs of sessions that hang together by overlapping."""
    cluster: list[AgendaSession] = []
    until: datetime | None = None
    for entry in entries:
        if until is not None and entry.starts_at >= until:
            yield cluster
            cluster, until = [], None
        cluster.append(entry)
        until = max(until or entry.ends_at, entry.ends_at)
    if cluster:
        yield cluster


def _lanes(cluster: list[AgendaSession]) -> list[list[AgendaSession]]:
    lanes: list[list[AgendaSession]] = []
    for entry in cluster:
        free = next((lane for lane in lanes if lane[-1].ends_at <= entry.starts_at), None)
        if free is None:
            lanes.append([entry])
        else:
            free.append(entry)
    return lanes


def _spread(wide: list[AgendaSession], heads: list[Head], places: list[_Place]) -> tuple[list[_Place], set[int]]:
    """Bands over all columns that are free while they last; those that find none are named."""
    last = heads[-1].column + heads[-1].columns if heads else 2
    spread: list[_Place] = []
    failed: set[int] = set()
    for entry in wide:
        taken: set[int] = set()
        for place in [*places, *spread]:
            if _overlap(place.entry, entry):
                taken |= set(range(place.column, place.column + place.columns))
        run = _longest_run([column for column in range(2, last) if column not in taken])
        if run:
            spread.append(_Place(entry, run[0], len(run)))
        else:
            failed.add(entry.id)
    return spread, failed


def _longest_run(columns: list[int]) -> list[int]:
    runs: list[list[int]] = []
    for column in columns:
        if runs and runs[-1][-1] == column - 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    return max(runs, key=len, default=[])


# Rows


def _points(entries: Sequence[AgendaSession], zone: ZoneInfo) -> list[datetime]:
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


def _cell(place: _Place, row_of: dict[datetime, int]) -> Cell:
    entry = place.entry
    row = row_of[entry.starts_at]
    rows = row_of[entry.ends_at] - row
    is_short = entry.ends_at - entry.starts_at <= timedelta(minutes=15)
    return Cell(entry, row, rows, place.column, place.columns, is_pause(entry), is_short)


def _ticks(points: list[datetime], entries: Sequence[AgendaSession], zone: ZoneInfo) -> list[Tick]:
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
    return [(cluster[0].starts_at, max(entry.ends_at for entry in cluster)) for cluster in _clusters(list(entries))]


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


def _slots(cells: list[Cell]) -> list[Slot]:
    groups: dict[datetime, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.entry.starts_at, []).append(cell)
    return [Slot(at, group, sum(not cell.is_pause for cell in group)) for at, group in groups.items()]
