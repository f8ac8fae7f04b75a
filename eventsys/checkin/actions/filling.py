"""A room that is full lets nobody in: asked last, when a scan has passed all other conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from eventsys.checkin import rules
from eventsys.checkin.actions.settling import Day, DayKey
from eventsys.checkin.models import Admission, Outcome, Point
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import Passage, Place

_point = cast(Table, Point.__table__)
_admission = cast(Table, Admission.__table__)


def stop_when_full(session: Session, desk: Desk, readings: Sequence[Any], days: dict[DayKey, Day]) -> list[Any]:
    """The readings, those refused that would bring one more into a full room; they come in the order of their instants.

    A scan made without network is entered as it happened: whom the desk let in is inside, and the room counts them.
    """
    limited = {key for key, place in desk.places.items() if place.seats is not None}
    asked = {reading.day for reading in readings if reading.day and reading.day.point in limited}
    if not asked:
        return list(readings)
    rooms = _Rooms(desk, _inside(session, desk, asked), {key: list(days[key].passages.values()) for key in asked})
    return [rooms.judged(reading) if reading.day in asked else reading for reading in readings]


def _inside(session: Session, desk: Desk, asked: set[DayKey]) -> dict[tuple[str, date], int]:
    """How many are inside by point and day; until the caller commits nobody else fills these rooms."""
    points = sorted({key.point for key in asked})
    # People are locked before, and rooms by their rows: no two calls wait for one another.
    lock = select(_point.c.id).where(_point.c.event_id == desk.event_id, _point.c.key.in_(points))
    session.execute(lock.order_by(_point.c.id).with_for_update())
    columns = _admission.c
    rows = session.execute(
        select(columns.point_key, columns.day, func.count())
        .where(columns.event_id == desk.event_id, columns.point_key.in_(points), columns.is_inside)
        .where(columns.day.in_({key.day for key in asked}))
        .group_by(columns.point_key, columns.day)
    )
    return {(point, day): number for point, day, number in rows}


class _Rooms:
    """Who is inside while the scans of one call come in and leave one after the other."""

    def __init__(self, desk: Desk, inside: dict[tuple[str, date], int], passages: dict[DayKey, list[Passage]]) -> None:
        self._places, self._inside, self._passages = desk.places, inside, passages

    def judged(self, reading: Any) -> Any:
        """The reading, refused where its room is full; else its room counts it."""
        key: DayKey = reading.day
        place, room = self._places[key.point], (key.point, key.day)
        was_inside = self._is_inside(place, key)
        self._passages[key].append(reading.passage)
        change = self._is_inside(place, key) - was_inside
        inside = self._inside.get(room, 0)
        would_enter = change > 0 and not reading.entry.is_offline
        if would_enter and rules.is_full(place, reading.entry.direction, inside=inside, is_inside=was_inside):
            self._passages[key].pop()
            return replace(reading, refusal=Outcome.FULL, day=None)
        self._inside[room] = inside + change
        return reading

    def _is_inside(self, place: Place, key: DayKey) -> bool:
        return rules.told(self._passages[key], repeats=place.repeats)[1].is_inside
