"""What the clock does: offers pass on, answers are erased when their time has come."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration import actions, jobs
from eventsys.registration.models import Registration
from tests.factories import make_event
from tests.factories.registration import make_registration


def test_expired_offers_pass_to_the_next_in_every_event(session: Session) -> None:
    for _ in range(2):
        event = make_event(onsite=1, waiting_list="offers")
        people = [make_registration(event) for _ in range(3)]
        with transaction() as writing:
            actions.cancel(writing, people[0], now=clock.now())
    later = clock.now() + timedelta(hours=49)
    assert (jobs.expire_offers(clock.now()), jobs.expire_offers(later), jobs.expire_offers(later)) == (0, 2, 0)
    session.rollback()
    states = list(session.scalars(select(Registration.state).order_by(Registration.id)))
    assert states == ["cancelled", "cancelled", "offered"] * 2


def test_seats_freed_while_an_event_was_cancelled_are_given_away_when_it_is_restored(session: Session) -> None:
    event = make_event(onsite=1)
    make_registration(event)
    cyd = make_registration(event)
    with transaction() as writing:
        writing.get_one(Event, event.id).status = "cancelled"
        writing.flush()
        actions.set_seats(writing, writing.get_one(Event, event.id), "onsite", 2, now=clock.now())
    assert jobs.promote_waiting(clock.now()) == 0
    with transaction() as writing:
        writing.get_one(Event, event.id).status = "published"
    assert jobs.promote_waiting(clock.now()) == 1
    session.expire_all()
    assert cyd.state == "confirmed"
