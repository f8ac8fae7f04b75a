"""Ways in besides the open form: codes and domains, delegations, applications and who looked at them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.accounts.models import User
from eventsys.events.models import Event
from eventsys.kernel.database import Base, Instant, Line, Prose, type_id
from eventsys.registration.models.terms import RegistrationType


class Invitation(Base):
    """A code with a number of uses, or the domain of an organisation: who has it may register, as the given type.

    `uses` None means any number. A personal invitation is no row here but a registration in the state `invited`.
    """

    __tablename__ = "invitation"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    code: Mapped[str | None] = mapped_column(String(40))
    domain: Mapped[str | None] = mapped_column(String(253))
    label: Mapped[Line] = mapped_column(default="")
    type: Mapped[str] = mapped_column(String(12), default=RegistrationType.PARTICIPANT)
    uses: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0)
    passes_approval: Mapped[bool] = mapped_column(default=True)
    until: Mapped[datetime | None]
    created_at: Mapped[Instant]
    created_by: Mapped[str] = mapped_column(String(60))
    revoked_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        UniqueConstraint("event_id", "domain"),
        CheckConstraint("(code IS NULL) <> (domain IS NULL)", name="code_or_domain"),
        CheckConstraint("uses IS NULL OR used <= uses", name="never_used_up_twice"),
        CheckConstraint("used >= 0", name="used_counted"),
        CheckConstraint("type IN ('participant', 'speaker', 'staff', 'press', 'guest')", name="type_known"),
    )


class Delegation(Base):
    """People of one organisation whom one person registers; each member confirms and completes their own."""

    __tablename__ = "delegation"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: Mapped[Line]
    head_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL", use_alter=True, name="fk_delegation_head_id_registration"),
        index=True,
    )
    created_at: Mapped[Instant]


class Review(Base):
    """What one organiser thinks of one application: a score from 1 to 5, an opinion, a note."""

    __tablename__ = "application_review"

    id: Mapped[type_id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    score: Mapped[int | None]
    verdict: Mapped[str | None] = mapped_column(String(8))
    note: Mapped[Prose] = mapped_column(default="")
    updated_at: Mapped[Instant]

    user: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("registration_id", "user_id"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score_known"),
        CheckConstraint("verdict IN ('accept', 'wait', 'decline')", name="verdict_known"),
    )


class DecisionRound(Base):
    """Decisions carried out together, with what the organisers wrote to each kind of answer (`texts`)."""

    __tablename__ = "decision_round"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    texts: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    decided_at: Mapped[Instant]
    decided_by: Mapped[str] = mapped_column(String(60))
