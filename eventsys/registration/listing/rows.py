"""The rows of the table: who stands on a page, and what each column says of them, read in as many queries for one as
for a thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.community.rules import sector_label
from eventsys.events.models import Event
from eventsys.kernel.locale import country_name, say_day, say_time
from eventsys.kernel.paging import Page
from eventsys.mailing.queries import bounced_among
from eventsys.registration import rules
from eventsys.registration.answers import said
from eventsys.registration.listing.asked import Asked
from eventsys.registration.listing.catalogue import Catalogue, Column
from eventsys.registration.listing.choices import COMING_LABELS
from eventsys.registration.listing.matching import number_matching, ordered_ids
from eventsys.registration.models import (
    Answer,
    Coming,
    Delegation,
    Invitation,
    Mode,
    Registration,
    RegistrationTag,
    RegistrationType,
    State,
    Ticket,
)


@dataclass(frozen=True)
class Cell:
    """What one column says of one person; `value` is the row's own word where the page draws a sign for it."""

    key: str
    label: str
    text: str
    kind: str = ""
    value: str = ""
    instant: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One person of the table."""

    id: int
    name: str
    organisation: str
    email: str
    type: str
    tags: Sequence[str]
    is_bounced: bool
    cells: Sequence[Cell] = field(default_factory=list)


def page_of(
    session: Session, event: Event, asked: Asked, known: Catalogue, *, number: int, size: int, total: int | None = None
) -> Page[Line]:
    """One page. `total` is how many match, where that is known already. A page past the end is the last one."""
    query = ordered_ids(session, event.id, asked, known)
    if total is None and asked.is_laborious:
        # Who matches is found once: to count them is to have them.
        found = session.scalars(query).all()
        number = _within(number, len(found), size)
        return Page(
            lines_of(session, event, found[(number - 1) * size : number * size], asked, known), number, size, len(found)
        )
    if total is None:
        total = number_matching(session, event.id, asked, known)
    number = _within(number, total, size)
    ids = session.scalars(query.limit(size).offset((number - 1) * size)).all()
    return Page(lines_of(session, event, ids, asked, known), number, size, total)


def _within(number: int, total: int, size: int) -> int:
    return min(number, max(1, -(-total // size)))


def lines_of(
    session: Session, event: Event, ids: Sequence[int], asked: Asked, known: Catalogue, *, says_instants: bool = True
) -> list[Line]:
    """These people in this order, with the columns that were asked for. Where instants are not said in words, their
    cells hold the instant alone."""
    columns = [known.columns[key] for key in asked.columns]
    found = {one.id: one for one in session.scalars(select(Registration).where(Registration.id.in_(ids)))}
    people = [found[number] for number in ids if number in found]
    beside = _beside(session, people, columns)
    bounced = bounced_among(session, (one.email_key for one in people if one.email_key))
    texts = _TEXTS if says_instants else _TEXTS | dict.fromkeys(_INSTANTS, _unsaid)
    return [_line(event, one, columns, beside, bounced, texts) for one in people]


@dataclass
class _Beside:
    """What stands in other tables about the people of one page."""

    tags: dict[int, list[str]] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    answers: dict[tuple[int, int], Any] = field(default_factory=dict)
    delegations: dict[int, str] = field(default_factory=dict)
    invitations: dict[int, str] = field(default_factory=dict)


def _beside(session: Session, people: Sequence[Registration], columns: Sequence[Column]) -> _Beside:
    ids = [one.id for one in people]
    keys = {column.key for column in columns}
    asked = [column.question.id for column in columns if column.question is not None]
    found = _Beside()
    tagged = select(RegistrationTag.registration_id, RegistrationTag.tag)
    for number, tag in session.execute(
        tagged.where(RegistrationTag.registration_id.in_(ids)).order_by(RegistrationTag.tag)
    ):
        found.tags.setdefault(number, []).append(tag)
    if "code" in keys:
        codes = select(Ticket.registration_id, Ticket.short_code)
        valid = codes.where(Ticket.registration_id.in_(ids), Ticket.replaced_at.is_(None))
        found.codes = {number: rules.spoken(code) for number, code in session.execute(valid)}
    if asked:
        given = select(Answer.registration_id, Answer.question_id, Answer.value)
        mine = given.where(Answer.registration_id.in_(ids), Answer.question_id.in_(asked))
        found.answers = {(number, question): value for number, question, value in session.execute(mine)}
    if "delegation" in keys:
        found.delegations = _names(session, Delegation, Delegation.name, (one.delegation_id for one in people))
    if "invitation" in keys:
        found.invitations = _names(session, Invitation, Invitation.label, (one.invitation_id for one in people))
    return found


def _names(session: Session, model: Any, name: Any, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = sorted({number for number in ids if number is not None})
    return dict(session.execute(select(model.id, name).where(model.id.in_(wanted))).all())


Texts = Mapping[str, Callable[[Event, Registration, _Beside], Any]]


def _line(
    event: Event,
    one: Registration,
    columns: Sequence[Column],
    beside: _Beside,
    bounced: set[str],
    texts: Texts,
) -> Line:
    return Line(
        id=one.id,
        name=one.name,
        organisation=one.organisation,
        email=one.email or "",
        type=one.type,
        tags=beside.tags.get(one.id, ()),
        is_bounced=one.email_key in bounced,
        cells=[_cell(event, one, column, beside, texts) for column in columns],
    )


def _cell(event: Event, one: Registration, column: Column, beside: _Beside, texts: Texts) -> Cell:
    if column.question is not None:
        text = said(beside.answers.get((one.id, column.question.id)))
    else:
        text = str(texts[column.key](event, one, beside))
    return Cell(
        column.key,
        str(column.label),
        text,
        column.kind,
        value=one.state if column.key == "state" else "",
        instant=getattr(one, _INSTANTS[column.key]) if column.key in _INSTANTS else None,
    )


_INSTANTS = {"registered": "registered_at", "updated": "updated_at"}


def _unsaid(_event: Event, _one: Registration, _beside: _Beside) -> str:
    return ""


def _moment(instant: datetime, event: Event) -> str:
    return f"{say_day(instant, event.zone, year=True)}, {say_time(instant, event.zone)}"


_TEXTS: dict[str, Callable[[Event, Registration, _Beside], Any]] = {
    "organisation": lambda _event, one, _beside: one.organisation,
    "email": lambda _event, one, _beside: one.email or "",
    "state": lambda _event, one, _beside: rules.STATE_LABELS[State(one.state)],
    "mode": lambda _event, one, _beside: rules.MODE_LABELS[Mode(one.mode)],
    "type": lambda _event, one, _beside: rules.TYPE_LABELS[RegistrationType(one.type)],
    "sector": lambda _event, one, _beside: sector_label(one.sector),
    "country": lambda _event, one, _beside: country_name(one.country) if one.country else "",
    "registered": lambda event, one, _beside: _moment(one.registered_at, event),
    "updated": lambda event, one, _beside: _moment(one.updated_at, event),
    "place": lambda _event, one, _beside: "" if one.queue_number is None else one.queue_number,
    "tags": lambda _event, one, beside: ", ".join(beside.tags.get(one.id, ())),
    "code": lambda _event, one, beside: beside.codes.get(one.id, ""),
    "coming": lambda _event, one, _beside: COMING_LABELS[Coming(one.coming)],
    "language": lambda _event, one, _beside: one.language,
    "notes": lambda _event, one, _beside: one.notes,
    "delegation": lambda _event, one, beside: beside.delegations.get(one.delegation_id or 0, ""),
    "invitation": lambda _event, one, beside: beside.invitations.get(one.invitation_id or 0, ""),
}
