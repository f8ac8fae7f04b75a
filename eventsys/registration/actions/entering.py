"""How a person comes in: a seat, a place in the queue, or a question first; decided in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import String, Table, bindparam, delete, false, insert, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from eventsys.events.models import Event
from eventsys.kernel.database import BigId
from eventsys.kernel.facts import Fact
from eventsys.mailing.actions import take_back
from eventsys.registration import queries, rules
from eventsys.registration.actions import pools, seats
from eventsys.registration.actions.claiming import Sought, claim, queue_up
from eventsys.registration.actions.codes import use_invitation
from eventsys.registration.actions.consents import keep_consents
from eventsys.registration.actions.refusing import refusal_of_full
from eventsys.registration.actions.rows import organisations_of, row_of
from eventsys.registration.actions.telling import note_fact, tell, told_by
from eventsys.registration.actions.tickets import draw_ticket
from eventsys.registration.entries import NewEntry, refuse_lent_address
from eventsys.registration.errors import AlreadyRegistered
from eventsys.registration.models import (
    Answer,
    Mode,
    Registration,
    RegistrationSettings,
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
    RegistrationClosed, InvitationNeeded, InvitationGone, ModeNotOffered, AddressUnusable, AddressDisposable,
    AlreadyRegistered, SeatsGone.
    """
    found = _looked(session, event, seen)
    settings, is_free = found.settings, by_organiser or overbook
    if not is_free:
        rules.refuse_unless_open(event, settings, now)
        rules.refuse_unless_admitted(settings, entry.invitation_id)
        refuse_lent_address(settings, entry)
    if not overbook:
        rules.refuse_unless_offered({mode: queries.seats_of(pool) for mode, pool in found.modes.items()}, entry.mode)
    key = organisations_of(session, [entry.organisation])[entry.organisation]
    sought, wanted = _sought(session, found, entry, key)
    waits_for = _before_a_seat(settings, entry, is_free=is_free)
    if waits_for is not None:
        registration = _only_ask(session, event, entry, key, sought, waits_for, now=now)
    else:
        full = [pool for pool in wanted if pool.is_full and not overbook]
        if full and not rules.may_wait(settings, full):
            raise refusal_of_full(session, event.id, full)
        is_online = bool(full) and rules.is_online_meanwhile(settings, entry.mode, found.modes[Mode.ONLINE])
        state = State.WAITING if full else State.CONFIRMED
        registration = _insert(session, event, entry, key, state=state, now=now, is_online_meanwhile=is_online)
        _seat_or_queue(session, registration, entry, sought, now=now, overbook=overbook)
    _count_use(session, entry, now=now)
    return registration


def _looked(session: Session, event: Event, seen: queries.Look | None) -> queries.Look:
    """What stands before the registration, with the pools of both modes."""
    # Without a query: an expired row would be read once more than needed.
    found = seen or queries.look(session, Event.id == (inspect(event).identity or (event.id,))[0])
    assert found is not None
    if len(found.modes) < len(Mode):
        return replace(found, pools=list(pools.ensure_pools(session, event).values()))
    return found


def _count_use(session: Session, entry: NewEntry, *, now: datetime) -> None:
    # After the seats, as where a use is given back: pools are locked before codes everywhere.
    if entry.invitation_id is not None:
        use_invitation(session, entry.invitation_id, now=now)


def _sought(session: Session, found: queries.Look, entry: NewEntry, key: str) -> tuple[Sought, list[SeatPool]]:
    """The pools in which this person needs a seat, with the one that caps their organisation."""
    key = key if entry.mode == Mode.ONSITE else ""
    seen, event_id, most = list(found.pools), found.event.id, found.settings.organisation_seats
    if key and most is not None:
        seen += pools.ensure_organisation(session, event_id, [key], most).values()
    elif key and found.counts_organisations:
        seen += queries.pools_of_organisation(session, event_id, key)
    wanted = rules.pools_for(seen, entry.wanted(key))
    modes = [pool.id for pool in found.modes.values()]
    return Sought(event_id, [pool.id for pool in wanted], modes, [pool.id for pool in seen], key, most), wanted


def _before_a_seat(settings: RegistrationSettings, entry: NewEntry, *, is_free: bool) -> State | None:
    """What has to happen before a seat is taken: the address confirmed, or a decision."""
    if is_free:
        return None
    confirms = settings.confirms_address or entry.must_confirm_address
    if confirms and entry.email and not entry.is_address_confirmed:
        return State.UNVERIFIED
    return State.APPLIED if settings.has_approval and not entry.passes_approval else None


def _only_ask(
    session: Session,
    event: Event,
    entry: NewEntry,
    key: str,
    sought: Sought,
    state: State,
    *,
    now: datetime,
) -> Registration:
    registration = _insert(session, event, entry, key, state=state, now=now)
    _write_seats(session, registration.id, sought.wanted, SeatState.ASKED)
    what = "applied"
    if state == State.UNVERIFIED:
        what = "unverified"
        registration.offer_until = min(now + VERIFICATION_LASTS, event.ends_at)
        session.flush()
    _say(session, registration, entry, what, now=now)
    return registration


def _insert(
    session: Session,
    event: Event,
    entry: NewEntry,
    key: str,
    *,
    state: State,
    now: datetime,
    is_online_meanwhile: bool = False,
) -> Registration:
    """The row and its answers; the unique index decides who was first with an address. Raises AlreadyRegistered."""
    # The number is drawn at the very end, under the pool's lock.
    place = {
        "state": str(state),
        "queue_number": 0 if state == State.WAITING else None,
        "is_online_meanwhile": is_online_meanwhile,
    }
    values = row_of(event.id, entry, key, now=now) | place
    connection = session.connection()
    number = connection.execute(_ADD[connection.dialect.name], values).scalar()
    if number is None:
        first = queries.living_registration(session, event.id, values["email_key"] or "")
        raise AlreadyRegistered(first.id if first else None)
    if entry.answers:
        rows = [
            {"registration_id": number, "question_id": question_id, "value": value}
            for question_id, value in entry.answers.items()
        ]
        connection.execute(_ANSWER, rows)
    keep_consents(session, number, entry, now=now)
    return _as_read(session, number, values)


_ADD = {
    name: insert_into(cast(Table, Registration.__table__)).on_conflict_do_nothing().returning(Registration.id)
    for name, insert_into in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
_ANSWER = insert(cast(Table, Answer.__table__))


def _as_read(session: Session, number: int, values: dict[str, Any]) -> Registration:
    """The row just written, as if it had been read: all its columns are known, so the database need not be asked."""
    registration = Registration(id=number, **values)
    make_transient_to_detached(registration)
    session.add(registration)
    return registration


def _write_seats(session: Session, registration_id: int, wanted: Sequence[int], state: SeatState) -> None:
    """The rows of somebody new. A pool that has gone since it was seen gets none."""
    values = {"of_registration": registration_id, "of_state": str(state), "of_pools": list(wanted)}
    session.connection().execute(_SIT, values)


_SIT = insert(cast(Table, Seat.__table__)).from_select(
    ["registration_id", "pool_id", "state", "is_beyond"],
    select(bindparam("of_registration", type_=BigId), SeatPool.id, bindparam("of_state", type_=String), false()).where(
        SeatPool.id.in_(bindparam("of_pools", expanding=True))
    ),
)


def _seat_or_queue(
    session: Session,
    registration: Registration,
    entry: NewEntry,
    sought: Sought,
    *,
    now: datetime,
    overbook: bool,
) -> None:
    """Everything is written first, the seats are claimed last: pools are locked for one statement and the commit.
    Where the look before was wrong, or seats are given beyond their number, it is decided with the pools held."""
    if overbook:
        _decide_anew(session, registration, entry, now=now, overbook=True)
        return
    is_in = registration.state == State.CONFIRMED
    _write_seats(session, registration.id, sought.wanted, SeatState.TAKEN if is_in else SeatState.WANTED)
    if is_in:
        draw_ticket(session, registration.id, registration.event_id, now=now)
    _say(session, registration, entry, "confirmed" if is_in else "waiting", now=now)
    is_done = claim(session, sought) if is_in else _try_queue(session, registration, sought)
    if not is_done:
        _decide_anew(session, registration, entry, now=now)


def _try_queue(session: Session, registration: Registration, sought: Sought) -> bool:
    number = queue_up(session, sought)
    if number is not None:
        session.connection().execute(_NUMBER, {"of_id": registration.id, "drawn": number})
        set_committed_value(registration, "queue_number", number)
    return number is not None


_NUMBER = (
    update(cast(Table, Registration.__table__))
    .where(Registration.id == bindparam("of_id"))
    .values(queue_number=bindparam("drawn"))
)


def _decide_anew(
    session: Session, registration: Registration, entry: NewEntry, *, now: datetime, overbook: bool = False
) -> None:
    """Unwrite what was written on the promise of the look before, look again, and decide with the pools held."""
    _take_back(session, registration)
    found = queries.look(session, Event.id == registration.event_id)
    assert found is not None
    sought, _wanted = _sought(session, found, entry, registration.organisation_key)
    held = pools.hold_these(session, registration.event_id, sought.wanted)
    full = [held.pools[one] for one in sought.wanted if held.pools[one].is_full]
    if full and not overbook:
        if not rules.may_wait(found.settings, full):
            raise refusal_of_full(session, registration.event_id, full)
        seats.join_queue(session, registration, held, sought.wanted, found.settings)
        _say(session, registration, entry, "waiting", now=now)
        return
    seats.take(session, registration, held, sought.wanted, overbook=overbook)
    seats.leave_queue(registration, State.CONFIRMED)
    session.flush()
    draw_ticket(session, registration.id, registration.event_id, now=now)
    _say(session, registration, entry, "confirmed", now=now, **({"is_overbooked": bool(full)} if overbook else {}))


def _take_back(session: Session, registration: Registration) -> None:
    """Unwrite what was written of a registration of this transaction, which nobody else has seen; cheaper than a
    savepoint for everybody, since a look proves wrong only in the moment when the last seat goes."""
    mine = registration.id
    for row in (Ticket, Seat):
        gone = delete(row).where(row.registration_id == mine)
        session.execute(gone, execution_options={"synchronize_session": False})
    session.execute(delete(Fact).where(Fact.subject == "registration", Fact.subject_id == mine))
    for what in ("confirmed", "waiting"):
        take_back(session, told_by(registration, what))


def _say(
    session: Session, registration: Registration, entry: NewEntry, what: str, *, now: datetime, **data: Any
) -> None:
    note_fact(session, registration, what, now=now, **({"mode": str(entry.mode)} | data))
    if entry.is_mailed:
        tell(session, registration, what, now=now)
