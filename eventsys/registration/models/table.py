"""What organisers keep beside registrations: tags, views of the table, acts on many that can be undone, who looked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.kernel.database import Base, Instant, Line, type_id


class RegistrationTag(Base):
    """A word that organisers put on a registration, for their own order."""

    __tablename__ = "registration_tag"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(60), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))

    __table_args__ = (Index(None, "event_id", "tag"),)


class SavedView(Base):
    """A search of the table under a name: the address's query, for its maker or for all organisers of the event."""

    __tablename__ = "saved_view"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    name: Mapped[Line]
    query: Mapped[str] = mapped_column(String(2000))
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("event_id", "user_id", "name"),)


class BulkAct(Base):
    """One act on many registrations; `before` is what must be known to undo it."""

    __tablename__ = "bulk_act"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    before: Mapped[dict[str, Any]]
    count: Mapped[int] = mapped_column(default=0)
    at: Mapped[Instant]
    by: Mapped[str] = mapped_column(String(60))
    undone_at: Mapped[datetime | None]


class SensitiveLook(Base):
    """Who saw sensitive answers, when, and of how many people; of one person where it was one."""

    __tablename__ = "sensitive_look"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    what: Mapped[str] = mapped_column(String(30))
    people: Mapped[int] = mapped_column(default=1)
    at: Mapped[Instant]
    by: Mapped[str] = mapped_column(String(60))

    __table_args__ = (Index(None, "event_id", "id"),)
