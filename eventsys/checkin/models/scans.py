"""Scans and who was admitted: a scan's id is used once, a person enters a point once a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.kernel.database import Base, Instant, Key, Line, type_id
from eventsys.registration.models import Registration


class Scan(Base):
    """One scan and the answer it got, which stays its answer. `corrected_*` say what is true since another scan.

    `told` is what a device without network had said by itself, before it sent the scan.
    """

    __tablename__ = "scan"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    scan_id: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[int] = mapped_column(ForeignKey("checkin_device.id", ondelete="CASCADE"), index=True)
    point_key: Mapped[Key]
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))
    direction: Mapped[str] = mapped_column(String(3))
    is_offline: Mapped[bool] = mapped_column(default=False)
    at: Mapped[Instant]
    received_at: Mapped[Instant]
    told: Mapped[str | None] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    answer: Mapped[dict[str, Any]]
    corrected_outcome: Mapped[str | None] = mapped_column(String(20))
    corrected_answer: Mapped[dict[str, Any] | None]
    corrected_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[Line] = mapped_column(default="")
    undone_by: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (
        # The device may send a whole offline hour again: the second arrival finds the first answer.
        UniqueConstraint("event_id", "scan_id"),
        CheckConstraint("direction IN ('in', 'out')", name="direction_known"),
        Index(None, "event_id", "received_at"),
        Index(None, "event_id", "corrected_at"),
        Index(None, "registration_id", "at"),
    )


class Admission(Base):
    """Who is in: one row a person, point and local day; where a point is passed once in all, the day is
    `rules.EVER`. `first_*` is the earliest scan that admitted them."""

    __tablename__ = "admission"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    point_key: Mapped[Key]
    day: Mapped[date]
    first_at: Mapped[Instant]
    first_scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id", ondelete="CASCADE"))
    is_inside: Mapped[bool] = mapped_column(default=True)
    last_at: Mapped[Instant]

    registration: Mapped[Registration] = relationship()
    first_scan: Mapped[Scan] = relationship()

    __table_args__ = (
        UniqueConstraint("registration_id", "point_key", "day"),
        Index(None, "event_id", "day", "point_key", "first_at"),
    )
