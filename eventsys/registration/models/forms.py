"""How one event registers people: its settings, the questions of its form and what was answered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.events.models import Event
from eventsys.kernel.database import Base, Instant, Json, Key, Line, Prose, type_id
from eventsys.registration.models.terms import Admission, Basis, QuestionType, WaitingList

if TYPE_CHECKING:
    from eventsys.registration.models.people import Registration


class RegistrationSettings(Base):
    """How one event registers people. No opening instant means: from publication; no closing one: until the end.

    `organisation_seats` is how many of one organisation may come on site. `asks_again_days` before the event people
    are asked whether they still come, with `asks_again_hours` to answer; `frees_silent` frees the seats of those who
    do not. `keep_days` after the event names and answers are erased. `opinions_needed` is how many organisers must
    have looked at an application before it is decided.
    """

    shows_on = "event_id"

    __tablename__ = "registration_settings"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    waiting_list: Mapped[str] = mapped_column(String(10), default=WaitingList.AUTOMATIC)
    offer_hours: Mapped[int] = mapped_column(default=48)
    has_approval: Mapped[bool] = mapped_column(default=False)
    admission: Mapped[str] = mapped_column(String(10), default=Admission.OPEN)
    confirms_address: Mapped[bool] = mapped_column(default=False)
    refuses_disposable: Mapped[bool] = mapped_column(default=True)
    waits_online: Mapped[bool] = mapped_column(default=True)
    organisation_seats: Mapped[int | None]
    group_most: Mapped[int] = mapped_column(default=0)
    may_substitute: Mapped[bool] = mapped_column(default=True)
    opinions_needed: Mapped[int] = mapped_column(default=1)
    asks_again_days: Mapped[int | None]
    asks_again_hours: Mapped[int] = mapped_column(default=72)
    frees_silent: Mapped[bool] = mapped_column(default=False)
    keep_days: Mapped[int | None] = mapped_column(default=365)

    event: Mapped[Event] = relationship()

    __table_args__ = (
        CheckConstraint("waiting_list IN ('none', 'automatic', 'offers')", name="waiting_list_known"),
        CheckConstraint("admission IN ('open', 'invited')", name="admission_known"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("offer_hours > 0", name="offer_hours_counted"),
        CheckConstraint("asks_again_hours > 0", name="asks_again_hours_counted"),
        CheckConstraint("keep_days >= 0", name="keep_days_counted"),
        CheckConstraint("group_most >= 0", name="group_most_counted"),
        CheckConstraint("opinions_needed >= 1", name="opinions_counted"),
    )


class Question(Base):
    """One question of an event's form, or a section that heads those that follow.

    Its answers are erased `erase_after_days` after the event ends, with the rest where that is None. `depends_on` is
    the key of a choice, several choices or statement before it: it is asked only where one of `depends_values` was
    answered there. `translations` holds `{"de": {"label": …, "help": …, "choices": {"vegan": "vegan"}}}`. Who reads
    the answers of a sensitive question is written down.
    """

    shows_on = "event_id"

    __tablename__ = "question"

    id: Mapped[type_id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[Key]
    label: Mapped[Line]
    help: Mapped[Line] = mapped_column(default="")
    type: Mapped[str] = mapped_column(String(20), default=QuestionType.TEXT)
    choices: Mapped[list[str]] = mapped_column(default=list)
    least: Mapped[float | None]
    most: Mapped[float | None]
    is_required: Mapped[bool] = mapped_column(default=False)
    is_internal: Mapped[bool] = mapped_column(default=False)
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    depends_on: Mapped[str] = mapped_column(String(100), default="")
    depends_values: Mapped[list[str]] = mapped_column(default=list)
    purpose: Mapped[Line] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(String(20), default=Basis.LEGITIMATE_INTEREST)
    translations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    erase_after_days: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint(
            "type IN ('section', 'text', 'longtext', 'choice', 'choices', 'number', 'date', 'country', 'organisation', "
            "'file', 'statement')",
            name="type_known",
        ),
        CheckConstraint(
            "basis IN ('consent', 'contract', 'legal_obligation', 'public_task', 'legitimate_interest')",
            name="basis_known",
        ),
        CheckConstraint("erase_after_days >= 0", name="erase_after_days_counted"),
    )

    @property
    def is_section(self) -> bool:
        return self.type == QuestionType.SECTION


class Answer(Base):
    """What one person answered to one question. A file is `{"file": key, "name": …, "size": …, "type": …}`."""

    __tablename__ = "answer"

    id: Mapped[type_id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    value: Mapped[Any] = mapped_column(Json)

    registration: Mapped[Registration] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()

    __table_args__ = (UniqueConstraint("registration_id", "question_id"),)


class AcceptedText(Base):
    """The wording of a notice or a consent at one time, named by its SHA-256, so that what was accepted can be read."""

    __tablename__ = "accepted_text"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[Prose]
    created_at: Mapped[Instant]


class Consent(Base):
    """What somebody agreed to, one row a text and giving; without a question it is the privacy notice."""

    __tablename__ = "consent"

    id: Mapped[type_id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[Instant]
    withdrawn_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
    question: Mapped[Question | None] = relationship()
