"""Reads of rounds that are wished for: their sessions, who wished what, what a deal begins from and what it brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, defer

from eventsys.agenda.models import AgendaSession, Room, SessionStatus
from eventsys.kernel.text import search_key
from eventsys.registration.dealing import Account, Dealt, Option, Person, Table, entry_of, past_of
from eventsys.registration.errors import BreakoutUnknown
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


def _sits_in(pools: Collection[int]) -> ColumnElement[bool]:
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
            ~_sits_in([slot.pool_id for slot in slots]),
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


def account_of(session: Session, breakout_id: int) -> Account | None:
    """What a run explained, where the round is dealt."""
    kept = session.scalar(select(Breakout.report["account"]).where(Breakout.id == breakout_id))
    return Account.from_json(kept) if kept else None


def run_of(session: Session, breakout_id: int) -> dict[str, Any]:
    """Where the run of a large round stands; empty where none was asked for."""
    return session.scalar(select(Breakout.report["run"]).where(Breakout.id == breakout_id)) or {}


def last_seed(session: Session, breakout_id: int) -> str:
    """The seed of a run that was undone."""
    return session.scalar(select(Breakout.report["last_seed"]).where(Breakout.id == breakout_id)) or ""


def brought(session: Session, registration_id: int, ids: Sequence[int]) -> dict[int, tuple[Account, Dealt]]:
    """What rounds that were dealt brought to one person, by round: read without all the others' entries."""
    if not ids:
        return {}
    number = str(registration_id)
    rows = session.execute(
        select(Breakout.id, Breakout.report["account"], Breakout.report[("entries", number)], BreakoutWish.ranking)
        .outerjoin(
            BreakoutWish,
            and_(BreakoutWish.breakout_id == Breakout.id, BreakoutWish.registration_id == registration_id),
        )
        .where(Breakout.id.in_(ids))
    )
    found = {}
    for breakout_id, kept, entry, ranking in rows:
        if kept and entry:
            account = Account.from_json(kept)
            known = {one.key for one in account.sessions}
            wishes = [key for key in ranking or () if key in known]
            found[breakout_id] = (account, entry_of(registration_id, account.rounds[0].round, wishes, entry))
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


@dataclass(frozen=True)
class Asked:
    """What the table of a dealt round is asked for: words, and the key of a session, `none` for those without one."""

    q: str = ""
    session: str = ""


@dataclass(frozen=True)
class Sitting:
    """One person of a round: where they sit now, what they wished, and what the deal gave them."""

    person: Registration
    session: str | None
    wishes: tuple[str, ...]
    given: str | None

    @property
    def rank(self) -> int | None:
        """Which wish their session was, from 1."""
        return self.wishes.index(self.session) + 1 if self.session in self.wishes else None


def people_in(breakout: Breakout, slots: Sequence[Slot], asked: Asked) -> Select[Registration]:
    """Who sits in a round or wished in it, by name."""
    pools = {slot.key: slot.pool_id for slot in slots}
    sits = _sits_in(list(pools.values()))
    wished = exists().where(BreakoutWish.breakout_id == breakout.id, BreakoutWish.registration_id == Registration.id)
    query = select(Registration).where(Registration.event_id == breakout.event_id)
    if asked.session in pools:
        query = query.where(_sits_in([pools[asked.session]]))
    elif asked.session == "none":
        query = query.where(~sits, wished, Registration.state == State.CONFIRMED)
    else:
        query = query.where(or_(sits, wished))
    for word in search_key(asked.q).split():
        query = query.where(Registration.search_key.contains(word, autoescape=True))
    return query.order_by(Registration.last_name, Registration.first_name, Registration.id)


def sittings(
    session: Session, breakout: Breakout, slots: Sequence[Slot], people: Sequence[Registration]
) -> list[Sitting]:
    """Where these people sit, in their order: two queries, however many they are."""
    keys = {slot.pool_id: slot.key for slot in slots}
    ids = [one.id for one in people]
    seats = session.execute(
        select(Seat.registration_id, Seat.pool_id).where(
            Seat.registration_id.in_(ids), Seat.pool_id.in_(keys), Seat.state == SeatState.TAKEN
        )
    )
    sits = {row[0]: keys[row[1]] for row in seats}
    query = select(BreakoutWish).where(BreakoutWish.breakout_id == breakout.id, BreakoutWish.registration_id.in_(ids))
    wishes = {wish.registration_id: wish for wish in session.scalars(query)}
    return [_sitting(one, sits.get(one.id), wishes.get(one.id)) for one in people]


def _sitting(person: Registration, key: str | None, wish: BreakoutWish | None) -> Sitting:
    return Sitting(person, key, tuple(wish.ranking) if wish else (), wish.given if wish else None)


def runs_due(session: Session) -> Sequence[int]:
    """Rounds that the worker is to calculate or to deal."""
    query = select(Breakout.id).where(Breakout.seed != "", Breakout.dealt_at.is_(None))
    return session.scalars(query.order_by(Breakout.id)).all()


def candidates_count(session: Session, breakout: Breakout, slots: Sequence[Slot]) -> int:
    """How many people a run of the round is about; `slots` are those of the round."""
    query = select(func.count()).where(
        Registration.event_id == breakout.event_id, Registration.state == State.CONFIRMED, modes_of(slots)
    )
    return session.scalar(query) or 0


def kept_wishes(session: Session, breakout_id: int) -> dict[int, tuple[list[str], str | None]]:
    """What everybody wished in a round, and what they were given."""
    query = select(BreakoutWish.registration_id, BreakoutWish.ranking, BreakoutWish.given)
    rows = session.execute(query.where(BreakoutWish.breakout_id == breakout_id))
    return {row[0]: (list(row[1]), row[2]) for row in rows}


def accounts_of(session: Session, event_id: int) -> dict[int, Account]:
    """What the runs of an event explained, by round that is dealt."""
    rows = session.execute(
        select(Breakout.id, Breakout.report["account"]).where(
            Breakout.event_id == event_id, Breakout.dealt_at.is_not(None)
        )
    )
    return {row[0]: Account.from_json(row[1]) for row in rows if row[1]}


def listed(session: Session, breakout: Breakout, slots: Sequence[Slot]) -> list[Sitting]:
    """Everybody in a round for a list: by session, then by name; at the end who wished and sits in none."""
    place = {slot.key: number for number, slot in enumerate(slots)}
    seat = (
        select(Seat.registration_id, SeatPool.key)
        .join(SeatPool, SeatPool.id == Seat.pool_id)
        .where(Seat.pool_id.in_([slot.pool_id for slot in slots]), Seat.state == SeatState.TAKEN)
        .subquery()
    )
    rows = session.execute(
        select(Registration, seat.c.key, BreakoutWish)
        .outerjoin(seat, seat.c.registration_id == Registration.id)
        .outerjoin(
            BreakoutWish,
            and_(BreakoutWish.registration_id == Registration.id, BreakoutWish.breakout_id == breakout.id),
        )
        .where(
            Registration.event_id == breakout.event_id,
            or_(
                seat.c.key.is_not(None),
                and_(BreakoutWish.breakout_id.is_not(None), Registration.state == State.CONFIRMED),
            ),
        )
        .order_by(Registration.last_name, Registration.first_name, Registration.id)
    )
    found = [_sitting(row[0], row[1], row[2]) for row in rows]
    return sorted(found, key=lambda one: place.get(one.session or "", len(place)))
