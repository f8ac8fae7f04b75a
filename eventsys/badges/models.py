"""Designs of badges: drawn by organisers, kept as JSON, one of them an event's own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.kernel.database import Base, Instant, Key, Line, type_id


class BadgeDesign(Base):
    """One design. `design` is the document that `badges.designs` reads: its format and the elements of its sides.

    `is_default` marks the one that is printed where nobody chooses.
    """

    __tablename__ = "badge_design"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[Key]
    name: Mapped[Line]
    design: Mapped[dict[str, Any]]
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]

    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        Index(
            "uq_badge_design_default",
            "event_id",
            unique=True,
            postgresql_where=text("is_default"),
            sqlite_where=text("is_default"),
        ),
    )
