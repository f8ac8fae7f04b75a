"""Cards people keep of themselves, and who asked whom for theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.kernel.database import Base, Instant, Line, type_id
from eventsys.registration.models import Registration


class ContactCard(Base):
    """What one person gives to those they agree with. `is_open` gives it to whoever scans their badge, unasked.

    Nothing of it is taken from the registration but the name and the organisation: the rest its owner wrote here.
    """

    __tablename__ = "contact_card"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    role: Mapped[Line] = mapped_column(default="")
    link: Mapped[Line] = mapped_column(default="")
    consented_at: Mapped[Instant]
    updated_at: Mapped[Instant]

    registration: Mapped[Registration] = relationship()


class ContactExchange(Base):
    """Who scanned whose badge. Both cards are open to both from `agreed_at` on, until either ends it."""

    __tablename__ = "contact_exchange"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    asked_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    asked_at: Mapped[Instant]
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    asker: Mapped[Registration] = relationship(foreign_keys=[asker_id])
    asked: Mapped[Registration] = relationship(foreign_keys=[asked_id])

    __table_args__ = (
        UniqueConstraint("asker_id", "asked_id"),
        CheckConstraint("asker_id <> asked_id", name="two_people"),
        Index(None, "asked_id", "asked_at"),
    )
