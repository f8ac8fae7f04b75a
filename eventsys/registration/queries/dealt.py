"""Reads of what deals brought: to one person, to all of a round, and where the run of a large one stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from eventsys.kernel.text import search_key
from eventsys.registration.dealing import Account, Dealt, entry_of
from eventsys.registration.models import (
    Breakout,
    BreakoutWish,
    Registration,
    Seat,
    SeatPool,
    SeatState,
    State,
)
from eventsys.registration.queries.breakouts import sits_in
from eventsys.registration.rules.breakouts import Slot


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
    sits = sits_in(list(pools.values()))
    wished = exists().where(BreakoutWish.breakout_id == breakout.id, BreakoutWish.registration_id == Registration.id)
    query = select(Registration).where(Registration.event_id == breakout.event_id)
    if asked.session in pools:
        query = query.where(sits_in([pools[asked.session]]))
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
