"""Seats: counted in one row a pool, and who sits where or waits for it in one row a person and pool."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.kernel.database import Base, type_id
from eventsys.registration.models.terms import CHOSEN_KINDS, PoolKind, SeatState


class SeatPool(Base):
    """Seats counted in one row, so that one conditional UPDATE decides who gets the last one.

    `key` is the mode, type, sector, day (2026-12-03), key of a session, `<question>=<choice>` or folded name of an
    organisation; `mode` whose seats are counted, empty for all. `seats` None means unlimited, 0 not offered.
    `overbooked` is what an organiser knowingly added on top. `taken` and `waiting` count the rows of `Seat`.
    `last_queued` is the number that was drawn last: those who wait for a place in the event draw it from the pool of
    its first mode, those who wait for a session only from the session's.
    """

    __tablename__ = "seat_pool"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12), default=PoolKind.MODE)
    key: Mapped[str] = mapped_column(String(320))
    mode: Mapped[str] = mapped_column(String(10))
    seats: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    overbooked: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    last_queued: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("event_id", "kind", "key", "mode"),
        CheckConstraint("taken >= 0", name="taken_counted"),
        CheckConstraint("waiting >= 0", name="waiting_counted"),
        CheckConstraint("overbooked >= 0", name="overbooked_counted"),
        CheckConstraint("seats IS NULL OR taken <= seats + overbooked", name="never_overfull"),
        CheckConstraint("mode IN ('', 'onsite', 'online')", name="mode_known"),
        CheckConstraint(
            "kind IN ('mode', 'type', 'sector', 'organisation', 'day', 'session', 'answer')", name="kind_known"
        ),
        CheckConstraint("kind <> 'mode' OR key = mode", name="mode_keyed"),
    )

    @property
    def is_chosen(self) -> bool:
        """Whether people choose it, and could choose another one."""
        return self.kind in CHOSEN_KINDS

    @property
    def is_full(self) -> bool:
        return self.seats is not None and self.taken >= self.seats


class Seat(Base):
    """One person's seat in one pool: taken, waited for, or asked for without being counted yet or any more.

    `is_beyond` marks one that an organiser gave beyond the seats. `queue_number` orders those who have their place in
    the event and wait for this session.
    """

    __tablename__ = "seat"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("seat_pool.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(6), default=SeatState.TAKEN)
    is_beyond: Mapped[bool] = mapped_column(default=False)
    queue_number: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("state IN ('asked', 'wanted', 'taken')", name="state_known"),
        CheckConstraint("queue_number IS NULL OR state = 'wanted'", name="queued_while_wanted"),
        Index(None, "pool_id", "state"),
    )
