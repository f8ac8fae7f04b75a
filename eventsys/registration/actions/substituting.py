"""A seat handed on to a colleague: it moves in one transaction, so that nobody in the queue ever sees it free.

Whether the colleague's address is registered already is told to that address alone: to the person who hands on it
looks the same. Then the colleague gets the seat where they have none, and else keeps their own while this one goes to
the next in line.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.handing import move_seats
from eventsys.registration.actions.inviting import hold_for, write_invited
from eventsys.registration.actions.leaving import leave
from eventsys.registration.actions.pools import Held
from eventsys.registration.actions.promoting import promote
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.actions.tickets import issue_ticket
from eventsys.registration.entries import NewEntry, address_key, normal_address
from eventsys.registration.errors import NotPossibleNow, SubstitutionNotOffered
from eventsys.registration.models import (
    Answer,
    Delegation,
    Mode,
    PoolKind,
    Registration,
    RegistrationType,
    SeatPool,
    State,
    Ticket,
)

# Where somebody stands who has no seat yet, and is glad of one.
_WITHOUT_SEAT = (State.WAITING, State.APPLIED, State.UNVERIFIED)


def substitute(
    session: Session, registration: Registration, entry: NewEntry, *, now: datetime, by_organiser: bool = False
) -> Registration:
    """Hand the seat of one who is confirmed to somebody named, who is confirmed with a new ticket; the old ticket is
    known as replaced. Returns who has the seat now, or has their own. Only organisers name somebody without an address.

    Raises SubstitutionNotOffered, NotPossibleNow, AddressUnusable, EventOver and EventCancelled.
    """
    event = registration.event
    if not by_organiser and not queries.settings_of(session, event.id).may_substitute:
        raise SubstitutionNotOffered
    key = None if by_organiser and not entry.email else address_key(normal_address(entry.email or ""))
    if key is not None and key == registration.email_key:
        raise NotPossibleNow(_("This is the address of this very registration."), field="email")
    whole = _like(registration, entry)
    held = hold_for(session, event, [whole])
    session.refresh(registration)
    rules.refuse_unless_running(event, now)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    _replace_ticket(session, registration, now=now)
    colleague = queries.living_registration(session, event.id, key) if key is not None else None
    if colleague is None:
        colleague = write_invited(session, event, whole, until=event.ends_at, now=now, state=State.CONFIRMED)
        _hand_over(session, registration, colleague)
        _confirm(session, colleague, "stepped_in", now=now)
        _end(session, registration, now=now)
    else:
        _give_to_known(session, registration, colleague, held, now=now)
    note_fact(session, registration, "handed_over", now=now, to=colleague.id)
    tell(session, registration, "handed_over", now=now)
    return colleague


def _like(registration: Registration, entry: NewEntry) -> NewEntry:
    """The colleague comes as what the person would have come as."""
    return replace(
        entry,
        mode=Mode(registration.mode),
        type=RegistrationType(registration.type),
        organisation=registration.organisation,
        country=registration.country,
        sector=registration.sector,
        language=registration.language,
        invitation_id=registration.invitation_id,
        delegation_id=registration.delegation_id,
        stands_in_for_id=registration.id,
    )


def _hand_over(session: Session, registration: Registration, colleague: Registration) -> None:
    """The seats, what they are counted by, the use of a code, and the head of a group."""
    move_seats(session, registration, colleague)
    _copy_counted_answers(session, registration, colleague)
    registration.invitation_id = None
    headed = update(Delegation).where(Delegation.head_id == registration.id)
    session.execute(headed.values(head_id=colleague.id))
    session.flush()


def _copy_counted_answers(session: Session, registration: Registration, colleague: Registration) -> None:
    keys = session.scalars(
        select(SeatPool.key).where(SeatPool.event_id == registration.event_id, SeatPool.kind == PoolKind.ANSWER)
    )
    counted = {int(key.partition("=")[0]) for key in keys}
    given = session.scalars(
        select(Answer).where(Answer.registration_id == registration.id, Answer.question_id.in_(counted))
    ).all()
    session.add_all(
        Answer(registration_id=colleague.id, question_id=answer.question_id, value=answer.value) for answer in given
    )


def _end(session: Session, registration: Registration, *, now: datetime) -> None:
    registration.state = State.CANCELLED
    registration.offer_until = registration.coming_until = None
    registration.cancelled_at = registration.updated_at = now
    registration.sequence += 1
    session.flush()


def _give_to_known(
    session: Session, registration: Registration, colleague: Registration, held: Held, *, now: datetime
) -> None:
    """Somebody who is registered already: the seat is theirs if they have none, before all who wait."""
    session.refresh(colleague)
    needs_one = colleague.state in _WITHOUT_SEAT and colleague.mode == registration.mode
    freed = seats.give_up(session, registration, held)
    if needs_one and not seats.take(session, colleague, held, seats.needs(session, colleague, held)):
        seats.leave_queue(colleague, State.CONFIRMED)
        _confirm(session, colleague, "given_seat", now=now)
    else:
        note_fact(session, colleague, "seat_not_needed", now=now)
        tell(session, colleague, "seat_not_needed", now=now, about=str(registration.id))
    leave(session, registration, held, State.CANCELLED, now=now)
    if freed:
        promote(session, registration.event, held, queries.settings_of(session, registration.event_id), now=now)


def _replace_ticket(session: Session, registration: Registration, *, now: datetime) -> None:
    """The old code stays known, so that the door can say what became of it."""
    current = update(Ticket).where(Ticket.registration_id == registration.id, Ticket.replaced_at.is_(None))
    session.execute(current.values(replaced_at=now))


def _confirm(session: Session, colleague: Registration, what: str, *, now: datetime) -> None:
    colleague.state = State.CONFIRMED
    colleague.offer_until = None
    colleague.sequence += 1
    colleague.updated_at = now
    session.flush()
    issue_ticket(session, colleague, now=now)
    note_fact(session, colleague, what, now=now)
    tell(session, colleague, what, now=now)
