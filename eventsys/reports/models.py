"""Certificates of attendance: a code that anybody may verify, and what proves a name without keeping it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.events.models import Event
from eventsys.kernel.database import Base, Instant, type_id
from eventsys.registration.models import Registration


class Certificate(Base):
    """That one person was there. On which days stands in the admissions, which name nobody either.

    `name_hash` is made from the folded name with the key of this installation and `code`: who types the name of the
    paper is told whether it is this one, also when the person has long been erased.
    """

    __tablename__ = "certificate"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name_hash: Mapped[str] = mapped_column(String(22))
    issued_at: Mapped[Instant]

    event: Mapped[Event] = relationship()
    registration: Mapped[Registration] = relationship()
