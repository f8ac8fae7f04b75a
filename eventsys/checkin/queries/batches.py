"""Who gets a badge, in which order, and whose badge lies on the table already and is still true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.badges.designs import Design
from eventsys.badges.faces import BadgeFace
from eventsys.checkin.errors import BatchUnknown
from eventsys.checkin.models import BadgeBatch, BadgePrint
from eventsys.checkin.printing.drawing import hash_of
from eventsys.events.models import Event
from eventsys.kernel.text import search_key
from eventsys.registration.faces import faces_in_turn
from eventsys.registration.models import Mode, Registration, State, Ticket

ORDERS = ("name", "organisation", "type", "sector", "registered")


@dataclass(frozen=True)
class Wanted:
    """Whose badges are wanted, of those confirmed on site: of these types and this sector, all where none is named;
    with `is_only_new` those without a badge that is still true."""

    order: str = "name"
    types: frozenset[str] = frozenset()
    sector: str = ""
    is_only_new: bool = False


@dataclass(frozen=True)
class Bearer:
    """One person who gets a badge: their number, and the code that stands on it."""

    number: int
    code: str


def _chosen(event_id: int, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    person = Registration
    columns = (person.id, Ticket.code, person.first_name, person.last_name, person.organisation, person.type,
               person.sector, person.registered_at)  # fmt: skip
    query = (
        select(*columns)
        .join(Ticket, (Ticket.registration_id == person.id) & Ticket.replaced_at.is_(None))
        .where(person.event_id == event_id, person.state == State.CONFIRMED, person.mode == Mode.ONSITE)
    )
    if wanted.types:
        query = query.where(person.type.in_(sorted(wanted.types)))
    return query.where(person.sector == wanted.sector) if wanted.sector else query


def number_of_bearers(session: Session, event_id: int, wanted: Wanted) -> int:
    """How many they are, whether their badges were printed or not."""
    return session.scalar(select(func.count()).select_from(_chosen(event_id, wanted).subquery())) or 0


def bearers(session: Session, event_id: int, wanted: Wanted, *, only: Iterable[int] | None = None) -> list[Bearer]:
    """Those who get a badge, in the order that is wanted; of `only`, where it is given, and then in its order.
    `is_only_new` is for `untrue` to judge."""
    rows: Sequence[Any] = session.execute(_chosen(event_id, wanted)).all()
    if only is not None:
        place = {number: position for position, number in enumerate(only)}
        rows = sorted((row for row in rows if row.id in place), key=lambda row: place[row.id])
        return [Bearer(row.id, row.code) for row in rows]
    return [Bearer(row.id, row.code) for row in sorted(rows, key=lambda row: _key(row, wanted.order))]


def _key(row: Any, order: str) -> tuple[Any, ...]:
    """As people look for a badge on the table: accents and case aside, the same on every database."""
    name = (search_key(row.last_name, row.first_name), row.id)
    match order:
        case "organisation":
            return search_key(row.organisation), *name
        case "type" | "sector":
            return getattr(row, order), *name
        case "registered":
            return row.registered_at, *name
    return name


def faces(session: Session, event: Event, people: Sequence[Bearer], design: Design) -> Iterator[tuple[int, BadgeFace]]:
    """What stands on the badges of these people, in their order, read in pages so that memory stays flat. Who was
    cancelled a moment ago is left out."""
    return faces_in_turn(session, event, [one.number for one in people], needs=design.needs)


def printed(session: Session, event_id: int) -> dict[int, set[str]]:
    """What was printed for each person so far, by the marks of the badges."""
    found: dict[int, set[str]] = {}
    rows = select(BadgePrint.registration_id, BadgePrint.face_hash).where(BadgePrint.event_id == event_id).distinct()
    for number, mark in session.execute(rows):
        found.setdefault(number, set()).add(mark)
    return found


@dataclass(frozen=True)
class Standing:
    """How many people have no badge yet, and how many have one that is not true any more; and who they are."""

    new: list[Bearer]
    changed: list[Bearer]


def untrue(session: Session, event: Event, people: Sequence[Bearer], design: Design) -> Standing:
    """Those of these people whose badge is missing or not true any more, if it is to be of this design."""
    lies_there = printed(session, event.id)
    new = [one for one in people if one.number not in lies_there]
    had = [one for one in people if one.number in lies_there]
    by_number = {one.number: one for one in had}
    # Badges speak the event's language: whoever asks in another one must not find them all changed.
    with force_locale(event.language):
        changed = [
            by_number[number]
            for number, face in faces(session, event, had, design)
            if hash_of(face, design) not in lies_there[number]
        ]
    return Standing(new, changed)


def batches_of(session: Session, event_id: int, *, most: int = 20) -> list[BadgeBatch]:
    """What was printed together, the latest first."""
    query = select(BadgeBatch).where(BadgeBatch.event_id == event_id).order_by(BadgeBatch.id.desc()).limit(most)
    return list(session.scalars(query))


def batch_of(session: Session, event_id: int, number: int) -> BadgeBatch:
    """A batch of this event; raises BatchUnknown."""
    found = session.scalar(select(BadgeBatch).where(BadgeBatch.event_id == event_id, BadgeBatch.id == number))
    if found is None:
        raise BatchUnknown
    return found


def in_batch(session: Session, batch: BadgeBatch) -> list[int]:
    """The people of a batch, in the order in which their badges came."""
    query = select(BadgePrint.registration_id).where(BadgePrint.batch_id == batch.id).order_by(BadgePrint.id)
    return list(session.scalars(query))


def single_prints(session: Session, event_id: int) -> int:
    """How many badges were printed one by one, at desks."""
    query = select(func.count()).where(BadgePrint.event_id == event_id, BadgePrint.batch_id.is_(None))
    return session.scalar(query) or 0


def names_of(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Who `user:<id>` is called."""
    numbers = sorted({int(actor[5:]) for actor in actors if actor.startswith("user:")})
    rows = session.execute(select(User.id, User.name).where(User.id.in_(numbers))) if numbers else ()
    return {f"user:{number}": name for number, name in rows}
