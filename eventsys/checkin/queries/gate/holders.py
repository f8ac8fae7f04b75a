"""Whom codes belong to, and where those people have seats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, or_, select
from sqlalchemy.orm import Session

from eventsys.checkin.queries.gate.desks import Desk
from eventsys.checkin.queries.gate.sets import one_of
from eventsys.checkin.rules import Holder
from eventsys.events.models import Event
from eventsys.registration.models import PoolKind, Registration, Seat, SeatPool, SeatState, Ticket

_event = cast(Table, Event.__table__)
_ticket = cast(Table, Ticket.__table__)
_person = cast(Table, Registration.__table__)
_pool = cast(Table, SeatPool.__table__)
_seat = cast(Table, Seat.__table__)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a code belongs to: what the rules ask, and what the screen shows."""

    holder: Holder
    name: str
    organisation: str
    sector: str
    type: str
    notes: str


_PEOPLE = (
    select(
        _ticket.c.code, _ticket.c.short_code, _ticket.c.replaced_at, _person.c.id, _person.c.event_id,
        _person.c.state, _person.c.mode, _person.c.first_name, _person.c.last_name, _person.c.organisation,
        _person.c.sector, _person.c.type, _person.c.notes,
    )
    .join(_person, _person.c.id == _ticket.c.registration_id)
    # Scans of one person wait for one another here, in one order for all, so that no two batches hold each other up.
    .order_by(_person.c.id)
    .with_for_update(of=_person, key_share=True)
)  # fmt: skip
_FULL = one_of(_ticket.c.code, "full")
_SHORT = (_ticket.c.event_id == bindparam("event_id")) & one_of(_ticket.c.short_code, "short")
_BY_FULL = _PEOPLE.where(_FULL)
_BY_SHORT = _PEOPLE.where(_SHORT)
_BY_BOTH = _PEOPLE.where(or_(_FULL, _SHORT))


def share_event(session: Session, event_id: int) -> None:
    """Wait for whoever has the event alone, before any person is held: they write people, and a scan that is stored
    shares the event's row (PostgreSQL; SQLite lets one write at a time)."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_SHARE, {"event_id": event_id})


_SHARE = select(_event.c.id).where(_event.c.id == bindparam("event_id")).with_for_update(read=True, key_share=True)


def people_by_code(session: Session, desk: Desk, codes: Iterable[str]) -> dict[str, Person]:
    """Whom the folded codes belong to, by the code asked for; until the caller commits nobody else judges them."""
    event_id = desk.event_id
    asked = {code for code in codes if 0 < len(code) <= 29}
    short = sorted(code for code in asked if len(code) <= 8)
    full = sorted(code for code in asked if len(code) > 8)
    if not asked:
        return {}
    share_event(session, event_id)
    query, values = _by(full, short, event_id)
    rows = session.connection().execute(query, values).all()
    replaced = _replaced(session, [row.code for row in rows])
    seats = seats_of(session, [row.id for row in rows]) if desk.asks_seats else {}
    found: dict[str, Person] = {}
    for row in rows:
        person = _person_of(row, replaced.get(row.code, row.replaced_at), *seats.get(row.id, _NO_SEATS))
        found[row.code] = person
        if row.event_id == event_id:
            found[row.short_code] = person
    return found


def _replaced(session: Session, codes: list[str]) -> dict[str, Any]:
    """When these tickets were replaced, as it is now that their people are held: PostgreSQL reads again only the row
    that it waited for."""
    connection = session.connection()
    if connection.dialect.name != "postgresql" or not codes:
        return {}
    return {row.code: row.replaced_at for row in connection.execute(_REPLACED, {"codes": codes})}


_REPLACED = select(_ticket.c.code, _ticket.c.replaced_at).where(one_of(_ticket.c.code, "codes"))


def codes_of(session: Session, desk: Desk, registration_ids: Iterable[int]) -> dict[int, str]:
    """The codes of the valid tickets of these people of the desk's event; who has none is not in it. They are held from
    then on: nobody gives them another code in between."""
    share_event(session, desk.event_id)
    values = {"event_id": desk.event_id, "ids": sorted(set(registration_ids))}
    connection = session.connection()
    connection.execute(_HELD, {"ids": values["ids"]})
    rows = connection.execute(_VALID, values).all()
    return {row.registration_id: row.code for row in rows}


_HELD = (
    select(_person.c.id).where(one_of(_person.c.id, "ids")).order_by(_person.c.id).with_for_update(key_share=True)
)  # fmt: skip
_VALID = select(_ticket.c.registration_id, _ticket.c.code).where(
    _ticket.c.event_id == bindparam("event_id"),
    one_of(_ticket.c.registration_id, "ids"),
    _ticket.c.replaced_at.is_(None),
)


def _by(full: list[str], short: list[str], event_id: int) -> tuple[Select[Any], dict[str, Any]]:
    if not short:
        return _BY_FULL, {"full": full}
    if not full:
        return _BY_SHORT, {"short": short, "event_id": event_id}
    return _BY_BOTH, {"full": full, "short": short, "event_id": event_id}


_NO_SEATS: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
_SEATS = (
    select(_seat.c.registration_id, _pool.c.kind, _pool.c.key)
    .join(_pool, _pool.c.id == _seat.c.pool_id)
    .where(_seat.c.state == SeatState.TAKEN, _pool.c.kind.in_([PoolKind.DAY, PoolKind.SESSION]))
)
_SEATS_OF = _SEATS.where(one_of(_seat.c.registration_id, "ids"))


def seats_of(session: Session, registration_ids: Sequence[int]) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
    """The days and the sessions in which these people have a seat; who has none is not in it."""
    return _by_person(session.connection().execute(_SEATS_OF, {"ids": sorted(set(registration_ids))}).all())


def seats_in(
    session: Session, event_id: int, wanted: Callable[[Any], ColumnElement[bool]]
) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
    """The same of all people of an event of whom `wanted` is true, a condition on the column that names them."""
    here = _SEATS.where(_pool.c.event_id == event_id, wanted(_seat.c.registration_id))
    return _by_person(session.execute(here).all())


def _by_person(rows: Iterable[Any]) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
    found: dict[int, tuple[set[str], set[str]]] = {}
    for row in rows:
        found.setdefault(row.registration_id, (set(), set()))[row.kind == PoolKind.SESSION].add(row.key)
    return {number: (frozenset(days), frozenset(sessions)) for number, (days, sessions) in found.items()}


def _person_of(row: Any, replaced_at: Any, days: frozenset[str], sessions: frozenset[str]) -> Person:
    holder = Holder(
        registration_id=row.id,
        event_id=row.event_id,
        state=row.state,
        mode=row.mode,
        type=row.type,
        is_replaced=replaced_at is not None,
        days=days,
        sessions=sessions,
    )
    name = f"{row.first_name} {row.last_name}".strip()
    return Person(holder, name, row.organisation, row.sector, row.type, row.notes)


def lines_of(notes: str) -> list[str]:
    """What a desk is to tell or bring somebody, as organisers noted it: a line each."""
    return [line.strip() for line in notes.splitlines() if line.strip()]
