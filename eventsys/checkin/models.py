"""Points, devices, scans and who was admitted: a scan's id is used once, a person enters a point once a day."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.events.models import Event
from eventsys.kernel.database import Base, Instant, Key, Line, type_id
from eventsys.registration.models import Registration


class Outcome(StrEnum):
    """What a scan was answered."""

    ADMITTED = "admitted"
    LEFT = "left"
    ALREADY_IN = "already_in"
    UNKNOWN = "unknown"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    NOT_CONFIRMED = "not_confirmed"
    WRONG_EVENT = "wrong_event"
    WRONG_POINT = "wrong_point"
    WRONG_MODE = "wrong_mode"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Point(Base):
    """A place where people are let in. Without instants it is open from 3 hours before the event until its end."""

    __tablename__ = "checkin_point"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[Key]
    name: Mapped[Line]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    may_repeat: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("event_id", "key"),)


class Device(Base):
    """A phone, tablet or program at the door. `token_hash` finds it; it may do what a door needs, until it ends."""

    __tablename__ = "checkin_device"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: Mapped[Line]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    point_id: Mapped[int | None] = mapped_column(ForeignKey("checkin_point.id", ondelete="SET NULL"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    point: Mapped[Point | None] = relationship()


class Scan(Base):
    """One scan and the answer it got, which stays its answer. `corrected_*` say what is true since another scan."""

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
    """Who is in: one row a person, point and local day. `first_*` is the earliest scan that admitted them."""

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
