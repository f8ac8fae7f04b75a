"""Points: where people are let in or handed something; added one by one or for every day and session at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.checkin import rules
from eventsys.checkin.actions.halting import halt_scans
from eventsys.checkin.errors import EntranceStays, PointTaken, PointUnknown, PointUsed
from eventsys.checkin.models import Point, PointKind, Scan
from eventsys.events.models import Event
from eventsys.kernel.locale import say_day
from eventsys.kernel.text import clean_line, slugified

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def ensure_entrance(session: Session, event_id: int) -> None:
    """Every event has the point `entrance`; whoever needs it first makes it, and two who come at once make one."""
    has_it = select(Point.id).where(Point.event_id == event_id, Point.key == rules.ENTRANCE)
    if session.scalar(has_it) is not None:
        return
    insert = _INSERTS[session.get_bind().dialect.name]
    values = {"event_id": event_id, "key": rules.ENTRANCE, "name": _("Entrance")}
    session.execute(insert(Point).values(values).on_conflict_do_nothing(index_elements=["event_id", "key"]))


def add_point(
    session: Session,
    event: Event,
    name: str,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    **conditions: Any,
) -> Point:
    """A further door, day, session or item; its key comes from its name and stays. Raises PointTaken."""
    name = clean_line(name)
    key = slugified(name, most=60) or "point"
    if key in _keys(session, event.id):
        raise PointTaken(field="name")
    return _add(session, event.id, key, name, opens_at=opens_at, closes_at=closes_at, **conditions)


def add_days(session: Session, event: Event) -> list[Point]:
    """A point for each day of the event that has none yet, open all that day to those who come on it."""
    known = set(session.scalars(select(Point.day).where(Point.event_id == event.id, Point.kind == PointKind.DAY)))
    missing = [day for day in days_of(event) if day not in known]
    keys = _keys(session, event.id)
    return [
        _add(session, event.id, _free(f"day-{day}", keys), say_day(day), kind=PointKind.DAY, day=day) for day in missing
    ]


def add_sessions(session: Session, event: Event, entries: list[AgendaSession]) -> list[Point]:
    """A point for each of these sessions that has none yet, open half an hour before it to those who signed up."""
    known = set(session.scalars(select(Point.session_key).where(Point.event_id == event.id)))
    keys = _keys(session, event.id)
    return [
        _add(
            session, event.id, _free(f"session-{entry.key}"[:90], keys), clean_line(entry.title)[:100],
            kind=PointKind.SESSION, session_key=entry.key,
        )
        for entry in entries
        if entry.key not in known
    ]  # fmt: skip


def days_of(event: Event) -> list[date]:
    """The local days on which an event takes place."""
    first = rules.local_day(event.starts_at, event.zone)
    last = rules.door_day(event.ends_at, starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone)
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def change_point(
    session: Session,
    point: Point,
    *,
    name: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    **conditions: Any,
) -> None:
    """Another name, window or condition, from now on: scans made so far keep their answers."""
    point.name, point.opens_at, point.closes_at = clean_line(name), opens_at, closes_at
    for column, value in conditions.items():
        setattr(point, column, value)
    session.flush()


def remove_point(session: Session, point: Point) -> None:
    """Take away a point where nobody was scanned. Raises EntranceStays, PointUsed and DoorBusy."""
    if point.key == rules.ENTRANCE:
        raise EntranceStays
    halt_scans(session)
    was_used = exists().where(Scan.event_id == point.event_id, Scan.point_key == point.key)
    if session.scalar(select(was_used)):
        raise PointUsed(point=point.name)
    session.delete(point)
    session.flush()


def move_point(session: Session, point: Point, *, by: int) -> None:
    """One place earlier (`by` -1) or later (1) among those of its kind; at either end it stays.

    Desks read all points in this order.
    """
    query = select(Point).where(Point.event_id == point.event_id).order_by(Point.position, Point.id)
    points = list(session.scalars(query))
    alike = [one for one in points if one.kind == point.kind]
    place = alike.index(point) + by
    if 0 <= place < len(alike):
        points.remove(point)
        points.insert(points.index(alike[place]) + (by > 0), point)
    for position, one in enumerate(points):
        one.position = position
    session.flush()


def _keys(session: Session, event_id: int) -> set[str]:
    return set(session.scalars(select(Point.key).where(Point.event_id == event_id)))


def _free(key: str, taken: set[str]) -> str:
    """The key, or the first of key-2, key-3 … that no point has."""
    found, number = key, 1
    while found in taken:
        number += 1
        found = f"{key}-{number}"
    taken.add(found)
    return found


def _add(session: Session, event_id: int, key: str, name: str, **values: Any) -> Point:
    last = session.scalar(select(func.max(Point.position)).where(Point.event_id == event_id))
    point = Point(event_id=event_id, key=key, name=name, position=(-1 if last is None else last) + 1, **values)
    session.add(point)
    session.flush()
    return point


def find_point(session: Session, event_id: int, key: str) -> Point:
    """A point of an event by its key; raises PointUnknown."""
    point = session.scalar(select(Point).where(Point.event_id == event_id, Point.key == key))
    if point is None:
        raise PointUnknown(point=key)
    return point
