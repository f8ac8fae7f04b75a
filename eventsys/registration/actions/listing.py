"""Many people at once from a list: the pools held once, the rows written in bulk, the seats counted as ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import tokens
from eventsys.kernel.facts import Fact
from eventsys.mailing.actions import enqueue
from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.rows import row_of
from eventsys.registration.actions.tickets import PREFIX, RANDOM_LENGTH, SHORT_LENGTH
from eventsys.registration.entries import address_key
from eventsys.registration.errors import SeatsGone
from eventsys.registration.models import (
    ENDED,
    Answer,
    Mode,
    Registration,
    RegistrationSettings,
    SeatPool,
    State,
    Ticket,
)
from eventsys.registration.tables import ListedPerson

_MAILED = {State.CONFIRMED: "confirmed", State.WAITING: "waiting", State.APPLIED: "applied"}


def bring_in(
    session: Session, event: Event, people: Sequence[ListedPerson], *, now: datetime, overbook: bool = False
) -> Counter[str]:
    """Register the people of a list; who is registered already stays as they are.

    Who asks for a seat beyond the seats waits where there is a waiting list; else SeatsGone, whose details name the
    `line`, unless `overbook`. Returns how many came into which state, and `known` for those who were here.
    """
    pools = seats.lock_pools(session, event)
    settings = queries.settings_of(session, event.id)
    known = _known(session, event)
    rows: list[dict[str, Any]] = []
    brought: list[ListedPerson] = []
    counts: Counter[str] = Counter()
    for person in people:
        if _is_known(person, known):
            counts["known"] += 1
            continue
        row = row_of(event.id, person.entry, now=now) | {
            "queue_number": None,
            "offer_until": None,
            "cancelled_at": None,
        }
        _place(row, person, pools, settings, event, now=now, overbook=overbook)
        counts[row["state"]] += 1
        rows.append(row)
        brought.append(person)
    session.flush()
    _write(session, event, rows, brought, now=now)
    return counts


def _known(session: Session, event: Event) -> set[tuple[str, str]]:
    """Addresses with the state they stand in; all living states count as one."""
    found = session.execute(
        select(Registration.email_key, Registration.state).where(
            Registration.event_id == event.id, Registration.email_key.is_not(None)
        )
    )
    return {(key, state if state in ENDED else "living") for key, state in found if key}


def _is_known(person: ListedPerson, known: set[tuple[str, str]]) -> bool:
    if person.entry.email is None:
        return False
    key = (address_key(person.entry.email), str(person.state) if person.state in ENDED else "living")
    if key in known:
        return True
    known.add(key)
    return False


def _place(
    row: dict[str, Any],
    person: ListedPerson,
    pools: dict[Mode, SeatPool],
    settings: RegistrationSettings,
    event: Event,
    *,
    now: datetime,
    overbook: bool,
) -> None:
    pool = pools[person.entry.mode]
    state = person.state
    if state in (State.CONFIRMED, State.OFFERED) and not seats.take_locked(pool, overbook=overbook):
        if not rules.has_waiting_list(settings) or pool.seats == 0:
            known = {mode: queries.seats_of(each) for mode, each in pools.items()}
            raise SeatsGone(rules.seats_gone(known, person.entry.mode).sentence, line=person.line)
        state = State.WAITING
    if state == State.WAITING:
        pool.last_queued += 1
        pool.waiting += 1
        row["queue_number"] = pool.last_queued
    if state == State.OFFERED:
        row["offer_until"] = rules.offer_deadline(settings, event, now)
    if state == State.CANCELLED:
        row["cancelled_at"] = now
    row["state"] = str(state)


def _write(
    session: Session, event: Event, rows: list[dict[str, Any]], people: list[ListedPerson], *, now: datetime
) -> None:
    if not rows:
        return
    ids = session.scalars(insert(Registration).returning(Registration.id, sort_by_parameter_order=True), rows).all()
    who = session.info.get("actor") or "system"
    tickets, answers, facts = [], [], []
    for number, row, person in zip(ids, rows, people, strict=True):
        if row["state"] == State.CONFIRMED:
            tickets.append(_ticket(number, event.id, now))
        for question_id, value in person.entry.answers.items():
            answers.append({"registration_id": number, "question_id": question_id, "value": value})
        facts.append(
            {
                "at": now, "kind": "registration.imported", "event_id": event.id, "subject": "registration",
                "subject_id": number, "actor": who, "data": {"state": row["state"], "line": person.line},
            }
        )  # fmt: skip
        if person.entry.is_mailed and row["email"] and State(row["state"]) in _MAILED:
            _mail(session, event, number, _MAILED[State(row["state"])], now=now)
    for model, some in ((Ticket, tickets), (Answer, answers), (Fact, facts)):
        if some:
            session.execute(insert(model), some)


def _ticket(registration_id: int, event_id: int, now: datetime) -> dict[str, Any]:
    # Two of 50,000 short codes meet once in 800 imports of that size; the constraint then refuses the whole list.
    return {
        "registration_id": registration_id,
        "event_id": event_id,
        "code": PREFIX + tokens.readable(RANDOM_LENGTH),
        "short_code": tokens.readable(SHORT_LENGTH),
        "created_at": now,
    }


def _mail(session: Session, event: Event, registration_id: int, what: str, *, now: datetime) -> None:
    enqueue(
        session,
        key=f"registration.{what}:{registration_id}:0",
        maker=f"registration.{what}",
        arguments={"registration_id": registration_id},
        due_at=now,
        event_id=event.id,
    )
