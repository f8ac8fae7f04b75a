"""Reads of streams with the sessions they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from eventsys.agenda.models import AgendaSession, SessionRole, Talk, TalkRole
from eventsys.registration.models import Audience
from eventsys.streams.models import Stream


def streams_of(session: Session, event_id: int) -> Sequence[Stream]:
    """All streams of an event with room and session, rooms first in their order."""
    found = session.scalars(
        select(Stream)
        .where(Stream.event_id == event_id)
        .options(selectinload(Stream.room), selectinload(Stream.session))
    ).all()
    return sorted(found, key=_order)


def _order(stream: Stream) -> tuple[int, float, int]:
    if stream.room is not None:
        return (0, stream.room.position, stream.id)
    return (1, stream.session.starts_at.timestamp() if stream.session else 0, stream.id)


def find_stream(session: Session, event_id: int, number: int) -> Stream | None:
    """One stream of this event, never of another."""
    return session.scalar(select(Stream).where(Stream.event_id == event_id, Stream.id == number))


def stream_of_session(session: Session, entry: AgendaSession) -> Stream | None:
    """The stream that shows a session: its own, else that of its room."""
    own = session.scalar(select(Stream).where(Stream.session_id == entry.id))
    if own is not None or entry.room_id is None:
        return own
    return session.scalar(select(Stream).where(Stream.room_id == entry.room_id))


def shown_sessions(session: Session, streams: Sequence[Stream]) -> Sequence[AgendaSession]:
    """The sessions that any of these streams shows, without their long texts and people."""
    rooms = [stream.room_id for stream in streams if stream.room_id is not None]
    entries = [stream.session_id for stream in streams if stream.session_id is not None]
    return session.scalars(
        select(AgendaSession)
        .where(or_(AgendaSession.room_id.in_(rooms), AgendaSession.id.in_(entries)))
        .options(defer(AgendaSession.abstract))
        .order_by(AgendaSession.starts_at, AgendaSession.id)
    ).all()


def load_people(session: Session, entries: Iterable[AgendaSession]) -> None:
    """Fetch room and people of these sessions, so that a page may name them without asking once for each."""
    session.scalars(
        select(AgendaSession)
        .where(AgendaSession.id.in_([entry.id for entry in entries]))
        .options(
            defer(AgendaSession.abstract),
            joinedload(AgendaSession.room),
            selectinload(AgendaSession.roles).joinedload(SessionRole.person),
            selectinload(AgendaSession.talks).selectinload(Talk.roles).joinedload(TalkRole.person),
        )
    ).all()


def streamed_places(session: Session, event_id: int) -> tuple[set[int], set[int]]:
    """Ids of the rooms and of the sessions that have a stream: what a public page may tell, so none for the team."""
    rows = session.execute(select(Stream.room_id, Stream.session_id).where(*_told(event_id))).all()
    return {room for room, _ in rows if room is not None}, {entry for _, entry in rows if entry is not None}


def has_streams(session: Session, event_id: int) -> bool:
    """Whether a public page may tell of any stream."""
    return session.scalar(select(Stream.id).where(*_told(event_id)).limit(1)) is not None


def _told(event_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Stream.event_id == event_id, Stream.audience != Audience.STAFF)
