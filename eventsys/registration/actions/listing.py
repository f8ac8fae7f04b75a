"""Many people at once from a list: the pools held once, the rows written in bulk, the seats counted as ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import tokens
from eventsys.kernel.facts import Fact
from eventsys.mailing.actions import enqueue
from eventsys.registration import queries, rules
from eventsys.registration.actions import pools
from eventsys.registration.actions.rows import organisations_of, row_of
from eventsys.registration.actions.tickets import PREFIX, RANDOM_LENGTH, SHORT_LENGTH
from eventsys.registration.entries import address_key
from eventsys.registration.errors import SeatsGone
from eventsys.registration.models import (
    ENDED,
    SEATED,
    Answer,
    Mode,
    PoolKind,
    Registration,
    RegistrationSettings,
    Seat,
    SeatPool,
    SeatState,
    State,
    Ticket,
)
from eventsys.registration.tables import ListedPerson

_MAILED = {State.CONFIRMED: "confirmed", State.WAITING: "waiting", State.APPLIED: "applied"}


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row: a state, `known` for who is registered already, or `refused` with the reason."""

    line: int
    name: str
    organisation: str
    came_to: str
    asked_for: str
    reason: str = ""


def bring_in(
    session: Session, event: Event, people: Sequence[ListedPerson], *, now: datetime, overbook: bool = False
) -> Counter[str]:
    """Register the people of a list; who is registered already stays as they are.

    Who asks for a seat beyond the seats waits where there is a waiting list; else SeatsGone, whose details name the
    `line`, unless `overbook`. Returns how many came into which state, and `known` for those who were here.
    """
    outcomes = bring_in_each(session, event, people, now=now, overbook=overbook)
    return Counter(outcome.came_to for outcome in outcomes)


def bring_in_each(
    session: Session,
    event: Event,
    people: Sequence[ListedPerson],
    *,
    now: datetime,
    overbook: bool = False,
    passes_over: bool = False,
) -> list[Outcome]:
    """The same, saying what became of each. With `passes_over` who finds no seat is left out, the others come in."""
    settings = queries.settings_of(session, event.id)
    keys = organisations_of(session, {person.entry.organisation for person in people})
    capped = {keys[person.entry.organisation] for person in people if person.entry.mode == Mode.ONSITE}
    held = _hold(session, event, capped, settings)
    seating = _Seating(held, settings, event, now=now, overbook=overbook)
    known = _known(session, event)
    rows: list[dict[str, Any]] = []
    brought: list[ListedPerson] = []
    places: list[list[tuple[int, SeatState, bool]]] = []
    outcomes = []
    for person in people:
        if _is_known(person, known):
            outcomes.append(_outcome(person, "known"))
            continue
        row = row_of(event.id, person.entry, keys[person.entry.organisation], now=now)
        try:
            places.append(seating.place(row, person))
        except SeatsGone as refusal:
            if not passes_over:
                raise
            outcomes.append(_outcome(person, "refused", str(refusal)))
            continue
        outcomes.append(_outcome(person, row["state"]))
        rows.append(row)
        brought.append(person)
    session.flush()
    _write(session, event, rows, brought, places, now=now)
    return outcomes


def _outcome(person: ListedPerson, came_to: str, reason: str = "") -> Outcome:
    entry = person.entry
    name = f"{entry.first_name} {entry.last_name}".strip()
    return Outcome(person.line, name, entry.organisation, came_to, str(person.state), reason)


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


def _hold(session: Session, event: Event, keys: Iterable[str], settings: RegistrationSettings) -> pools.Held:
    pools.have_alone(session, event.id)
    if settings.organisation_seats is not None:
        pools.ensure_organisation(session, event.id, keys, settings.organisation_seats)
    return pools.hold_all(session, event)


class _Seating:
    """Seats given to one listed person after the other, in pools that are held."""

    def __init__(
        self, held: pools.Held, settings: RegistrationSettings, event: Event, *, now: datetime, overbook: bool
    ) -> None:
        self.held, self.settings, self.event, self.now, self.overbook = held, settings, event, now, overbook
        # Of organisations there may be hundreds: the one that matters is looked up.
        self.organisations = {pool.key: pool for pool in held.pools.values() if pool.kind == PoolKind.ORGANISATION}
        self.others = [pool for pool in held.pools.values() if pool.kind != PoolKind.ORGANISATION]

    def place(self, row: dict[str, Any], person: ListedPerson) -> list[tuple[int, SeatState, bool]]:
        """Set the row's state and number; returns where the person sits: pool, how, and whether beyond the seats."""
        state = person.state
        wanted = self._wanted(row, person)
        full = [pool for pool in wanted if pool.is_full]
        if state in SEATED and full and not self.overbook:
            if not rules.has_waiting_list(self.settings) or self.held.of_mode(row["mode"]).seats == 0:
                raise SeatsGone(self._sentence(person), line=person.line)
            state = State.WAITING
        row["state"] = str(state)
        if state == State.OFFERED:
            row["offer_until"] = rules.offer_deadline(self.settings, self.event, self.now)
        if state == State.CANCELLED:
            row["cancelled_at"] = self.now
        if state == State.WAITING:
            self.held.counter.last_queued += 1
            row["queue_number"] = self.held.counter.last_queued
        return [self._sit(pool, rules.SEAT_STATES.get(state, SeatState.ASKED)) for pool in wanted]

    def _wanted(self, row: dict[str, Any], person: ListedPerson) -> list[SeatPool]:
        key = row["organisation_key"]
        mine = [self.organisations[key]] if key in self.organisations else []
        return rules.pools_for([*self.others, *mine], person.entry.wanted(key))

    def _sentence(self, person: ListedPerson) -> str:
        modes = {mode: queries.seats_of(self.held.of_mode(mode)) for mode in Mode}
        return str(rules.seats_gone(modes, person.entry.mode).sentence)

    def _sit(self, pool: SeatPool, how: SeatState) -> tuple[int, SeatState, bool]:
        is_beyond = how == SeatState.TAKEN and pool.is_full
        if how == SeatState.TAKEN:
            pool.taken += 1
            pools.recount_surplus(pool)
        elif how == SeatState.WANTED:
            pool.waiting += 1
        return pool.id, how, is_beyond


def _write(
    session: Session,
    event: Event,
    rows: list[dict[str, Any]],
    people: list[ListedPerson],
    places: list[list[tuple[int, SeatState, bool]]],
    *,
    now: datetime,
) -> None:
    if not rows:
        return
    ids = session.scalars(insert(Registration).returning(Registration.id, sort_by_parameter_order=True), rows).all()
    who = session.info.get("actor") or "system"
    tickets, answers, facts, sits = [], [], [], []
    for number, row, person, seats in zip(ids, rows, people, places, strict=True):
        for pool_id, how, is_beyond in seats:
            sits.append({"registration_id": number, "pool_id": pool_id, "state": str(how), "is_beyond": is_beyond})
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
    for model, some in ((Ticket, tickets), (Answer, answers), (Seat, sits), (Fact, facts)):
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
