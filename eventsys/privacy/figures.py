"""What organisers answer for in figures: what is kept and until when, consents by version, who looked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.privacy import rules
from eventsys.privacy.models import RetentionRun
from eventsys.registration.answers import said
from eventsys.registration.models import (
    AcceptedText,
    Answer,
    Consent,
    Mode,
    Question,
    Registration,
    SensitiveLook,
    State,
)
from eventsys.registration.queries import questions_of, settings_of


@dataclass(frozen=True)
class Kept:
    """One kind of data of an event: of how many it is kept now, and when it is erased. No question: everything else."""

    question: Question | None
    number: int
    ends_at: datetime | None


def kept(session: Session, event: Event) -> list[Kept]:
    """What is erased when, the earliest first, what has no date last."""
    keep_days = settings_of(session, event.id).keep_days
    counts: dict[int, int] = {
        row[0]: row[1]
        for row in session.execute(
            select(Answer.question_id, func.count())
            .join(Question, Question.id == Answer.question_id)
            .where(Question.event_id == event.id)
            .group_by(Answer.question_id)
        )
    }
    people = select(func.count()).where(Registration.event_id == event.id, Registration.erased_at.is_(None))
    apart = [
        Kept(question, counts.get(question.id, 0), rules.answers_end_at(event, question, keep_days))
        for question in questions_of(session, event.id, with_retired=True)
        if rules.is_apart(question)
    ]
    rest = Kept(None, session.scalar(people) or 0, rules.people_end_at(event, keep_days))
    dated = [one for one in apart if one.ends_at is not None]
    # Sorting keeps the order of the form among those of one day.
    return [*sorted(dated, key=lambda one: one.ends_at or event.ends_at), rest]


@dataclass(frozen=True)
class Version:
    """One wording of the privacy notice or of a statement: how many agreed to it, and how many took that back."""

    label: str
    text: str
    text_hash: str
    first_at: datetime
    given: int
    withdrawn: int


def versions(session: Session, event: Event) -> list[Version]:
    """Each wording that somebody agreed to, by statement in the order of the form, the privacy notice first."""
    rows = session.execute(
        select(
            Question.label,
            AcceptedText.text,
            Consent.text_hash,
            func.min(Consent.given_at),
            func.count(),
            func.count(Consent.withdrawn_at),
        )
        .join(Registration, Registration.id == Consent.registration_id)
        .outerjoin(Question, Question.id == Consent.question_id)
        .outerjoin(AcceptedText, AcceptedText.hash == Consent.text_hash)
        .where(Registration.event_id == event.id)
        .group_by(Question.id, Question.position, Question.label, AcceptedText.text, Consent.text_hash)
        .order_by(func.coalesce(Question.position, -1), func.min(Consent.given_at))
    )
    return [Version(row[0] or "", row[1] or "", row[2], row[3], row[4], row[5]) for row in rows]


def runs(session: Session, event: Event, *, most: int = 20) -> Sequence[RetentionRun]:
    """What the clock erased of this event, the latest first."""
    query = select(RetentionRun).where(RetentionRun.event_id == event.id).order_by(RetentionRun.id.desc())
    return session.scalars(query.limit(most)).all()


def looks(event: Event) -> Select[SensitiveLook]:
    """Who saw sensitive answers of this event, the latest first."""
    query: Select[Any] = select(SensitiveLook).where(SensitiveLook.event_id == event.id)
    return query.order_by(SensitiveLook.id.desc())


@dataclass(frozen=True)
class Need:
    """A sensitive question and what was answered to it, the most frequent first."""

    question: Question
    answers: list[tuple[str, int]]

    @property
    def number(self) -> int:
        return sum(number for _answer, number in self.answers)


def needs(session: Session, event: Event) -> list[Need]:
    """Dietary and access needs of who comes on site, counted and naming nobody."""
    asked = [one for one in questions_of(session, event.id, with_retired=True) if one.is_sensitive]
    rows = session.execute(
        select(Answer.question_id, Answer.value)
        .join(Registration, Registration.id == Answer.registration_id)
        .where(_comes(event), Answer.question_id.in_([one.id for one in asked]))
    )
    asked_by = {one.id: one for one in asked}
    counts: dict[int, Counter[str]] = {one.id: Counter() for one in asked}
    for number, value in rows:
        for part in value if isinstance(value, list) else [value]:
            if words := said(part, asked_by[number]).strip():
                counts[number][words] += 1
    return [Need(one, sorted(counts[one.id].items(), key=lambda pair: (-pair[1], pair[0]))) for one in asked]


def _comes(event: Event) -> Any:
    is_in = (Registration.state == State.CONFIRMED) & (Registration.mode == Mode.ONSITE)
    return (Registration.event_id == event.id) & is_in


def people_with_needs(session: Session, event: Event) -> list[tuple[Registration, list[tuple[str, str]]]]:
    """Who comes on site and answered a sensitive question: each with (question, answer), by family name."""
    rows = session.execute(
        select(Registration, Question, Answer.value)
        .join(Answer, Answer.registration_id == Registration.id)
        .join(Question, Question.id == Answer.question_id)
        .where(_comes(event), Question.is_sensitive)
        .order_by(Registration.last_name, Registration.first_name, Registration.id, Question.position)
    )
    found: dict[int, tuple[Registration, list[tuple[str, str]]]] = {}
    for registration, question, value in rows:
        if words := said(value, question):
            found.setdefault(registration.id, (registration, []))[1].append((question.label, words))
    return list(found.values())
