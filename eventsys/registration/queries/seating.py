"""Reads of seats: what stands before a registration, who sits where, who waits and could move up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from eventsys.agenda.models import AgendaSession, Room, SessionStatus
from eventsys.events.models import Event, EventStatus
from eventsys.registration.models import (
    Admission,
    Answer,
    Breakout,
    Invitation,
    Mode,
    PoolKind,
    Registration,
    RegistrationSettings,
    Seat,
    SeatPool,
    SeatState,
    State,
    WaitingList,
)
from eventsys.registration.rules import Seats, Wanted


def settings_of(session: Session, event_id: int) -> RegistrationSettings:
    """How the event registers people; where nothing was set, what then holds (a row that is not saved)."""
    return session.get(RegistrationSettings, event_id) or _usual_settings(event_id)


def _usual_settings(event_id: int) -> RegistrationSettings:
    return RegistrationSettings(
        event_id=event_id,
        waiting_list=WaitingList.AUTOMATIC,
        offer_hours=48,
        has_approval=False,
        admission=Admission.OPEN,
        confirms_address=False,
        refuses_disposable=True,
        waits_online=True,
        group_most=0,
        may_substitute=True,
        opinions_needed=1,
        asks_again_hours=72,
        frees_silent=False,
        keep_days=365,
    )


# Made once: an alias costs more than the rest of the query.
_COUNTED = aliased(SeatPool)
_COUNTS_ORGANISATIONS = exists().where(_COUNTED.event_id == Event.id, _COUNTED.kind == PoolKind.ORGANISATION)
_HAS_CODES = exists().where(
    Invitation.event_id == Event.id, Invitation.code.is_not(None), Invitation.revoked_at.is_(None)
)
_LOOK = (
    select(Event, RegistrationSettings, SeatPool, _COUNTS_ORGANISATIONS, _HAS_CODES)
    .outerjoin(RegistrationSettings, RegistrationSettings.event_id == Event.id)
    # Of organisations there may be hundreds: the one that matters is looked up.
    .outerjoin(SeatPool, (SeatPool.event_id == Event.id) & (SeatPool.kind != PoolKind.ORGANISATION))
    .order_by(SeatPool.id)
    .execution_options(populate_existing=True)
)


def look(session: Session, condition: ColumnElement[bool]) -> Look | None:
    """An event with its settings and pools as they stand now, in one SELECT: what each registration begins with."""
    rows = session.execute(_LOOK.where(condition)).all()
    if not rows:
        return None
    event: Event = rows[0][0]
    settings: RegistrationSettings | None = rows[0][1]
    found: list[SeatPool | None] = [row[2] for row in rows]
    pools = [pool for pool in found if pool is not None]
    usual = settings or _usual_settings(event.id)
    return Look(event, usual, pools, counts_organisations=rows[0][3], has_codes=rows[0][4])


@dataclass(frozen=True)
class Look:
    """What stands before a registration: `pools` are all but those of organisations, and may lack modes not yet set.
    `has_codes` counts codes that have ended too."""

    event: Event
    settings: RegistrationSettings
    pools: list[SeatPool]
    counts_organisations: bool = False
    has_codes: bool = False

    @property
    def modes(self) -> dict[Mode, SeatPool]:
        return {Mode(pool.key): pool for pool in self.pools if pool.kind == PoolKind.MODE}


def seats(session: Session, event_id: int) -> dict[Mode, Seats]:
    """The seats of both modes, also before the pools are made."""
    query = select(SeatPool).where(SeatPool.event_id == event_id, SeatPool.kind == PoolKind.MODE)
    rows = session.scalars(query.order_by(SeatPool.id))
    return seats_in(session, event_id, {Mode(row.key): row for row in rows})


def seats_in(session: Session, event_id: int, pools: Mapping[Mode, SeatPool]) -> dict[Mode, Seats]:
    """The seats of both modes in pools that were read already."""
    found = {mode: seats_of(row) for mode, row in pools.items()}
    if Mode.ONSITE not in found:
        found[Mode.ONSITE] = Seats(session.scalar(select(func.max(Room.seats)).where(Room.event_id == event_id)), 0)
    found.setdefault(Mode.ONLINE, Seats(0, 0))
    return {mode: found[mode] for mode in Mode}


def seats_of(pool: SeatPool) -> Seats:
    return Seats(pool.seats, pool.taken, pool.waiting, pool.overbooked)


def pools_of(session: Session, event_id: int, *kinds: PoolKind) -> Sequence[SeatPool]:
    """The pools of an event (of these kinds), in the order in which they were made."""
    query = select(SeatPool).where(SeatPool.event_id == event_id).order_by(SeatPool.id)
    return session.scalars(query.where(SeatPool.kind.in_(kinds)) if kinds else query).all()


def pools_of_organisation(session: Session, event_id: int, key: str) -> Sequence[SeatPool]:
    """The pool that caps one organisation on site, if there is one."""
    kind, mode = str(PoolKind.ORGANISATION), str(Mode.ONSITE)
    return session.scalars(select(SeatPool).filter_by(event_id=event_id, kind=kind, key=key, mode=mode)).all()


def seats_of_person(session: Session, registration_id: int) -> list[tuple[SeatPool, Seat]]:
    """Where one person sits or waits, the modes first."""
    rows = session.execute(
        select(SeatPool, Seat)
        .join(Seat, Seat.pool_id == SeatPool.id)
        .where(Seat.registration_id == registration_id)
        .order_by(SeatPool.kind != PoolKind.MODE, SeatPool.kind, SeatPool.key)
    )
    return [(row[0], row[1]) for row in rows]


def wanted_of(session: Session, registration: Registration) -> Wanted:
    """What seats are counted by, for somebody who is registered. A session they only wait for is not among it."""
    chosen: dict[str, set[str]] = {PoolKind.DAY: set(), PoolKind.SESSION: set()}
    for pool, seat in seats_of_person(session, registration.id):
        is_extra = seat.state == SeatState.WANTED and registration.state != State.WAITING
        if pool.kind in chosen and not is_extra:
            chosen[pool.kind].add(pool.key)
    answers = session.execute(select(Answer.question_id, Answer.value).where(Answer.registration_id == registration.id))
    return Wanted(
        mode=Mode(registration.mode),
        type=registration.type,
        sector=registration.sector,
        organisation_key=registration.organisation_key,
        days=frozenset(chosen[PoolKind.DAY]),
        sessions=frozenset(chosen[PoolKind.SESSION]),
        answers={row[0]: row[1] for row in answers},
    )


def pool_of_session(session: Session, event_id: int, key: str) -> SeatPool | None:
    """The pool that counts the seats of one session."""
    return session.scalar(select(SeatPool).filter_by(event_id=event_id, kind=str(PoolKind.SESSION), key=key))


def people_of_session(session: Session, pool_id: int) -> list[tuple[Registration, Seat]]:
    """Those with a seat by name, then those who wait in their order."""
    rows = session.execute(
        select(Registration, Seat)
        .join(Seat, Seat.registration_id == Registration.id)
        .where(Seat.pool_id == pool_id, Seat.state != SeatState.ASKED)
        .order_by(Seat.state, Seat.queue_number, Registration.queue_number, Registration.last_name,
                  Registration.first_name, Registration.id)
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def places_in_sessions(session: Session, registration_id: int) -> dict[int, int]:
    """The position among those who wait for each session, counted from 1, by pool."""
    mine, other = aliased(Seat), aliased(Seat)
    rows = session.execute(
        select(mine.pool_id, func.count())
        .join(other, (other.pool_id == mine.pool_id) & (other.queue_number <= mine.queue_number))
        .where(mine.registration_id == registration_id)
        .group_by(mine.pool_id)
    )
    return {row[0]: row[1] for row in rows}


def place_in_session(session: Session, registration_id: int, key: str) -> int | None:
    """The position among those who wait for this session, counted from 1; None for who does not."""
    places = places_in_sessions(session, registration_id)
    return next((places[pool.id] for pool, _seat in seats_of_person(session, registration_id)
                 if pool.kind == PoolKind.SESSION and pool.key == key and pool.id in places), None)  # fmt: skip


def sessions_to_be_dealt(session: Session, event_id: int) -> set[str]:
    """The keys of sessions whose seats are dealt by wishes that are not dealt yet."""
    query = select(Breakout.sessions).where(Breakout.event_id == event_id, Breakout.dealt_at.is_(None))
    return {key for keys in session.scalars(query) for key in keys}


def cancelled_sessions(session: Session, event_id: int) -> set[str]:
    """The keys of sessions that do not take place: nobody moves up in them."""
    query = select(AgendaSession.key).where(AgendaSession.event_id == event_id)
    return set(session.scalars(query.where(AgendaSession.status == SessionStatus.CANCELLED)))


def is_blocked() -> ColumnElement[bool]:
    """Whether somebody who waits wants a pool that is full: a condition on Registration."""
    seat, pool = aliased(Seat), aliased(SeatPool)
    return (
        select(seat.registration_id)
        .join(pool, pool.id == seat.pool_id)
        .where(seat.registration_id == Registration.id, seat.state == SeatState.WANTED, pool.taken >= pool.seats)
        .exists()
    )


def events_with_free_seats_waited_for(session: Session, now: datetime) -> Sequence[int]:
    """Events to come where somebody waits who could have all the seats they want."""
    has_room = or_(SeatPool.seats.is_(None), SeatPool.taken < SeatPool.seats)
    free = select(SeatPool.event_id).where(SeatPool.waiting > 0, has_room)
    waits = select(Registration.event_id).where(
        Registration.event_id.in_(free.where(SeatPool.kind == PoolKind.MODE)),
        Registration.state == State.WAITING,
        ~is_blocked(),
    )
    waits_for_session = (
        select(Registration.event_id)
        .join(Seat, Seat.registration_id == Registration.id)
        .join(SeatPool, SeatPool.id == Seat.pool_id)
        .where(
            SeatPool.waiting > 0, has_room, SeatPool.kind == PoolKind.SESSION, Seat.state == SeatState.WANTED,
            Registration.state == State.CONFIRMED,
            ~exists().where(
                AgendaSession.event_id == SeatPool.event_id, AgendaSession.key == SeatPool.key,
                AgendaSession.status == SessionStatus.CANCELLED,
            ),
        )
    )  # fmt: skip
    query = select(Event.id).where(
        or_(Event.id.in_(waits), Event.id.in_(waits_for_session)),
        Event.status != EventStatus.CANCELLED,
        Event.ends_at > now,
    )
    return session.scalars(query.order_by(Event.id)).all()
