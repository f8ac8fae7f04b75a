"""Breakouts by wish: rounds of parallel sessions, and how people rank them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.kernel.database import Base, Instant, Line, type_id


class Breakout(Base):
    """A round of parallel sessions that people rank: whose wishes are dealt in one run, repeatable from its seed.

    `sessions` are keys of sessions that count seats. `report` is what the run explained.
    """

    __tablename__ = "breakout"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60))
    name: Mapped[Line]
    sessions: Mapped[list[str]]
    wishes_most: Mapped[int] = mapped_column(default=3)
    closes_at: Mapped[datetime | None]
    fills: Mapped[bool] = mapped_column(default=True)
    seed: Mapped[str] = mapped_column(String(40), default="")
    dealt_at: Mapped[datetime | None]
    dealt_by: Mapped[str] = mapped_column(String(60), default="")
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)

    wishes: Mapped[list[BreakoutWish]] = relationship(back_populates="breakout", cascade="all, delete-orphan")

    __table_args__ = (UniqueConstraint("event_id", "key"),)


class BreakoutWish(Base):
    """How one person ranks the sessions of a round, best first; `given` is what they got."""

    __tablename__ = "breakout_wish"

    breakout_id: Mapped[int] = mapped_column(ForeignKey("breakout.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    ranking: Mapped[list[str]]
    given: Mapped[str | None] = mapped_column(String(100))
    updated_at: Mapped[Instant]

    breakout: Mapped[Breakout] = relationship(back_populates="wishes")
