"""Registrations, the seats they hold, the questions they answer and the tickets they show."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.events.models import Event
from eventsys.kernel.database import Base, Instant, Json, Key, Line, Prose, type_id


class Mode(StrEnum):
    """How a person takes part."""

    ONSITE = "onsite"
    ONLINE = "online"


class State(StrEnum):
    """Where a registration stands."""

    UNVERIFIED = "unverified"
    INVITED = "invited"
    APPLIED = "applied"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    DECLINED = "declined"
    CANCELLED = "cancelled"


SEATED = frozenset({State.CONFIRMED, State.OFFERED})
ENDED = frozenset({State.DECLINED, State.CANCELLED})


class RegistrationType(StrEnum):
    """In which quality a person comes."""

    PARTICIPANT = "participant"
    SPEAKER = "speaker"
    STAFF = "staff"
    PRESS = "press"
    GUEST = "guest"


class WaitingList(StrEnum):
    """What happens with a freed seat."""

    NONE = "none"
    AUTOMATIC = "automatic"
    OFFERS = "offers"


class Audience(StrEnum):
    """Who may see a stream or a material, from everybody to the few."""

    PUBLIC = "public"
    REGISTERED = "registered"
    ONLINE = "online"
    ONSITE = "onsite"
    STAFF = "staff"


class RegistrationSettings(Base):
    """How one event registers people. No opening instant means: from publication; no closing one: until the end."""

    shows_on = "event_id"

    __tablename__ = "registration_settings"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    waiting_list: Mapped[str] = mapped_column(String(10), default=WaitingList.AUTOMATIC)
    offer_hours: Mapped[int] = mapped_column(default=48)
    has_approval: Mapped[bool] = mapped_column(default=False)

    event: Mapped[Event] = relationship()

    __table_args__ = (
        CheckConstraint("waiting_list IN ('none', 'automatic', 'offers')", name="waiting_list_known"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("offer_hours > 0", name="offer_hours_counted"),
    )


class SeatPool(Base):
    """Seats counted in one row, so that one conditional UPDATE decides who gets the last one.

    `seats` None means unlimited, 0 not offered. `overbooked` is what an organiser knowingly added on top. `waiting` is
    the number of those who wait, so that the same UPDATE sees whether a newcomer would overtake them; `last_queued` is
    the number that the last of them drew.
    """

    __tablename__ = "seat_pool"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(10))
    seats: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    overbooked: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    last_queued: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("event_id", "mode"),
        CheckConstraint("taken >= 0", name="taken_counted"),
        CheckConstraint("waiting >= 0", name="waiting_counted"),
        CheckConstraint("overbooked >= 0", name="overbooked_counted"),
        CheckConstraint("seats IS NULL OR taken <= seats + overbooked", name="never_overfull"),
        CheckConstraint("mode IN ('onsite', 'online')", name="mode_known"),
    )


class Registration(Base):
    """One person's place in one event.

    `email_key` is the folded address; one living registration an address and event. `link_hash` finds the personal
    link, `link_nonce` derives it again. `queue_number` orders those who wait. `search_key` is the name and
    organisation folded for the door.
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
        Index(None, "event_id", "updated_at"),
        Index(
            "ix_registration_offers",
            "offer_until",
            postgresql_where=text("state = 'offered'"),
            sqlite_where=text("state = 'offered'"),
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


class Question(Base):
    """One question of an event's form; its answers are erased `erase_after_days` after the event ends."""

    shows_on = "event_id"

    __tablename__ = "question"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[Key]
    label: Mapped[Line]
    help: Mapped[Line] = mapped_column(default="")
    type: Mapped[str] = mapped_column(String(20), default="text")
    choices: Mapped[list[str]] = mapped_column(default=list)
    is_required: Mapped[bool] = mapped_column(default=False)
    erase_after_days: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint(
            "type IN ('text', 'longtext', 'choice', 'choices', 'number', 'date', 'statement')", name="type_known"
        ),
        CheckConstraint("erase_after_days >= 0", name="erase_after_days_counted"),
    )


class Answer(Base):
    """What one person answered to one question."""

    __tablename__ = "answer"

    id: Mapped[type_id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    value: Mapped[Any] = mapped_column(Json)

    registration: Mapped[Registration] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()

    __table_args__ = (UniqueConstraint("registration_id", "question_id"),)
