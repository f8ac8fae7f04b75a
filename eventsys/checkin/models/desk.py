"""What a desk is asked to look out for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.accounts.models import User
from eventsys.kernel.database import Base, Instant, Line, type_id
from eventsys.registration.models import Registration


class ArrivalWatch(Base):
    """Somebody whose arrival is to be told at once: why, who asked, and when they came."""

    __tablename__ = "arrival_watch"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    words: Mapped[Line] = mapped_column(default="")
    created_at: Mapped[Instant]
    arrived_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
    user: Mapped[User | None] = relationship()
