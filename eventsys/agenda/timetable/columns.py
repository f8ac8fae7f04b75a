"""Columns: rooms side by side, what overlaps in one room side by side too, breaks over all that is free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from eventsys.agenda.models import AgendaSession, Room
from eventsys.agenda.timetable.days import is_pause, overlap
from eventsys.agenda.timetable.shapes import Head, Place

# So many rooms stand side by side on any wide screen.
FEW = 3


def placed(entries: Sequence[AgendaSession], rooms: Sequence[Room]) -> tuple[list[Head], list[Place]]:
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


def _in_order(entries: Sequence[AgendaSession], places: list[Place]) -> list[Place]:
    found = {place.entry.id: place for place in places}
    return [found[entry.id] for entry in entries]


def _unplaceable(wide: list[AgendaSession], roomed: list[AgendaSession]) -> set[int]:
    """Sessions without a room that are held beside others: they need a column of their own."""
    lone = [entry for entry in wide if not is_pause(entry)]
    return {
        entry.id
        for entry in lone
        if any(other is not entry and overlap(entry, other) for other in [*roomed, *lone] if not is_pause(other))
    }


def _columns(groups: list[tuple[Room | None, list[AgendaSession]]]) -> tuple[list[Head], list[Place]]:
    """A column a room, or several where its sessions overlap: side by side, never one over the other."""
    heads, places, column = [], [], 2
    laned = [(room, [_lanes(cluster) for cluster in clusters(entries)]) for room, entries in groups]
    most = max((len(lane) for _, lanes in laned for lane in lanes), default=1)
    # A few rooms stay equally wide when two sessions share one; of many, the room that needs it grows.
    is_even = len(groups) <= FEW and most == 2
    for room, lanes in laned:
        columns = most if is_even else max((len(lane) for lane in lanes), default=1)
        heads.append(Head(room, column, columns))
        for lane in lanes:
            for number, queue in enumerate(lane):
                start, end = number * columns // len(lane), (number + 1) * columns // len(lane)
                places += [Place(entry, column + start, end - start) for entry in queue]
        column += columns
    return heads, places


def clusters(entries: list[AgendaSession]) -> Iterable[list[AgendaSession]]:
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


def _spread(wide: list[AgendaSession], heads: list[Head], places: list[Place]) -> tuple[list[Place], set[int]]:
    """Bands over all columns that are free while they last; those that find none are named."""
    last = heads[-1].column + heads[-1].columns if heads else 2
    spread: list[Place] = []
    failed: set[int] = set()
    for entry in wide:
        taken: set[int] = set()
        for place in [*places, *spread]:
            if overlap(place.entry, entry):
                taken |= set(range(place.column, place.column + place.columns))
        run = _longest_run([column for column in range(2, last) if column not in taken])
        if run:
            spread.append(Place(entry, run[0], len(run)))
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
