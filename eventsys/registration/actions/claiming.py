"""The last seat, decided by the database in one statement: the pools are locked for it and the commit, no longer.

PostgreSQL locks the rows in their order inside the statement, and sees what others have committed meanwhile. On SQLite
the transaction is the only one that writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import CTE, ScalarSelect, Table, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from eventsys.registration.models import PoolKind, SeatPool

_POOL = cast(Table, SeatPool.__table__)
_ALL = bindparam("all_ids", expanding=True)
_WANTED = bindparam("wanted_ids", expanding=True)


def _held() -> CTE:
    """The pools as they stand once they are ours; counting over all of them makes sure that all are locked."""
    return (
        select(_POOL.c.id, _POOL.c.seats, _POOL.c.taken)
        .where(_POOL.c.id.in_(_ALL))
        .order_by(_POOL.c.kind != PoolKind.MODE, _POOL.c.id)
        .with_for_update(key_share=True)
        .cte("held")
    )


def _full(held: CTE) -> ScalarSelect[int]:
    """How many of the wanted pools are full."""
    is_full = (held.c.taken >= held.c.seats) & held.c.id.in_(_WANTED)
    return select(func.coalesce(func.sum(case((is_full, 1), else_=0)), 0)).select_from(held).scalar_subquery()


_CLAIM = update(_POOL).where(_POOL.c.id.in_(_ALL), _full(_held()) == 0).values(taken=_POOL.c.taken + 1)

_QUEUE = (
    update(_POOL)
    .where(_POOL.c.id.in_(_ALL), _full(_held()) > 0)
    .values(
        waiting=_POOL.c.waiting + case((_POOL.c.id.in_(_WANTED), 1), else_=0),
        last_queued=_POOL.c.last_queued + case((_POOL.c.id == bindparam("counter_id"), 1), else_=0),
    )
    .returning(_POOL.c.id, _POOL.c.last_queued)
)


def claim(session: Session, wanted: Sequence[int]) -> bool:
    """Take a seat in each of these pools, or none. Nobody waits beside free seats they could take, since whoever frees
    one gives it on in the same transaction."""
    taken = session.connection().execute(_CLAIM, {"all_ids": list(wanted), "wanted_ids": list(wanted)})
    return bool(taken.rowcount)


def queue_up(session: Session, wanted: Sequence[int], counter: int) -> int | None:
    """Wait for a seat in each of these pools where really one of them is full: the number drawn, else None."""
    every = sorted({*wanted, counter})
    values = {"all_ids": every, "wanted_ids": list(wanted), "counter_id": counter}
    drawn = {row.id: row.last_queued for row in session.connection().execute(_QUEUE, values)}
    return drawn.get(counter)
