"""Who matches what was asked for: conditions that the database judges, and the order of those who do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from eventsys.community.queries import organisation_key
from eventsys.kernel.database import Json
from eventsys.kernel.text import search_key
from eventsys.mailing.models import BouncedAddress
from eventsys.mailing.queries import bounced_addresses
from eventsys.registration.listing.asked import Asked
from eventsys.registration.listing.catalogue import Catalogue
from eventsys.registration.models import (
    Answer,
    Mode,
    Question,
    QuestionType,
    Registration,
    RegistrationTag,
    Seat,
    SeatPool,
    SeatState,
    State,
    Ticket,
)

_CODE_LENGTH = 8
_LEAST_OF_CODE = 4
# What stands in columns of Registration as it is asked for.
_PLAIN = ("state", "mode", "type", "sector", "country", "coming")


def counted(session: Session, event_id: int) -> dict[tuple[State, Mode], int]:
    """How many registrations stand where, by mode."""
    rows = session.execute(
        select(Registration.state, Registration.mode, func.count())
        .where(Registration.event_id == event_id)
        .group_by(Registration.state, Registration.mode)
    )
    return {(State(state), Mode(mode)): number for state, mode, number in rows}


def matching(session: Session, event_id: int, asked: Asked, known: Catalogue) -> Select[int]:
    """The ids of those who match. Each word must be found in name, organisation, address or short code."""
    query = select(Registration.id).where(Registration.event_id == event_id)
    for word in asked.q.split():
        query = query.where(_holds(event_id, word))
    return query.where(*_conditions(session, event_id, asked, known))


def number_matching(session: Session, event_id: int, asked: Asked, known: Catalogue) -> int:
    """How many match."""
    found = matching(session, event_id, asked, known).with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(found) or 0


def ordered_ids(session: Session, event_id: int, asked: Asked, known: Catalogue) -> Select[int]:
    """The ids of those who match, in their order: only they are sorted, their rows are read afterwards."""
    query = matching(session, event_id, asked, known)
    column = known.columns[asked.sorted_by]
    order = list(column.order)
    if column.joined is not None:
        query, sorted_by = column.joined(query)
        order = [sorted_by]
    order.append(Registration.id)
    return query.order_by(*(one.desc() if asked.is_descending else one for one in order))


def _holds(event_id: int, word: str) -> ColumnElement[bool]:
    folded = search_key(word) or word.lower()
    found = [
        Registration.search_key.contains(folded, autoescape=True),
        Registration.email_key.contains(word.lower(), autoescape=True),
    ]
    code = word.replace("-", "").upper()
    if _LEAST_OF_CODE <= len(code) <= _CODE_LENGTH and code.isascii() and code.isalnum():
        # As a range: the index of an event's codes answers it.
        until = code + "Z" * (_CODE_LENGTH - len(code))
        of_code = select(Ticket.registration_id).where(
            Ticket.event_id == event_id, Ticket.short_code.between(code, until), Ticket.replaced_at.is_(None)
        )
        found.append(Registration.id.in_(of_code))
    return or_(*found)


def _conditions(session: Session, event_id: int, asked: Asked, known: Catalogue) -> Iterator[ColumnElement[bool]]:
    for name, value in asked.filters.items():
        if name in _PLAIN:
            yield getattr(Registration, name) == value
        elif name in known.asked_for:
            yield Registration.id.in_(_who_answered(session, known.asked_for[name], value))
        else:
            yield _condition(session, event_id, name, value)


def _condition(session: Session, event_id: int, name: str, value: str) -> ColumnElement[bool]:
    is_yes = value == "yes"
    match name:
        case "email":
            return Registration.email_key.is_not(None) if is_yes else Registration.email_key.is_(None)
        case "bounced":
            dead = bounced_addresses().with_only_columns(BouncedAddress.address_key).order_by(None)
            known = Registration.email_key.in_(dead)
            return known if is_yes else or_(Registration.email_key.is_(None), ~known)
        case "beyond":
            beyond = _seated(event_id).where(Seat.is_beyond)
            return Registration.id.in_(beyond) if is_yes else Registration.id.not_in(beyond)
        case "doubles":
            return _is_double(event_id)
        case "pool":
            mine = _seated(event_id).where(SeatPool.id == int(value), Seat.state != SeatState.ASKED)
            return Registration.id.in_(mine)
        case "tag":
            tagged = select(RegistrationTag.registration_id)
            return Registration.id.in_(tagged.where(RegistrationTag.event_id == event_id, RegistrationTag.tag == value))
        case "organisation":
            # Rows that came in by other ways than registering know no key.
            key = organisation_key(session, value)
            return or_(Registration.organisation == value, (Registration.organisation_key == key) & (key != ""))
        case "delegation":
            return Registration.delegation_id == int(value)
    return Registration.invitation_id == int(value)


def _seated(event_id: int) -> Select[int]:
    return select(Seat.registration_id).join(SeatPool, SeatPool.id == Seat.pool_id).where(SeatPool.event_id == event_id)


def _who_answered(session: Session, question: Question, value: str) -> Select[int]:
    given = select(Answer.registration_id).where(Answer.question_id == question.id)
    if question.type == QuestionType.STATEMENT:
        return given.where(Answer.value == literal(value == "yes", Json))
    if question.type == QuestionType.CHOICE:
        return given.where(Answer.value == literal(value, Json))
    if session.get_bind().dialect.name == "postgresql":
        return given.where(Answer.value.op("@>", is_comparison=True)(literal([value], Json)))
    # SQLite keeps lists as the text that was written.
    return given.where(cast(Answer.value, String).contains(json.dumps(value), autoescape=True))


def _is_double(event_id: int) -> ColumnElement[bool]:
    """Whether somebody else of the event has the same name, or address. Who is alike otherwise is found by the page
    of doubles, which takes longer."""
    mine = Registration.event_id == event_id
    names = (Registration.last_name, Registration.first_name)
    return or_(
        Registration.email_key.in_(_repeated(mine, Registration.email_key)),
        tuple_(*names).in_(_repeated(mine, *names)),
    )


def _repeated(mine: ColumnElement[bool], *columns: InstrumentedAttribute[Any]) -> Select[Any]:
    """What more than one row of the event has in these columns. NULL equals nothing, so nobody is found by it."""
    return select(*columns).where(mine).group_by(*columns).having(func.count() > 1)
