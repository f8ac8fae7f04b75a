"""Reads of privacy: whose time has come, what is kept, who looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.privacy import rules
from eventsys.privacy.models import RetentionRun
from eventsys.registration.models import (
    AcceptedText,
    Answer,
    BulkAct,
    Consent,
    Question,
    Registration,
    RegistrationSettings,
)
from eventsys.registration.queries import answers_of, questions_of, settings_of
from eventsys.registration.rules import is_consent
from eventsys.reports.queries import days_of


def events_due(session: Session, now: datetime) -> list[int]:
    """Events with something to erase now, and those whose run was broken off, oldest first."""
    going = session.scalars(select(RetentionRun.event_id).where(RetentionRun.finished_at.is_(None))).all()
    due = {*going, *_with_people_due(session, now), *_with_answers_due(session, now)}
    return sorted(due)


def _with_people_due(session: Session, now: datetime) -> list[int]:
    kept = select(Registration.id).where(Registration.event_id == Event.id, Registration.erased_at.is_(None)).exists()
    rows: Sequence[Any] = session.execute(
        select(Event, RegistrationSettings)
        .outerjoin(RegistrationSettings, RegistrationSettings.event_id == Event.id)
        .where(Event.ends_at <= now, kept)
    ).all()
    found = []
    for event, settings in rows:
        ends_at = rules.people_end_at(event, (settings or settings_of(session, event.id)).keep_days)
        if ends_at is not None and ends_at <= now:
            found.append(event.id)
    return found


def _with_answers_due(session: Session, now: datetime) -> list[int]:
    answered = select(Answer.id).where(Answer.question_id == Question.id).exists()
    rows: Sequence[Any] = session.execute(
        select(Question, Event, RegistrationSettings)
        .join(Event, Event.id == Question.event_id)
        .outerjoin(RegistrationSettings, RegistrationSettings.event_id == Event.id)
        .where(Event.ends_at <= now, answered)
    ).all()
    found = []
    for question, event, settings in rows:
        keep_days = (settings or settings_of(session, event.id)).keep_days
        ends_at = rules.answers_end_at(event, question, keep_days)
        if rules.is_apart(question) and ends_at is not None and ends_at <= now:
            found.append(event.id)
    return found


def due_questions(session: Session, event: Event, keep_days: int | None, now: datetime) -> Sequence[int]:
    """The questions of an event whose answers are erased before the people, and now."""
    questions = session.scalars(select(Question).where(Question.event_id == event.id)).all()
    ends = {
        question.id: rules.answers_end_at(event, question, keep_days)
        for question in questions
        if rules.is_apart(question)
    }
    return [number for number, ends_at in ends.items() if ends_at is not None and ends_at <= now]


def of_one_person(session: Session, registration: Registration, *, is_to_change: bool = False) -> list[Registration]:
    """This registration, those of the same address in its event, and those that were made one with them; without those
    that are erased. In the order of their ids; locked where they are to change."""
    merges = select(BulkAct.before).where(
        BulkAct.event_id == registration.event_id, BulkAct.kind == "merge", BulkAct.undone_at.is_(None)
    )
    values = [before["values"] for before in session.scalars(merges)]
    mine: ColumnElement[bool] = Registration.id == registration.id
    if registration.email_key:
        mine = or_(mine, Registration.email_key == registration.email_key)
    kept = (Registration.event_id == registration.event_id, Registration.erased_at.is_(None))
    ids = set(session.scalars(select(Registration.id).where(*kept, mine)))
    ids |= {one["goes"] for one in values if one["stays"] in ids}
    query = select(Registration).where(*kept, Registration.id.in_(ids)).order_by(Registration.id)
    if is_to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(query))


def days_present(session: Session, ids: Sequence[int]) -> int:
    """On how many days these registrations were let in."""
    return sum(len(days) for days in days_of(session, ids).values())


@dataclass(frozen=True)
class Agreement:
    """A statement that asks for consent, and where one person stands with it."""

    question: Question
    given_at: datetime | None
    text: str

    @property
    def is_standing(self) -> bool:
        return self.given_at is not None


def agreements_of(session: Session, registration: Registration) -> list[Agreement]:
    """The statements that the event asks consent for, and those of before that the person still agrees to, each with
    the words that were agreed to."""
    rows = session.execute(
        select(Consent, AcceptedText.text)
        .outerjoin(AcceptedText, AcceptedText.hash == Consent.text_hash)
        .where(Consent.registration_id == registration.id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.id)
    ).all()
    given = {row[0].question_id: (row[0].given_at, row[1] or "") for row in rows}
    found = []
    for question in questions_of(session, registration.event_id, with_retired=True):
        is_asked = question.retired_at is None and not question.is_internal
        if is_consent(question) and (is_asked or question.id in given):
            given_at, text = given.get(question.id, (None, ""))
            found.append(Agreement(question, given_at, text))
    return found


def apart_of(session: Session, registration: Registration) -> list[Question]:
    """The questions this person answered whose answers are erased on a day of their own."""
    answers = answers_of(session, registration.id)
    return [answer.question for answer in answers if rules.is_apart(answer.question)]
