"""Reads of rounds that are wished for: their sessions, who wished what, what a deal begins from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from eventsys.agenda.models import AgendaSession, Room, SessionRole, SessionStatus
from eventsys.registration.dealing import Option, Person, Table, past_of
from eventsys.registration.errors.breakouts import BreakoutUnknown
from eventsys.registration.models import (
    Breakout,
    BreakoutWish,
    PoolKind,
    Registration,
    Seat,
    SeatPool,
    SeatState,
    State,
)
from eventsys.registration.rules.breakouts import Slot


def has_countable(session: Session, event_id: int) -> bool:
    """Whether any session of the event counts seats."""
    query = select(exists().where(SeatPool.event_id == event_id, SeatPool.kind == PoolKind.SESSION))
    return bool(session.scalar(query))


def slots_of(session: Session, event_id: int) -> list[Slot]:
    """All sessions of an event that count seats, by time."""
    rows = session.execute(
        select(
            AgendaSession.key, AgendaSession.title, AgendaSession.starts_at, AgendaSession.ends_at, Room.name,
            AgendaSession.status, SeatPool.id, SeatPool.mode, SeatPool.seats, SeatPool.taken,
        )
        .join(SeatPool, and_(SeatPool.event_id == AgendaSession.event_id, SeatPool.key == AgendaSession.key))
        .outerjoin(Room, Room.id == AgendaSession.room_id)
        .where(AgendaSession.event_id == event_id, SeatPool.kind == PoolKind.SESSION)
        .order_by(AgendaSession.starts_at, AgendaSession.position, AgendaSession.title, AgendaSession.id)
    )  # fmt: skip
    return [
        Slot(key, title, start, end, room or "", status == SessionStatus.CANCELLED, pool, mode, seats, taken)
        for key, title, start, end, room, status, pool, mode, seats, taken in rows
    ]


def slots_in(breakout: Breakout, slots: Sequence[Slot]) -> list[Slot]:
    """Those of a round, by time."""
    wanted = set(breakout.sessions)
    return [slot for slot in slots if slot.key in wanted]


def rounds(session: Session, event_id: int) -> list[Breakout]:
    """All rounds of an event as they were made; what a run explained stays in the database until it is asked for."""
    query = select(Breakout).where(Breakout.event_id == event_id).options(defer(Breakout.report))
    return list(session.scalars(query.order_by(Breakout.id)))


def round_of(session: Session, event_id: int, key: str) -> Breakout:
    """Raises BreakoutUnknown."""
    query = select(Breakout).where(Breakout.event_id == event_id, Breakout.key == key)
    found = session.scalar(query.options(defer(Breakout.report)))
    if found is None:
        raise BreakoutUnknown
    return found


def undealt_sessions(session: Session, event_id: int) -> set[str]:
    """Keys of sessions that are to be dealt by wish, and so are not open to sign-up yet."""
    query = select(Breakout.sessions).where(Breakout.event_id == event_id, Breakout.dealt_at.is_(None))
    return {key for keys in session.scalars(query) for key in keys}


def wish_counts(session: Session, event_id: int) -> dict[int, int]:
    """How many people have wished, by round that is not dealt."""
    rows = session.execute(
        select(BreakoutWish.breakout_id, func.count())
        .join(Breakout, Breakout.id == BreakoutWish.breakout_id)
        .where(Breakout.event_id == event_id, Breakout.dealt_at.is_(None))
        .group_by(BreakoutWish.breakout_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Tally:
    """What was wished so far, by session: how many asked for it first, and how many at all."""

    people: int
    first: Mapping[str, int]
    asked: Mapping[str, int]


def tally(session: Session, breakout_id: int) -> Tally:
    """The wishes of those who may be dealt something today."""
    rankings = session.scalars(
        select(BreakoutWish.ranking)
        .join(Registration, Registration.id == BreakoutWish.registration_id)
        .where(BreakoutWish.breakout_id == breakout_id, Registration.state == State.CONFIRMED)
    ).all()
    wished = [ranking for ranking in rankings if ranking]
    return Tally(
        len(wished),
        Counter(ranking[0] for ranking in wished),
        Counter(key for ranking in wished for key in ranking),
    )


def modes_of(slots: Sequence[Slot]) -> ColumnElement[bool]:
    """Whether somebody can sit in these sessions: a condition on Registration."""
    modes = {slot.mode for slot in slots}
    return Registration.mode.in_(modes) if "" not in modes else Registration.mode.is_not(None)


def sits_in(pools: Collection[int]) -> ColumnElement[bool]:
    return exists().where(
        Seat.registration_id == Registration.id, Seat.pool_id.in_(pools), Seat.state == SeatState.TAKEN
    )


def silent(breakout: Breakout, slots: Sequence[Slot]) -> Select[Registration]:
    """Those who could wish and have not, by name; who has a seat in the round already need not."""
    wished = exists().where(BreakoutWish.breakout_id == breakout.id, BreakoutWish.registration_id == Registration.id)
    return (
        select(Registration)
        .where(
            Registration.event_id == breakout.event_id,
            Registration.state == State.CONFIRMED,
            modes_of(slots),
            ~wished,
            ~sits_in([slot.pool_id for slot in slots]),
        )
        .order_by(Registration.last_name, Registration.first_name, Registration.id)
    )


def table_of(session: Session, breakout: Breakout, slots: Sequence[Slot]) -> Table:
    """Everything that decides the run of a round now; `slots` are all of the event."""
    mine = set(breakout.sessions)
    keys = {slot.pool_id: slot.key for slot in slots}
    held = _held(session, keys)
    used = mine | {key for taken in held.values() for key in taken}
    options = tuple(
        Option(
            slot.key, slot.title, breakout.key if slot.key in mine else "", slot.starts_at, slot.ends_at,
            slot.seats, slot.is_cancelled,
        )
        for slot in slots if slot.key in used
    )  # fmt: skip
    wishes, past = _wishes(session, breakout.id, {option.key for option in options} & mine), _past(session, breakout)
    may = set(_candidates(session, breakout, slots_in(breakout, slots)))
    people = [Person(number, wishes.get(number, ()), held.get(number, ()), past.get(number, ())) for number in may]
    # Who sits there and is not dealt anything (a seat that is only offered) takes a seat all the same.
    for number, taken in held.items():
        if number not in may and (kept := tuple(key for key in taken if key in mine)):
            people.append(Person(number, held=kept))
    return Table(options, tuple(sorted(people, key=lambda person: person.id)))


def _candidates(session: Session, breakout: Breakout, slots: Sequence[Slot]) -> Sequence[int]:
    return session.scalars(
        select(Registration.id).where(
            Registration.event_id == breakout.event_id, Registration.state == State.CONFIRMED, modes_of(slots)
        )
    ).all()


def _held(session: Session, keys: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """Keys of the sessions that people sit in, in the order of the pools."""
    rows = session.execute(
        select(Seat.registration_id, Seat.pool_id)
        .where(Seat.pool_id.in_(keys), Seat.state == SeatState.TAKEN)
        .order_by(Seat.registration_id, Seat.pool_id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for number, pool in rows:
        found[number] = (*found.get(number, ()), keys[pool])
    return found


def _wishes(session: Session, breakout_id: int, possible: set[str]) -> dict[int, tuple[str, ...]]:
    query = select(BreakoutWish.registration_id, BreakoutWish.ranking).where(BreakoutWish.breakout_id == breakout_id)
    return {number: tuple(key for key in ranking if key in possible) for number, ranking in session.execute(query)}


def _past(session: Session, breakout: Breakout) -> dict[int, tuple[int | None, ...]]:
    """How the rounds of this event that were dealt before ended for each person."""
    query = (
        select(Breakout.report["entries"])
        .where(Breakout.event_id == breakout.event_id, Breakout.id != breakout.id, Breakout.dealt_at.is_not(None))
        .order_by(Breakout.dealt_at, Breakout.id)
    )
    found: dict[int, tuple[int | None, ...]] = {}
    for entries in session.scalars(query):
        for number, kept in (entries or {}).items():
            found[int(number)] = (*found.get(int(number), ()), *past_of(kept))
    return found


def wishes_of(session: Session, registration_id: int) -> dict[int, BreakoutWish]:
    """One person's wishes, by round."""
    query = select(BreakoutWish).where(BreakoutWish.registration_id == registration_id)
    return {wish.breakout_id: wish for wish in session.scalars(query)}


def sessions_of(session: Session, registration_id: int) -> set[str]:
    """Keys of the sessions that somebody sits in."""
    query = (
        select(SeatPool.key)
        .join(Seat, Seat.pool_id == SeatPool.id)
        .where(
            Seat.registration_id == registration_id,
            SeatPool.kind == PoolKind.SESSION,
            Seat.state == SeatState.TAKEN,
        )
    )
    return set(session.scalars(query))


def seated_sessions(session: Session, registration_id: int) -> Sequence[AgendaSession]:
    """The sessions that somebody sits in, by time, with all that a calendar says of them."""
    return session.scalars(
        select(AgendaSession)
        .join(SeatPool, and_(SeatPool.event_id == AgendaSession.event_id, SeatPool.key == AgendaSession.key))
        .join(Seat, Seat.pool_id == SeatPool.id)
        .where(
            Seat.registration_id == registration_id,
            SeatPool.kind == PoolKind.SESSION,
            Seat.state == SeatState.TAKEN,
        )
        .options(
            joinedload(AgendaSession.room),
            joinedload(AgendaSession.track),
            selectinload(AgendaSession.roles).joinedload(SessionRole.person),
        )
        .order_by(AgendaSession.starts_at, AgendaSession.id)
    ).all()


def candidates_count(session: Session, breakout: Breakout, slots: Sequence[Slot]) -> int:
    """How many people a run of the round is about; `slots` are those of the round."""
    query = select(func.count()).where(
        Registration.event_id == breakout.event_id, Registration.state == State.CONFIRMED, modes_of(slots)
    )
    return session.scalar(query) or 0
