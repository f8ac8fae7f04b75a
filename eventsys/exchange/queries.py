"""A whole event read at once, in a fixed number of queries, for everything that leaves as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from eventsys.agenda.models import AgendaSession, Person, Room, SessionRole, Talk, TalkRole, Track
from eventsys.badges.models import BadgeDesign
from eventsys.badges.queries import designs_of
from eventsys.checkin.models import Point
from eventsys.events.models import Event
from eventsys.registration.models import PoolKind, Question, RegistrationSettings, SeatPool
from eventsys.streams.models import Stream


@dataclass(frozen=True, kw_only=True)
class Whole:
    """An event with all that an export may say of it. `seats` by mode; sessions by start, room and position."""

    event: Event
    settings: RegistrationSettings | None
    seats: dict[str, int | None]
    questions: Sequence[Question]
    rooms: Sequence[Room]
    tracks: Sequence[Track]
    people: Sequence[Person]
    sessions: Sequence[AgendaSession]
    streams: Sequence[Stream]
    designs: Sequence[BadgeDesign]
    points: Sequence[Point]


def whole_event(session: Session, event: Event) -> Whole:
    """Everything of one event but its registrations, materials, devices and scans."""
    pools = session.scalars(
        select(SeatPool)
        .where(SeatPool.event_id == event.id, SeatPool.kind == PoolKind.MODE)
        .order_by(SeatPool.mode.desc())
    )
    return Whole(
        event=event,
        settings=session.get(RegistrationSettings, event.id),
        seats={pool.mode: pool.seats for pool in pools},
        questions=session.scalars(
            select(Question)
            .where(Question.event_id == event.id, Question.retired_at.is_(None))
            .order_by(Question.position, Question.id)
        ).all(),
        rooms=session.scalars(select(Room).where(Room.event_id == event.id).order_by(Room.position, Room.id)).all(),
        tracks=session.scalars(
            select(Track).where(Track.event_id == event.id).order_by(Track.position, Track.id)
        ).all(),
        people=session.scalars(
            select(Person).where(Person.event_id == event.id).order_by(Person.position, Person.id)
        ).all(),
        sessions=sessions_of(session, event.id),
        streams=session.scalars(select(Stream).where(Stream.event_id == event.id).order_by(Stream.id)).all(),
        designs=designs_of(session, event.id),
        points=session.scalars(
            select(Point).where(Point.event_id == event.id).order_by(Point.position, Point.id)
        ).all(),
    )


def sessions_of(session: Session, event_id: int) -> Sequence[AgendaSession]:
    """All sessions, cancelled ones too, with room, track, people and talks, as the database has them now."""
    return session.scalars(
        select(AgendaSession)
        .where(AgendaSession.event_id == event_id)
        .options(
            joinedload(AgendaSession.room),
            joinedload(AgendaSession.track),
            selectinload(AgendaSession.roles).joinedload(SessionRole.person),
            selectinload(AgendaSession.talks).selectinload(Talk.roles).joinedload(TalkRole.person),
        )
        .order_by(AgendaSession.starts_at, AgendaSession.position, AgendaSession.id)
        .execution_options(populate_existing=True)
    ).all()
