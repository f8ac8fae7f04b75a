"""The registrations of an event as a table: what was entered, where it stands, when the person first came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission
from eventsys.events.models import Event
from eventsys.kernel.clock import said_instant
from eventsys.registration import queries
from eventsys.registration.answers import written
from eventsys.registration.models import Answer, Question, Registration
from eventsys.registration.tables import PERSON, STANDING

ENTRANCE = "entrance"
_ROWS_A_READ = 2000


def columns(questions: Sequence[Question]) -> list[str]:
    """The heads of the table; `registration import` takes the same."""
    return [*PERSON, *(f"q_{question.key}" for question in questions), *STANDING]


def rows(session: Session, event: Event, questions: Sequence[Question]) -> Iterator[list[Any]]:
    """One row a registration in the order they came; read in pages, so memory stays flat."""
    first_in = (
        select(Admission.registration_id, func.min(Admission.first_at).label("at"))
        .where(Admission.event_id == event.id, Admission.point_key == ENTRANCE)
        .group_by(Admission.registration_id)
        .subquery()
    )
    fields = [getattr(Registration, name) for name in PERSON]
    query = (
        select(Registration.id, *fields, Registration.state, Registration.registered_at, first_in.c.at)
        .outerjoin(first_in, first_in.c.registration_id == Registration.id)
        .where(Registration.event_id == event.id)
        .order_by(Registration.id)
        .limit(_ROWS_A_READ)
    )
    last = 0
    while page := session.execute(query.where(Registration.id > last)).all():
        answers = _answers(session, last, page[-1][0], event) if questions else {}
        for number, *values, state, registered_at, came_at in page:
            mine = answers.get(number, {})
            asked = [written(mine.get(question.id)) for question in questions]
            yield [
                *("" if value is None else value for value in values),
                *asked,
                state,
                stamp(registered_at),
                stamp(came_at),
            ]
        last = page[-1][0]


def asked_of(session: Session, event: Event, *, with_sensitive: bool = False) -> Sequence[Question]:
    """The questions that are asked, and the retired ones that have answers.

    Whoever takes the sensitive ones along writes the look down first (`registration.actions.note_look`).
    """
    answered = select(Answer.question_id).distinct()
    has_answers = set(session.scalars(answered.join(Question).where(Question.event_id == event.id)))
    known = queries.questions_of(session, event.id, with_retired=True)
    return [
        question
        for question in known
        if (question.retired_at is None or question.id in has_answers)
        and not question.is_section
        and (with_sensitive or not question.is_sensitive)
    ]


def people_with_sensitive_answers(session: Session, event: Event) -> int:
    """How many people gave a sensitive answer that is still kept."""
    query = (
        select(func.count(Answer.registration_id.distinct()))
        .join(Question, Question.id == Answer.question_id)
        .where(Question.event_id == event.id, Question.is_sensitive)
    )
    return session.scalar(query) or 0


def _answers(session: Session, after: int, last: int, event: Event) -> dict[int, dict[int, Any]]:
    found: dict[int, dict[int, Any]] = {}
    query = (
        select(Answer.registration_id, Answer.question_id, Answer.value)
        .join(Registration, Registration.id == Answer.registration_id)
        .where(Registration.event_id == event.id, Registration.id > after, Registration.id <= last)
    )
    for number, question_id, value in session.execute(query):
        found.setdefault(number, {})[question_id] = value
    return found


def stamp(instant: datetime | None) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return said_instant(instant) if instant else ""
