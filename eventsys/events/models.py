"""Events, the themes they carry, and who may run them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.community.models import Theme
from eventsys.kernel import clock
from eventsys.kernel.database import Base, Instant, Key, Line, Prose, type_id


class EventKind(StrEnum):
    """What sort of gathering it is."""

    CONFERENCE = "conference"
    WORKSHOP = "workshop"
    SEMINAR = "seminar"
    WEBINAR = "webinar"
    MEETING = "meeting"


class EventStatus(StrEnum):
    """Whether the public sees an event. A cancelled one keeps its address and says so."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class MemberRole(StrEnum):
    """What a user may do in one event, from most to least."""

    OWNER = "owner"
    EDITOR = "editor"
    DOOR = "door"


# As a literal: an index on some rows serves only a condition that the database can read.
PUBLIC = text("status <> 'draft'")

event_theme = Table(
    "event_theme",
    Base.metadata,
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Event(Base):
    """One gathering.

    `version` grows with every change that a public page, feed or screen could show: pages are kept by it.
    `changed_at` says when it grew last. `sequence` grows when time, place or state change (RFC 5545, section 3.8.7.4).
    `uid` never changes. A private event is found by its link only, which `private_nonce` derives.
    """

    __tablename__ = "event"

    id: Mapped[type_id]
    slug: Mapped[Key] = mapped_column(unique=True)
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10), default=EventStatus.DRAFT)
    title: Mapped[Line]
    summary: Mapped[Prose] = mapped_column(default="")
    description: Mapped[Prose] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(35), default="en")
    timezone: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    venue_name: Mapped[Line] = mapped_column(default="")
    venue_address: Mapped[Line] = mapped_column(default="")
    venue_city: Mapped[Line] = mapped_column(default="")
    venue_country: Mapped[str] = mapped_column(String(2), default="")
    organisers: Mapped[list[str]] = mapped_column(default=list)
    contact: Mapped[str] = mapped_column(String(254), default="")
    privacy_controller: Mapped[Line] = mapped_column(default="")
    privacy_notice: Mapped[Prose] = mapped_column(default="")
    is_private: Mapped[bool] = mapped_column(default=False)
    private_nonce: Mapped[str] = mapped_column(String(22), default="")
    status_note: Mapped[Prose] = mapped_column(default="")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Instant] = mapped_column(default=clock.now)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    themes: Mapped[list[Theme]] = relationship(secondary=event_theme, order_by=Theme.key)
    members: Mapped[list[Membership]] = relationship(back_populates="event", cascade="all, delete-orphan")
    replaced_by: Mapped[Event | None] = relationship(remote_side="Event.id")

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("status IN ('draft', 'published', 'cancelled')", name="status_known"),
        CheckConstraint("kind IN ('conference', 'workshop', 'seminar', 'webinar', 'meeting')", name="kind_known"),
        # What visitors list, in its order, however many events lie behind.
        Index("ix_event_public_starts_at", "starts_at", "id", postgresql_where=PUBLIC, sqlite_where=PUBLIC),
        Index("ix_event_public_ends_at", "ends_at", postgresql_where=PUBLIC, sqlite_where=PUBLIC),
    )

    @property
    def zone(self) -> ZoneInfo:
        """The zone its times are said in."""
        return ZoneInfo(self.timezone)

    @property
    def is_public(self) -> bool:
        """Whether visitors see it, of a private event those who have its link."""
        return self.status != EventStatus.DRAFT

    @property
    def is_listed(self) -> bool:
        """Whether anybody may learn that it exists."""
        return self.is_public and not self.is_private


class Membership(Base):
    """What one user may do in one event."""

    __tablename__ = "event_member"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[Instant]

    event: Mapped[Event] = relationship(back_populates="members")

    __table_args__ = (
        UniqueConstraint("event_id", "user_id"),
        CheckConstraint("role IN ('owner', 'editor', 'door')", name="role_known"),
    )


class MemberInvitation(Base):
    """An invitation by mail to run an event; accepted by whoever holds the link, once, before it expires."""

    __tablename__ = "event_invitation"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(10))
    nonce: Mapped[str] = mapped_column(String(22))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    accepted_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    __table_args__ = (CheckConstraint("role IN ('owner', 'editor', 'door')", name="role_known"),)


class FormerSlug(Base):
    """An address an event once had: it redirects for ever."""

    __tablename__ = "event_former_slug"

    slug: Mapped[Key] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
