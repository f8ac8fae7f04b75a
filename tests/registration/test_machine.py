"""Any order of deeds, in the program and on paper: both refuse the same and end with the same people in the same seats.

After every deed the laws hold too (`seat_laws`), which know nothing of the model.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event
from eventsys.kernel.database import db, transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration import actions, queries
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import Answer, Mode, PoolKind, Registration, Seat, SeatPool, State
from eventsys.registration.tables import ListedPerson
from tests.factories import make_event, make_session
from tests.factories.registration import make_question
from tests.registration.seat_laws import assert_seats_are_right
from tests.registration.seat_model import Guest, Hall, Pool, Refused

# More of both by hand, where there is time: SEAT_EXAMPLES=300 SEAT_STEPS=60.
EXAMPLES, STEPS = int(os.environ.get("SEAT_EXAMPLES", "6")), int(os.environ.get("SEAT_STEPS", "20"))
BEGIN = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAYS, SESSIONS = ("2027-12-03", "2027-12-04"), ("dawn", "dusk")
MODES = st.sampled_from(["onsite", "onsite", "online"])
TYPES = st.sampled_from(["participant", "participant", "press"])
SECTORS = st.sampled_from(["police", "research", ""])
ORGANISATIONS = st.sampled_from(["acme", "beta", ""])
ANSWERS = st.sampled_from([None, "none", "vegan"])
SEATS = st.sampled_from([0, 1, 2, 3, None])
WHO = st.integers(min_value=0, max_value=1000)
SOME = st.sets(st.sampled_from([*DAYS, *SESSIONS]), max_size=2)
RARELY = st.sampled_from([True, False, False, False])
PLAIN_POOLS = st.sampled_from(
    [
        ("type", "press", ""), ("sector", "police", "onsite"), ("sector", "research", ""), ("day", DAYS[0], ""),
        ("day", DAYS[1], "onsite"), ("answer", "vegan", ""), ("organisation", "acme", "onsite"),
    ]
)  # fmt: skip
STATES = st.sampled_from([state for state in State if state != State.UNVERIFIED])
LISTED = st.lists(st.tuples(WHO, MODES, SECTORS, ORGANISATIONS, ANSWERS, STATES), min_size=1, max_size=4)


class Seating(RuleBasedStateMachine):
    """One event of a few seats, and everything that can happen to them."""

    queue = "automatic"

    def __init__(self) -> None:
        super().__init__()
        begin = datetime(2027, 12, 3, 8, tzinfo=UTC)
        self.event = make_event(
            onsite=2, online=1, waiting_list=self.queue, starts_at=begin, ends_at=begin + timedelta(days=2)
        )
        self.question = make_question(self.event, type="choice", choices=["none", "vegan"]).id
        for hours, key in enumerate(SESSIONS):
            make_session(self.event, key, key=key, starts_at=begin + timedelta(hours=2 * hours))
        self.hall = Hall(self.queue, {("mode", "onsite", "onsite"): 2, ("mode", "online", "online"): 1})
        self.ids: list[int] = []

    # Each deed is done twice, and the answers compared.

    def both(self, real: Callable[[Session, Event], Any], on_paper: Callable[[Hall], Any]) -> Any:
        """The deed in the program and on paper; a refusal changes nothing in either."""
        paper: Hall | None = copy.deepcopy(self.hall)
        try:
            on_paper(paper)  # type: ignore[arg-type]
        except Refused:
            paper = None
        found, refused = None, None
        try:
            with transaction() as session:
                found = real(session, session.get_one(Event, self.event.id))
        except Refusal as refusal:
            refused = refusal
        assert (refused is None) == (paper is not None), f"in the program: {refused or 'done'}"
        self.hall = paper or self.hall
        return found

    def to(self, who: int, deed: str, on_paper: str, *args: Any, **values: Any) -> None:
        """One deed to one person."""
        place = who % len(self.ids)
        self.both(
            lambda session, _event: getattr(actions, deed)(
                session, session.get_one(Registration, self.ids[place]), *args, now=self.now, **values
            ),
            lambda hall: getattr(hall, on_paper)(hall.guests[place], *args, **values),
        )

    @property
    def now(self) -> datetime:
        return BEGIN + timedelta(hours=self.hall.now)

    def in_fact(self, pool: Pool) -> tuple[PoolKind, str, str]:
        kind, key, mode = pool
        return PoolKind(kind), f"{self.question}={key}" if kind == "answer" else key, mode

    def pool_id(self, session: Session, pool: Pool) -> int:
        kind, key, mode = self.in_fact(pool)
        query = select(SeatPool.id).where(SeatPool.event_id == self.event.id, SeatPool.kind == kind)
        return session.scalars(query.where(SeatPool.key == key, SeatPool.mode == mode)).one()

    def guest(self, who: int, mode: str, type: str, sector: str, organisation: str, answer: str | None) -> Guest:
        """Somebody new, or now and then an address that is known."""
        known = who % 5 == 0 and self.hall.guests
        email = self.hall.guests[who % len(known)].email if known else f"p{len(self.hall.guests)}-{who}@example.org"
        return Guest(email, mode, type, sector, organisation, answer)

    def entry(self, guest: Guest, chosen: set[str] | frozenset[str] = frozenset()) -> NewEntry:
        return NewEntry(
            first_name="Bo", email=guest.email, mode=Mode(guest.mode), type=guest.type, sector=guest.sector,  # type: ignore[arg-type]
            organisation=guest.organisation.title(), answers={self.question: guest.answer} if guest.answer else {},
            days=frozenset(chosen) & set(DAYS), sessions=frozenset(chosen) & set(SESSIONS),
        )  # fmt: skip

    # Ways in.

    @rule(who=WHO, mode=MODES, type=TYPES, sector=SECTORS, organisation=ORGANISATIONS, answer=ANSWERS, chosen=SOME,
          overbook=RARELY)  # fmt: skip
    def register(self, who: int, mode: str, chosen: set[str], overbook: bool, **what: Any) -> None:
        guest = self.guest(who, mode, **what)
        entry = self.entry(guest, chosen)
        made = self.both(
            lambda session, event: actions.register(session, event, entry, now=self.now, overbook=overbook).id,
            lambda hall: hall.register(guest, chosen, overbook=overbook),
        )
        if made is not None:
            self.ids.append(made)

    @rule(rows=LISTED, overbook=RARELY)
    def bring(self, rows: list[Any], overbook: bool) -> None:
        listed = [(self.guest(who + 1, mode, "participant", sector, organisation, answer), str(state))
                  for who, mode, sector, organisation, answer, state in rows]  # fmt: skip
        # The same address twice in one list is refused when the list is read.
        listed = list({guest.email: (guest, state) for guest, state in listed}.values())
        people = [ListedPerson(line, self.entry(guest), State(state)) for line, (guest, state) in enumerate(listed, 2)]

        def real(session: Session, event: Event) -> None:
            actions.bring_in(session, event, people, now=self.now, overbook=overbook)
            # As the worker does within a minute for those whom the list says to wait.
            actions.promote_waiting(session, event, now=self.now)

        self.both(real, lambda hall: hall.bring(listed, overbook=overbook))
        self.ids = list(
            db.session.scalars(
                select(Registration.id).where(Registration.event_id == self.event.id).order_by(Registration.id)
            )
        )

    @precondition(lambda self: self.ids)
    @rule(who=WHO, overbook=RARELY)
    def approve(self, who: int, overbook: bool) -> None:
        self.to(who, "approve", "approve", overbook=overbook)

    @precondition(lambda self: self.ids)
    @rule(who=WHO, overbook=RARELY)
    def restore(self, who: int, overbook: bool) -> None:
        self.to(who, "restore", "restore", overbook=overbook)

    @precondition(lambda self: self.ids)
    @rule(who=WHO)
    def accept(self, who: int) -> None:
        self.to(who, "accept_offer", "accept")

    @rule(who=WHO, mode=MODES, type=TYPES, sector=SECTORS, organisation=ORGANISATIONS, answer=ANSWERS,
          keeps_seat=st.booleans(), overbook=RARELY)  # fmt: skip
    def invite(self, who: int, mode: str, keeps_seat: bool, overbook: bool, **what: Any) -> None:
        guest = self.guest(who, mode, **what)
        entry = self.entry(guest)
        until = self.now + timedelta(hours=48)
        made = self.both(
            lambda session, event: (
                actions.invite(
                    session, event, entry, until=until, now=self.now, keeps_seat=keeps_seat, overbook=overbook
                ).id
            ),
            lambda hall: hall.invite(guest, keeps_seat=keeps_seat, overbook=overbook),
        )
        if made is not None:
            self.ids.append(made)

    @precondition(lambda self: any(one.state == "invited" for one in self.hall.guests))
    @rule(who=WHO, sector=SECTORS, answer=ANSWERS, days=st.sets(st.sampled_from(DAYS)))
    def accept_invitation(self, who: int, sector: str, answer: str | None, days: set[str]) -> None:
        invited = [place for place, one in enumerate(self.hall.guests) if one.state == "invited"]
        place = invited[who % len(invited)]
        guest = replace(self.hall.guests[place], sector=sector, answer=answer)
        offered = {pool[1] for pool in self.hall.seats if pool[0] == "day"}
        entry = self.entry(guest, days & offered)

        def real(session: Session, _event: Event) -> None:
            known = session.get_one(Registration, self.ids[place])
            answers = {self.question: answer}
            actions.accept_invitation(session, known, replace(entry, answers=answers), now=self.now)

        self.both(real, lambda hall: hall.accept_invitation(hall.guests[place], sector, answer, days & offered))

    @precondition(lambda self: any(one.state == "confirmed" for one in self.hall.guests))
    @rule(who=WHO, other=WHO)
    def substitute(self, who: int, other: int) -> None:
        """Often to somebody new, now and then to an address that is known."""
        confirmed = [place for place, one in enumerate(self.hall.guests) if one.state == "confirmed"]
        place = confirmed[who % len(confirmed)]
        number = len(self.hall.guests)
        email = self.hall.guests[other % number].email if other % 3 == 0 else f"s{number}-{other}@example.org"
        colleague = NewEntry(first_name="Cal", email=email)
        made = self.both(
            lambda session, _event: (
                actions.substitute(session, session.get_one(Registration, self.ids[place]), colleague, now=self.now).id
            ),
            lambda hall: hall.substitute(hall.guests[place], email),
        )
        if made is not None and made not in self.ids:
            self.ids.append(made)

    @precondition(lambda self: self.ids)
    @rule(who=WHO)
    def withdraw(self, who: int) -> None:
        self.to(who, "withdraw_invitation", "withdraw")

    # Ways out.

    @precondition(lambda self: self.ids)
    @rule(who=WHO)
    def cancel(self, who: int) -> None:
        self.to(who, "cancel", "cancel")

    @precondition(lambda self: self.ids)
    @rule(who=WHO)
    def refuse(self, who: int) -> None:
        self.to(who, "decline_offer", "refuse_offer")

    @precondition(lambda self: self.ids)
    @rule(who=WHO)
    def decline(self, who: int) -> None:
        self.to(who, "decline", "decline")

    @rule(hours=st.sampled_from([20, 49]))
    def time_passes(self, hours: int) -> None:
        then = self.now + timedelta(hours=hours)
        self.both(
            lambda session, event: actions.expire_offers(session, event, now=then), lambda hall: hall.let_pass(hours)
        )

    # Other choices.

    @precondition(lambda self: self.ids)
    @rule(who=WHO, mode=MODES, overbook=RARELY)
    def switch(self, who: int, mode: str, overbook: bool) -> None:
        self.to(who, "switch_mode", "switch", mode, overbook=overbook)

    @precondition(lambda self: self.ids)
    @rule(who=WHO, sector=SECTORS, answer=ANSWERS, days=st.sets(st.sampled_from(DAYS)), overbook=RARELY)
    def change(self, who: int, sector: str, answer: str | None, days: set[str], overbook: bool) -> None:
        """Another sector, answer and other days, as a personal page or an organiser changes them."""
        place = who % len(self.ids)

        def real(session: Session, event: Event) -> None:
            registration = session.get_one(Registration, self.ids[place])
            held = actions.hold_all(session, event)
            session.refresh(registration)
            registration.sector = sector
            for row in session.scalars(select(Answer).where(Answer.registration_id == registration.id)):
                session.delete(row)
            session.flush()
            if answer:
                session.add(Answer(registration_id=registration.id, question_id=self.question, value=answer))
            session.flush()
            wanted = queries.wanted_of(session, registration)
            offered = {pool.key for pool in held.pools.values() if pool.kind == PoolKind.DAY}
            wanted = replace(wanted, days=frozenset(days & offered))
            actions.change_seats(session, registration, held, wanted, now=self.now, overbook=overbook)

        def on_paper(hall: Hall) -> None:
            guest = hall.guests[place]
            guest.sector, guest.answer = sector, answer
            sessions = {key for kind, key, _mode in guest.sits if kind == "session"}
            hall.exchange(guest, hall.belongs(guest, chosen=days | sessions), overbook=overbook)

        self.both(real, on_paper)

    @precondition(lambda self: self.ids)
    @rule(who=WHO, key=st.sampled_from(SESSIONS))
    def sign_up(self, who: int, key: str) -> None:
        place = who % len(self.ids)
        self.both(
            lambda session, _event: actions.sign_up(
                session, session.get_one(Registration, self.ids[place]), key, now=self.now
            ),
            lambda hall: hall.sign_up(hall.guests[place], session_pool(hall, key)),
        )

    @precondition(lambda self: self.ids)
    @rule(who=WHO, key=st.sampled_from(SESSIONS))
    def leave_session(self, who: int, key: str) -> None:
        place = who % len(self.ids)
        self.both(
            lambda session, _event: actions.leave_session(
                session, session.get_one(Registration, self.ids[place]), key, now=self.now
            ),
            lambda hall: hall.leave_session(hall.guests[place], session_pool(hall, key)),
        )

    # The organisers' hand.

    @rule(mode=st.sampled_from(["onsite", "online"]), seats=SEATS)
    def set_seats(self, mode: str, seats: int | None) -> None:
        self.both(
            lambda session, event: actions.set_seats(session, event, Mode(mode), seats, now=self.now),
            lambda hall: hall.set_seats(("mode", mode, mode), seats),
        )

    @rule(pool=PLAIN_POOLS, seats=SEATS)
    def count_by(self, pool: Pool, seats: int | None) -> None:
        """Count seats by one thing more, or change their number."""
        if pool in self.hall.seats:
            self.both(
                lambda session, event: actions.change_pool(
                    session, event, self.pool_id(session, pool), seats, now=self.now
                ),
                lambda hall: hall.set_seats(pool, seats),
            )
            return
        kind, key, mode = self.in_fact(pool)
        self.both(
            lambda session, event: actions.add_pool(session, event, kind, key, seats, mode=mode, now=self.now),
            lambda hall: hall.add_pool(pool, seats),
        )

    @precondition(lambda self: any(pool[0] not in ("mode", "session") for pool in self.hall.seats))
    @rule(which=WHO)
    def count_no_more_by(self, which: int) -> None:
        pools = [pool for pool in self.hall.seats if pool[0] not in ("mode", "session")]
        pool = pools[which % len(pools)]
        self.both(
            lambda session, event: actions.remove_pool(session, event, self.pool_id(session, pool), now=self.now),
            lambda hall: hall.remove_pool(pool),
        )

    @rule(most=st.sampled_from([None, 1, 2]))
    def cap_organisations(self, most: int | None) -> None:
        self.both(
            lambda session, event: actions.cap_organisations(session, event, most, now=self.now),
            lambda hall: hall.cap(most),
        )

    @rule(key=st.sampled_from(SESSIONS), seats=st.sampled_from([None, 0, 1, 2]))
    def give_a_session_seats(self, key: str, seats: int | None) -> None:
        """By the programme: the pool follows."""

        def real(session: Session, _event: Event) -> None:
            query = select(AgendaSession).where(AgendaSession.event_id == self.event.id, AgendaSession.key == key)
            session.scalars(query).one().seats = seats

        def on_paper(hall: Hall) -> None:
            pool = session_pool(hall, key)
            if seats is None and pool in hall.seats:
                hall.remove_pool(pool)
            elif seats is not None and pool in hall.seats:
                hall.set_seats(pool, seats)
            elif seats is not None:
                hall.add_pool(pool, seats)

        self.both(real, on_paper)

    @rule(approves=RARELY, verifies=RARELY)
    def change_settings(self, approves: bool, verifies: bool) -> None:
        def on_paper(hall: Hall) -> None:
            hall.approves, hall.verifies = approves, verifies

        self.both(
            lambda session, event: actions.change_settings(
                session, event, now=self.now, has_approval=approves, confirms_address=verifies
            ),
            on_paper,
        )

    # What is true after each.

    @invariant()
    def the_laws_hold(self) -> None:
        assert_seats_are_right(db.session(), self.event)

    @invariant()
    def it_is_as_on_paper(self) -> None:
        session = db.session()
        session.rollback()
        session.expire_all()
        pools = {pool.id: pool for pool in queries.pools_of(session, self.event.id)}
        names: dict[int, Pool] = {
            number: (pool.kind, pool.key.rpartition("=")[2] if pool.kind == "answer" else pool.key, pool.mode)
            for number, pool in pools.items()
        }
        kept = {names[number]: (pool.seats, pool.taken, pool.waiting) for number, pool in pools.items()}
        assert kept == {pool: (seats, self.hall.taken(pool), self.hall.waiting(pool))
                        for pool, seats in self.hall.seats.items()}  # fmt: skip
        people = session.scalars(
            select(Registration).where(Registration.event_id == self.event.id).order_by(Registration.id)
        ).all()
        assert [one.id for one in people] == self.ids
        assert [(one.state, one.mode) for one in people] == [(one.state, one.mode) for one in self.hall.guests]
        rows: dict[int, dict[Pool, str]] = {one.id: {} for one in people}
        for seat in session.scalars(select(Seat).where(Seat.pool_id.in_(pools))):
            rows[seat.registration_id][names[seat.pool_id]] = seat.state
        assert [rows[one.id] for one in people] == [
            guest.sits | dict.fromkeys(guest.extra, "wanted") for guest in self.hall.guests
        ]
        line = sorted((one for one in people if one.state == "waiting"), key=lambda one: one.queue_number or 0)
        on_paper = sorted((one for one in self.hall.guests if one.state == "waiting"), key=lambda one: one.number)
        assert [one.email for one in line] == [one.email for one in on_paper]


def session_pool(hall: Hall, key: str) -> Pool:
    """The pool of a session: as it is counted, or would be now."""
    for pool in hall.seats:
        if pool[:2] == ("session", key):
            return pool
    on_site = ("mode", "onsite", "onsite")
    return ("session", key, "onsite" if hall.seats[on_site] != 0 or hall.taken(on_site) else "")


class SeatingByOffers(Seating):
    queue = "offers"


class SeatingWithoutQueue(Seating):
    queue = "none"


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.parametrize("machine", [Seating, SeatingByOffers, SeatingWithoutQueue])
def test_any_order_of_deeds_keeps_the_seats_right(machine: type[Seating]) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
