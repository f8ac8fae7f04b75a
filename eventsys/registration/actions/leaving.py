"""How a seat becomes free: cancelled, declined, an offer refused or expired. Who waits moves up at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.errors import OfferGone
from eventsys.registration.models import SEATED, Mode, Registration, SeatPool, State


def cancel(session: Session, registration: Registration, *, now: datetime, actor: str | None = None) -> None:
    """End a registration and give its seat to who waits longest. Raises EventOver and NotPossibleNow."""
    pools = hold(session, registration)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_living(registration)
    before = registration.state
    leave(session, registration, pools, State.CANCELLED, now=now)
    note_fact(session, registration, "cancelled", now=now, actor=actor, before=before)
    tell(session, registration, "cancelled", now=now)


def decline(session: Session, registration: Registration, *, now: datetime) -> None:
    """An organiser says no to an application or to someone who waits."""
    pools = hold(session, registration)
    rules.refuse_unless_in(registration, State.APPLIED, State.WAITING, State.UNVERIFIED, State.INVITED)
    leave(session, registration, pools, State.DECLINED, now=now)
    note_fact(session, registration, "declined", now=now)
    tell(session, registration, "declined", now=now)


def decline_many(session: Session, registrations: Sequence[Registration], *, now: datetime) -> int:
    for registration in registrations:
        decline(session, registration, now=now)
    return len(registrations)


def decline_offer(session: Session, registration: Registration, *, now: datetime) -> None:
    """The person does not want the offered seat: it goes to the next. Raises OfferGone."""
    pools = hold(session, registration)
    if registration.state != State.OFFERED:
        raise OfferGone
    leave(session, registration, pools, State.CANCELLED, now=now)
    note_fact(session, registration, "offer_declined", now=now)
    tell(session, registration, "cancelled", now=now)


def expire_offers(session: Session, event: Event, *, now: datetime) -> int:
    """End the offers of one event whose deadline has passed, and offer their seats to the next."""
    pools = seats.lock_pools(session, event)
    due = session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == State.OFFERED, Registration.offer_until <= now)
        .order_by(Registration.offer_until, Registration.id)
        .execution_options(populate_existing=True)
    ).all()
    for registration in due:
        leave(session, registration, pools, State.CANCELLED, now=now)
        note_fact(session, registration, "offer_expired", now=now, actor="system")
        tell(session, registration, "offer_expired", now=now)
    return len(due)


def hold(session: Session, registration: Registration) -> dict[Mode, SeatPool]:
    """The pools, locked, and the registration as it stands now: nothing decides its state without them."""
    pools = seats.lock_pools(session, registration.event)
    session.refresh(registration)
    return pools


def leave(
    session: Session, registration: Registration, pools: dict[Mode, SeatPool], state: State, *, now: datetime
) -> None:
    """Take the registration out of the queue or off its seat."""
    pool = pools[Mode(registration.mode)]
    was_seated = registration.state in SEATED
    seats.leave_queue(registration, pool)
    if was_seated:
        seats.release_locked(pool)
    registration.state = state
    registration.offer_until = None
    registration.cancelled_at = now if state == State.CANCELLED else None
    registration.sequence += 1
    registration.updated_at = now
    session.flush()
    if was_seated:
        seats.promote(session, registration.event, pool, queries.settings_of(session, registration.event_id), now=now)
