"""Rooms, tracks and people of a document: matched by key, set where they differ, removed when nothing uses them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, Person, Room, SessionRole, Talk, TalkRole, Track
from eventsys.events.models import Event
from eventsys.exchange.document import Document, Part, Values
from eventsys.exchange.summary import Counts, Deed, Summary
from eventsys.streams.models import Stream


def differing(row: Any, values: Values) -> list[str]:
    """The columns of a row that are not yet as they shall be."""
    return [name for name, value in values.items() if getattr(row, name) != value]


def import_rooms(session: Session, event: Event, parts: list[Part] | None, counts: Counts) -> dict[str, Room]:
    """The rooms by key, also those that the document does not list."""
    return _import(session, Room, event, parts, counts)


def import_tracks(session: Session, event: Event, parts: list[Part] | None, counts: Counts) -> dict[str, Track]:
    return _import(session, Track, event, parts, counts)


def import_people(session: Session, event: Event, parts: list[Part] | None, counts: Counts) -> dict[str, Person]:
    return _import(session, Person, event, parts, counts)


def _import(session: Session, model: Any, event: Event, parts: list[Part] | None, counts: Counts) -> dict[str, Any]:
    known: dict[str, Any] = {row.key: row for row in session.scalars(select(model).where(model.event_id == event.id))}
    for position, part in enumerate(parts or ()):
        row = known.get(part.key)
        if row is None:
            known[part.key] = model(event_id=event.id, key=part.key, position=position, **part.values)
            session.add(known[part.key])
            counts.count(Deed.ADDED)
            continue
        names = differing(row, part.values)
        for name in names:
            setattr(row, name, part.values[name])
        counts.count(Deed.UPDATED if names else Deed.UNCHANGED)
        # The order follows the file, but a newcomer at the top is no news about all the others.
        if row.position != position:
            row.position = position
    return known


def remove_unused(session: Session, event: Event, document: Document, summary: Summary) -> None:
    """Remove what the document lists no more, unless a session that stays (a cancelled one too) needs it."""
    for model, parts, counts, used in (
        (Room, document.rooms, summary.rooms, _used(AgendaSession.room_id, event) | _streamed(event)),
        (Track, document.tracks, summary.tracks, _used(AgendaSession.track_id, event)),
        (Person, document.people, summary.people, _speaking(event)),
    ):
        if parts is None:
            continue
        gone = _gone(session, model, event, parts)
        in_use = {number for query in used for number in session.scalars(query)} if gone else set()
        for row in gone:
            if row.id not in in_use:
                session.delete(row)
                counts.count(Deed.WITHDRAWN)
    session.flush()


def _gone(session: Session, model: Any, event: Event, parts: list[Part]) -> list[Any]:
    keys = {part.key for part in parts}
    return [row for row in session.scalars(select(model).where(model.event_id == event.id)) if row.key not in keys]


def _used(column: Any, event: Event) -> set[Any]:
    return {select(column).where(AgendaSession.event_id == event.id, column.is_not(None))}


def _streamed(event: Event) -> set[Any]:
    return {select(Stream.room_id).where(Stream.event_id == event.id, Stream.room_id.is_not(None))}


def _speaking(event: Event) -> set[Any]:
    in_sessions = select(SessionRole.person_id).join(SessionRole.session).where(AgendaSession.event_id == event.id)
    in_talks = select(TalkRole.person_id).join(TalkRole.talk).join(Talk.session)
    return {in_sessions, in_talks.where(AgendaSession.event_id == event.id)}
