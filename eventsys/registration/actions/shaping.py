"""What seats are counted by: pools added, changed and taken away by organisers, or as the programme has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, exists, false, func, insert, select
from sqlalchemy.orm import Session, aliased

from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.registration import queries
from eventsys.registration.actions.pools import (
    Held,
    ensure_organisation,
    have_alone,
    hold_all,
    insert_pools,
    recount_surplus,
    set_pool_seats,
)
from eventsys.registration.actions.promoting import promote
from eventsys.registration.errors import NotPossibleNow, PoolKnown
from eventsys.registration.models import (
    SEATED,
    Answer,
    Mode,
    PoolKind,
    Registration,
    Seat,
    SeatPool,
    SeatState,
    State,
)
from eventsys.registration.rules import SEAT_STATES, answers_so

_OF_PERSON = {
    PoolKind.MODE: Registration.mode,
    PoolKind.TYPE: Registration.type,
    PoolKind.SECTOR: Registration.sector,
    PoolKind.ORGANISATION: Registration.organisation_key,
}


def add_pool(
    session: Session, event: Event, kind: PoolKind, key: str, seats: int | None, *, mode: str, now: datetime
) -> SeatPool:
    """Count seats by one thing more. Who is registered already and belongs there sits there, beyond the seats if need
    be, and who waits waits there too. Nobody has chosen a new day or session yet. Raises PoolKnown."""
    have_alone(session, event.id)
    held = hold_all(session, event)
    if any((pool.kind, pool.key, pool.mode) == (str(kind), key, mode) for pool in held.pools.values()):
        raise PoolKnown(field="key")
    insert_pools(session, event.id, kind, [(key, seats)], mode=mode)
    held = hold_all(session, event)
    pool = next(one for one in held.pools.values() if (one.kind, one.key, one.mode) == (str(kind), key, mode))
    fill(session, held, [pool.id])
    record(
        session, "seats.pool_added", at=now, subject="event", subject_id=event.id, event_id=event.id,
        pool=str(kind), key=key, mode=mode, seats=seats, taken=pool.taken, overbooked=pool.overbooked,
    )  # fmt: skip
    return pool


def change_pool(session: Session, event: Event, pool_id: int, seats: int | None, *, now: datetime) -> int:
    """Give a pool other seats; who waits moves up at once. Returns how many did."""
    have_alone(session, event.id)
    held = hold_all(session, event)
    if pool_id not in held.pools or not set_pool_seats(session, held.pools[pool_id], seats, now=now):
        return 0
    return _promote(session, event, held, now=now)


def remove_pool(session: Session, event: Event, pool_id: int, *, now: datetime) -> int:
    """Count no more by this: who sat there keeps every other seat, who waited for it alone moves up. Returns how many
    did. The pools of the modes stay; that of a session goes with the session's seats."""
    have_alone(session, event.id)
    held = hold_all(session, event)
    pool = held.pools.get(pool_id)
    if pool is None:
        return 0
    most = queries.settings_of(session, event.id).organisation_seats
    if pool.kind == PoolKind.ORGANISATION and most is not None:
        set_pool_seats(session, pool, most, now=now)
    elif pool.kind in (PoolKind.MODE, PoolKind.SESSION):
        raise NotPossibleNow
    else:
        _drop(session, held, pool, now=now)
    return _promote(session, event, held, now=now)


def cap_organisations(session: Session, event: Event, most: int | None, *, now: datetime) -> int:
    """So many of every organisation may come on site, but for those that have a number of their own; None lifts it.

    Who is registered already is counted, beyond the number if need be. Returns how many moved up.
    """
    settings = queries.settings_of(session, event.id)
    before = settings.organisation_seats
    settings.organisation_seats = most
    session.add(settings)
    session.flush()
    have_alone(session, event.id)
    if most is not None:
        ensure_organisation(session, event.id, _organisations(session, event.id), most)
    held = hold_all(session, event)
    numbers = {before, most} - {None}
    common = [one for one in held.pools.values() if one.kind == PoolKind.ORGANISATION and one.seats in numbers]
    for pool in common if before is not None else ():
        if most is None:
            _drop(session, held, pool, now=now)
        else:
            set_pool_seats(session, pool, most, now=now)
    if most is not None:
        fill(session, held, [pool.id for pool in common])
    return _promote(session, event, held, now=now)


def _organisations(session: Session, event_id: int) -> list[str]:
    found = select(Registration.organisation_key).where(
        Registration.event_id == event_id, Registration.organisation_key != "", Registration.mode == Mode.ONSITE
    )
    return list(session.scalars(found.distinct()))


def follow_programme(session: Session, event: Event, *, now: datetime) -> int:
    """Count seats in just those sessions of the programme that have seats. Returns how many moved up.

    A cancelled session keeps its pool: it may take place after all.
    """
    wanted = seats_of_programme(session, event.id)
    pools = queries.pools_of(session, event.id, PoolKind.SESSION)
    known = {pool.key: pool.seats for pool in pools}
    # One that takes place after all moves up those who wait in it.
    if wanted == known and not any(pool.waiting for pool in pools):
        return 0
    have_alone(session, event.id)
    missing = [(key, seats) for key, seats in wanted.items() if key not in known]
    if missing:
        modes = queries.seats(session, event.id)
        mode = Mode.ONSITE if modes[Mode.ONSITE].is_offered else ""
        insert_pools(session, event.id, PoolKind.SESSION, missing, mode=str(mode))
    held = hold_all(session, event)
    for pool in [pool for pool in held.pools.values() if pool.kind == PoolKind.SESSION]:
        if pool.key in wanted:
            set_pool_seats(session, pool, wanted[pool.key], now=now)
        else:
            _drop(session, held, pool, now=now)
    return _promote(session, event, held, now=now)


def seats_of_programme(session: Session, event_id: int) -> dict[str, int | None]:
    """The seats of the sessions that count them, by key."""
    query = select(AgendaSession.key, AgendaSession.seats).where(
        AgendaSession.event_id == event_id, AgendaSession.seats.is_not(None)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def fill(session: Session, held: Held, ids: Iterable[int]) -> None:
    """Seat in these held pools those who belong there and have no row, as they sit in their mode; count them anew."""
    chosen = sorted(ids)
    if not chosen:
        return
    for kind, column in _OF_PERSON.items():
        _insert_seats(session, and_(SeatPool.id.in_(chosen), SeatPool.kind == kind, SeatPool.key == column))
    for pool in (held.pools[number] for number in chosen):
        if pool.kind == PoolKind.ANSWER:
            _insert_seats(session, and_(SeatPool.id == pool.id, Registration.id.in_(_answering(session, pool.key))))
    count_anew(session, held, chosen)


def _answering(session: Session, key: str) -> list[int]:
    question, _equals, choice = key.partition("=")
    given = session.execute(select(Answer.registration_id, Answer.value).where(Answer.question_id == int(question)))
    return [number for number, value in given if answers_so(value, choice)]


def _insert_seats(session: Session, belongs: ColumnElement[bool]) -> None:
    held, mode = aliased(Seat), aliased(SeatPool)
    is_kept = exists(
        select(held.registration_id)
        .join(mode, mode.id == held.pool_id)
        .where(
            held.registration_id == Registration.id, mode.kind == PoolKind.MODE, held.state == SeatState.TAKEN,
            Registration.state == State.INVITED,
        )
    )  # fmt: skip
    state = case(
        *((Registration.state == one, str(seat)) for one, seat in SEAT_STATES.items()),
        (is_kept, str(SeatState.TAKEN)),
        else_=str(SeatState.ASKED),
    )
    known = exists().where(Seat.registration_id == Registration.id, Seat.pool_id == SeatPool.id)
    rows = (
        select(Registration.id, SeatPool.id, state, false())
        .join(SeatPool, SeatPool.event_id == Registration.event_id)
        .where(belongs, SeatPool.mode.in_(["", Registration.mode]), ~known)
    )
    session.execute(insert(Seat).from_select(["registration_id", "pool_id", "state", "is_beyond"], rows))


def count_anew(session: Session, held: Held, ids: Iterable[int]) -> None:
    """Set the counters of held pools to what the rows say."""
    chosen = list(ids)
    query = select(Seat.pool_id, Seat.state, func.count()).where(Seat.pool_id.in_(chosen))
    counted = {(row[0], row[1]): row[2] for row in session.execute(query.group_by(Seat.pool_id, Seat.state))}
    for pool in (held.pools[number] for number in chosen):
        pool.taken = counted.get((pool.id, str(SeatState.TAKEN)), 0)
        pool.waiting = counted.get((pool.id, str(SeatState.WANTED)), 0)
        recount_surplus(pool)
    session.flush()


def _drop(session: Session, held: Held, pool: SeatPool, *, now: datetime) -> None:
    record(
        session, "seats.pool_removed", at=now, subject="event", subject_id=pool.event_id, event_id=pool.event_id,
        pool=pool.kind, key=pool.key, mode=pool.mode, taken=pool.taken, waiting=pool.waiting,
    )  # fmt: skip
    session.execute(delete(Seat).where(Seat.pool_id == pool.id))
    session.delete(pool)
    del held.pools[pool.id]
    session.flush()


def _promote(session: Session, event: Event, held: Held, *, now: datetime) -> int:
    return promote(session, event, held, queries.settings_of(session, event.id), now=now)


def recount(session: Session, event: Event) -> dict[Mode, SeatPool]:
    """Seat everybody who has no seat row yet as their state says, and set the counters to what the rows say.

    For those who insert many rows at once (the demo).
    """
    held = hold_all(session, event)
    fill(session, held, held.pools)
    last = session.scalar(select(func.max(Registration.queue_number)).where(Registration.event_id == event.id))
    held.counter.last_queued = max(held.counter.last_queued, last or 0)
    session.flush()
    return {mode: held.of_mode(mode) for mode in Mode}


@dataclass(frozen=True)
class Shaped:
    """What an act on pools came to: how many moved up, are counted by new pools, sit beyond, and wait."""

    moved: int
    counted: int
    beyond: int
    waiting: int


@dataclass(frozen=True)
class Shape:
    """How an event stood before an act on its pools."""

    seated: int
    waiting: int
    taken: dict[int, int]
    overbooked: dict[int, int]

    def compared(self, after: Shape) -> Shaped:
        # Those of the modes are made when they are first needed, and count nobody anew.
        new = set(after.taken) - set(self.taken) if self.taken else set()
        return Shaped(
            moved=after.seated - self.seated,
            counted=sum(after.taken[number] for number in new),
            beyond=sum(max(0, after.overbooked[one] - self.overbooked.get(one, 0)) for one in after.overbooked),
            waiting=after.waiting,
        )


def shape_of(session: Session, event: Event) -> Shape:
    """How an event stands, to say what an act on its pools came to. It has the event alone from then on."""
    have_alone(session, event.id)
    pools = queries.pools_of(session, event.id)
    states = select(Registration.state, func.count()).where(Registration.event_id == event.id)
    counted: dict[str, int] = {row[0]: row[1] for row in session.execute(states.group_by(Registration.state))}
    sessions = select(func.count()).select_from(Seat).join(SeatPool, SeatPool.id == Seat.pool_id)
    extra = session.scalar(sessions.where(SeatPool.event_id == event.id, Seat.queue_number.is_not(None))) or 0
    return Shape(
        seated=sum(counted.get(state, 0) for state in SEATED) - extra,
        waiting=counted.get(State.WAITING, 0),
        taken={pool.id: pool.taken for pool in pools},
        overbooked={pool.id: pool.overbooked for pool in pools},
    )
