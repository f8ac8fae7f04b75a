"""Tickets: one valid code a person; a replaced one stays known, so that the door can say so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.kernel import tokens
from eventsys.registration import rules
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.models import Registration, State, Ticket

PREFIX = "EV1:"
# 25 characters of 5 bits: with the prefix 29, which is what a version 2 code at level Q holds.
RANDOM_LENGTH = 25
SHORT_LENGTH = 8


def issue_ticket(session: Session, registration: Registration, *, now: datetime) -> Ticket:
    """The valid ticket of this person, made when there is none."""
    found = session.scalar(
        select(Ticket).where(Ticket.registration_id == registration.id, Ticket.replaced_at.is_(None))
    )
    return found or new_ticket(session, registration.id, registration.event_id, now=now)


def replace_ticket(session: Session, registration: Registration, *, now: datetime) -> Ticket:
    """A new code for a ticket that was lost or given away: the old one opens no door any more. Raises
    NotPossibleNow and RegistrationErased."""
    rules.refuse_if_erased(registration)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    for old in session.scalars(
        select(Ticket).where(Ticket.registration_id == registration.id, Ticket.replaced_at.is_(None))
    ):
        old.replaced_at = now
    session.flush()
    ticket = new_ticket(session, registration.id, registration.event_id, now=now)
    registration.sequence += 1
    registration.updated_at = now
    note_fact(session, registration, "ticket_replaced", now=now)
    tell(session, registration, "ticket_replaced", now=now)
    return ticket


def new_ticket(session: Session, registration_id: int, event_id: int, *, now: datetime) -> Ticket:
    """A ticket for somebody who has none."""
    return session.get_one(Ticket, draw_ticket(session, registration_id, event_id, now=now))


def draw_ticket(session: Session, registration_id: int, event_id: int, *, now: datetime) -> int:
    """Draw codes until both are new: a short code is unique in its event only, where collisions are rare.

    Returns the id of the ticket.
    """
    connection = session.connection()
    while True:
        values = {
            "registration_id": registration_id,
            "event_id": event_id,
            "code": PREFIX + tokens.readable(RANDOM_LENGTH),
            "short_code": tokens.readable(SHORT_LENGTH),
            "created_at": now,
        }
        drawn: int | None = connection.execute(_DRAW[connection.dialect.name], values).scalar()
        if drawn is not None:
            return drawn


_DRAW = {
    name: insert_into(Ticket.__table__)  # type: ignore[arg-type]
    .on_conflict_do_nothing(index_elements=["event_id", "short_code"])
    .returning(Ticket.id)
    for name, insert_into in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
