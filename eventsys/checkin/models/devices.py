"""Devices: phones, tablets and programs at the door, what each may do, and how it fares."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.checkin.models.points import Point
from eventsys.checkin.models.printing import Printer
from eventsys.checkin.models.terms import DeviceRole
from eventsys.events.models import Event
from eventsys.kernel.database import Base, Instant, Line, type_id

# Scans from a list that was kept on paper need a device, too. No digest of a token looks like its mark.
PAPER = "paper:"


class Device(Base):
    """A phone, tablet or program at the door. `token_hash` finds it; it may do what its role needs, until it ends.

    `is_limited` confines it to the points of `DevicePoint`, to none where there are none. One that waits to be paired
    has a `pairing_hash`, found by the QR that an organiser shows, and a `pin_hash`; it gets its token by both, before
    `pairing_until` and within few `pin_tries`. `battery` (0 to 100), `unsent` and `version` are what it told last.
    """

    __tablename__ = "checkin_device"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: Mapped[Line]
    role: Mapped[str] = mapped_column(String(8), default=DeviceRole.SCANNER)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    is_limited: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("printer.id", ondelete="SET NULL"))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    pairing_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    pin_hash: Mapped[str | None] = mapped_column(String(64))
    pin_tries: Mapped[int] = mapped_column(default=0)
    pairing_until: Mapped[datetime | None]
    paired_at: Mapped[datetime | None]
    battery: Mapped[int | None]
    is_charging: Mapped[bool | None]
    unsent: Mapped[int | None]
    version: Mapped[str] = mapped_column(String(40), default="")

    event: Mapped[Event] = relationship()
    printer: Mapped[Printer | None] = relationship()
    points: Mapped[list[Point]] = relationship(secondary="checkin_device_point", order_by=Point.position, viewonly=True)

    __table_args__ = (
        CheckConstraint("role IN ('scanner', 'desk', 'kiosk', 'wall')", name="role_known"),
        CheckConstraint("battery BETWEEN 0 AND 100", name="battery_in_percent"),
        CheckConstraint("unsent >= 0", name="unsent_counted"),
        CheckConstraint("(pairing_hash IS NULL) = (pin_hash IS NULL)", name="paired_by_both"),
    )


class DevicePoint(Base):
    """One point where a limited device may scan."""

    __tablename__ = "checkin_device_point"

    device_id: Mapped[int] = mapped_column(ForeignKey("checkin_device.id", ondelete="CASCADE"), primary_key=True)
    point_id: Mapped[int] = mapped_column(
        ForeignKey("checkin_point.id", ondelete="CASCADE"), primary_key=True, index=True
    )
