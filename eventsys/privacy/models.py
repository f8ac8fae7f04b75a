"""What the clock erased, run by run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.kernel.database import Base, Instant, type_id


class RetentionRun(Base):
    """One event's data erased on its date: what was due, and how much of each kind went (`counts`).

    `finished_at` None means that it goes on, or went on when a worker was killed: the next one continues.
    """

    __tablename__ = "retention_run"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    begun_at: Mapped[Instant]
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (Index(None, "event_id", "begun_at"),)
