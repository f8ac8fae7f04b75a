"""The outbox: messages that must leave, named by what makes them and by a key that is used once; dead addresses."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.kernel.database import Base, Instant, Prose, type_id


class Delivery(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class OutboxMessage(Base):
    """One message to one address. `maker` and `arguments` are all that is kept: the worker renders when it sends."""

    __tablename__ = "outbox_message"

    id: Mapped[type_id]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    maker: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict[str, Any]]
    event_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default=Delivery.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Instant]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[Instant]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text())

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="state_known"),
        # Only what still waits is looked through, however long the history grows.
        Index(
            "ix_outbox_message_due",
            "due_at",
            "id",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index(None, "event_id", "state"),
    )


class BouncedAddress(Base):
    """An address that mail does not reach. `status` is the code of RFC 3463, such as 5.1.1; `reason` names no person.

    Where `cleared_at` is set the address counts as good again, until mail to it comes back once more.
    """

    __tablename__ = "bounced_address"

    id: Mapped[type_id]
    address_key: Mapped[str] = mapped_column(String(254), unique=True)
    reason: Mapped[Prose]
    status: Mapped[str] = mapped_column(String(12))
    bounced_at: Mapped[Instant]
    cleared_at: Mapped[datetime | None]
