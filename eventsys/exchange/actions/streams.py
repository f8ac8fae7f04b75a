"""The streams of a document: one a room, one a session, matched by their place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, Room
from eventsys.events.models import Event
from eventsys.exchange.document import Document, StreamPart, Unspoken
from eventsys.streams.actions import add_stream, change_stream, remove_stream
from eventsys.streams.models import Stream


def import_streams(
    session: Session, event: Event, document: Document, rooms: dict[str, Room], *, now: datetime
) -> None:
    """Put streams where the document has them and take them off where it speaks of a place without one."""
    streams = session.scalars(select(Stream).where(Stream.event_id == event.id)).all()
    by_room = {stream.room_id: stream for stream in streams if stream.room_id}
    by_session = {stream.session_id: stream for stream in streams if stream.session_id}
    if document.streams is not None:
        for key, room in rooms.items():
            _set(session, event, room, by_room.get(room.id), document.streams.get(key), now)
    wanted = {part.key: part.stream for part in document.sessions or () if not isinstance(part.stream, Unspoken)}
    if not any(wanted.values()) and not by_session:
        return
    for entry in session.scalars(select(AgendaSession).where(AgendaSession.event_id == event.id)):
        if entry.key in wanted:
            _set(session, event, entry, by_session.get(entry.id), wanted[entry.key], now)


def _set(
    session: Session,
    event: Event,
    place: Room | AgendaSession,
    known: Stream | None,
    wanted: StreamPart | None,
    now: datetime,
) -> None:
    if wanted is None:
        if known is not None:
            remove_stream(session, known, now=now)
        return
    values = {"url": wanted.url, "audience": wanted.audience, "opens_minutes_before": wanted.opens_minutes_before}
    if known is None:
        add_stream(session, event, place, now=now, **values)  # type: ignore[arg-type]
    elif any(getattr(known, name) != value for name, value in values.items()):
        change_stream(session, known, now=now, **values)  # type: ignore[arg-type]
