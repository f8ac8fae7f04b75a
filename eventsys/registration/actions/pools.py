"""The pools that seats are counted in: made when they are first needed, locked in one order, changed by organisers.

Locks are taken in one order everywhere: the event, shared, or alone by whoever changes its pools or brings in many, new
registration rows, then the pools of the modes, then the other pools by id, then the rows of those who wait. Nothing
else is locked while a pool is held; a row of somebody who is registered is written only after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.agenda.models import Room
from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.registration.models import Mode, PoolKind, Registration, Seat, SeatPool


@dataclass(frozen=True)
class Held:
    """Pools of one event that are locked until the transaction ends, by id; those of the modes are always among them.

    Whoever waits in this event waits for pools that are held.
    """

    event_id: int
    pools: dict[int, SeatPool]

    def of_mode(self, mode: str) -> SeatPool:
        return next(pool for pool in self.pools.values() if pool.kind == PoolKind.MODE and pool.key == mode)

    @property
    def counter(self) -> SeatPool:
        """The pool whose `last_queued` numbers everybody who waits for a place in the event."""
        return min((pool for pool in self.pools.values() if pool.kind == PoolKind.MODE), key=lambda pool: pool.id)


def have_alone(session: Session, event_id: int) -> None:
    """Until the transaction ends nobody comes in by another way, so that no newcomer misses a pool that appears, and no
    two write one address crosswise. Ask for it before any other lock.

    Every new row that names the event shares its row (PostgreSQL's FOR KEY SHARE); SQLite lets one write at a time.
    """
    session.flush()
    session.execute(select(Event.id).where(Event.id == event_id).with_for_update())


def _share(session: Session, event_id: int) -> None:
    """Keep others from having the event alone. PostgreSQL asks for this by itself when a row is changed twice in one
    transaction; by then pools are locked, and whoever has the event alone may wait for them."""
    session.execute(select(Event.id).where(Event.id == event_id).with_for_update(read=True, key_share=True))


def ensure_pools(session: Session, event: Event) -> dict[Mode, SeatPool]:
    """The pools of the modes; missing ones are made: on site as many as the largest room holds, online none."""
    found = _of_modes(session, event.id)
    if len(found) < len(Mode):
        largest = session.scalar(select(func.max(Room.seats)).where(Room.event_id == event.id))
        for mode, seats in ((Mode.ONSITE, largest), (Mode.ONLINE, 0)):
            insert_pools(session, event.id, PoolKind.MODE, [(str(mode), seats)], mode=str(mode))
        found = _of_modes(session, event.id)
    return found


def ensure_organisation(session: Session, event_id: int, keys: Iterable[str], seats: int) -> dict[str, SeatPool]:
    """The pools that cap these organisations on site, made when their first person comes."""
    wanted = sorted({key for key in keys if key})
    is_mine = and_(
        SeatPool.event_id == event_id, SeatPool.kind == PoolKind.ORGANISATION, SeatPool.mode == str(Mode.ONSITE)
    )
    query = select(SeatPool).where(is_mine, SeatPool.key.in_(wanted)).order_by(SeatPool.id)
    found = {pool.key: pool for pool in session.scalars(query)}
    missing = [(key, seats) for key in wanted if key not in found]
    if missing:
        insert_pools(session, event_id, PoolKind.ORGANISATION, missing, mode=str(Mode.ONSITE))
        found = {pool.key: pool for pool in session.scalars(query)}
    return found


def insert_pools(
    session: Session, event_id: int, kind: PoolKind, wanted: Iterable[tuple[str, int | None]], *, mode: str
) -> None:
    """Make pools, but for those that somebody else makes at this moment."""
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"event_id": event_id, "kind": str(kind), "key": key, "mode": mode, "seats": seats} for key, seats in wanted
    ]
    session.execute(upsert(SeatPool).on_conflict_do_nothing(), rows)


def _of_modes(session: Session, event_id: int) -> dict[Mode, SeatPool]:
    query = select(SeatPool).where(SeatPool.event_id == event_id, SeatPool.kind == PoolKind.MODE)
    return {Mode(pool.mode): pool for pool in session.scalars(query.order_by(SeatPool.id))}


def hold(session: Session, event: Event, *also: ColumnElement[bool]) -> Held:
    """Lock the pools of the modes, those that anybody waits for, and those of which one of `also` is true.

    The modes come first and by themselves: whoever joins the queue holds one until the commit, so the second look sees
    every pool that is waited for.
    """
    _share(session, event.id)
    ensure_pools(session, event)
    held = {pool.id: pool for pool in _locked(session, event.id, SeatPool.kind == PoolKind.MODE)}
    others = _locked(session, event.id, SeatPool.kind != PoolKind.MODE, or_(SeatPool.waiting > 0, *also))
    return Held(event.id, held | {pool.id: pool for pool in others})


def hold_these(session: Session, event_id: int, ids: Iterable[int]) -> Held:
    """Lock the pools of the modes and these, for somebody who comes anew."""
    held = {pool.id: pool for pool in _locked(session, event_id, SeatPool.kind == PoolKind.MODE)}
    if missing := sorted(set(ids) - set(held)):
        held |= {pool.id: pool for pool in _locked(session, event_id, SeatPool.id.in_(missing))}
    return Held(event_id, held)


def hold_of(session: Session, registration: Registration, *also: ColumnElement[bool]) -> Held:
    """Lock what matters to one registration, and see it as it stands now: nothing decides its state without."""
    mine = select(Seat.pool_id).where(Seat.registration_id == registration.id)
    held = hold(session, registration.event, SeatPool.id.in_(mine), *also)
    session.refresh(registration)
    return held


def hold_all(session: Session, event: Event) -> Held:
    """Lock every pool of an event, for acts on many."""
    return hold(session, event, SeatPool.id.is_not(None))


def _locked(session: Session, event_id: int, *conditions: ColumnElement[bool]) -> list[SeatPool]:
    session.flush()
    query: Select[SeatPool] = select(SeatPool).where(SeatPool.event_id == event_id, *conditions).order_by(SeatPool.id)
    # NO KEY UPDATE, as the UPDATE later: a seat row written before holds its pool's key already, and others' do too.
    return list(session.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True)))


def recount_surplus(pool: SeatPool) -> None:
    """What is taken beyond the seats was given knowingly; it shrinks before a seat becomes free."""
    pool.overbooked = 0 if pool.seats is None else max(0, pool.taken - pool.seats)


def set_pool_seats(session: Session, pool: SeatPool, seats: int | None, *, now: datetime) -> bool:
    """Change the seats of a held pool; whether anything changed. Fewer than are taken take no seat away."""
    before = pool.seats
    if before == seats:
        return False
    pool.seats = seats
    recount_surplus(pool)
    record(
        session,
        "seats.changed",
        at=now,
        subject="event",
        subject_id=pool.event_id,
        event_id=pool.event_id,
        pool=pool.kind,
        key=pool.key,
        mode=pool.mode,
        before=before,
        after=seats,
        taken=pool.taken,
        overbooked=pool.overbooked,
    )
    return True
