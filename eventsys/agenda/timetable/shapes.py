"""What a timetable is made of: cells, ticks, heads, and what begins together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from eventsys.agenda.models import AgendaSession, Room


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

    `size` is few, some or many: how much of the page's width the columns want. `is_list` says that the day has more
    moments or parallel sessions than a grid can show: it is drawn as a list.
    """

    heads: list[Head]
    ticks: list[Tick]
    slots: list[Slot]
    width: int
    through: list[AgendaSession]
    size: str
    is_list: bool


@dataclass(frozen=True)
class Place:
    """The columns of a session, before its rows are known."""

    entry: AgendaSession
    column: int
    columns: int
