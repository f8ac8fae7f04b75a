"""Who gets the next free seat: one counter row a mode, one conditional UPDATE, and promotion in the same transaction.

Locks are taken in one order everywhere: new registration rows first, then pools by id, then the rows of those who
wait. Nothing else is locked while a pool is held.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.agenda.models import Room
from eventsys.events.models import Event, EventStatus
from eventsys.kernel.facts import record
from eventsys.registration import rules
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.actions.tickets import issue_ticket
from eventsys.registration.models import (
    SEATED,
    Mode,
    Registration,
    RegistrationSettings,
    SeatPool,
    State,
    WaitingList,
)
from eventsys.registration.queries import settings_of

_PROMOTED_A_ROUND = 200


def ensure_pools(session: Session, event: Event) -> dict[Mode, SeatPool]:
    """The two pools of an event; missing ones are made: on site as many as the largest room holds, online none."""
    found = _pools(session, event.id)
    if len(found) < len(Mode):
        largest = session.scalar(select(func.max(Room.seats)).where(Room.event_id == event.id))
        upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        for mode, seats in ((Mode.ONSITE, largest), (Mode.ONLINE, 0)):
            session.execute(upsert(SeatPool).values(event_id=event.id, mode=mode, seats=seats).on_conflict_do_nothing())
        found = _pools(session, event.id)
    return found


def _pools(session: Session, event_id: int) -> dict[Mode, SeatPool]:
    rows = session.scalars(select(SeatPool).where(SeatPool.event_id == event_id).order_by(SeatPool.id))
    return {Mode(pool.mode): pool for pool in rows}


def lock_pools(session: Session, event: Event) -> dict[Mode, SeatPool]:
    """Both pools, held until the transaction ends, in the order of their ids so that nobody waits in a ring."""
    ensure_pools(session, event)
    return {Mode(pool.mode): pool for pool in _locked(session, event.id, Mode)}


def lock_pool(session: Session, event_id: int, mode: Mode) -> SeatPool:
    return _locked(session, event_id, [mode])[0]


def _locked(session: Session, event_id: int, modes: Iterable[Mode]) -> list[SeatPool]:
    session.flush()
    return list(
        session.scalars(
            select(SeatPool)
            .where(SeatPool.event_id == event_id, SeatPool.mode.in_(list(modes)))
            .order_by(SeatPool.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def claim(session: Session, event_id: int, mode: Mode) -> bool:
    """Take a seat where one is free and nobody waits for it: decided by the database in one statement."""
    taken = session.connection().execute(_CLAIM, {"of_event": event_id, "of_mode": str(mode)})
    return bool(taken.rowcount)


_CLAIM = (
    update(SeatPool.__table__)  # type: ignore[arg-type]
    .where(
        SeatPool.event_id == bindparam("of_event"),
        SeatPool.mode == bindparam("of_mode"),
        or_(SeatPool.seats.is_(None), (SeatPool.taken < SeatPool.seats) & (SeatPool.waiting == 0)),
    )
    .values(taken=SeatPool.taken + 1)
)


def queue_up(session: Session, event_id: int, mode: Mode) -> int | None:
    """Draw the next number of the queue where really no seat is free for a newcomer, else None and nothing done.

    The row stays locked: nobody frees or takes a seat between the drawing and the commit.
    """
    number: int | None = session.execute(
        update(SeatPool)
        .where(
            SeatPool.event_id == event_id,
            SeatPool.mode == mode,
            SeatPool.seats.is_not(None),
            or_(SeatPool.taken >= SeatPool.seats, SeatPool.waiting > 0),
        )
        .values(last_queued=SeatPool.last_queued + 1, waiting=SeatPool.waiting + 1)
        .returning(SeatPool.last_queued),
        execution_options={"synchronize_session": False},
    ).scalar_one_or_none()
    return number


def take_locked(pool: SeatPool, *, overbook: bool = False) -> bool:
    """Take a seat of a locked pool. With `overbook` there always is one, and the pool keeps count of the surplus."""
    has_room = pool.seats is None or (pool.taken < pool.seats and pool.waiting == 0)
    if not has_room and not overbook:
        return False
    pool.taken += 1
    _recount_surplus(pool)
    return True


def release_locked(pool: SeatPool) -> None:
    """Give a seat of a locked pool back; a surplus shrinks before a seat becomes free."""
    pool.taken -= 1
    _recount_surplus(pool)


def _recount_surplus(pool: SeatPool) -> None:
    pool.overbooked = 0 if pool.seats is None else max(0, pool.taken - pool.seats)


def is_surplus(pool: SeatPool) -> bool:
    """Whether the seat just taken was one too many."""
    return pool.seats is not None and pool.taken > pool.seats


def leave_queue(registration: Registration, pool: SeatPool) -> None:
    if registration.queue_number is not None:
        registration.queue_number = None
        pool.waiting -= 1


def join_queue(registration: Registration, pool: SeatPool) -> None:
    """Stand at the end of the queue of a locked pool."""
    pool.last_queued += 1
    pool.waiting += 1
    registration.state = State.WAITING
    registration.queue_number = pool.last_queued


def promote(session: Session, event: Event, pool: SeatPool, settings: RegistrationSettings, *, now: datetime) -> int:
    """Give the free seats of a locked pool to those who wait longest; returns how many moved up."""
    if event.status == EventStatus.CANCELLED or now >= event.ends_at:
        return 0
    moved = 0
    while pool.waiting > 0 and (free := rules.free_seats(pool)) != 0:
        most = _PROMOTED_A_ROUND if free is None else min(free, _PROMOTED_A_ROUND)
        chosen = _longest_waiting(session, pool, most)
        if not chosen:
            break
        for registration in chosen:
            leave_queue(registration, pool)
            pool.taken += 1
            _move_up(session, event, registration, settings, now=now)
        session.flush()
        moved += len(chosen)
    return moved


def _longest_waiting(session: Session, pool: SeatPool, most: int) -> list[Registration]:
    return list(
        session.scalars(
            select(Registration)
            .where(
                Registration.event_id == pool.event_id,
                Registration.mode == pool.mode,
                Registration.state == State.WAITING,
            )
            .order_by(Registration.queue_number, Registration.id)
            .limit(most)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _move_up(
    session: Session, event: Event, registration: Registration, settings: RegistrationSettings, *, now: datetime
) -> None:
    registration.sequence += 1
    registration.updated_at = now
    if settings.waiting_list == WaitingList.OFFERS:
        registration.state = State.OFFERED
        registration.offer_until = rules.offer_deadline(settings, event, now)
        until = registration.offer_until.isoformat()
        note_fact(session, registration, "offered", now=now, actor="system", until=until)
        tell(session, registration, "offered", now=now)
        return
    registration.state = State.CONFIRMED
    session.flush()
    issue_ticket(session, registration, now=now)
    note_fact(session, registration, "promoted", now=now, actor="system")
    tell(session, registration, "promoted", now=now)


def set_seats(session: Session, event: Event, mode: Mode, seats: int | None, *, now: datetime) -> int:
    """Change the number of seats; who waits moves up at once. Returns how many did.

    Fewer seats than are taken take no seat away: the surplus is counted as overbooked until people leave.
    """
    pool = lock_pools(session, event)[mode]
    before = pool.seats
    if before == seats:
        return 0
    pool.seats = seats
    _recount_surplus(pool)
    record(
        session,
        "seats.changed",
        at=now,
        subject="event",
        subject_id=event.id,
        event_id=event.id,
        mode=str(mode),
        before=before,
        after=seats,
        taken=pool.taken,
        overbooked=pool.overbooked,
    )
    return promote(session, event, pool, settings_of(session, event.id), now=now)


def promote_waiting(session: Session, event: Event, *, now: datetime) -> int:
    """Give free seats to those who wait, where something (a cancelled event restored) left both side by side."""
    settings = settings_of(session, event.id)
    pools = lock_pools(session, event)
    return sum(promote(session, event, pool, settings, now=now) for pool in pools.values())


def recount(session: Session, event: Event) -> dict[Mode, SeatPool]:
    """Set the counters to what the registrations say, for those who insert many rows at once (the demo)."""
    pools = lock_pools(session, event)
    counted = session.execute(
        select(Registration.mode, Registration.state, func.count(), func.max(Registration.queue_number))
        .where(Registration.event_id == event.id)
        .group_by(Registration.mode, Registration.state)
    ).all()
    for mode, pool in pools.items():
        mine = [row for row in counted if row[0] == mode]
        pool.taken = sum(number for _mode, state, number, _last in mine if state in SEATED)
        pool.waiting = sum(number for _mode, state, number, _last in mine if state == State.WAITING)
        pool.last_queued = max([pool.last_queued, *(last or 0 for *_rest, last in mine)])
        _recount_surplus(pool)
    session.flush()
    return pools
