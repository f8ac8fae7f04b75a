"""How an event registers people: dates, waiting list, approval, the questions of its form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import record
from eventsys.registration import queries, rules
from eventsys.registration.errors import QuestionAnswered, QuestionKeyTaken, QuestionNeeded
from eventsys.registration.models import Question, RegistrationSettings

_FOLLOWED = _l("“%(question)s” is asked because of an answer to this question. Change its condition first.")


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
    """Put a question at the end of the form. Raises QuestionKeyTaken, and QuestionNeeded where it depends on none that
    is asked before."""
    known = queries.questions_of(session, event.id, with_retired=True)
    if any(question.key == key for question in known):
        raise QuestionKeyTaken(key=key, field="key")
    position = max((question.position for question in known), default=0) + 1
    question = Question(event_id=event.id, key=key, position=position, **values)
    session.add(question)
    session.flush()
    _refuse_disorder(session, event.id)
    return question


def change_question(session: Session, question: Question, **values: Any) -> None:
    """Change wording, choices, duty, condition or erasure. The key stays: links, tables and answers name the question
    by it. Raises QuestionAnswered for another type where answers exist, and QuestionNeeded where others depend on what
    goes."""
    kind = values.get("type", question.type)
    if kind != question.type and queries.is_answered(session, question.id):
        raise QuestionAnswered(
            _("People have answered this question, so what it asks for stays. Take it out and ask another one."),
            field="type",
        )
    followers = rules.following(queries.questions_of(session, question.event_id), question.key)
    for name, value in values.items():
        setattr(question, name, value)
    session.flush()
    for follower in followers:
        _refuse_unless_led(question, follower)
    _refuse_disorder(session, question.event_id)


def _refuse_unless_led(question: Question, follower: Question) -> None:
    """Whether the question still gives the answer that another one waits for."""
    name = {"question": follower.label}
    if not rules.may_lead(question, follower):
        raise QuestionNeeded(_FOLLOWED, field="is_internal" if question.is_internal else "type", **name)
    gone = [value for value in follower.depends_values if value not in rules.leading_choices(question)]
    if gone:
        raise QuestionNeeded(
            _("“%(question)s” is asked because of “%(choice)s”. Change its condition first.", choice=gone[0], **name),
            field="choices",
        )


def _refuse_disorder(session: Session, event_id: int) -> None:
    session.flush()
    asked = queries.questions_of(session, event_id)
    wrong = rules.out_of_order(asked) or rules.unled(asked)
    if wrong is None:
        return
    leading = next((one for one in asked if one.key == wrong.depends_on), None)
    names = {"question": wrong.label, "leading": leading.label if leading else wrong.depends_on}
    if leading is None:
        sentence = _("“%(question)s” is asked because of an answer to “%(leading)s”, which is not asked.", **names)
    elif rules.may_lead(leading, wrong):
        sentence = _("“%(question)s” is asked because of an answer to “%(leading)s”, so it stands after it.", **names)
    else:
        sentence = _("“%(question)s” cannot depend on “%(leading)s”, which only organisers see.", **names)
    raise QuestionNeeded(sentence, field="depends_on")


def retire_question(session: Session, question: Question, *, now: datetime) -> None:
    """Ask it no more, or again; what was answered stays readable until it is erased. Raises QuestionNeeded."""
    asked = queries.questions_of(session, question.event_id)
    if question.retired_at is None:
        _refuse_if_followed(asked, question)
    question.retired_at = None if question.retired_at else now
    # Asked again it stands at the end, so that it comes after whatever it depends on.
    if question.retired_at is None:
        question.position = max((one.position for one in asked), default=0) + 1
    _refuse_disorder(session, question.event_id)


def _refuse_if_followed(asked: Sequence[Question], question: Question) -> None:
    if followers := rules.following(asked, question.key):
        raise QuestionNeeded(_FOLLOWED, question=followers[0].label)


def delete_question(session: Session, question: Question) -> None:
    """Remove a question that nobody has answered. Raises QuestionAnswered and QuestionNeeded."""
    if queries.is_answered(session, question.id):
        raise QuestionAnswered
    _refuse_if_followed(queries.questions_of(session, question.event_id), question)
    if queries.is_counted(session, question):
        raise QuestionNeeded(_("Seats are counted by the answers to this question. Take those seats away first."))
    session.delete(question)
    session.flush()


def move_question(session: Session, question: Question, *, steps: int) -> None:
    """Move a question up (-1) or down (1) among those that are asked. Raises QuestionNeeded."""
    asked = queries.questions_of(session, question.event_id)
    if question in asked:
        place_question(session, question, asked.index(question) + steps)


def place_question(session: Session, question: Question, place: int) -> None:
    """Put a question at a place, counted from 0, among those that are asked. Raises QuestionNeeded where it would stand
    before the one it depends on."""
    asked = list(queries.questions_of(session, question.event_id))
    if question not in asked:
        return
    asked.remove(question)
    asked.insert(min(max(0, place), len(asked)), question)
    for position, each in enumerate(asked, start=1):
        each.position = position
    _refuse_disorder(session, question.event_id)
