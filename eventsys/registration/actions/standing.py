"""How a registration changes where it stands and keeps a seat: approved, accepted, restored, in the other mode."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.leaving import hold
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.actions.tickets import issue_ticket
from eventsys.registration.errors import AlreadyRegistered, NotPossibleNow, OfferGone
from eventsys.registration.models import ENDED, SEATED, Mode, Registration, SeatPool, State


def approve(session: Session, registration: Registration, *, now: datetime, overbook: bool = False) -> None:
    """Say yes to an application: a seat, or a place in the queue. Raises SeatsGone where there is no queue."""
    pools = hold(session, registration)
    rules.refuse_unless_in(registration, State.APPLIED, State.INVITED, State.UNVERIFIED)
    _seat_or_queue(session, registration, pools, what="approved", now=now, overbook=overbook)


def approve_many(
    session: Session, registrations: Sequence[Registration], *, now: datetime, overbook: bool = False
) -> dict[State, int]:
    """Approve in the order given; says how many got a seat and how many wait."""
    counts: dict[State, int] = {}
    for registration in registrations:
        approve(session, registration, now=now, overbook=overbook)
        counts[State(registration.state)] = counts.get(State(registration.state), 0) + 1
    return counts


def restore(session: Session, registration: Registration, *, now: datetime, overbook: bool = False) -> None:
    """Take an ended registration up again, seat or queue as for a newcomer. Raises AlreadyRegistered when the person
    has registered anew meanwhile."""
    session.refresh(registration)
    if registration.state not in ENDED:
        raise NotPossibleNow
    if registration.email_key and queries.living_registration(session, registration.event_id, registration.email_key):
        raise AlreadyRegistered
    pools = hold(session, registration)
    rules.refuse_unless_running(registration.event, now)
    if registration.state not in ENDED:
        raise NotPossibleNow
    registration.cancelled_at = None
    _seat_or_queue(session, registration, pools, what="restored", now=now, overbook=overbook)


def accept_offer(session: Session, registration: Registration, *, now: datetime) -> None:
    """The person takes the seat that is held for them. Raises OfferGone."""
    hold(session, registration)
    if registration.state != State.OFFERED or (registration.offer_until and registration.offer_until <= now):
        raise OfferGone
    _confirm(session, registration, now=now)
    note_fact(session, registration, "offer_accepted", now=now)
    tell(session, registration, "confirmed", now=now)


def switch_mode(
    session: Session, registration: Registration, mode: Mode, *, now: datetime, overbook: bool = False
) -> None:
    """Take a seat of the other mode first, then give the own one to the next; without a seat there nothing changes.

    Raises SeatsGone, ModeNotOffered and NotPossibleNow.
    """
    pools = hold(session, registration)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_living(registration)
    before = Mode(registration.mode)
    if mode == before:
        return
    known = {key: queries.seats_of(pool) for key, pool in pools.items()}
    rules.refuse_unless_offered(known, mode)
    if registration.state in SEATED | {State.WAITING}:
        if not seats.take_locked(pools[mode], overbook=overbook):
            raise rules.seats_gone(known, mode)
        _give_up_place(session, registration, pools[before])
        registration.mode = mode
        _confirm(session, registration, now=now)
        seats.promote(
            session,
            registration.event,
            pools[before],
            queries.settings_of(session, registration.event_id),
            now=now,
        )
    else:
        registration.mode = mode
        registration.updated_at = now
    note_fact(session, registration, "mode_switched", now=now, before=str(before), after=str(mode))
    if registration.state == State.CONFIRMED:
        tell(session, registration, "switched", now=now)


def _give_up_place(session: Session, registration: Registration, pool: SeatPool) -> None:
    if registration.state == State.WAITING:
        seats.leave_queue(registration, pool)
    else:
        seats.release_locked(pool)


def _confirm(session: Session, registration: Registration, *, now: datetime) -> None:
    registration.state = State.CONFIRMED
    registration.queue_number = None
    registration.offer_until = None
    registration.sequence += 1
    registration.updated_at = now
    session.flush()
    issue_ticket(session, registration, now=now)


def _seat_or_queue(
    session: Session,
    registration: Registration,
    pools: dict[Mode, SeatPool],
    *,
    what: str,
    now: datetime,
    overbook: bool,
) -> None:
    pool = pools[Mode(registration.mode)]
    if seats.take_locked(pool, overbook=overbook):
        _confirm(session, registration, now=now)
        note_fact(session, registration, what, now=now, is_overbooked=seats.is_surplus(pool))
        tell(session, registration, "confirmed", now=now)
        return
    if not rules.has_waiting_list(queries.settings_of(session, registration.event_id)):
        known = {key: queries.seats_of(each) for key, each in pools.items()}
        raise rules.seats_gone(known, Mode(registration.mode))
    seats.join_queue(registration, pool)
    registration.sequence += 1
    registration.updated_at = now
    note_fact(session, registration, what, now=now, state=State.WAITING.value)
    tell(session, registration, "waiting", now=now)
    session.flush()
