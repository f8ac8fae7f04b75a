"""Who moves up when seats are free: in the order of the queue, as far as all the seats they need are there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event, EventStatus
from eventsys.registration import rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.pools import Held, have_alone, hold_all, set_pool_seats
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.actions.tickets import issue_ticket
from eventsys.registration.models import (
    Mode,
    PoolKind,
    Registration,
    RegistrationSettings,
    Seat,
    SeatState,
    State,
    WaitingList,
)
from eventsys.registration.queries import cancelled_sessions, is_blocked, settings_of

_A_ROUND = 200


def promote(session: Session, event: Event, held: Held, settings: RegistrationSettings, *, now: datetime) -> int:
    """Give the free seats of held pools to those who wait longest and can have all they need; how many moved up."""
    if event.status == EventStatus.CANCELLED or now >= event.ends_at:
        return 0
    moved = 0
    while batch := _next_in_line(session, held):
        seated = [one for one in batch if _seat(session, event, one, held, settings, now=now)]
        if not seated:
            break
        moved += len(seated)
    return moved + _promote_in_sessions(session, held, now=now)


def _next_in_line(session: Session, held: Held) -> list[Registration]:
    """Those who wait and have room in every pool they want, the longest first."""
    modes = [pool for pool in held.pools.values() if pool.kind == PoolKind.MODE]
    open_modes = [pool.key for pool in modes if pool.waiting and not pool.is_full]
    if not open_modes:
        return []
    session.flush()
    return list(
        session.scalars(
            select(Registration)
            .where(
                Registration.event_id == held.event_id,
                Registration.mode.in_(open_modes),
                Registration.state == State.WAITING,
                ~is_blocked(),
            )
            .order_by(Registration.queue_number, Registration.id)
            .limit(_A_ROUND)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _seat(
    session: Session,
    event: Event,
    registration: Registration,
    held: Held,
    settings: RegistrationSettings,
    *,
    now: datetime,
) -> bool:
    rows = seats.rows_of(session, registration)
    wanted = [number for number, row in rows.items() if row.state == SeatState.WANTED]
    # Somebody of the same round may have taken the last one; a pool that is not held cannot be judged.
    if not set(wanted) <= set(held.pools) or seats.take(session, registration, held, wanted):
        return False
    is_offered = settings.waiting_list == WaitingList.OFFERS
    seats.leave_queue(registration, State.OFFERED if is_offered else State.CONFIRMED)
    registration.sequence += 1
    registration.updated_at = now
    if is_offered:
        _offer(session, event, registration, settings, now=now)
    else:
        issue_ticket(session, registration, now=now)
        note_fact(session, registration, "promoted", now=now, actor="system")
        tell(session, registration, "promoted", now=now)
    return True


def _offer(
    session: Session, event: Event, registration: Registration, settings: RegistrationSettings, *, now: datetime
) -> None:
    registration.offer_until = rules.offer_deadline(settings, event, now)
    note_fact(session, registration, "offered", now=now, actor="system", until=registration.offer_until.isoformat())
    tell(session, registration, "offered", now=now)


def _promote_in_sessions(session: Session, held: Held, *, now: datetime) -> int:
    """Those who are in and wait for a session only."""
    free = [pool for pool in held.pools.values() if pool.kind == PoolKind.SESSION and pool.waiting and not pool.is_full]
    cancelled = cancelled_sessions(session, held.event_id) if free else set()
    moved = 0
    for pool in (pool for pool in free if pool.key not in cancelled):
        session.flush()
        left = None if pool.seats is None else pool.seats - pool.taken
        chosen = session.scalars(
            select(Registration)
            .join(Seat, Seat.registration_id == Registration.id)
            .where(Seat.pool_id == pool.id, Seat.state == SeatState.WANTED, Registration.state == State.CONFIRMED)
            .order_by(Seat.queue_number, Seat.registration_id)
            .limit(left)
        ).all()
        for registration in chosen:
            seats.take(session, registration, held, [pool.id])
            # The phones at the session's door hear of it.
            registration.updated_at = now
            note_fact(session, registration, "session_promoted", now=now, actor="system", session_key=pool.key)
            tell(session, registration, "session_promoted", now=now, about=pool.key, session_key=pool.key)
        moved += len(chosen)
    return moved


def set_seats(session: Session, event: Event, mode: Mode, number: int | None, *, now: datetime) -> int:
    """Change the number of seats; who waits moves up at once. Returns how many did.

    Fewer seats than are taken take no seat away: the surplus is counted as overbooked until people leave.
    """
    have_alone(session, event.id)
    held = hold_all(session, event)
    if not set_pool_seats(session, held.of_mode(mode), number, now=now):
        return 0
    return promote(session, event, held, settings_of(session, event.id), now=now)


def promote_waiting(session: Session, event: Event, *, now: datetime) -> int:
    """Give free seats to those who wait, where something (a cancelled event restored) left both side by side."""
    return promote(session, event, hold_all(session, event), settings_of(session, event.id), now=now)
