"""Points that change in the very moment of a scan: it is entered before, or judged after, and never in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from eventsys.checkin import actions
from eventsys.checkin.errors import DoorBusy, PointUsed
from eventsys.checkin.models import Admission, Point
from eventsys.checkin.queries import gate
from eventsys.checkin.rules import EVER
from eventsys.checkin.rules.terms import Entry
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from tests.factories import make_event
from tests.factories.checkin import AT, Desk, make_desk, make_ticket

PATIENCE = 30.0
_WAITING = text("SELECT count(*) FROM pg_locks WHERE relation = 'checkin_point'::regclass AND NOT granted")


@pytest.fixture
def event(session: Session) -> Event:
    """An event with a lunch, on PostgreSQL: SQLite has one writer at a time."""
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    event = make_event()
    with transaction() as writing:
        writing.add(Point(event_id=event.id, key="lunch", name="Lunch"))
    return event


def removing(session: Session, event: Event) -> None:
    actions.remove_point(session, actions.find_point(session, event.id, "lunch"))


def changing(session: Session, event: Event) -> None:
    event, point = session.get_one(Event, event.id), actions.find_point(session, event.id, "lunch")
    actions.change_passing(session, event, point, repeats="once", now=clock.now())


@contextmanager
def meanwhile(app: Flask, event: Event, change: Callable[[Session, Event], None]) -> Iterator[Future[None]]:
    """The change, from another thread; the block begins when it waits, or is done without having waited."""

    def run() -> None:
        with app.app_context(), transaction() as session:
            change(session, event)

    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(run)
        deadline = time.monotonic() + PATIENCE
        with db.engine.connect() as looking:
            while not doing.done() and not looking.scalar(_WAITING):
                assert time.monotonic() < deadline
        yield doing


def scan_under(
    app: Flask, desk: Desk, code: str, event: Event, change: Callable[[Session, Event], None]
) -> Future[None]:
    """A scan at the lunch that has read the points when the change begins."""
    entry = Entry(id="a", code=code, point="lunch", direction="in", at=AT)
    with transaction() as session:
        found = gate.desk_of(session, desk.token, slug=event.slug, now=clock.now())
        with meanwhile(app, event, change) as doing:
            [answer] = actions.record_scans(session, found, [entry], now=clock.now())
            assert answer["outcome"] == "admitted"
            session.commit()
    return doing


def test_a_point_where_somebody_is_scanned_just_now_stays(
    app: Flask, client: FlaskClient, session: Session, event: Event
) -> None:
    desk, ticket = make_desk(client, event), make_ticket(event)
    with pytest.raises(PointUsed):
        scan_under(app, desk, ticket.code, event, removing).result()
    db.session.rollback()
    assert session.scalars(select(Point.key).where(Point.key == "lunch")).all() == ["lunch"]
    assert session.scalars(select(Admission.point_key)).all() == ["lunch"]


def test_a_scan_just_before_once_is_asked_stands_in_the_one_book(
    app: Flask, client: FlaskClient, session: Session, event: Event
) -> None:
    desk, ticket = make_desk(client, event), make_ticket(event)
    scan_under(app, desk, ticket.code, event, changing).result()
    db.session.rollback()
    assert session.scalars(select(Admission.day)).all() == [EVER]


def test_a_door_that_is_not_quiet_for_a_moment_is_left_alone(app: Flask, session: Session, event: Event) -> None:
    with transaction() as reading:
        reading.scalars(select(Point)).all()
        with ThreadPoolExecutor(1) as pool:

            def run() -> None:
                with app.app_context(), transaction() as writing:
                    removing(writing, event)

            with pytest.raises(DoorBusy):
                pool.submit(run).result()
    assert session.scalars(select(Point.key)).all() == ["lunch"]
