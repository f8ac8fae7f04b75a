"""How a person comes in: by the form, by an organiser, by a list, from the programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.agenda.models import Person
from eventsys.events.models import Event
from eventsys.kernel.facts import Fact
from eventsys.mailing.actions import take_back
from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.rows import row_of
from eventsys.registration.actions.telling import note_fact, tell, told_by
from eventsys.registration.actions.tickets import draw_ticket
from eventsys.registration.entries import NewEntry, split_name
from eventsys.registration.errors import AlreadyRegistered
from eventsys.registration.models import (
    Answer,
    Mode,
    Registration,
    RegistrationSettings,
    RegistrationType,
    State,
    Ticket,
)


def register(
    session: Session,
    event: Event,
    entry: NewEntry,
    *,
    now: datetime,
    overbook: bool = False,
    by_organiser: bool = False,
) -> Registration:
    """Give this person a seat, a place in the queue, or to the organisers to decide about.

    `by_organiser` passes over the dates, the approval and what is offered; `overbook` also over the seats. Raises
    EventCancelled, EventOver, RegistrationNotOpen, RegistrationClosed, ModeNotOffered, AddressUnusable,
    AlreadyRegistered, SeatsGone.
    """
    # Without a query: an expired row would be read once more than needed.
    found = queries.look(session, Event.id == (inspect(event).identity or (event.id,))[0])
    assert found is not None
    settings = found.settings
    if not (by_organiser or overbook):
        rules.refuse_unless_open(event, settings, now)
    pools = found.pools if len(found.pools) == len(Mode) else seats.ensure_pools(session, event)
    known = {mode: queries.seats_of(pool) for mode, pool in pools.items()}
    if not overbook:
        rules.refuse_unless_offered(known, entry.mode)
    is_to_decide = settings.has_approval and not (by_organiser or overbook)
    state = State.APPLIED if is_to_decide else _expected(known[entry.mode], overbook=overbook)
    registration = _insert(session, event, entry, state=state, now=now)
    if is_to_decide:
        _say(session, registration, entry, "applied", now=now)
    else:
        _seat_or_queue(session, event, registration, entry, settings, now=now, overbook=overbook)
    return registration


def _expected(known: rules.Seats, *, overbook: bool) -> State:
    """What an unlocked look promises; whether it holds is decided last."""
    return State.CONFIRMED if overbook or known.has_room else State.WAITING


def _insert(session: Session, event: Event, entry: NewEntry, *, state: State, now: datetime) -> Registration:
    """The row and its answers; the unique index decides who was first with an address. Raises AlreadyRegistered."""
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # The number is drawn at the very end, under the pool's lock.
    place = {"state": str(state), "queue_number": 0 if state == State.WAITING else None}
    values = row_of(event.id, entry, now=now) | place
    added = session.scalars(
        upsert(Registration).values(**values).on_conflict_do_nothing().returning(Registration)
    ).one_or_none()
    if added is None:
        first = queries.living_registration(session, event.id, values["email_key"] or "")
        raise AlreadyRegistered(first.id if first else None)
    if entry.answers:
        rows = [
            {"registration_id": added.id, "question_id": question_id, "value": value}
            for question_id, value in entry.answers.items()
        ]
        session.execute(insert(Answer), rows)
    return added


def _seat_or_queue(
    session: Session,
    event: Event,
    registration: Registration,
    entry: NewEntry,
    settings: RegistrationSettings,
    *,
    now: datetime,
    overbook: bool,
) -> None:
    """Everything is written first, the seat is claimed last: the pool's row is locked for one statement and the
    commit. Where the look before was wrong, the decision is made anew with the pool held."""
    if not overbook:
        if registration.state == State.CONFIRMED and _try_seat(session, registration, entry, now=now):
            return
        is_queueing = registration.state == State.WAITING and rules.has_waiting_list(settings)
        if is_queueing and _try_queue(session, registration, entry, now=now):
            return
    pool = seats.lock_pool(session, event.id, entry.mode)
    if seats.take_locked(pool, overbook=overbook):
        registration.state, registration.queue_number = State.CONFIRMED, None
        session.flush()
        draw_ticket(session, registration.id, event.id, now=now)
        _say(session, registration, entry, "confirmed", now=now, is_overbooked=seats.is_surplus(pool))
    elif rules.has_waiting_list(settings):
        seats.join_queue(registration, pool)
        _say(session, registration, entry, "waiting", now=now)
    else:
        raise rules.seats_gone(queries.seats(session, event.id), entry.mode)
    session.flush()


def _try_seat(session: Session, registration: Registration, entry: NewEntry, *, now: datetime) -> bool:
    draw_ticket(session, registration.id, registration.event_id, now=now)
    _say(session, registration, entry, "confirmed", now=now)
    if seats.claim(session, registration.event_id, entry.mode):
        return True
    _take_back(session, registration)
    return False


def _try_queue(session: Session, registration: Registration, entry: NewEntry, *, now: datetime) -> bool:
    _say(session, registration, entry, "waiting", now=now)
    number = seats.queue_up(session, registration.event_id, entry.mode)
    if number:
        registration.queue_number = number
        session.flush()
        return True
    _take_back(session, registration)
    return False


def _take_back(session: Session, registration: Registration) -> None:
    """Unwrite what was written of a registration of this transaction, which nobody else has seen; cheaper than a
    savepoint for everybody, since a look proves wrong only in the moment when the last seat goes."""
    mine = registration.id
    session.execute(delete(Ticket).where(Ticket.registration_id == mine))
    session.execute(delete(Fact).where(Fact.subject == "registration", Fact.subject_id == mine))
    for what in ("confirmed", "waiting"):
        take_back(session, told_by(registration, what))


def _say(
    session: Session, registration: Registration, entry: NewEntry, what: str, *, now: datetime, **data: Any
) -> None:
    note_fact(session, registration, what, now=now, **({"mode": str(entry.mode)} | data))
    if entry.is_mailed:
        tell(session, registration, what, now=now)


def add_people(
    session: Session, event: Event, entries: Iterable[NewEntry], *, now: datetime, overbook: bool = False
) -> tuple[list[Registration], int]:
    """Register people an organiser lists; those who are registered already are counted, not touched.

    Returns the new registrations and how many were here before. Raises SeatsGone and adds nobody when seats run out.
    """
    added: list[Registration] = []
    known = 0
    for entry in entries:
        try:
            added.append(register(session, event, entry, now=now, overbook=overbook, by_organiser=True))
        except AlreadyRegistered:
            known += 1
    return added, known


def register_programme_people(
    session: Session,
    event: Event,
    *,
    type: RegistrationType = RegistrationType.SPEAKER,
    now: datetime,
    overbook: bool = False,
    is_mailed: bool = False,
) -> list[Registration]:
    """Register everyone of the programme who is not registered yet, on site, in one act."""
    people = queries.programme_people_missing(session, event.id)
    entries = [_entry_of(person, event, type=type, is_mailed=is_mailed) for person in people]
    return add_people(session, event, entries, now=now, overbook=overbook)[0]


def _entry_of(person: Person, event: Event, *, type: RegistrationType, is_mailed: bool) -> NewEntry:
    first_name, last_name = split_name(person.name)
    return NewEntry(
        first_name=first_name[:120],
        last_name=last_name[:120],
        email=person.email or None,
        organisation=person.affiliation,
        mode=Mode.ONSITE,
        type=type,
        language=event.language,
        person_key=person.key,
        is_mailed=is_mailed,
    )
