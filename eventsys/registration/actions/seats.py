"""Who sits where: seats taken all or none, given up, waited for, exchanged, always in pools that are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from eventsys.registration import queries, rules
from eventsys.registration.actions.pools import Held, recount_surplus
from eventsys.registration.models import (
    SEATED,
    Mode,
    PoolKind,
    Registration,
    RegistrationSettings,
    Seat,
    SeatPool,
    SeatState,
    State,
)

T = TypeVar("T")

_A_BATCH = 1000


def rows_of(session: Session, registration: Registration) -> dict[int, Seat]:
    """The seats of one person by pool, as they stand now."""
    session.flush()
    found = session.scalars(
        select(Seat)
        .where(Seat.registration_id == registration.id)
        .order_by(Seat.pool_id)
        .execution_options(populate_existing=True)
    )
    return {row.pool_id: row for row in found}


def take(
    session: Session, registration: Registration, held: Held, ids: Iterable[int], *, overbook: bool = False
) -> list[SeatPool]:
    """Take a seat in each of these pools, or none; returns those that are full, and nothing was taken if there are.

    With `overbook` there always is a seat, the pool counts the surplus and the seat is marked as beyond.
    """
    rows = rows_of(session, registration)
    wanted = [held.pools[number] for number in sorted(ids) if not _is_taken(rows.get(number))]
    full = [pool for pool in wanted if pool.is_full]
    if full and not overbook:
        return full
    for pool in wanted:
        row = _row(session, registration, pool, rows)
        if row.state == SeatState.WANTED:
            pool.waiting -= 1
        row.is_beyond, row.state, row.queue_number = pool.is_full, SeatState.TAKEN, None
        pool.taken += 1
        recount_surplus(pool)
    session.flush()
    return []


def want(
    session: Session, registration: Registration, held: Held, ids: Iterable[int], *, queue_number: int | None = None
) -> None:
    """Wait for a seat in each of these pools; with a number of its own, where it is for a session only."""
    rows = rows_of(session, registration)
    for number in sorted(ids):
        pool = held.pools[number]
        row = _row(session, registration, pool, rows)
        if row.state == SeatState.ASKED:
            row.state, row.queue_number = SeatState.WANTED, queue_number
            pool.waiting += 1
    session.flush()


def ask(session: Session, registration: Registration, ids: Iterable[int]) -> None:
    """Keep in mind which pools somebody asks for who is not decided about yet; nothing is counted."""
    rows = rows_of(session, registration)
    for number in sorted(set(ids) - set(rows)):
        session.add(Seat(registration_id=registration.id, pool_id=number, state=SeatState.ASKED))
    session.flush()


def give_up(
    session: Session, registration: Registration, held: Held, ids: Iterable[int] | None = None, *, forget: bool = False
) -> bool:
    """Give seats and places in queues back (all of them, or those of `ids`); whether a seat was free thereby.

    What was asked for is kept in mind, to be restored, unless `forget`.
    """
    rows = rows_of(session, registration)
    chosen = set(rows) if ids is None else set(ids)
    freed = False
    for number in sorted(chosen & set(rows)):
        row, pool = rows[number], held.pools.get(number)
        if row.state == SeatState.TAKEN:
            assert pool is not None
            pool.taken -= 1
            recount_surplus(pool)
            freed = True
        elif row.state == SeatState.WANTED:
            assert pool is not None
            pool.waiting -= 1
        # Who waited for a session only has lost nothing that could be restored.
        if forget or row.queue_number is not None:
            session.delete(row)
        else:
            row.state, row.is_beyond, row.queue_number = SeatState.ASKED, False, None
    session.flush()
    return freed


def join_queue(
    session: Session,
    registration: Registration,
    held: Held,
    ids: Iterable[int],
    settings: RegistrationSettings,
) -> None:
    """Stand at the end of the queue, taking part online meanwhile where that is possible."""
    want(session, registration, held, ids)
    draw_number(session, registration, held, settings)


def draw_number(session: Session, registration: Registration, held: Held, settings: RegistrationSettings) -> None:
    """Become the last of those who wait; the seats that are waited for are counted already."""
    counter = held.counter
    counter.last_queued += 1
    registration.state = State.WAITING
    registration.queue_number = counter.last_queued
    online = held.of_mode(Mode.ONLINE)
    registration.is_online_meanwhile = rules.is_online_meanwhile(settings, Mode(registration.mode), online)
    session.flush()


def leave_queue(registration: Registration, state: State) -> None:
    """Stand in `state` from now on. Who is offered a seat still takes part online until they take it."""
    registration.state, registration.queue_number = state, None
    if state != State.OFFERED:
        registration.is_online_meanwhile = False


def needs(session: Session, registration: Registration, held: Held, mode: Mode | None = None) -> list[int]:
    """The ids of the pools that this registration, as it now is, belongs to (in the other mode, if one is given)."""
    wanted = queries.wanted_of(session, registration)
    if mode is not None:
        wanted = wanted.in_mode(mode)
    return [pool.id for pool in rules.pools_for(held.pools.values(), wanted)]


def exchange(
    session: Session,
    registration: Registration,
    held: Held,
    target: Sequence[int],
    *,
    overbook: bool = False,
) -> list[SeatPool]:
    """Sit in just these pools from now on: the new seats are taken first, all or none, then the others given back.

    Returns the pools that are full; then nothing was changed.
    """
    rows = rows_of(session, registration)
    kept = set(target)
    if _is_seated(registration, rows):
        if full := take(session, registration, held, target, overbook=overbook):
            return full
        # Sessions they only wait for go on being waited for, but for those of the mode they leave.
        kept |= {number for number, row in rows.items() if row.state == SeatState.WANTED and _fits(held, number, kept)}
    elif registration.state == State.WAITING:
        want(session, registration, held, target)
    else:
        ask(session, registration, target)
    give_up(session, registration, held, set(rows) - kept, forget=True)
    return []


def _fits(held: Held, number: int, target: set[int]) -> bool:
    modes = {held.pools[one].key for one in target if held.pools[one].kind == PoolKind.MODE}
    return held.pools[number].mode in {"", *modes}


def _is_seated(registration: Registration, rows: dict[int, Seat]) -> bool:
    """Also who is invited, where the seat is kept for them."""
    is_kept = registration.state == State.INVITED and any(_is_taken(row) for row in rows.values())
    return registration.state in SEATED or is_kept


def _is_taken(row: Seat | None) -> bool:
    return row is not None and row.state == SeatState.TAKEN


def _row(session: Session, registration: Registration, pool: SeatPool, rows: dict[int, Seat]) -> Seat:
    found = rows.get(pool.id)
    if found is None:
        found = Seat(registration_id=registration.id, pool_id=pool.id, state=SeatState.ASKED, is_beyond=False)
        session.add(found)
        rows[pool.id] = found
    return found


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many at a time as one statement takes."""
    return (items[start : start + _A_BATCH] for start in range(0, len(items), _A_BATCH))


def take_many(session: Session, held: Held, chosen: Mapping[int, int]) -> None:
    """Seat many at once, each person (by id) in one held pool that has room for all of them: for who has dealt them.

    A pool without room is an error of the caller, which the database refuses.
    """
    seated, waited, known = Counter[int](), Counter[int](), set[int]()
    for row in _rows_of_many(session, chosen):
        known.add(row.registration_id)
        if row.state == SeatState.TAKEN:
            continue
        waited[row.pool_id] += row.state == SeatState.WANTED
        seated[row.pool_id] += 1
        row.is_beyond, row.state, row.queue_number = False, SeatState.TAKEN, None
    session.flush()
    new = [{"registration_id": one, "pool_id": pool} for one, pool in chosen.items() if one not in known]
    for batch in batches(new):
        session.execute(insert(Seat), [one | {"state": str(SeatState.TAKEN), "is_beyond": False} for one in batch])
    seated.update(one["pool_id"] for one in new)
    for number, more in seated.items():
        held.pools[number].taken += more
        held.pools[number].waiting -= waited[number]
    session.flush()


def give_back_many(session: Session, held: Held, chosen: Mapping[int, int]) -> list[int]:
    """Take the seats of `take_many` away again; the ids of those who still sat there."""
    freed = [row for row in _rows_of_many(session, chosen) if row.state == SeatState.TAKEN]
    for batch in batches(freed):
        keys = [(row.registration_id, row.pool_id) for row in batch]
        session.execute(
            delete(Seat)
            .where(tuple_(Seat.registration_id, Seat.pool_id).in_(keys))
            .execution_options(synchronize_session=False)
        )
    for row in freed:
        session.expunge(row)
    for number, less in Counter(row.pool_id for row in freed).items():
        held.pools[number].taken -= less
        recount_surplus(held.pools[number])
    session.flush()
    return [row.registration_id for row in freed]


def _rows_of_many(session: Session, chosen: Mapping[int, int]) -> list[Seat]:
    """What is there already of these people in these pools, as it stands now."""
    session.flush()
    found: list[Seat] = []
    for batch in batches(sorted(chosen)):
        query = select(Seat).where(Seat.registration_id.in_(batch), Seat.pool_id.in_(set(chosen.values())))
        rows = session.scalars(query.execution_options(populate_existing=True))
        found += [row for row in rows if chosen[row.registration_id] == row.pool_id]
    return found
