"""How a registration changes where it stands and keeps a seat: approved, accepted, restored, in the other mode."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.pools import Held, ensure_organisation, have_alone, hold_all, hold_of
from eventsys.registration.actions.promoting import promote
from eventsys.registration.actions.refusing import refusal_of_full
from eventsys.registration.actions.reviewing import refuse_without_opinions
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.actions.tickets import issue_ticket
from eventsys.registration.errors import AlreadyRegistered, NotPossibleNow, OfferGone
from eventsys.registration.models import ENDED, SEATED, Mode, Registration, SeatPool, State


def approve(session: Session, registration: Registration, *, now: datetime, overbook: bool = False) -> None:
    """Say yes to an application: a seat, or a place in the queue. Raises SeatsGone where there is no queue."""
    held = hold_all(session, registration.event)
    session.refresh(registration)
    rules.refuse_unless_in(registration, State.APPLIED, State.INVITED, State.UNVERIFIED)
    refuse_without_opinions(session, registration)
    seat_or_queue(session, registration, held, what="approved", now=now, overbook=overbook)


def seat_present(session: Session, registration: Registration, *, now: datetime) -> None:
    """Seat somebody who stands at the door and has no seat yet, if all seats they need are free: before those who wait
    at home. Else nothing changes: raises SeatsGone. They are never put into a queue."""
    held = hold_all(session, registration.event)
    session.refresh(registration)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_in(registration, State.APPLIED, State.INVITED, State.UNVERIFIED, State.WAITING, State.OFFERED)
    needs = seats.needs(session, registration, held)
    _refuse_if_full(session, registration, seats.take(session, registration, held, needs))
    _confirm(session, registration, now=now)
    note_fact(session, registration, "seated_at_the_door", now=now)
    tell(session, registration, "confirmed", now=now)


def restore(session: Session, registration: Registration, *, now: datetime, overbook: bool = False) -> None:
    """Take an ended registration up again, seat or queue as for a newcomer. Raises AlreadyRegistered when the person
    has registered anew meanwhile."""
    have_alone(session, registration.event_id)
    held = hold_all(session, registration.event)
    session.refresh(registration)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_if_erased(registration)
    if registration.state not in ENDED:
        raise NotPossibleNow
    if queries.is_registered_anew(session, registration):
        raise AlreadyRegistered
    registration.cancelled_at = None
    seat_or_queue(session, registration, held, what="restored", now=now, overbook=overbook)


def accept_offer(session: Session, registration: Registration, *, now: datetime) -> None:
    """The person takes the seat that is held for them. Raises OfferGone."""
    hold_of(session, registration)
    if registration.state != State.OFFERED or (registration.offer_until and registration.offer_until <= now):
        raise OfferGone
    _confirm(session, registration, now=now)
    note_fact(session, registration, "offer_accepted", now=now)
    tell(session, registration, "confirmed", now=now)


def switch_mode(
    session: Session, registration: Registration, mode: Mode, *, now: datetime, overbook: bool = False
) -> None:
    """Take the seats of the other mode first, then give the own ones to the next; without them nothing changes.

    Raises SeatsGone, ModeNotOffered and NotPossibleNow.
    """
    settings = queries.settings_of(session, registration.event_id)
    if mode == Mode.ONSITE and settings.organisation_seats is not None:
        have_alone(session, registration.event_id)
        keys = [registration.organisation_key]
        ensure_organisation(session, registration.event_id, keys, settings.organisation_seats)
    held = hold_all(session, registration.event)
    session.refresh(registration)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_living(registration)
    before = Mode(registration.mode)
    if mode == before:
        return
    rules.refuse_unless_offered(queries.seats(session, registration.event_id), mode)
    _switch_seats(session, registration, held, mode, now=now, overbook=overbook)
    note_fact(
        session, registration, "mode_switched", now=now, before=str(before), after=str(mode), state=registration.state
    )
    if registration.state == State.CONFIRMED:
        tell(session, registration, "switched", now=now)


def _switch_seats(
    session: Session, registration: Registration, held: Held, mode: Mode, *, now: datetime, overbook: bool
) -> None:
    target = seats.needs(session, registration, held, mode)
    if registration.state == State.WAITING:
        # They held a place in the queue only: it is left when the other seats are theirs.
        _refuse_if_full(session, registration, seats.take(session, registration, held, target, overbook=overbook))
        seats.leave_queue(registration, State.CONFIRMED)
        seats.give_up(session, registration, held, set(seats.rows_of(session, registration)) - set(target), forget=True)
    else:
        _refuse_if_full(session, registration, seats.exchange(session, registration, held, target, overbook=overbook))
    registration.mode = mode
    registration.updated_at = now
    if registration.state in SEATED:
        _confirm(session, registration, now=now)
    _promote(session, registration, held, now=now)


def change_seats(
    session: Session,
    registration: Registration,
    held: Held,
    wanted: rules.Wanted,
    *,
    now: datetime,
    overbook: bool = False,
) -> None:
    """Sit where `wanted` belongs, for somebody whose answers, days, sessions, type or sector change. Raises SeatsGone
    that names what is full; then nothing has changed."""
    target = [pool.id for pool in rules.pools_for(held.pools.values(), wanted)]
    _refuse_if_full(session, registration, seats.exchange(session, registration, held, target, overbook=overbook))
    _promote(session, registration, held, now=now)


def _promote(session: Session, registration: Registration, held: Held, *, now: datetime) -> None:
    promote(session, registration.event, held, queries.settings_of(session, registration.event_id), now=now)


def _refuse_if_full(session: Session, registration: Registration, full: list[SeatPool]) -> None:
    if full:
        raise refusal_of_full(session, registration.event_id, full)


def _confirm(session: Session, registration: Registration, *, now: datetime) -> None:
    registration.state = State.CONFIRMED
    registration.queue_number = None
    registration.is_online_meanwhile = False
    registration.offer_until = None
    registration.sequence += 1
    registration.updated_at = now
    session.flush()
    issue_ticket(session, registration, now=now)


def seat_or_queue(
    session: Session,
    registration: Registration,
    held: Held,
    *,
    what: str,
    now: datetime,
    overbook: bool = False,
    letter: Mapping[str, Any] | None = None,
) -> None:
    """Decide about somebody who has no seat yet, or keeps one: in, or to the end of the queue. Raises SeatsGone.

    `letter` is what the letter is told besides, and when it leaves (see `tell`).
    """
    settings = queries.settings_of(session, registration.event_id)
    target = seats.needs(session, registration, held)
    full = seats.take(session, registration, held, target, overbook=overbook)
    if not full:
        is_beyond = any(row.is_beyond for row in seats.rows_of(session, registration).values())
        _confirm(session, registration, now=now)
        note_fact(session, registration, what, now=now, is_overbooked=is_beyond)
        tell(session, registration, "confirmed", now=now, **(letter or {}))
        return
    if not rules.may_wait(settings, full):
        raise refusal_of_full(session, registration.event_id, full)
    registration.offer_until = None
    seats.give_up(session, registration, held)
    seats.join_queue(session, registration, held, target, settings)
    registration.sequence += 1
    registration.updated_at = now
    note_fact(session, registration, what, now=now, state=State.WAITING.value)
    tell(session, registration, "waiting", now=now, **(letter or {}))
    _promote(session, registration, held, now=now)
