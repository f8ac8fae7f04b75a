"""Many at once: the database decides, and never seats more than there are seats."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from eventsys.registration import actions, queries
from eventsys.registration.actions import bulk
from eventsys.registration.entries import NewEntry
from eventsys.registration.errors import AlreadyRegistered
from eventsys.registration.models import SEATED, BulkAct, Mode, Registration, SeatPool, State
from tests.factories import make_event
from tests.factories.registration import make_registration


def at_once(app: Flask, deeds: list[Callable[[Session], object]]) -> list[object]:
    """Each deed in a thread and a transaction of its own, all let go at the same moment; their answers in order."""
    answers: list[object] = [None] * len(deeds)
    barrier = threading.Barrier(len(deeds))

    def do(place: int, deed: Callable[[Session], object]) -> None:
        with app.app_context():
            barrier.wait(30)
            try:
                with transaction() as session:
                    answers[place] = deed(session)
            except Exception as error:
                answers[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def asking(event_id: int, email: str, mode: Mode = Mode.ONSITE) -> Callable[[Session], object]:
    def ask(session: Session) -> str:
        event = session.get_one(Event, event_id)
        entry = NewEntry(first_name="Bo", email=email, mode=mode)
        return actions.register(session, event, entry, now=clock.now()).state

    return ask


def cancelling(registration_id: int, now: datetime) -> Callable[[Session], object]:
    def cancel(session: Session) -> str:
        registration = session.get_one(Registration, registration_id)
        actions.cancel(session, registration, now=now)
        return registration.state

    return cancel


def switching(registration_id: int, mode: Mode) -> Callable[[Session], object]:
    def switch(session: Session) -> str:
        registration = session.get_one(Registration, registration_id)
        actions.switch_mode(session, registration, mode, now=clock.now())
        return registration.mode

    return switch


def assert_pools_agree(session: Session, event: Event) -> None:
    """The counters are what the rows say, and nobody waits beside a free seat."""
    # What this session has read before must not stand for what is true now.
    session.rollback()
    session.expire_all()
    for pool in session.scalars(select(SeatPool).where(SeatPool.event_id == event.id)):
        rows = select(func.count()).select_from(Registration).where(
            Registration.event_id == event.id, Registration.mode == pool.mode
        )  # fmt: skip
        assert pool.taken == session.scalar(rows.where(Registration.state.in_(SEATED)))
        assert pool.waiting == session.scalar(rows.where(Registration.state == State.WAITING))
        assert pool.waiting == 0 or pool.seats is not None
        assert pool.waiting == 0 or pool.taken >= (pool.seats or 0)


def test_the_last_seat_goes_to_the_first_who_asks(app: Flask, session: Session) -> None:
    """One seat and four at once, forty times."""
    for number in range(40):
        event = make_event(onsite=1)
        answers = at_once(app, [asking(event.id, f"p{number}-{place}@example.org") for place in range(4)])
        assert Counter(answers) == {"confirmed": 1, "waiting": 3}
        assert_pools_agree(session, event)


def test_forty_people_at_once_take_exactly_five_seats(app: Flask, session: Session) -> None:
    event = make_event(onsite=5)
    answers = at_once(app, [asking(event.id, f"p{place}@example.org") for place in range(40)])
    assert Counter(answers) == {"confirmed": 5, "waiting": 35}
    assert_pools_agree(session, event)
    numbers = session.scalars(
        select(Registration.queue_number).where(Registration.state == State.WAITING).order_by(Registration.queue_number)
    ).all()
    assert numbers == list(range(1, 36))


def test_who_saw_a_seat_that_is_gone_waits(app: Flask, session: Session) -> None:
    event = make_event(onsite=1)
    seen = queries.look(session, Event.id == event.id)
    # As in another process: what happens meanwhile is not seen.
    session.expunge_all()
    states = []
    for name in ("bo", "cyd"):
        with transaction() as writing:
            entry = NewEntry(first_name=name, email=f"{name}@example.org")
            asked = writing.get_one(Event, event.id)
            states.append(actions.register(writing, asked, entry, now=clock.now(), seen=seen).state)
    assert states == ["confirmed", "waiting"]
    assert_pools_agree(session, event)


def test_the_first_of_an_organisation_is_counted_though_it_was_not_capped_when_they_looked(
    app: Flask, session: Session
) -> None:
    event = make_event(onsite=5)
    seen = queries.look(session, Event.id == event.id)
    session.expunge_all()
    with transaction() as writing:
        actions.cap_organisations(writing, writing.get_one(Event, event.id), 1, now=clock.now())
    states = []
    for name in ("bo", "cyd"):
        with transaction() as writing:
            entry = NewEntry(first_name=name, email=f"{name}@example.org", organisation="Acme")
            asked = writing.get_one(Event, event.id)
            states.append(actions.register(writing, asked, entry, now=clock.now(), seen=seen).state)
    assert states == ["confirmed", "waiting"]


def test_one_address_sent_eight_times_at_once_registers_once(app: Flask, session: Session) -> None:
    event = make_event(onsite=5)
    answers = at_once(app, [asking(event.id, "bo@example.org")] * 8)
    assert Counter(str(one) if isinstance(one, str) else type(one) for one in answers) == {
        "confirmed": 1, AlreadyRegistered: 7,
    }  # fmt: skip
    assert_pools_agree(session, event)


def test_a_freed_seat_and_a_newcomer_never_miss_each_other(app: Flask, session: Session) -> None:
    for number in range(12):
        event = make_event(onsite=2)
        seated = [make_registration(event) for _ in range(2)]
        first = make_registration(event)
        now = clock.now()
        answers = at_once(
            app,
            [cancelling(seated[0].id, now), asking(event.id, f"n{number}@example.org"), cancelling(seated[1].id, now)],
        )
        assert [one for one in answers if isinstance(one, Exception)] == []
        assert_pools_agree(session, event)
        assert session.get_one(Registration, first.id).state == "confirmed"
        states = Counter(session.scalars(select(Registration.state).where(Registration.event_id == event.id)))
        assert states == {"cancelled": 2, "confirmed": 2}


def test_people_who_swap_modes_at_once_do_not_wait_for_each_other_for_ever(app: Flask, session: Session) -> None:
    for _ in range(8):
        event = make_event(onsite=3, online=3)
        on_site = [make_registration(event) for _ in range(2)]
        online = [make_registration(event, mode=Mode.ONLINE) for _ in range(2)]
        deeds = [switching(one.id, Mode.ONLINE) for one in on_site] + [switching(one.id, Mode.ONSITE) for one in online]
        answers = at_once(app, deeds)
        # At most one refusal a side (the third seat was taken at that moment), and never a broken count.
        assert {type(one).__name__ for one in answers} <= {"Mode", "str", "SeatsGone"}
        assert_pools_agree(session, event)


def test_two_clicks_at_once_begin_one_act(app: Flask, session: Session) -> None:
    event = make_event(onsite=3)
    bo, number = make_registration(event).id, event.id

    def click(session: Session) -> int:
        if first := bulk.begun_before(session, number, "same"):
            return first
        known = session.get_one(Event, number)
        return bulk.begin(session, known, "resend", [bo], now=clock.now(), once="same").id

    answers = at_once(app, [click] * 6)
    assert [type(one) for one in answers] == [int] * 6
    assert session.scalars(select(BulkAct.id)).all() == [answers[0]]
    assert len(set(answers)) == 1


def test_people_taken_up_again_together_and_newcomers_do_not_wait_for_each_other_for_ever(
    app: Flask, session: Session
) -> None:
    event = make_event(onsite=3)
    gone = [make_registration(event).id for _ in range(6)]
    with transaction() as changing:
        for number in gone:
            actions.cancel(changing, changing.get_one(Registration, number), now=clock.now())
        act_id = bulk.begin(changing, changing.get_one(Event, event.id), "restore", gone, now=clock.now()).id

    def restore(session: Session) -> object:
        return bulk.carry_on(session, act_id, now=clock.now())

    answers = at_once(app, [restore, *(asking(event.id, f"new{n}@example.org") for n in range(7))])
    assert answers[0] is False
    assert set(answers[1:]) <= {State.CONFIRMED, State.WAITING}
    session.rollback()
    assert_pools_agree(session, event)
