"""Where somebody stands before an act, and how they come to stand there again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.pools import Held
from eventsys.registration.actions.refusing import refusal_of_full
from eventsys.registration.actions.standing import change_seats
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.actions.tickets import issue_ticket
from eventsys.registration.errors import AlreadyRegistered
from eventsys.registration.models import (
    ENDED,
    Mode,
    PoolKind,
    Registration,
    RegistrationType,
    SeatState,
    State,
)

_LETTERS = frozenset({State.CONFIRMED, State.WAITING, State.APPLIED, State.OFFERED, State.CANCELLED, State.DECLINED})


def standing_of(session: Session, registration: Registration) -> dict[str, Any]:
    """What must be known to let somebody stand there again; instants as ISO 8601."""
    rows = seats.rows_of(session, registration)
    return {
        "state": registration.state,
        "mode": registration.mode,
        "queue": registration.queue_number,
        "offer": _written(registration.offer_until),
        "cancelled": _written(registration.cancelled_at),
        "meanwhile": registration.is_online_meanwhile,
        "sits": any(row.state == SeatState.TAKEN for row in rows.values()),
    }


def stands_otherwise(registration: Registration, known: dict[str, Any]) -> bool:
    """Whether it was changed since the act: then it is not put back."""
    return bool(registration.state != known["after"] or registration.mode != known["mode"])


def put_back(
    session: Session, registration: Registration, held: Held, before: dict[str, Any], *, now: datetime, tells: bool
) -> None:
    """Let a registration stand where it stood, in pools that are held. Raises SeatsGone where its seat went to
    somebody else meanwhile, AlreadyRegistered where the person has registered anew."""
    state, mode = State(before["state"]), Mode(before["mode"])
    is_switched = registration.mode != mode
    rules.refuse_unless_running(registration.event, now)
    _refuse_second(session, registration, state)
    target = seats.needs(session, registration, held, mode)
    if before["sits"]:
        if full := seats.take(session, registration, held, target):
            raise refusal_of_full(session, registration.event_id, full)
    else:
        seats.give_up(session, registration, held)
        seats.ask(session, registration, target)
    others = {number for number in seats.rows_of(session, registration) if held.pools[number].mode not in ("", mode)}
    seats.give_up(session, registration, held, others, forget=True)
    if state == State.WAITING:
        seats.want(session, registration, held, target)
    registration.state, registration.mode = state, mode
    registration.queue_number = before["queue"]
    registration.offer_until = _read(before["offer"])
    registration.cancelled_at = _read(before["cancelled"])
    registration.is_online_meanwhile = before["meanwhile"]
    registration.sequence += 1
    registration.updated_at = now
    session.flush()
    if state == State.CONFIRMED:
        issue_ticket(session, registration, now=now)
    note_fact(session, registration, "put_back", now=now, state=str(state), mode=str(mode))
    if tells and state in _LETTERS:
        tell(session, registration, "switched" if is_switched and state == State.CONFIRMED else str(state), now=now)


def _refuse_second(session: Session, registration: Registration, state: State) -> None:
    if registration.state not in ENDED or state in ENDED or not registration.email_key:
        return
    if queries.living_registration(session, registration.event_id, registration.email_key):
        raise AlreadyRegistered


def _written(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def set_type(
    session: Session, registration: Registration, type: RegistrationType, held: Held, *, now: datetime
) -> bool:
    """Let somebody come in another quality, with a seat among those where seats are counted by it; whether anything
    changed. Raises SeatsGone and NotPossibleNow."""
    rules.refuse_unless_living(registration)
    before = registration.type
    if before == type:
        return False
    registration.type = str(type)
    registration.updated_at = now
    if any(pool.kind == PoolKind.TYPE for pool in held.pools.values()):
        session.flush()
        change_seats(session, registration, held, queries.wanted_of(session, registration), now=now)
    note_fact(session, registration, "type_changed", now=now, before=before, after=str(type))
    return True
