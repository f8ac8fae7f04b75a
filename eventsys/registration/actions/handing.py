"""Seats that change hands: from one registration to another, without being free in between."""

from __future__ import annotations

from sqlalchemy import delete, false, insert, literal, select, update
from sqlalchemy.orm import Session

from eventsys.registration.models import Registration, Seat, SeatPool, SeatState


def move_seats(session: Session, giver: Registration, taker: Registration) -> None:
    """Every seat and place in a queue of the giver is the taker's, in pools that are held; no counter changes.

    The taker has no counted seat, and belongs to the same pools. What the giver asked for is kept in mind, to be
    restored.
    """
    session.flush()
    # Who waited for a session only has lost nothing that could be restored.
    had = select(Seat.pool_id).where(Seat.registration_id == giver.id, Seat.queue_number.is_(None))
    pools = list(session.scalars(had))
    quietly = {"synchronize_session": False}
    session.execute(delete(Seat).where(Seat.registration_id == taker.id), execution_options=quietly)
    moved = update(Seat).where(Seat.registration_id == giver.id).values(registration_id=taker.id)
    session.execute(moved, execution_options=quietly)
    for row in [row for row in session.identity_map.values() if isinstance(row, Seat)]:
        session.expunge(row)
    rows = select(literal(giver.id), SeatPool.id, literal(str(SeatState.ASKED)), false()).where(SeatPool.id.in_(pools))
    session.execute(insert(Seat).from_select(["registration_id", "pool_id", "state", "is_beyond"], rows))
