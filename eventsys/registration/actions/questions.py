"""How an event registers people: dates, waiting list, approval, the questions of its form, and their erasure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.registration import queries
from eventsys.registration.errors import QuestionKeyTaken
from eventsys.registration.models import Answer, Question, RegistrationSettings


def ensure_settings(session: Session, event: Event) -> RegistrationSettings:
    """The settings row of an event, made when there is none."""
    settings = queries.settings_of(session, event.id)
    if settings not in session:
        session.add(settings)
        session.flush()
    return settings


def change_settings(session: Session, event: Event, *, now: datetime, **values: Any) -> list[str]:
    """Set dates, waiting list, approval or offer hours; returns the names of what changed."""
    settings = ensure_settings(session, event)
    changed = [name for name, value in values.items() if getattr(settings, name) != value]
    for name in changed:
        setattr(settings, name, values[name])
    if changed:
        session.flush()
        record(
            session,
            "registration.settings_changed",
            at=now,
            subject="event",
            subject_id=event.id,
            event_id=event.id,
            fields=changed,
        )
    return changed


def add_question(session: Session, event: Event, *, key: str, **values: Any) -> Question:
    """Put a question at the end of the form. Raises QuestionKeyTaken."""
    known = queries.questions_of(session, event.id, with_retired=True)
    if any(question.key == key for question in known):
        raise QuestionKeyTaken(key=key, field="key")
    position = max((question.position for question in known), default=0) + 1
    question = Question(event_id=event.id, key=key, position=position, **values)
    session.add(question)
    session.flush()
    return question


def change_question(session: Session, question: Question, **values: Any) -> None:
    """Change wording, choices, duty or erasure. The key stays: links, tables and answers name the question by it."""
    for name, value in values.items():
        setattr(question, name, value)
    session.flush()


def retire_question(session: Session, question: Question, *, now: datetime) -> None:
    """Ask it no more; what was answered stays readable until it is erased."""
    question.retired_at = None if question.retired_at else now
    session.flush()


def move_question(session: Session, question: Question, *, steps: int) -> None:
    """Move a question up (-1) or down (1) among those that are asked."""
    asked = list(queries.questions_of(session, question.event_id))
    if question not in asked:
        return
    place = asked.index(question)
    asked.insert(min(max(0, place + steps), len(asked) - 1), asked.pop(place))
    for position, each in enumerate(asked, start=1):
        each.position = position
    session.flush()


def erase_due_answers(session: Session, *, now: datetime, most: int = 1000) -> int:
    """Erase answers whose question keeps them for fewer days than have passed since the event's end."""
    kept = [
        row
        for row in session.execute(
            select(Question.id, Question.event_id, Question.key, Question.erase_after_days, Event.ends_at)
            .join(Event, Event.id == Question.event_id)
            .where(
                Question.erase_after_days.is_not(None),
                Event.ends_at <= now,
                select(Answer.id).where(Answer.question_id == Question.id).exists(),
            )
            .order_by(Question.id)
        )
        if row.ends_at + timedelta(days=row.erase_after_days) <= now
    ]
    erased = 0
    for question in kept:
        some = select(Answer.id).where(Answer.question_id == question.id).limit(most).scalar_subquery()
        gone = session.execute(
            delete(Answer).where(Answer.id.in_(some)), execution_options={"synchronize_session": False}
        )
        count = int(getattr(gone, "rowcount", 0))
        erased += count
        left = session.scalar(select(func.count()).select_from(Answer).where(Answer.question_id == question.id))
        record(
            session,
            "registration.answers_erased",
            at=now,
            subject="event",
            subject_id=question.event_id,
            event_id=question.event_id,
            question=question.key,
            erased=count,
            left=left,
        )
    return erased
