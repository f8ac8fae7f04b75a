"""What is taken out of every table when people are erased, and what stays so that the counts stay.

All in statements over some hundred registrations: no row is loaded that is only to be changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, delete, insert, literal, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import Executable

from eventsys.checkin.models import Scan
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


def erase(session: Session, ids: Sequence[int], *, actor: str, now: datetime) -> dict[str, int]:
    """Take out everything that says who these registrations were; returns how much of each kind went.

    State, type, way, sector, country, instants, seats, arrivals, the versions of consents and the steps of the
    timeline stay: figures before and after are equal.
    """
    answers, files = erase_answers(session, _answers_of(session, ids))
    for table in (Ticket, EmailChange, RegistrationTag, BreakoutWish):
        _do(session, delete(table).where(table.registration_id.in_(ids)))
    _do(session, update(Review).where(Review.registration_id.in_(ids)).values(note=""))
    _do(session, update(Delegation).where(Delegation.head_id.in_(ids)).values(head_id=None))
    _do(session, update(Registration).where(Registration.stands_in_for_id.in_(ids)).values(stands_in_for_id=None))
    _scrub_scans(session, ids)
    _scrub_facts(session, ids)
    addresses = select(Registration.email_key).where(Registration.id.in_(ids))
    _do(session, delete(BouncedAddress).where(BouncedAddress.address_key.in_(addresses)))
    _note(session, ids, actor=actor, now=now)
    people = _do(session, update(Registration).where(Registration.id.in_(ids)).values(**_EMPTY, erased_at=now))
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
}


def erase_answers(session: Session, answer_ids: Sequence[int]) -> tuple[int, int]:
    """Erase answers and the files that came with them; returns how many of both.

    Files go first: if this transaction never ends, the next one finds the rows and removes what is gone already.
    """
    if not answer_ids:
        return 0, 0
    values = session.scalars(
        select(Answer.value).join(Question).where(Answer.id.in_(answer_ids), Question.type == QuestionType.FILE)
    )
    files = [str(value["file"]) for value in values if isinstance(value, dict) and value.get("file")]
    for file in files:
        storage.remove(file)
    return _do(session, delete(Answer).where(Answer.id.in_(answer_ids))), len(files)


def _answers_of(session: Session, ids: Sequence[int]) -> Sequence[int]:
    return session.scalars(select(Answer.id).where(Answer.registration_id.in_(ids))).all()


def _do(session: Session, statement: Executable) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return max(0, int(getattr(done, "rowcount", 0)))


# The answer of a scan shows a name, an organisation and notes; outcome and instants are what is counted.
_NAMELESS = {
    "postgresql": "CASE WHEN jsonb_typeof({0}) = 'object' THEN jsonb_set({0}, '{{attendee}}', 'null') ELSE {0} END",
    "sqlite": "json_set({0}, '$.attendee', json('null'))",
}


def _scrub_scans(session: Session, ids: Sequence[int]) -> None:
    nameless = _NAMELESS[session.get_bind().dialect.name]
    columns = ("answer", "corrected_answer")
    values = {column: text(nameless.format(column)) for column in columns}
    _do(session, update(_scan).where(_scan.c.registration_id.in_(ids)).values(**values, undone_reason=""))


def _scrub_facts(session: Session, ids: Sequence[int]) -> None:
    """Hardly a fact holds a value: they are read, and the few that do are written anew."""
    about = and_(_fact.c.subject == "registration", _fact.c.subject_id.in_(ids))
    for number, data in session.execute(select(_fact.c.id, _fact.c.data).where(about)).all():
        kept = kept_of(data)
        if kept != data:
            _do(session, update(_fact).where(_fact.c.id == number).values(data=kept))


def _note(session: Session, ids: Sequence[int], *, actor: str, now: datetime) -> None:
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
    ).where(_person.c.id.in_(ids))
    session.execute(insert(_fact).from_select(columns, rows))
