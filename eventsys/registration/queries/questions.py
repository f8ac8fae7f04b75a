"""Reads of questions and answers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from eventsys.registration.models import Answer, PoolKind, Question, SeatPool


def questions_of(session: Session, event_id: int, *, with_retired: bool = False) -> Sequence[Question]:
    """The questions of the event's form in their order."""
    query = select(Question).where(Question.event_id == event_id).order_by(Question.position, Question.id)
    return session.scalars(query if with_retired else query.where(Question.retired_at.is_(None))).all()


def answers_of(session: Session, registration_id: int) -> Sequence[Answer]:
    """What one person answered, in the order of the form, each with its question."""
    return session.scalars(
        select(Answer)
        .join(Answer.question)
        .where(Answer.registration_id == registration_id)
        .options(joinedload(Answer.question))
        .order_by(Question.position, Question.id)
    ).all()


def is_answered(session: Session, question_id: int) -> bool:
    """Whether anybody has answered a question."""
    return session.scalar(select(Answer.id).where(Answer.question_id == question_id).limit(1)) is not None


def is_counted(session: Session, question: Question) -> bool:
    """Whether seats are counted by the answers to a question."""
    mine = SeatPool.key.startswith(f"{question.id}=", autoescape=True)
    query = select(SeatPool.id).where(SeatPool.event_id == question.event_id, SeatPool.kind == PoolKind.ANSWER, mine)
    return session.scalar(query.limit(1)) is not None


def answered_counts(session: Session, event_id: int) -> dict[int, int]:
    """How many people answered each question of an event."""
    rows = session.execute(
        select(Answer.question_id, func.count())
        .join(Question, Question.id == Answer.question_id)
        .where(Question.event_id == event_id)
        .group_by(Answer.question_id)
    )
    return {row[0]: row[1] for row in rows}
