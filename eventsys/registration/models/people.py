"""People: one registration each, the tickets they show, a change of their address that waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.events.models import Event
from eventsys.kernel.database import Base, Instant, Line, Prose, type_id
from eventsys.registration.models.forms import Answer
from eventsys.registration.models.terms import Coming, RegistrationType


class Registration(Base):
    """One person's place in one event.

    `email_key` is the folded address; one living registration an address and event. `link_hash` finds the personal
    link, `link_nonce` derives it again. `queue_number` orders those who wait. `search_key` is the name and
    organisation folded for the door, `organisation_key` the organisation folded to be counted by. `offer_until` is
    the deadline of an offered or invited seat. `accompanies_id` is whose companion they are. `is_online_meanwhile`
    says that they take part online while they wait. `stands_in_for_id` is whose seat they were handed. `erased_at`
    says that only what is counted is left.
    """

    __tablename__ = "registration"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(12))
    type: Mapped[str] = mapped_column(String(12), default=RegistrationType.PARTICIPANT)
    mode: Mapped[str] = mapped_column(String(10))
    first_name: Mapped[str] = mapped_column(String(120))
    last_name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254))
    organisation: Mapped[Line] = mapped_column(default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    organisation_key: Mapped[str] = mapped_column(String(300), default="")
    sector: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[str] = mapped_column(String(35), default="en")
    search_key: Mapped[str] = mapped_column(String(600), default="")
    person_key: Mapped[str | None] = mapped_column(String(100))
    link_nonce: Mapped[str] = mapped_column(String(22))
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    queue_number: Mapped[int | None]
    offer_until: Mapped[datetime | None]
    privacy_accepted_at: Mapped[datetime | None]
    privacy_text_hash: Mapped[str] = mapped_column(String(64), default="")
    address_confirmed_at: Mapped[datetime | None]
    is_online_meanwhile: Mapped[bool] = mapped_column(default=False)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id", ondelete="SET NULL"), index=True)
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id", ondelete="SET NULL"), index=True)
    stands_in_for_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    accompanies_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    verdict: Mapped[str | None] = mapped_column(String(8))
    score: Mapped[float | None]
    coming: Mapped[str] = mapped_column(String(8), default=Coming.UNASKED)
    coming_until: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    notes: Mapped[Prose] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)
    registered_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    cancelled_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    answers: Mapped[list[Answer]] = relationship(back_populates="registration", cascade="all, delete-orphan")
    tickets: Mapped[list[Ticket]] = relationship(back_populates="registration", cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint("mode IN ('onsite', 'online')", name="mode_known"),
        CheckConstraint(
            "state IN ('unverified', 'invited', 'applied', 'confirmed', 'waiting', 'offered', 'declined', 'cancelled')",
            name="state_known",
        ),
        CheckConstraint("type IN ('participant', 'speaker', 'staff', 'press', 'guest')", name="type_known"),
        CheckConstraint("verdict IN ('accept', 'wait', 'decline')", name="verdict_known"),
        CheckConstraint("coming IN ('unasked', 'asked', 'yes', 'no')", name="coming_known"),
        CheckConstraint("(state = 'waiting') = (queue_number IS NOT NULL)", name="queued_while_waiting"),
        Index(
            "uq_registration_living_address",
            "event_id",
            "email_key",
            unique=True,
            postgresql_where=text("state NOT IN ('declined', 'cancelled')"),
            sqlite_where=text("state NOT IN ('declined', 'cancelled')"),
        ),
        Index(
            "uq_registration_living_person",
            "event_id",
            "person_key",
            unique=True,
            postgresql_where=text("state NOT IN ('declined', 'cancelled')"),
            sqlite_where=text("state NOT IN ('declined', 'cancelled')"),
        ),
        Index(
            "ix_registration_queue",
            "event_id",
            "mode",
            "queue_number",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index(None, "event_id", "state", "mode"),
        Index(None, "event_id", "last_name", "first_name", "id"),
        Index(None, "event_id", "registered_at", "id"),
        Index(None, "event_id", "organisation", "id"),
        Index(None, "event_id", "country", "id"),
        Index(None, "event_id", "sector", "id"),
        Index(None, "event_id", "updated_at"),
        Index(
            "ix_registration_held",
            "offer_until",
            postgresql_where=text("state IN ('offered', 'invited', 'unverified')"),
            sqlite_where=text("state IN ('offered', 'invited', 'unverified')"),
        ),
    )

    @property
    def name(self) -> str:
        """Given name first; who has one name has one name."""
        return f"{self.first_name} {self.last_name}".strip()


class Ticket(Base):
    """What a QR code holds (`code`, at most 29 characters) and the short code under it. A replaced one stays known."""

    __tablename__ = "ticket"

    id: Mapped[type_id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(29), unique=True)
    short_code: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[Instant]
    replaced_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship(back_populates="tickets")

    __table_args__ = (
        UniqueConstraint("event_id", "short_code"),
        Index(
            "uq_ticket_current",
            "registration_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
            sqlite_where=text("replaced_at IS NULL"),
        ),
    )


class EmailChange(Base):
    """A new address that waits for its owner to confirm it; `token_hash` finds it, `nonce` derives its link again.

    `former_email` is kept so that the address given up can be told.
    """

    __tablename__ = "email_change"

    id: Mapped[type_id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    former_email: Mapped[str | None] = mapped_column(String(254))
    nonce: Mapped[str] = mapped_column(String(22))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    confirmed_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
