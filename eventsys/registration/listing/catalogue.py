"""Which columns the table of an event has, what they are called and what each is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Float, Select, String, cast, func, select
from sqlalchemy.orm import Session, aliased

from eventsys.registration import queries
from eventsys.registration.models import (
    Answer,
    Delegation,
    Invitation,
    Question,
    QuestionType,
    Registration,
    RegistrationTag,
    Ticket,
)

Join = Callable[[Select[Any]], tuple[Select[Any], Any]]
# Whose answers are one of a few, so that people are found by them.
_FEW = frozenset({QuestionType.CHOICE, QuestionType.CHOICES, QuestionType.STATEMENT})
_USUAL = ("state", "mode", "sector", "registered")


@dataclass(frozen=True)
class Column:
    """One column. `order` are the columns of Registration it is sorted by; `joined` adds what is sorted by where that
    stands elsewhere. `question` is whose answers it shows."""

    key: str
    label: Any
    order: tuple[Any, ...] = ()
    joined: Join | None = None
    kind: str = ""
    question: Question | None = None


@dataclass(frozen=True)
class Catalogue:
    """All columns of one event by key, and the questions whose answers may be shown: not those that are sensitive."""

    columns: Mapping[str, Column]
    asked_for: Mapping[str, Question]
    usual: tuple[str, ...] = _USUAL

    @property
    def choosable(self) -> list[str]:
        """The columns that may be left out: all but the name."""
        return [key for key in self.columns if key != "name"]

    def answers(self, question: Question) -> list[str]:
        """What may have been answered, where that is one of a few."""
        return ["yes", "no"] if question.type == QuestionType.STATEMENT else list(question.choices)


def catalogue_of(session: Session, event_id: int) -> Catalogue:
    """The columns of an event; retired questions keep theirs."""
    questions = [
        question
        for question in queries.questions_of(session, event_id, with_retired=True)
        if not question.is_section and not question.is_sensitive
    ]
    answers_sort = session.get_bind().dialect.name == "postgresql"
    of_questions = (_of_question(question, answers_sort=answers_sort) for question in questions)
    columns = {column.key: column for column in (*_plain(event_id), *of_questions)}
    few = {f"q_{question.key}": question for question in questions if question.type in _FEW}
    return Catalogue(columns, few)


def _plain(event_id: int) -> Sequence[Column]:
    one = Registration
    return (
        Column("name", _("Name"), (one.last_name, one.first_name)),
        Column("organisation", _("Organisation"), (one.organisation,)),
        Column("email", _("E-mail address"), (one.email_key,)),
        Column("state", _("State"), (one.state, one.registered_at)),
        Column("mode", _("Way"), (one.mode,)),
        Column("type", _("Type"), (one.type,)),
        Column("sector", _("Sector"), (one.sector,)),
        Column("country", _("Country"), (one.country,)),
        Column("registered", _("Registered"), (one.registered_at,), kind="when"),
        Column("updated", _("Changed"), (one.updated_at,), kind="when"),
        Column("place", _("Place in line"), (one.queue_number,), kind="num"),
        Column("tags", _("Tags"), joined=partial(_first_tag, event_id)),
        Column("code", _("Ticket"), joined=_ticket),
        Column("coming", _("Still coming"), (one.coming,)),
        Column("language", _("Language"), (one.language,)),
        Column("notes", _("Note"), (one.notes,)),
        Column("delegation", _("Delegation"), joined=_delegation),
        Column("invitation", _("Invitation"), joined=_invitation),
    )


def _of_question(question: Question, *, answers_sort: bool) -> Column:
    kind = "num" if question.type == QuestionType.NUMBER else ""
    return Column(
        f"q_{question.key}",
        question.label,
        joined=partial(_answer, question, answers_sort),
        kind=kind,
        question=question,
    )


def _first_tag(event_id: int, query: Select[Any]) -> tuple[Select[Any], Any]:
    first = (
        select(RegistrationTag.registration_id, func.min(RegistrationTag.tag).label("tag"))
        .where(RegistrationTag.event_id == event_id)
        .group_by(RegistrationTag.registration_id)
        .subquery()
    )
    return query.outerjoin(first, first.c.registration_id == Registration.id), first.c.tag


def _ticket(query: Select[Any]) -> tuple[Select[Any], Any]:
    is_mine = (Ticket.registration_id == Registration.id) & Ticket.replaced_at.is_(None)
    return query.outerjoin(Ticket, is_mine), Ticket.short_code


def _delegation(query: Select[Any]) -> tuple[Select[Any], Any]:
    return query.outerjoin(Delegation, Delegation.id == Registration.delegation_id), Delegation.name


def _invitation(query: Select[Any]) -> tuple[Select[Any], Any]:
    return query.outerjoin(Invitation, Invitation.id == Registration.invitation_id), Invitation.label


def _answer(question: Question, answers_sort: bool, query: Select[Any]) -> tuple[Select[Any], Any]:
    given = aliased(Answer)
    is_mine = (given.registration_id == Registration.id) & (given.question_id == question.id)
    value: Any = given.value
    # JSONB sorts numbers as numbers and texts as texts, also where a question changed its type; SQLite keeps text.
    if not answers_sort:
        value = cast(value, String)
        if question.type == QuestionType.NUMBER:
            value = cast(value, Float)
    return query.outerjoin(given, is_mine), value
