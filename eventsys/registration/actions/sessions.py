"""Sessions with seats of their own: signed up for, waited for and left by those who are in; days chosen anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.pools import Held, hold_of
from eventsys.registration.actions.promoting import promote
from eventsys.registration.actions.standing import change_seats
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.errors import NotPossibleNow, SeatsGone, SessionUnknown
from eventsys.registration.models import PoolKind, Registration, SeatPool, SeatState, State
from eventsys.registration.queries.breakouts import undealt_sessions


def sign_up(session: Session, registration: Registration, key: str, *, now: datetime) -> SeatState:
    """Take a seat in a session, or stand at the end of its queue; says which. Asked again it changes nothing.

    Raises SessionUnknown, NotPossibleNow where it does not take place, has begun, is for those on site or at the time
    of another one, and SeatsGone where it is full and nobody waits in this event.
    """
    held = hold_of(session, registration, _is_of(key))
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    pool, entry = _pool_of(held, key), _entry_of(session, registration.event_id, key)
    mine = seats.rows_of(session, registration)
    if pool.id in mine and mine[pool.id].state != SeatState.ASKED:
        return SeatState(mine[pool.id].state)
    if pool.mode not in ("", registration.mode):
        raise NotPossibleNow(_("Only who takes part on site can sign up for this session."), field="sessions")
    if key in queries.sessions_to_be_dealt(session, registration.event_id):
        raise NotPossibleNow(_("Seats in this session are dealt by wishes: rank it among yours."), field="sessions")
    rules.refuse_unless_takes_place(entry, now)
    if key in undealt_sessions(session, registration.event_id):
        raise NotPossibleNow(_("Seats in this session are dealt by wish: rank it on your page."), field="sessions")
    rules.refuse_overlap(entry, _at_the_same_time(session, registration, entry))
    if not seats.take(session, registration, held, [pool.id]):
        _say(session, registration, "session_joined", key, now=now)
        return SeatState.TAKEN
    if not rules.has_waiting_list(queries.settings_of(session, registration.event_id)):
        sentence = _("No seat is left in “%(session)s”. Please choose another session.", session=entry.title)
        raise SeatsGone(sentence, field="sessions")
    pool.last_queued += 1
    seats.want(session, registration, held, [pool.id], queue_number=pool.last_queued)
    _say(session, registration, "session_waited_for", key, now=now)
    return SeatState.WANTED


def leave_session(session: Session, registration: Registration, key: str, *, now: datetime) -> None:
    """Give a seat in a session, or the place in its queue, to the next. Raises SessionUnknown and EventOver.

    Who still waits for a place in the event waits without this session from now on, and may move up by that.
    """
    held = hold_of(session, registration, _is_of(key))
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_living(registration)
    pool = _pool_of(held, key)
    if pool.id not in seats.rows_of(session, registration):
        return
    seats.give_up(session, registration, held, [pool.id], forget=True)
    _say(session, registration, "session_left", key, now=now)
    settings = queries.settings_of(session, registration.event_id)
    promote(session, registration.event, held, settings, now=now)


def choose_days(session: Session, registration: Registration, days: Iterable[str], *, now: datetime) -> bool:
    """Come on just these days; whether that is another choice. Raises SeatsGone that names a full one."""
    held = hold_of(session, registration, SeatPool.kind == PoolKind.DAY)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_living(registration)
    wanted = queries.wanted_of(session, registration)
    offered = {pool.key for pool in held.pools.values() if pool.kind == PoolKind.DAY}
    chosen = frozenset(days) & offered
    if chosen == wanted.days:
        return False
    change_seats(session, registration, held, replace(wanted, days=chosen), now=now, overbook=False)
    registration.updated_at = now
    note_fact(session, registration, "days_chosen", now=now, days=sorted(chosen), before=sorted(wanted.days))
    return True


def _is_of(key: str) -> ColumnElement[bool]:
    return and_(SeatPool.kind == PoolKind.SESSION, SeatPool.key == key)


def _pool_of(held: Held, key: str) -> SeatPool:
    for pool in held.pools.values():
        if pool.kind == PoolKind.SESSION and pool.key == key:
            return pool
    raise SessionUnknown(field="sessions")


def _entry_of(session: Session, event_id: int, key: str) -> AgendaSession:
    query = select(AgendaSession).where(AgendaSession.event_id == event_id, AgendaSession.key == key)
    entry = session.scalar(query)
    if entry is None:
        raise SessionUnknown(field="sessions")
    return entry


def _at_the_same_time(session: Session, registration: Registration, entry: AgendaSession) -> list[AgendaSession]:
    """Other sessions at that time which they sit in or wait for."""
    keys = [
        pool.key for pool, _seat in queries.seats_of_person(session, registration.id) if pool.kind == PoolKind.SESSION
    ]
    query = select(AgendaSession).where(
        AgendaSession.event_id == entry.event_id,
        AgendaSession.key.in_(keys),
        AgendaSession.id != entry.id,
        AgendaSession.status != SessionStatus.CANCELLED,
        AgendaSession.starts_at < entry.ends_at,
        AgendaSession.ends_at > entry.starts_at,
    )
    return list(session.scalars(query.order_by(AgendaSession.starts_at, AgendaSession.id)))


def _say(session: Session, registration: Registration, what: str, key: str, *, now: datetime) -> None:
    registration.sequence += 1
    registration.updated_at = now
    note_fact(session, registration, what, now=now, session_key=key)
    tell(session, registration, what, now=now, about=key, session_key=key)
