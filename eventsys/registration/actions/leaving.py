"""How a seat becomes free: cancelled, declined, an offer refused or expired. Who waits moves up at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.codes import give_use_back
from eventsys.registration.actions.pools import Held, hold_all, hold_of
from eventsys.registration.actions.promoting import promote
from eventsys.registration.actions.reviewing import refuse_without_opinions
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.errors import OfferGone
from eventsys.registration.models import Registration, State


def cancel(session: Session, registration: Registration, *, now: datetime, actor: str | None = None) -> None:
    """End a registration and give its seat to who waits longest. Raises EventOver and NotPossibleNow."""
    held = hold_of(session, registration)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_living(registration)
    before = registration.state
    leave(session, registration, held, State.CANCELLED, now=now)
    note_fact(session, registration, "cancelled", now=now, actor=actor, before=before)
    tell(session, registration, "cancelled", now=now)


def decline(session: Session, registration: Registration, *, now: datetime) -> None:
    """An organiser says no to an application or to someone who waits."""
    held = hold_of(session, registration)
    rules.refuse_unless_in(registration, State.APPLIED, State.WAITING, State.UNVERIFIED, State.INVITED)
    refuse_without_opinions(session, registration)
    leave(session, registration, held, State.DECLINED, now=now)
    note_fact(session, registration, "declined", now=now)
    tell(session, registration, "declined", now=now)


def decline_offer(session: Session, registration: Registration, *, now: datetime) -> None:
    """The person does not want the seat that is offered or kept for them: it goes to the next. Raises OfferGone."""
    held = hold_of(session, registration)
    if registration.state not in (State.OFFERED, State.INVITED):
        raise OfferGone
    what = "offer_declined" if registration.state == State.OFFERED else "invitation_declined"
    leave(session, registration, held, State.CANCELLED, now=now)
    note_fact(session, registration, what, now=now)
    tell(session, registration, "cancelled", now=now)


_ENDINGS = {
    State.OFFERED: "offer_expired",
    State.INVITED: "invitation_expired",
    State.UNVERIFIED: "never_verified",
}


def expire_offers(session: Session, event: Event, *, now: datetime) -> int:
    """End the offers, invitations and unconfirmed addresses of one event whose deadline has passed; their seats go to
    the next."""
    held = hold_all(session, event)
    due = session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event.id,
            # As a literal: the index on those whose time runs serves only a condition that the database can read.
            text("registration.state IN ('offered', 'invited', 'unverified')"),
            Registration.offer_until <= now,
        )
        .order_by(Registration.offer_until, Registration.id)
        .execution_options(populate_existing=True)
    ).all()
    for registration in due:
        what = _ENDINGS[State(registration.state)]
        leave(session, registration, held, State.CANCELLED, now=now)
        note_fact(session, registration, what, now=now, actor="system")
        tell(session, registration, what, now=now)
    return len(due)


def leave(session: Session, registration: Registration, held: Held, state: State, *, now: datetime) -> None:
    """Take the registration out of the queue or off its seats, which go to who waits for them."""
    freed = seats.give_up(session, registration, held)
    seats.leave_queue(registration, state)
    registration.offer_until = None
    registration.coming_until = None
    registration.cancelled_at = now if state == State.CANCELLED else None
    registration.sequence += 1
    registration.updated_at = now
    session.flush()
    give_use_back(session, registration, now=now)
    if freed:
        promote(session, registration.event, held, queries.settings_of(session, registration.event_id), now=now)
