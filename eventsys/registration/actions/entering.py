"""How a person comes in: by the form, by an organiser, by a list, from the programme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, inspect, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.agenda.models import Person
from eventsys.events.models import Event
from eventsys.kernel.facts import Fact
from eventsys.mailing.actions import take_back
from eventsys.registration import queries, rules
from eventsys.registration.actions import pools, seats
from eventsys.registration.actions.claiming import claim, queue_up
from eventsys.registration.actions.consents import keep_consents
from eventsys.registration.actions.refusing import refusal_of_full
from eventsys.registration.actions.rows import organisation_key, row_of
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
    Seat,
    SeatPool,
    SeatState,
    State,
    Ticket,
)

VERIFICATION_LASTS = timedelta(days=2)


def register(
    session: Session,
    event: Event,
    entry: NewEntry,
    *,
    now: datetime,
    overbook: bool = False,
    by_organiser: bool = False,
    seen: queries.Look | None = None,
) -> Registration:
    """Give this person a seat, a place in the queue, or to the organisers to decide about.

    `seen` is what the caller read a moment ago, so that it is not read again. `by_organiser` passes over the dates, the
    approval and what is offered; `overbook` also over the seats. Raises EventCancelled, EventOver, RegistrationNotOpen,
    RegistrationClosed, ModeNotOffered, AddressUnusable, AlreadyRegistered, SeatsGone.
    """
    # Without a query: an expired row would be read once more than needed.
    found = seen or queries.look(session, Event.id == (inspect(event).identity or (event.id,))[0])
    assert found is not None
    settings = found.settings
    is_free = by_organiser or overbook
    if not is_free:
        rules.refuse_unless_open(event, settings, now)
    if len(found.modes) < len(Mode):
        found = replace(found, pools=list(pools.ensure_pools(session, event).values()))
    if not overbook:
        rules.refuse_unless_offered({mode: queries.seats_of(pool) for mode, pool in found.modes.items()}, entry.mode)
    wanted = _wanted(session, found, entry)
    waits_for = _before_a_seat(settings, entry, is_free=is_free)
    if waits_for is not None:
        return _only_ask(session, event, entry, wanted, waits_for, settings, now=now)
    full = [pool for pool in wanted if pool.is_full and not overbook]
    if full and not rules.may_wait(settings, full):
        raise refusal_of_full(session, event.id, full)
    is_online_meanwhile = bool(full) and rules.is_online_meanwhile(settings, entry.mode, found.modes[Mode.ONLINE])
    state = State.WAITING if full else State.CONFIRMED
    registration = _insert(session, event, entry, state=state, now=now, is_online_meanwhile=is_online_meanwhile)
    counter = min(pool.id for pool in found.modes.values())
    _seat_or_queue(session, registration, entry, wanted, settings, counter, now=now, overbook=overbook)
    return registration


def _wanted(session: Session, found: queries.Look, entry: NewEntry) -> list[SeatPool]:
    """The pools in which this person needs a seat, with the one that caps their organisation."""
    most = found.settings.organisation_seats
    if most is None or entry.mode != Mode.ONSITE or not entry.organisation:
        return rules.pools_for(found.pools, entry.wanted())
    key = organisation_key(session, entry.organisation)
    capped = pools.ensure_organisation(session, found.event.id, [key], most).values()
    return rules.pools_for([*found.pools, *capped], entry.wanted(key))


def _before_a_seat(settings: RegistrationSettings, entry: NewEntry, *, is_free: bool) -> State | None:
    """What has to happen before a seat is taken: the address confirmed, or a decision."""
    if is_free:
        return None
    if settings.confirms_address and entry.email and not entry.is_address_confirmed:
        return State.UNVERIFIED
    return State.APPLIED if settings.has_approval and not entry.passes_approval else None


def _only_ask(
    session: Session,
    event: Event,
    entry: NewEntry,
    wanted: Sequence[SeatPool],
    state: State,
    settings: RegistrationSettings,
    *,
    now: datetime,
) -> Registration:
    registration = _insert(session, event, entry, state=state, now=now)
    _write_seats(session, registration.id, wanted, SeatState.ASKED)
    what = "applied"
    if state == State.UNVERIFIED:
        what = "unverified"
        registration.offer_until = min(now + VERIFICATION_LASTS, event.ends_at)
        session.flush()
    _say(session, registration, entry, what, now=now)
    return registration


def _insert(
    session: Session, event: Event, entry: NewEntry, *, state: State, now: datetime, is_online_meanwhile: bool = False
) -> Registration:
    """The row and its answers; the unique index decides who was first with an address. Raises AlreadyRegistered."""
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # The number is drawn at the very end, under the pool's lock.
    place = {
        "state": str(state),
        "queue_number": 0 if state == State.WAITING else None,
        "is_online_meanwhile": is_online_meanwhile,
    }
    values = row_of(session, event.id, entry, now=now) | place
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
    keep_consents(session, added.id, entry, now=now)
    return added


def _write_seats(session: Session, registration_id: int, wanted: Sequence[SeatPool], state: SeatState) -> None:
    rows = [
        {"registration_id": registration_id, "pool_id": pool.id, "state": str(state), "is_beyond": False}
        for pool in wanted
    ]
    session.execute(insert(Seat), rows)


def _seat_or_queue(
    session: Session,
    registration: Registration,
    entry: NewEntry,
    wanted: Sequence[SeatPool],
    settings: RegistrationSettings,
    counter: int,
    *,
    now: datetime,
    overbook: bool,
) -> None:
    """Everything is written first, the seats are claimed last: pools are locked for one statement and the commit.
    Where the look before was wrong, the decision is made anew with the pools held."""
    is_in = registration.state == State.CONFIRMED
    if overbook:
        held = pools.hold_these(session, registration.event_id, [pool.id for pool in wanted])
        is_beyond = any(held.pools[pool.id].is_full for pool in wanted)
        _write_seats(session, registration.id, wanted, SeatState.TAKEN)
        _count_taken(session, registration, held, wanted)
        draw_ticket(session, registration.id, registration.event_id, now=now)
        _say(session, registration, entry, "confirmed", now=now, is_overbooked=is_beyond)
        return
    _write_seats(session, registration.id, wanted, SeatState.TAKEN if is_in else SeatState.WANTED)
    if is_in:
        draw_ticket(session, registration.id, registration.event_id, now=now)
    _say(session, registration, entry, "confirmed" if is_in else "waiting", now=now)
    ids = [pool.id for pool in wanted]
    if is_in and claim(session, ids):
        return
    if not is_in and _try_queue(session, registration, ids, counter):
        return
    held = pools.hold_these(session, registration.event_id, ids)
    full = [held.pools[one] for one in ids if held.pools[one].is_full]
    _decide_anew(session, registration, entry, held, full, settings, now=now)


def _try_queue(session: Session, registration: Registration, ids: Sequence[int], counter: int) -> bool:
    number = queue_up(session, ids, counter)
    if number is not None:
        registration.queue_number = number
        session.flush()
    return number is not None


def _count_taken(session: Session, registration: Registration, held: pools.Held, wanted: Sequence[SeatPool]) -> None:
    """The rows are written as taken: count them, and mark those that are beyond the seats."""
    for pool in (held.pools[one.id] for one in wanted):
        if pool.is_full:
            session.execute(
                update(Seat)
                .where(Seat.registration_id == registration.id, Seat.pool_id == pool.id)
                .values(is_beyond=True),
                execution_options={"synchronize_session": False},
            )
        pool.taken += 1
        pools.recount_surplus(pool)
    session.flush()


def _decide_anew(
    session: Session,
    registration: Registration,
    entry: NewEntry,
    held: pools.Held,
    full: Sequence[SeatPool],
    settings: RegistrationSettings,
    *,
    now: datetime,
) -> None:
    """The look was wrong: unwrite what was written on its promise, and decide with the pools held."""
    if full and not rules.may_wait(settings, full):
        raise refusal_of_full(session, registration.event_id, full)
    _take_back(session, registration)
    ids = list(seats.rows_of(session, registration))
    if full:
        seats.join_queue(session, registration, held, ids, settings)
        _say(session, registration, entry, "waiting", now=now)
    else:
        seats.take(session, registration, held, ids)
        seats.leave_queue(registration, State.CONFIRMED)
        session.flush()
        draw_ticket(session, registration.id, registration.event_id, now=now)
        _say(session, registration, entry, "confirmed", now=now)


def _take_back(session: Session, registration: Registration) -> None:
    """Unwrite what was written of a registration of this transaction, which nobody else has seen; cheaper than a
    savepoint for everybody, since a look proves wrong only in the moment when the last seat goes."""
    mine = registration.id
    session.execute(delete(Ticket).where(Ticket.registration_id == mine))
    session.execute(
        update(Seat).where(Seat.registration_id == mine).values(state=str(SeatState.ASKED)),
        execution_options={"synchronize_session": False},
    )
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
