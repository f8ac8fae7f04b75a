"""Files and links on an event, a session or a talk; versions keep the address."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.agenda.models import AgendaSession, Talk
from eventsys.kernel.database import Base, Instant, Line, type_id


class MaterialKind(StrEnum):
    """What people look for."""

    SLIDES = "slides"
    RECORDING = "recording"
    REPORT = "report"
    DOCUMENT = "document"
    LINK = "link"


class Material(Base):
    """One thing to read or watch; `key` is in its address, for good. Belongs to the event, a session or a talk."""

    shows_on = "event_id"

    __tablename__ = "material"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_session.id", ondelete="SET NULL"), index=True)
    talk_id: Mapped[int | None] = mapped_column(ForeignKey("talk.id", ondelete="SET NULL"), index=True)
    key: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[Line]
    audience: Mapped[str] = mapped_column(String(12), default="public")
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    removed_at: Mapped[datetime | None]

    session: Mapped[AgendaSession | None] = relationship()
    talk: Mapped[Talk | None] = relationship()
    versions: Mapped[list[MaterialVersion]] = relationship(
        back_populates="material", cascade="all, delete-orphan", order_by="MaterialVersion.number"
    )

    __table_args__ = (
        CheckConstraint("kind IN ('slides', 'recording', 'report', 'document', 'link')", name="kind_known"),
        CheckConstraint("audience IN ('public', 'registered', 'online', 'onsite', 'staff')", name="audience_known"),
    )


class MaterialVersion(Base):
    """One state of a material: a stored file (`storage_key`) or an outside address (`url`)."""

    shows_on = "material.event_id"

    __tablename__ = "material_version"

    id: Mapped[type_id]
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id", ondelete="CASCADE"))
    number: Mapped[int]
    url: Mapped[str | None] = mapped_column(Text())
    storage_key: Mapped[str | None] = mapped_column(String(200))
    filename: Mapped[Line] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[Instant]

    material: Mapped[Material] = relationship(back_populates="versions")

    __table_args__ = (
        UniqueConstraint("material_id", "number"),
        CheckConstraint("(url IS NULL) <> (storage_key IS NULL)", name="file_or_link"),
        Index(None, "storage_key"),
    )
