"""Which facts people were told about, so that each is told once, whoever looks and however often."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.kernel.database import Base, Instant


class Notice(Base):
    """One fact that concerns everyone registered. `reached_id` is the registration up to which all are told.

    `finished_at` None means that the telling goes on, or went on when a worker was killed: the next one continues. A
    fact that a later one made pointless names it in `told_by_id`.
    """

    __tablename__ = "notice"

    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    reached_id: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[Instant]
    finished_at: Mapped[datetime | None]
    told_by_id: Mapped[int | None]
