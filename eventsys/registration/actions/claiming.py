"""The last seat, decided by the database in one statement: the pools are locked for it and the commit, no longer.

PostgreSQL locks the rows in their order inside the statement, and sees what others have committed meanwhile. On SQLite
the transaction is the only one that writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Table,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from eventsys.registration.models import PoolKind, RegistrationSettings, SeatPool

_POOL = cast(Table, SeatPool.__table__)
_SETTINGS = cast(Table, RegistrationSettings.__table__)
_ALL: BindParameter[Any] = bindparam("all_ids", expanding=True)
_WANTED: BindParameter[Any] = bindparam("wanted_ids", expanding=True)


@dataclass(frozen=True)
class Sought:
    """The pools that somebody needs a seat in, as far as they were seen: ids of `wanted`, of those of the `modes`, and
    of all that were `seen`, the one of the `organisation` included. `most` is how many of one organisation may come."""

    event_id: int
    wanted: list[int]
    modes: list[int]
    seen: list[int]
    organisation: str
    most: int | None

    @property
    def counter(self) -> int:
        """The pool that numbers those who wait."""
        return min(self.modes)

    def values(self) -> dict[str, Any]:
        # Both modes are locked whichever is wanted: so everybody takes all locks of an event in one order.
        return {
            "all_ids": sorted({*self.modes, *self.wanted}),
            "wanted_ids": self.wanted,
            "of_event": self.event_id,
            "of_organisation": self.organisation,
            "seen_most": -1 if self.most is None else self.most,
            "seen_number": len(self.seen),
            "seen_sum": sum(self.seen),
        }


def _held() -> CTE:
    """The pools as they stand once they are ours; counting over all of them makes sure that all are locked."""
    return (
        select(_POOL.c.id, _POOL.c.seats, _POOL.c.taken)
        .where(_POOL.c.id.in_(_ALL))
        .order_by(_POOL.c.kind != PoolKind.MODE, _POOL.c.id)
        .with_for_update(key_share=True)
        .cte("held")
    )


def _full() -> ScalarSelect[int]:
    """How many of the wanted pools are full."""
    held = _held()
    is_full = and_(held.c.taken >= held.c.seats, held.c.id.in_(_WANTED))
    return select(func.coalesce(func.sum(case((is_full, 1), else_=0)), 0)).select_from(held).scalar_subquery()


def _as_seen() -> ColumnElement[bool]:
    """Whether the event counts seats by what was seen. The row of the newcomer is written by now, and holds that."""
    now = _POOL.alias("now")
    matters = or_(now.c.kind != PoolKind.ORGANISATION, now.c.key == bindparam("of_organisation"))
    here = and_(now.c.event_id == bindparam("of_event"), matters)
    number = select(func.count()).select_from(now).where(here).scalar_subquery()
    total = select(func.sum(now.c.id)).where(here).scalar_subquery()
    # Whose organisation is the first to be capped has no pool yet that could be missed.
    most = select(_SETTINGS.c.organisation_seats).where(_SETTINGS.c.event_id == bindparam("of_event")).scalar_subquery()
    is_capped_so = func.coalesce(most, -1) == bindparam("seen_most")
    return and_(number == bindparam("seen_number"), total == bindparam("seen_sum"), is_capped_so)


# What was changed is returned: of a statement that begins with WITH, SQLite's driver counts no rows (it says -1).
_CLAIM = (
    update(_POOL)
    .where(_POOL.c.id.in_(_WANTED), _full() == 0, _as_seen())
    .values(taken=_POOL.c.taken + 1)
    .returning(_POOL.c.id)
)

_QUEUE = (
    update(_POOL)
    .where(_POOL.c.id.in_(_ALL), _full() > 0, _as_seen())
    .values(
        waiting=_POOL.c.waiting + case((_POOL.c.id.in_(_WANTED), 1), else_=0),
        last_queued=_POOL.c.last_queued + case((_POOL.c.id == bindparam("counter_id"), 1), else_=0),
    )
    .returning(_POOL.c.id, _POOL.c.last_queued)
)


def claim(session: Session, sought: Sought) -> bool:
    """Take a seat in each of these pools, or none. Nobody waits beside free seats they could take, since whoever frees
    one gives it on in the same transaction."""
    taken = session.connection().execute(_CLAIM, sought.values())
    return bool(taken.all())


def queue_up(session: Session, sought: Sought) -> int | None:
    """Wait for a seat in each of these pools where really one of them is full: the number drawn, else None."""
    values = sought.values() | {"counter_id": sought.counter}
    drawn = {row.id: row.last_queued for row in session.connection().execute(_QUEUE, values)}
    return drawn.get(sought.counter)
