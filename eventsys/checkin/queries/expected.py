"""Who of the programme is expected today and has not come: whom to ring up before their session begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda import queries as agenda
from eventsys.agenda.models import AgendaSession, Person, SessionStatus
from eventsys.checkin.models import Admission
from eventsys.checkin.queries.figures import let_in_on
from eventsys.events.models import Event
from eventsys.kernel.text import search_key
from eventsys.registration.models import ENDED, Registration

_R = Registration


@dataclass(frozen=True)
class Expected:
    """Somebody of the programme, the first session of theirs that is not over, and whose registration is theirs (None:
    not registered). `came_at` is when they were first let in today."""

    person: Person
    session: AgendaSession
    registration: Registration | None
    came_at: datetime | None


def expected_of(session: Session, event: Event, *, day: date, now: datetime) -> list[Expected]:
    """The people with a role in a session of this day that is not over, the next to speak first."""
    next_of: list[tuple[Person, AgendaSession]] = []
    for one in agenda.speakers(session, event.id):
        ahead = [entry for _role, entry in one.roles if _is_ahead(entry, event, day, now)]
        if ahead:
            next_of.append((one.person, min(ahead, key=lambda entry: (entry.starts_at, entry.id))))
    theirs = _registrations(session, event.id, [person for person, _entry in next_of])
    came = _came(session, event, day)
    found = []
    for person, entry in sorted(next_of, key=lambda pair: (pair[1].starts_at, pair[0].position, pair[0].id)):
        registration = theirs.get(person.id)
        found.append(Expected(person, entry, registration, came.get(registration.id) if registration else None))
    return found


def _is_ahead(entry: AgendaSession, event: Event, day: date, now: datetime) -> bool:
    is_on = entry.status != SessionStatus.CANCELLED and entry.ends_at > now
    return is_on and entry.starts_at.astimezone(event.zone).date() == day


def _registrations(session: Session, event_id: int, people: list[Person]) -> dict[int, Registration]:
    """Whose registration is whose: by the key of the programme, else by the address, else by a name that only one
    person has."""
    if not people:
        return {}
    # Names are folded here, not in the database: of 20,000 people only these few columns are read.
    rows = session.execute(
        select(_R.id, _R.person_key, _R.email, _R.first_name, _R.last_name)
        .where(_R.event_id == event_id, _R.state.not_in(ENDED))
        .order_by(_R.id)
    ).all()
    by_key = {row.person_key: row.id for row in rows if row.person_key}
    by_address = {row.email.lower(): row.id for row in rows if row.email}
    wanted = {search_key(person.name) for person in people}
    by_name: dict[str, list[int]] = {}
    for row in rows:
        if (name := search_key(row.first_name, row.last_name)) in wanted:
            by_name.setdefault(name, []).append(row.id)
    chosen: dict[int, int] = {}
    for person in people:
        namesakes = by_name.get(search_key(person.name), [])
        by_them = by_key.get(person.key) or by_address.get(person.email.lower())
        number = by_them or (namesakes[0] if len(namesakes) == 1 else None)
        if number is not None:
            chosen[person.id] = number
    found = {one.id: one for one in session.scalars(select(_R).where(_R.id.in_(sorted(set(chosen.values())))))}
    return {person_id: found[number] for person_id, number in chosen.items()}


def _came(session: Session, event: Event, day: date) -> dict[int, datetime]:
    """When each was first let in on this day, anywhere."""
    query = select(Admission.registration_id, Admission.first_at).where(
        Admission.event_id == event.id, let_in_on(day, event.zone)
    )
    found: dict[int, datetime] = {}
    for number, at in session.execute(query):
        found[number] = min(at, found.get(number, at))
    return found
