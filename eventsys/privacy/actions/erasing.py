"""What is taken out of every table when people are erased, and what stays so that the counts stay.

All in statements over a span of registrations: no row is loaded that is only to be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, insert, literal, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import Executable

from eventsys.checkin.models import ArrivalWatch, BadgePrint, PrintJob, Scan
from eventsys.contacts.models import ContactCard, ContactExchange
from eventsys.kernel import storage
from eventsys.kernel.database import Json
from eventsys.kernel.facts import Fact
from eventsys.mailing.models import BouncedAddress
from eventsys.privacy.rules import NOBODY, kept_of
from eventsys.registration.models import (
    Answer,
    BreakoutWish,
    Delegation,
    EmailChange,
    Question,
    QuestionType,
    Registration,
    RegistrationTag,
    Review,
    Ticket,
)

_person = cast(Table, Registration.__table__)
_fact = cast(Table, Fact.__table__)
_scan = cast(Table, Scan.__table__)


@dataclass(frozen=True)
class Span:
    """The registrations of one event from `first` to `last` that are not erased yet."""

    event_id: int
    first: int
    last: int

    @property
    def is_inside(self) -> ColumnElement[bool]:
        """The condition on registrations themselves."""
        bounds = _person.c.id.between(self.first, self.last)
        return and_(_person.c.event_id == self.event_id, bounds, _person.c.erased_at.is_(None))

    def has(self, column: Any) -> ColumnElement[bool]:
        """The condition on a column that names a registration. The bounds alone would take in other events' people;
        without them a database that has not yet counted its rows reads whole tables."""
        return and_(column.between(self.first, self.last), column.in_(select(_person.c.id).where(self.is_inside)))


def erase(session: Session, span: Span, *, actor: str, now: datetime) -> dict[str, int]:
    """Take out everything that says who these registrations were; returns how much of each kind went.

    State, type, way, sector, country, instants, seats, arrivals, the versions of consents and the steps of the
    timeline stay: figures before and after are equal.
    """
    answers, files = erase_answers(session, span.event_id, span.has(Answer.registration_id))
    for table in (Ticket, EmailChange, RegistrationTag, BreakoutWish, ArrivalWatch):
        _do(session, delete(table).where(span.has(table.registration_id)))
    # What a badge showed is kept as a hash, by which a name could still be tried out.
    for badge in (PrintJob, BadgePrint):
        _do(session, update(badge).where(span.has(badge.registration_id)).values(face_hash=""))
    _do(session, delete(ContactCard).where(span.has(ContactCard.registration_id)))
    for side in (ContactExchange.asker_id, ContactExchange.asked_id):
        _do(session, delete(ContactExchange).where(span.has(side)))
    _do(session, update(Review).where(span.has(Review.registration_id)).values(note=""))
    _do(session, update(Delegation).where(span.has(Delegation.head_id)).values(head_id=None))
    _do(session, update(_person).where(span.has(_person.c.stands_in_for_id)).values(stands_in_for_id=None))
    _do(session, update(_person).where(span.has(_person.c.accompanies_id)).values(accompanies_id=None))
    _scrub_scans(session, span)
    _scrub_facts(session, span)
    addresses = select(_person.c.email_key).where(span.is_inside)
    _do(session, delete(BouncedAddress).where(BouncedAddress.address_key.in_(addresses)))
    _note(session, span, actor=actor, now=now)
    people = _do(session, update(_person).where(span.is_inside).values(**_EMPTY, erased_at=now))
    return {"people": people, "answers": answers, "files": files}


# `link_hash` stays, so that an old link can be told what became of it; without the nonce nobody can make the link.
_EMPTY: dict[str, Any] = {
    "first_name": NOBODY,
    "last_name": "",
    "email": None,
    "email_key": None,
    "organisation": "",
    "organisation_key": "",
    "search_key": "",
    "person_key": None,
    "link_nonce": "",
    "notes": "",
    "invitation_id": None,
    "delegation_id": None,
    "stands_in_for_id": None,
    "accompanies_id": None,
}


def erase_answers(session: Session, event_id: int, which: ColumnElement[bool]) -> tuple[int, int]:
    """Erase answers and the files that came with them; returns how many of both.

    Files go first: if this transaction never ends, the next one finds the rows and removes what is gone already.
    """
    asks_for_files = (Question.event_id == event_id, Question.type == QuestionType.FILE)
    questions = session.scalars(select(Question.id).where(*asks_for_files)).all()
    files = _files(session, and_(which, Answer.question_id.in_(questions))) if questions else []
    for file in files:
        storage.remove(file)
    return _do(session, delete(Answer).where(which)), len(files)


def _files(session: Session, which: ColumnElement[bool]) -> list[str]:
    values = session.scalars(select(Answer.value).where(which))
    return [str(value["file"]) for value in values if isinstance(value, dict) and value.get("file")]


def _do(session: Session, statement: Executable) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return max(0, int(getattr(done, "rowcount", 0)))


# The answer of a scan shows a name, an organisation and notes; outcome and instants are what is counted.
_NAMELESS = {
    "postgresql": "CASE WHEN jsonb_typeof({0}) = 'object' THEN jsonb_set({0}, '{{attendee}}', 'null') ELSE {0} END",
    "sqlite": "json_set({0}, '$.attendee', json('null'))",
}


def _scrub_scans(session: Session, span: Span) -> None:
    nameless = _NAMELESS[session.get_bind().dialect.name]
    columns = ("answer", "corrected_answer")
    values = {column: text(nameless.format(column)) for column in columns}
    _do(session, update(_scan).where(span.has(_scan.c.registration_id)).values(**values, undone_reason=""))


_REWRITE = update(_fact).where(_fact.c.id == bindparam("number")).values(data=bindparam("kept", type_=Json))


def _scrub_facts(session: Session, span: Span) -> None:
    """Hardly a fact holds a value: they are read, and the few that do are written anew. Of a scan they hold why it was
    undone, in the words of whoever did."""
    bounds = _fact.c.subject_id.between(span.first, span.last)
    of_person = and_(_fact.c.subject == "registration", bounds, _fact.c.event_id == span.event_id)
    scans = select(_scan.c.id).where(span.has(_scan.c.registration_id))
    of_scans = and_(_fact.c.subject == "scan", _fact.c.subject_id.in_(scans), _fact.c.event_id == span.event_id)
    changed = []
    for about in (of_person, of_scans):
        rows = session.execute(select(_fact.c.id, _fact.c.data).where(about)).all()
        changed += [{"number": row.id, "kept": kept_of(row.data)} for row in rows if kept_of(row.data) != row.data]
    if changed:
        session.connection().execute(_REWRITE, changed)


def _note(session: Session, span: Span, *, actor: str, now: datetime) -> None:
    """One step of the timeline each: devices at the door read it and forget the person."""
    columns = ["at", "kind", "event_id", "subject", "subject_id", "actor", "data"]
    rows = select(
        literal(now, _fact.c.at.type),
        literal("registration.erased"),
        _person.c.event_id,
        literal("registration"),
        _person.c.id,
        literal(actor),
        literal({}, Json),
    ).where(span.is_inside)
    session.execute(insert(_fact).from_select(columns, rows))
