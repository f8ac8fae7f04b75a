"""Rooms and tracks come, change their names, and go; the sessions in them stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda import rules
from eventsys.agenda.actions.keys import key_for, set_values
from eventsys.agenda.models import AgendaSession, Room, Track
from eventsys.events.models import Event


def add_room(session: Session, event: Event, *, name: str, key: str | None = None, **values: Any) -> Room:
    """A room with `seats` (None: not counted), after the others unless `position` is given. Raises KeyTaken."""
    values.setdefault("position", _next_position(session, Room, event.id))
    room = Room(event_id=event.id, key=key_for(session, Room, event.id, name, key))
    set_values(room, values | {"name": name})
    session.add(room)
    session.flush()
    return room


def update_room(session: Session, room: Room, **values: Any) -> None:
    """Change `name`, `seats` or `position`; calendars that show the name follow."""
    set_values(room, values)
    session.flush()


def order_rooms(session: Session, rooms: Sequence[Room]) -> None:
    """Draw the rooms in this order."""
    for position, room in enumerate(rooms):
        set_values(room, {"position": position})
    session.flush()


def remove_room(session: Session, room: Room) -> None:
    """Take a room away; its sessions stay, without one."""
    # Through the ORM, so that each session's SEQUENCE and the facts say that its place has changed.
    for entry in session.scalars(select(AgendaSession).where(AgendaSession.room_id == room.id)):
        entry.room = None
    session.flush()
    session.delete(room)
    session.flush()


def add_track(
    session: Session, event: Event, *, name: str, key: str | None = None, colour: str = "", **values: Any
) -> Track:
    """A track, after the others unless `position` is given. Raises KeyTaken, ColourUnknown."""
    values.setdefault("position", _next_position(session, Track, event.id))
    track = Track(event_id=event.id, key=key_for(session, Track, event.id, name, key))
    set_values(track, values | {"name": name, "colour": rules.colour_of(colour)})
    session.add(track)
    session.flush()
    return track


def update_track(session: Session, track: Track, **values: Any) -> None:
    """Change `name`, `colour` or `position`. Raises ColourUnknown."""
    if "colour" in values:
        values["colour"] = rules.colour_of(values["colour"])
    set_values(track, values)
    session.flush()


def remove_track(session: Session, track: Track) -> None:
    """Take a track away; its sessions stay, without one."""
    for entry in session.scalars(select(AgendaSession).where(AgendaSession.track_id == track.id)):
        entry.track = None
    session.flush()
    session.delete(track)
    session.flush()


def _next_position(session: Session, model: type[Room] | type[Track], event_id: int) -> int:
    last = session.scalar(select(func.max(model.position)).where(model.event_id == event_id))
    return 0 if last is None else last + 1
