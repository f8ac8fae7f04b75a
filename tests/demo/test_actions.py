"""What the demo community holds, and that loading it again does no harm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.accounts.passwords import is_right
from eventsys.checkin.models import Admission, Outcome, Point, Scan
from eventsys.checkin.rules import EVER
from eventsys.community.models import Organisation, Sector
from eventsys.community.rules import name_key
from eventsys.demo import actions, cast, placing
from eventsys.demo.errors import InstallationInUse
from eventsys.events.actions import rename_slug
from eventsys.events.models import Event
from eventsys.events.queries import find_event
from eventsys.kernel.database import Base, reading, transaction
from eventsys.kernel.facts import Fact
from eventsys.mailing.models import OutboxMessage
from eventsys.notices import jobs as notices
from eventsys.registration.models import (
    SEATED,
    Answer,
    BreakoutWish,
    Invitation,
    Registration,
    RegistrationType,
    Seat,
    SeatPool,
    State,
    Verdict,
)
from eventsys.registration.queries import questions_of
from eventsys.reports.arrivals import confirmed_by_sector, events_like, past_arrivals
from eventsys.reports.forecasting import forecast
from tests.demo.conftest import NOW

pytestmark = pytest.mark.xdist_group("demo")


class _Undo(Exception):
    """Ends a transaction that shall leave nothing behind."""


@contextmanager
def passing(app: Flask) -> Iterator[Session]:
    """A transaction whose changes are looked at and then forgotten."""
    with app.app_context(), suppress(_Undo), transaction() as session:
        yield session
        raise _Undo


def everything(session: Session) -> dict[str, list[Any]]:
    session.flush()
    return {
        table.name: sorted(map(repr, session.execute(select(table)).all())) for table in Base.metadata.sorted_tables
    }


def of_today(session: Session) -> Event:
    event = find_event(session, placing.TODAY_SLUG)
    assert event is not None
    return event


def test_every_seat_counter_says_what_the_rows_of_its_people_say(demo: Flask) -> None:
    with demo.app_context():
        rows = reading().execute(select(Seat.pool_id, Seat.state, func.count()).group_by(Seat.pool_id, Seat.state))
        counted = {(pool, state): number for pool, state, number in rows}
        pools = reading().scalars(select(SeatPool)).all()
        told = {pool.id: (pool.taken, pool.waiting, pool.overbooked) for pool in pools}
    assert {str(pool.kind) for pool in pools} == {"mode", "type", "sector", "organisation", "session"}
    assert told == {
        number: (counted.get((number, "taken"), 0), counted.get((number, "wanted"), 0), 0) for number in told
    }


def test_who_is_seated_or_waits_has_a_seat_of_their_mode(demo: Flask) -> None:
    with demo.app_context():
        by_mode = select(Registration.event_id, Registration.mode, Registration.state, func.count())
        by_mode = by_mode.group_by(Registration.event_id, Registration.mode, Registration.state)
        people = {(event, mode, state): number for event, mode, state, number in reading().execute(by_mode)}
        pools = reading().scalars(select(SeatPool).where(SeatPool.kind == "mode")).all()
        told = {(pool.event_id, pool.mode): (pool.taken, pool.waiting) for pool in pools}
    # Whoever is invited has a seat kept for them.
    seated = (*SEATED, State.INVITED)
    assert told == {
        (event, mode): (
            sum(people.get((event, mode, state), 0) for state in seated),
            people.get((event, mode, State.WAITING), 0),
        )
        for event, mode in told
    }


def test_the_workshop_of_today_is_full_on_site_and_busy_online(demo: Flask) -> None:
    with demo.app_context():
        event = of_today(reading())
        grouped = select(Registration.mode, Registration.state, func.count()).where(Registration.event_id == event.id)
        counts = {
            (mode, state): number
            for mode, state, number in reading().execute(grouped.group_by(Registration.mode, Registration.state))
        }
    assert counts == {
        ("onsite", "confirmed"): 180,
        ("onsite", "waiting"): 23,
        ("onsite", "cancelled"): 10,
        ("online", "confirmed"): 600,
        ("online", "cancelled"): 5,
    }


def test_half_of_those_on_site_are_in_and_the_door_has_refused_some(demo: Flask) -> None:
    with demo.app_context():
        event = of_today(reading())
        inside = reading().scalar(select(func.count()).where(Admission.event_id == event.id, Admission.is_inside))
        outcomes = set(reading().scalars(select(Scan.outcome).where(Scan.event_id == event.id)))
        within = select(func.min(Scan.at), func.max(Scan.at)).where(Scan.event_id == event.id)
        first, last = reading().execute(within).one()
        admissions = reading().scalar(select(func.count()).where(Admission.event_id == event.id))
    assert (admissions, inside) == (96, 92)
    assert outcomes == {
        Outcome.ADMITTED, Outcome.ALREADY_IN, Outcome.LEFT, Outcome.WRONG_MODE, Outcome.CANCELLED, Outcome.REPLACED,
        Outcome.UNKNOWN,
    }  # fmt: skip
    assert event.starts_at - timedelta(minutes=30) <= first < last < NOW


def test_every_state_that_a_door_leads_to_occurs_and_every_type(demo: Flask) -> None:
    with demo.app_context():
        states = set(reading().scalars(select(Registration.state)))
        types = set(reading().scalars(select(Registration.type)))
    assert states == set(State) - {State.UNVERIFIED}
    assert types == set(RegistrationType)


def test_one_event_was_replaced_and_one_moved_twice_without_telling_anyone(demo: Flask) -> None:
    with demo.app_context():
        cancelled = find_event(reading(), "ceris-drs-2021-12")
        moved = find_event(reading(), "security-democracy-cities-2021")
        assert cancelled is not None
        assert cancelled.replaced_by is not None
        assert moved is not None
        moves = select(func.count()).where(Fact.kind == "event.moved", Fact.event_id == moved.id)
        assert (cancelled.status, cancelled.replaced_by.slug) == ("cancelled", "ceris-drs-2022-03")
        assert (moved.starts_at, moved.sequence) == (datetime(2021, 10, 20, 10, tzinfo=UTC), 3)
        assert reading().scalar(moves) == 2
        notices.tell(NOW)
        assert reading().scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_past_workshops_tell_how_many_come(demo: Flask) -> None:
    with demo.app_context():
        event = find_event(reading(), "ceris-illicit-drugs")
        assert event is not None
        past = past_arrivals(reading(), [one.id for one in events_like(reading(), event, NOW)])
        found = forecast(past, confirmed_by_sector(reading(), event.id), 50)
    assert found is not None
    assert 0.7 < found.past.share < 0.9
    assert sum(not one.is_as_all for one in found.sectors) >= 6
    assert past[Sector.RESEARCH].share > past[Sector.LOCAL_AUTHORITY].share


def test_applications_stand_at_every_stage(demo: Flask) -> None:
    with demo.app_context():
        event = find_event(reading(), "ceris-illicit-drugs")
        assert event is not None
        people = reading().scalars(select(Registration).where(Registration.event_id == event.id)).all()
        applied = [one for one in people if one.state == State.APPLIED]
        asked = questions_of(reading(), event.id)
        given = set(reading().scalars(select(Answer.question_id).join(Answer.registration).where(
            Registration.event_id == event.id)))  # fmt: skip
    assert {State(one.state) for one in people} == {State.APPLIED, State.CONFIRMED, State.DECLINED, State.WAITING}
    assert {one.verdict for one in applied} == {None, *Verdict}
    assert {one.score is None for one in applied} == {True, False}
    assert {str(one.type) for one in asked} == {"section", "text", "choice", "longtext", "file", "statement"}
    assert {one.key for one in asked if one.id not in given} == {"work", "day", "link"}


def test_a_delegation_an_invitation_and_a_wish_are_on_their_way(demo: Flask) -> None:
    with demo.app_context():
        grouped = select(Registration.state).where(Registration.delegation_id.is_not(None))
        invited = select(Event.slug).join(Registration).where(
            Registration.state == State.INVITED, Registration.delegation_id.is_(None)
        )  # fmt: skip
        private = reading().scalars(select(Event.slug).where(Event.is_private)).all()
        uses = reading().execute(select(Invitation.code, Invitation.used).order_by(Invitation.id)).all()
        wishes = reading().scalar(select(func.count()).select_from(BreakoutWish))
        states = Counter(map(str, reading().scalars(grouped)))
        slugs = set(reading().scalars(invited))
    assert states == {"confirmed": 3, "invited": 3, "cancelled": 2}
    assert slugs == {"security-research-event", "ceris-expert-group"}
    assert private == ["ceris-expert-group"]
    assert [tuple(row) for row in uses] == [("PRESS-DESK", 3), (None, 0)]
    assert wishes == 38


def test_loading_again_at_once_changes_nothing(demo: Flask) -> None:
    with passing(demo) as session:
        before = everything(session)
        assert actions.load(session, now=NOW + timedelta(minutes=5)) is False
        assert everything(session) == before


def test_the_next_morning_the_workshop_is_moved_to_today_and_nothing_else_is(demo: Flask) -> None:
    tomorrow = NOW + timedelta(days=1)
    with passing(demo) as session:
        before, event = everything(session), of_today(session)
        was = (event.starts_at, event.ends_at, event.sequence)
        assert actions.load(session, now=tomorrow) is True
        session.refresh(event)
        after = everything(session)
        day = timedelta(days=1)
        assert (event.starts_at, event.ends_at, event.sequence) == (was[0] + day, was[1] + day, was[2] + 1)
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"event", "agenda_session", "checkin_device", "scan", "admission"}
        assert len(set(before["event"]) ^ set(after["event"])) == 2
        assert set(session.scalars(select(Admission.day).where(Admission.event_id == event.id))) == {tomorrow.date()}


def test_the_workshop_of_today_is_moved_also_under_another_address(demo: Flask) -> None:
    with passing(demo) as session:
        event = of_today(session)
        rename_slug(session, event, "our-own-workshop")
        assert actions.load(session, now=NOW + timedelta(days=3)) is True
        assert event.starts_at.date() == NOW.date() + timedelta(days=3)


def test_scans_of_a_long_day_are_drawn_together_before_now(demo: Flask) -> None:
    early = datetime(2026, 12, 4, 7, 20, tzinfo=UTC)
    with passing(demo) as session:
        order = session.scalars(select(Scan.id).order_by(Scan.at, Scan.id)).all()
        actions.load(session, now=early)
        last = session.scalar(select(func.max(Scan.at)))
        assert last is not None
        assert last <= early - timedelta(minutes=1)
        assert session.scalars(select(Scan.id).order_by(Scan.at, Scan.id)).all() == order


def test_who_was_let_in_on_both_days_is_in_once_when_they_become_one(demo: Flask) -> None:
    with passing(demo) as session:
        mine = select(Admission).where(Admission.event_id == of_today(session).id)
        one = session.scalars(mine.order_by(Admission.id)).first()
        assert one is not None
        second = NOW + timedelta(days=1)
        scan = Scan(
            event_id=one.event_id, scan_id="second-day", device_id=1, point_key=one.point_key,
            registration_id=one.registration_id, direction="in", at=second, received_at=second, outcome="admitted",
            answer={"first": None},
        )  # fmt: skip
        scan.device_id = one.first_scan.device_id
        session.add(scan)
        session.flush()
        values = {"registration_id": one.registration_id, "point_key": one.point_key, "event_id": one.event_id}
        session.add(Admission(day=second.date(), first_at=second, last_at=second, first_scan_id=scan.id, **values))
        actions.load(session, now=NOW + timedelta(days=7))
        admitted = select(Admission.day, func.count()).where(Admission.registration_id == one.registration_id)
        assert session.execute(admitted.group_by(Admission.day)).all() == [((NOW + timedelta(days=7)).date(), 1)]


def test_points_of_a_day_and_what_is_given_once_move_with_the_workshop(demo: Flask) -> None:
    with passing(demo) as session:
        event = of_today(session)
        for key, name in (("day-one", "Thu 3 December"), ("own", "First day")):
            session.add(Point(event_id=event.id, key=key, name=name, kind="day", day=NOW.date()))
        session.add(Point(event_id=event.id, key="lunch", name="Lunch", kind="item", repeats="once"))
        some = session.scalars(select(Admission).where(Admission.event_id == event.id).limit(1)).one()
        values = {name: getattr(some, name) for name in ("registration_id", "event_id", "first_scan_id")}
        session.add(Admission(point_key="lunch", day=EVER, first_at=NOW, last_at=NOW, **values))
        actions.load(session, now=NOW + timedelta(days=7))
        days = select(Point.name, Point.day).where(Point.event_id == event.id, Point.day.is_not(None))
        moved = (NOW + timedelta(days=7)).date()
        assert session.execute(days.order_by(Point.key)).all() == [("Thu 10 December", moved), ("First day", moved)]
        once = select(Admission.day, Admission.first_at).where(Admission.point_key == "lunch")
        [(book, first_at)] = session.execute(once)
        assert (book, first_at.date()) == (EVER, moved)


def test_the_people_told_may_sign_in(demo: Flask) -> None:
    with demo.app_context():
        kept = {user.email: user for user in reading().scalars(select(User))}
        right = [(is_right(kept[one.email].password_hash, one.password), kept[one.email].role) for one in cast.SIGN_INS]
    assert right == [(True, "administrator"), (True, "organiser"), (True, "door")]


def test_the_demo_never_joins_the_events_of_others(demo: Flask) -> None:
    with passing(demo) as session:
        session.execute(delete(Fact).where(Fact.kind == actions.LOADED))
        before = everything(session)
        with pytest.raises(InstallationInUse):
            actions.load(session, now=NOW)
        assert everything(session) == before


def test_the_directory_knows_every_organisation_that_somebody_comes_from(demo: Flask) -> None:
    with demo.app_context():
        session = reading()
        written = set(session.scalars(select(Registration.organisation).where(Registration.organisation != "")))
        known = set(session.scalars(select(Organisation.name_key)))
        assert written
        assert {name_key(name) for name in written} - known == set()
        police = session.scalars(select(Organisation).where(Organisation.name == "Police Weserland")).one()
        assert (police.country, police.sector, police.is_listed) == ("DE", "police", True)
        # Every country has one: the directory does not say which is meant.
        assert (
            session.scalars(select(Organisation.country).where(Organisation.name == "Ministry of Justice")).one() == ""
        )
