"""What a document says of registration: dates, waiting list, seats, questions."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import Room
from eventsys.events.models import Event
from eventsys.exchange.actions.parts import differing
from eventsys.exchange.document import Document, Part
from eventsys.registration.actions import set_seats
from eventsys.registration.errors import QuestionAnswered
from eventsys.registration.models import Mode, PoolKind, Question, RegistrationSettings, SeatPool
from eventsys.registration.queries import is_answered
from eventsys.streams.models import Stream

Seats = dict[str, int | None]


def import_settings(session: Session, event: Event, document: Document) -> None:
    """Dates, waiting list and approval, where they are given."""
    settings = session.get(RegistrationSettings, event.id)
    if settings is None:
        session.add(RegistrationSettings(event_id=event.id, **document.settings))
        return
    for name in differing(settings, document.settings):
        setattr(settings, name, document.settings[name])


def standard_seats(session: Session, event: Event) -> Seats:
    """On site as many as the largest room holds, or any number; online none without a stream, else any number."""
    largest = session.scalar(select(func.max(Room.seats)).where(Room.event_id == event.id))
    has_stream = session.scalar(select(Stream.id).where(Stream.event_id == event.id).limit(1)) is not None
    return {Mode.ONSITE: largest, Mode.ONLINE: None if has_stream else 0}


def import_seats(session: Session, event: Event, document: Document, *, before: Seats, now: datetime) -> None:
    """Set the seats given. Those not given get the standard, and follow it while nobody set them otherwise."""
    session.flush()
    pools = {
        pool.mode: pool
        for pool in session.scalars(
            select(SeatPool).where(SeatPool.event_id == event.id, SeatPool.kind == PoolKind.MODE)
        )
    }
    standard = standard_seats(session, event)
    for mode in Mode:
        pool = pools.get(mode)
        wanted = document.seats.get(mode, standard[mode])
        if pool is None:
            session.add(SeatPool(event_id=event.id, key=mode, mode=mode, seats=wanted))
        elif pool.seats != wanted and (mode in document.seats or pool.seats == before[mode]):
            set_seats(session, event, mode, wanted, now=now)
    session.flush()


def import_questions(session: Session, event: Event, parts: list[Part] | None, *, now: datetime) -> None:
    """Set the questions of the form; one that is gone is retired while answers to it are kept."""
    if parts is None:
        return
    known = {row.key: row for row in session.scalars(select(Question).where(Question.event_id == event.id))}
    for position, part in enumerate(parts):
        values = part.values | {"position": position, "retired_at": None}
        row = known.pop(part.key, None)
        if row is None:
            session.add(Question(event_id=event.id, key=part.key, **values))
            continue
        names = differing(row, values)
        if "type" in names and is_answered(session, row.id):
            raise QuestionAnswered(
                _("“%(key)s” was answered, so what it asks for stays: give the new question another key.", key=row.key)
            )
        for name in names:
            setattr(row, name, values[name])
    for row in known.values():
        if row.retired_at is None:
            _retire(session, row, now)


def _retire(session: Session, row: Question, now: datetime) -> None:
    if is_answered(session, row.id):
        row.retired_at = now
    else:
        session.delete(row)
