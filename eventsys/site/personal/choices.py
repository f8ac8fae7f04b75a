"""Days and sessions that count seats, on a person's page: where they sit, wait, or still can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.locale import day_of, say_day, say_range
from eventsys.registration import queries
from eventsys.registration.models import PoolKind, Registration, Seat, SeatPool, SeatState, State


@dataclass(frozen=True)
class SessionChoice:
    """One session: `stands` is "taken", "wanted" or "", `words` say the seats, `offers` what can be done: "join",
    "wait" or "leave"."""

    key: str
    title: str
    when: str
    room: str
    stands: str
    words: str
    offers: str


@dataclass(frozen=True)
class DayChoice:
    """One day that can be chosen."""

    key: str
    name: str
    words: str
    is_chosen: bool
    is_possible: bool


@dataclass(frozen=True)
class Choices:
    """What the page lists: sessions by day, and days."""

    sessions: list[tuple[str, list[SessionChoice]]]
    days: list[DayChoice]


def choices(session: Session, registration: Registration, *, is_running: bool) -> Choices:
    """Nothing where the event is over or the person is neither in nor waiting for a place."""
    if not is_running or registration.state not in (State.CONFIRMED, State.WAITING):
        return Choices([], [])
    pools = queries.pools_of(session, registration.event_id, PoolKind.DAY, PoolKind.SESSION)
    mine = {pool.id: seat for pool, seat in queries.seats_of_person(session, registration.id)}
    fitting = [pool for pool in pools if pool.mode in ("", registration.mode)]
    days = [_day(pool, mine.get(pool.id)) for pool in fitting if pool.kind == PoolKind.DAY]
    return Choices(_sessions(session, registration, fitting, mine), sorted(days, key=lambda one: one.key))


def _sessions(
    session: Session, registration: Registration, pools: list[SeatPool], mine: dict[int, Seat]
) -> list[tuple[str, list[SessionChoice]]]:
    counted = {pool.key: pool for pool in pools if pool.kind == PoolKind.SESSION}
    if not counted:
        return []
    event, now = registration.event, clock.now()
    ranked = queries.sessions_to_be_dealt(session, event.id)
    places = queries.places_in_sessions(session, registration.id)
    entries = session.scalars(
        select(AgendaSession)
        .where(AgendaSession.event_id == event.id, AgendaSession.key.in_(counted))
        .options(joinedload(AgendaSession.room))
        .order_by(AgendaSession.starts_at, AgendaSession.position, AgendaSession.id)
    ).all()
    drawn: list[tuple[date, SessionChoice]] = []
    for entry in entries:
        pool = counted[entry.key]
        seat = mine.get(pool.id)
        is_closed = entry.key in ranked or now >= entry.starts_at or entry.status == SessionStatus.CANCELLED
        if seat is None and (is_closed or registration.state != State.CONFIRMED):
            continue
        drawn.append((day_of(entry.starts_at, event.zone), _choice(event, entry, pool, seat, places)))
    return [(say_day(day), [choice for _day, choice in group]) for day, group in groupby(drawn, key=lambda one: one[0])]


def _choice(
    event: Event, entry: AgendaSession, pool: SeatPool, seat: Seat | None, places: dict[int, int]
) -> SessionChoice:
    stands = str(seat.state) if seat is not None else ""
    is_cancelled = entry.status == SessionStatus.CANCELLED
    offers = "leave" if seat is not None else "wait" if pool.is_full else "join"
    return SessionChoice(
        entry.key,
        entry.title,
        say_range(entry.starts_at, entry.ends_at, event.zone),
        entry.room.name if entry.room else "",
        stands,
        str(_("Cancelled")) if is_cancelled else _words(pool, stands, places.get(pool.id)),
        offers,
    )


def _words(pool: SeatPool, stands: str, place: int | None) -> str:
    if stands == SeatState.TAKEN:
        return str(_("You are signed up."))
    if stands == SeatState.WANTED:
        return str(_("You are number %(place)d in line.", place=place)) if place else str(_("You wait for a seat."))
    return _left(pool)


def _left(pool: SeatPool) -> str:
    if pool.seats is None:
        return str(_("Seats for everybody"))
    left = pool.seats - pool.taken
    if left > 0:
        return str(ngettext("%(num)d seat left", "%(num)d seats left", left))
    if pool.waiting:
        waiting = ngettext("%(num)d person is waiting", "%(num)d people are waiting", pool.waiting)
        return str(_("All seats are taken (%(waiting)s).", waiting=waiting))
    return str(_("All seats are taken."))


def _day(pool: SeatPool, seat: Seat | None) -> DayChoice:
    is_chosen = seat is not None
    words = "" if is_chosen else _left(pool)
    return DayChoice(pool.key, say_day(date.fromisoformat(pool.key)), words, is_chosen, is_chosen or not pool.is_full)
