"""The points of an event as the rules see them, each with its window worked out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.checkin.models import Point
from eventsys.checkin.queries.gate.sets import one_of
from eventsys.checkin.rules import Place, window
from eventsys.events.models import Event
from eventsys.registration.models import PoolKind, SeatPool

event = cast(Table, Event.__table__)
point = cast(Table, Point.__table__)
agenda_session = cast(Table, AgendaSession.__table__)
pool = cast(Table, SeatPool.__table__)


EVENT_COLUMNS = (event.c.slug, event.c.title, event.c.timezone, event.c.starts_at, event.c.ends_at)
# One signs up for a session that has seats of its own; another one is open to whoever may pass.
ASKS_SIGN_UP = (
    select(pool.c.id)
    .where(pool.c.event_id == point.c.event_id, pool.c.kind == PoolKind.SESSION, pool.c.key == point.c.session_key)
    .exists()
).label("asks_sign_up")
POINT_COLUMNS = (
    point.c.id.label("point_id"), point.c.key, point.c.name.label("point_name"), point.c.kind, point.c.day,
    point.c.session_key, point.c.opens_at, point.c.closes_at, point.c.states, point.c.modes, point.c.types,
    point.c.asks_day, point.c.repeats, point.c.is_two_way, point.c.seats,
    agenda_session.c.starts_at.label("session_starts_at"), agenda_session.c.ends_at.label("session_ends_at"),
    ASKS_SIGN_UP,
)  # fmt: skip
OF_SESSION = (agenda_session.c.event_id == point.c.event_id) & (agenda_session.c.key == point.c.session_key)


def place_of(row: Any, zone: ZoneInfo) -> Place:
    """A point as the rules see it, from a row with the columns of a point, its session's and its event's instants."""
    session = (row.session_starts_at, row.session_ends_at) if row.session_starts_at else None
    opens_at, closes_at = window(
        row.opens_at, row.closes_at, starts_at=row.starts_at, ends_at=row.ends_at, zone=zone, kind=row.kind,
        day=row.day, session=session,
    )  # fmt: skip
    return Place(
        key=row.key,
        name=row.point_name,
        opens_at=opens_at,
        closes_at=closes_at,
        kind=row.kind,
        states=frozenset(row.states),
        modes=frozenset(row.modes),
        types=frozenset(row.types),
        session=row.session_key if row.asks_sign_up else None,
        day=row.day.isoformat() if row.day else None,
        asks_day=bool(row.asks_day),
        repeats=row.repeats,
        is_two_way=bool(row.is_two_way),
        seats=row.seats,
    )


def places_of(session: Session, event_id: int) -> dict[str, Place]:
    """The points of an event by key, in their order, each with its window worked out."""
    return places_at(session, [event_id])[event_id]


def places_at(session: Session, event_ids: Iterable[int]) -> dict[int, dict[str, Place]]:
    """The points of these events by event and key; an event without any has an empty one."""
    numbers = sorted(set(event_ids))
    found: dict[int, dict[str, Place]] = {number: {} for number in numbers}
    for row in session.connection().execute(_PLACES, {"event_ids": numbers}):
        found[row.event_id][row.key] = place_of(row, ZoneInfo(row.timezone))
    return found


_PLACES = (
    select(point.c.event_id, *EVENT_COLUMNS, *POINT_COLUMNS)
    .select_from(point.join(event, event.c.id == point.c.event_id))
    .join(agenda_session, OF_SESSION, isouter=True)
    .where(one_of(point.c.event_id, "event_ids"))
    .order_by(point.c.position, point.c.id)
)
