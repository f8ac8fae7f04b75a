"""Reads of applications: the list, what organisers think of them, the picks, and the rounds that decided them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, joinedload

from eventsys.kernel.text import search_key
from eventsys.registration.errors import RegistrationUnknown
from eventsys.registration.models import (
    Answer,
    DecisionRound,
    Question,
    QuestionType,
    Registration,
    Review,
    State,
    Verdict,
)
from eventsys.registration.rules.applying import MOST_AT_ONCE

SORTS = {
    "date": (Registration.registered_at, Registration.id),
    "score": (Registration.score.is_(None), Registration.score.desc(), Registration.registered_at, Registration.id),
    "name": (Registration.last_name, Registration.first_name, Registration.id),
}
FILTERS = ("sector", "country", "organisation", "answer", "pick", "opinion")


@dataclass(frozen=True)
class Asked:
    """Which applications shall be shown; unknown values mean no filter."""

    q: str = ""
    sort: str = "date"
    filters: Mapping[str, str] = field(default_factory=dict)


def read_asked(arguments: Mapping[str, str]) -> Asked:
    sort = arguments.get("sort", "date")
    chosen = {name: arguments.get(name, "").strip()[:200] for name in FILTERS}
    return Asked(arguments.get("q", "").strip()[:200], sort if sort in SORTS else "date", chosen)


def applications(session: Session, event_id: int, asked: Asked, user_id: int) -> Select[Any]:
    """Those who wait for a decision, in the order asked for."""
    query = select(Registration).where(Registration.event_id == event_id, Registration.state == State.APPLIED)
    for name, value in asked.filters.items():
        if value:
            query = query.where(_condition(session, name, value, user_id))
    for word in asked.q.split():
        folded = search_key(word) or word.lower()
        query = query.where(
            or_(
                Registration.search_key.contains(folded, autoescape=True),
                Registration.email_key.contains(word.lower(), autoescape=True),
            )
        )
    return query.order_by(*SORTS[asked.sort])


def _condition(session: Session, name: str, value: str, user_id: int) -> ColumnElement[bool]:
    match name:
        case "organisation":
            return Registration.organisation_key.contains(search_key(value) or value, autoescape=True)
        case "answer":
            question, _equals, choice = value.partition("=")
            number = int(question) if question.isdecimal() and len(question) <= 18 else 0
            return _answered(session, number, choice)
        case "pick":
            return Registration.verdict.is_(None) if value == "none" else Registration.verdict == value
        case "opinion":
            mine = select(Review.registration_id).where(Review.user_id == user_id, is_opinion())
            return Registration.id.not_in(mine) if value == "missing" else Registration.id.in_(mine)
    return Registration.sector == value if name == "sector" else Registration.country == value


def _answered(session: Session, question_id: int, choice: str) -> ColumnElement[bool]:
    """Whether somebody answered so, alone or among others."""
    if session.get_bind().dialect.name == "postgresql":
        is_given = type_coerce(Answer.value, JSONB).contains(type_coerce(choice, JSONB))
    else:
        is_given = cast(Answer.value, Text).contains(json.dumps(choice), autoescape=True)
    return Registration.id.in_(select(Answer.registration_id).where(Answer.question_id == question_id, is_given))


def is_opinion() -> ColumnElement[bool]:
    """Whether a review says more than a note: a condition on Review."""
    return or_(Review.score.is_not(None), Review.verdict.is_not(None))


def opinions_of(session: Session, ids: Collection[int]) -> dict[int, int]:
    """How many organisers have an opinion of each of these applications."""
    rows = session.execute(
        select(Review.registration_id, func.count())
        .where(Review.registration_id.in_(ids), is_opinion())
        .group_by(Review.registration_id)
    )
    return {row[0]: row[1] for row in rows}


def reviews_of(session: Session, ids: Collection[int]) -> dict[int, list[Review]]:
    """All opinions of these applications with who gave them, the oldest first."""
    found: dict[int, list[Review]] = {}
    rows = session.scalars(
        select(Review)
        .where(Review.registration_id.in_(ids))
        .options(joinedload(Review.user))
        .order_by(Review.updated_at, Review.id)
    )
    for one in rows:
        found.setdefault(one.registration_id, []).append(one)
    return found


def plain_answers_of(session: Session, ids: Collection[int]) -> dict[int, list[Answer]]:
    """What these people answered, but for sensitive questions, in the order of the form."""
    found: dict[int, list[Answer]] = {}
    rows = session.scalars(
        select(Answer)
        .join(Answer.question)
        .where(Answer.registration_id.in_(ids), Question.is_sensitive.is_(False))
        .options(joinedload(Answer.question))
        .order_by(Question.position, Question.id)
    )
    for one in rows:
        found.setdefault(one.registration_id, []).append(one)
    return found


def choice_questions(session: Session, event_id: int) -> Sequence[Question]:
    """The questions of the event by whose answers people can be counted: choices that are not sensitive."""
    return session.scalars(
        select(Question)
        .where(
            Question.event_id == event_id,
            Question.type.in_((QuestionType.CHOICE, QuestionType.CHOICES)),
            Question.is_sensitive.is_(False),
            Question.retired_at.is_(None),
        )
        .order_by(Question.position, Question.id)
    ).all()


def countries_of_applicants(session: Session, event_id: int) -> Sequence[str]:
    """The codes of the countries that applicants named."""
    query = select(Registration.country).where(
        Registration.event_id == event_id, Registration.state == State.APPLIED, Registration.country != ""
    )
    return session.scalars(query.distinct().order_by(Registration.country)).all()


def application(session: Session, event_id: int, number: int) -> Registration:
    """One registration that was decided about, or will be. Raises RegistrationUnknown."""
    found = session.scalar(select(Registration).where(Registration.id == number, Registration.event_id == event_id))
    if found is None:
        raise RegistrationUnknown
    return found


def picks(session: Session, event_id: int) -> Sequence[Registration]:
    """Those who are picked for something, the first to apply first: as many as one round decides."""
    return session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.state == State.APPLIED,
            Registration.verdict.is_not(None),
        )
        .order_by(Registration.registered_at, Registration.id)
        .limit(MOST_AT_ONCE)
    ).all()


def picked_counts(session: Session, event_id: int) -> dict[str, int]:
    """How many applications are picked for what; under an empty key those that are not."""
    rows = session.execute(
        select(Registration.verdict, func.count())
        .where(Registration.event_id == event_id, Registration.state == State.APPLIED)
        .group_by(Registration.verdict)
    )
    found = {row[0] or "": row[1] for row in rows}
    return {key: found.get(key, 0) for key in ("", *map(str, Verdict))}


def neighbours(session: Session, registration: Registration) -> tuple[int | None, int | None]:
    """The application before and the one after, in the order they came."""
    here = (Registration.registered_at, Registration.id)
    mine = (registration.registered_at, registration.id)
    query = select(Registration.id).where(
        Registration.event_id == registration.event_id, Registration.state == State.APPLIED
    )
    is_before = or_(here[0] < mine[0], (here[0] == mine[0]) & (here[1] < mine[1]))
    is_after = or_(here[0] > mine[0], (here[0] == mine[0]) & (here[1] > mine[1]))
    before = session.scalar(query.where(is_before).order_by(here[0].desc(), here[1].desc()).limit(1))
    return before, session.scalar(query.where(is_after).order_by(*here).limit(1))


def rounds_of(session: Session, event_id: int, *, most: int = 20) -> Sequence[DecisionRound]:
    """The last rounds of decisions, the latest first."""
    query = select(DecisionRound).where(DecisionRound.event_id == event_id)
    return session.scalars(query.order_by(DecisionRound.id.desc()).limit(most)).all()


def round_of_event(session: Session, event_id: int, number: int) -> DecisionRound | None:
    found = session.get(DecisionRound, number)
    return found if found is not None and found.event_id == event_id else None


def people_of_round(session: Session, row: DecisionRound) -> dict[int, Registration]:
    """Those whom a round decided about or skipped, by id."""
    ids = [one[0] for one in row.counts.get("people", [])] + [one[0] for one in row.counts.get("skipped", [])]
    return {one.id: one for one in session.scalars(select(Registration).where(Registration.id.in_(ids)))}
