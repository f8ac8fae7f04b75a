"""Any order of deeds against a model: seats taken equals people seated, always, and nobody overtakes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from eventsys.kernel.errors import Refusal
from eventsys.registration import actions
from eventsys.registration.errors import ModeNotOffered, SeatsGone
from eventsys.registration.models import SEATED, Mode, Registration, SeatPool, State
from tests.factories import make_event
from tests.factories.registration import make_registration

MODES = st.sampled_from(list(Mode))
CHOICE = st.integers(min_value=0, max_value=1000)


class Seating(RuleBasedStateMachine):
    """One event of a few seats, and everything that can happen to them."""

    waiting_list = "automatic"

    def __init__(self) -> None:
        super().__init__()
        self.event = make_event(onsite=2, online=1, waiting_list=self.waiting_list)
        self.people: list[int] = []

    def do(self, deed: str, choice: int, **values: object) -> None:
        """One deed to one person; a refusal must change nothing, which the invariants see."""
        number = self.people[choice % len(self.people)]
        try:
            with transaction() as session:
                registration = session.get_one(Registration, number)
                getattr(actions, deed)(session, registration, now=clock.now(), **values)
        except Refusal:
            pass

    @rule(mode=MODES, overbook=st.booleans())
    def register(self, mode: Mode, overbook: bool) -> None:
        try:
            self.people.append(make_registration(self.event, mode=mode, overbook=overbook and not self.people).id)
        except ModeNotOffered:
            return
        except SeatsGone:
            assert self.waiting_list == "none"

    @precondition(lambda self: self.people)
    @rule(choice=CHOICE)
    def cancel(self, choice: int) -> None:
        self.do("cancel", choice)

    @precondition(lambda self: self.people)
    @rule(choice=CHOICE, overbook=st.booleans())
    def restore(self, choice: int, overbook: bool) -> None:
        self.do("restore", choice, overbook=overbook)

    @precondition(lambda self: self.people)
    @rule(choice=CHOICE, mode=MODES)
    def switch(self, choice: int, mode: Mode) -> None:
        self.do("switch_mode", choice, mode=mode)

    @precondition(lambda self: self.people)
    @rule(choice=CHOICE)
    def accept(self, choice: int) -> None:
        self.do("accept_offer", choice)

    @precondition(lambda self: self.people)
    @rule(choice=CHOICE)
    def refuse(self, choice: int) -> None:
        self.do("decline_offer", choice)

    @precondition(lambda self: self.people)
    @rule(choice=CHOICE)
    def decline(self, choice: int) -> None:
        self.do("decline", choice)

    @rule()
    def expire(self) -> None:
        with transaction() as session:
            event = session.get_one(Event, self.event.id)
            actions.expire_offers(session, event, now=clock.now() + timedelta(hours=49))

    @rule(mode=MODES, seats=st.sampled_from([0, 1, 2, 3, None]))
    def set_seats(self, mode: Mode, seats: int | None) -> None:
        with transaction() as session:
            actions.set_seats(session, session.get_one(Event, self.event.id), mode, seats, now=clock.now())

    @invariant()
    def counters_are_what_the_rows_say(self) -> None:
        session = db.session()
        session.rollback()
        session.expire_all()
        rows = session.scalars(select(Registration).where(Registration.event_id == self.event.id)).all()
        for pool in session.scalars(select(SeatPool).where(SeatPool.event_id == self.event.id)):
            mine = [row for row in rows if row.mode == pool.mode]
            assert pool.taken == sum(row.state in SEATED for row in mine)
            assert pool.waiting == sum(row.state == State.WAITING for row in mine)
            assert pool.overbooked == (0 if pool.seats is None else max(0, pool.taken - pool.seats))
            # Nobody waits beside a free seat.
            assert pool.waiting == 0 or (pool.seats is not None and pool.taken >= pool.seats)


class SeatingByOffers(Seating):
    waiting_list = "offers"


class SeatingWithoutQueue(Seating):
    waiting_list = "none"


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.parametrize("machine", [Seating, SeatingByOffers, SeatingWithoutQueue])
def test_any_order_of_deeds_keeps_the_seats_right(machine: type[Seating]) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=6, stateful_step_count=15, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
