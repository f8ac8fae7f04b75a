"""Scans in the very moment of another deed: neither ends the other, and each sees what was done before it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from eventsys.checkin import actions
from eventsys.checkin.queries import gate
from eventsys.checkin.rules.terms import Entry
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from eventsys.registration import actions as registering
from eventsys.registration.actions.pools import have_alone
from eventsys.registration.models import Registration
from tests.factories import make_event
from tests.factories.checkin import AT, Desk, make_desk, make_ticket

PATIENCE = 30.0
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def event(session: Session) -> Event:
    """On PostgreSQL: SQLite has one writer at a time."""
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    return make_event()


def outcome(app: Flask, desk: Desk, slug: str, **whose: object) -> str:
    """What a scan is told, in a transaction of its own."""
    with app.app_context(), transaction() as session:
        found = gate.desk_of(session, desk.token, slug=slug, now=clock.now())
        values = {"id": "a", "code": "", "point": "entrance", "direction": "in", "at": AT}
        [answer] = actions.record_scans(session, found, [Entry(**values | whose)], now=clock.now())
        return str(answer["outcome"])


@contextmanager
def meanwhile(scan: Callable[[], str]) -> Iterator[Future[str]]:
    """The scan from another thread; the block goes on when it waits for a lock, or is done."""
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(scan)
        deadline = time.monotonic() + PATIENCE
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
            while not doing.done() and not looking.scalar(_WAITING):
                assert time.monotonic() < deadline
        yield doing


def test_a_scan_and_who_has_the_event_alone_do_not_hold_each_other_up(
    app: Flask, client: FlaskClient, session: Session, event: Event
) -> None:
    """A swap or an act on many has the event first, and then writes people."""
    desk, ticket, slug = make_desk(client, event), make_ticket(event), event.slug
    code = ticket.code
    with transaction() as writing:
        have_alone(writing, event.id)
        with meanwhile(lambda: outcome(app, desk, slug, code=code)) as doing:
            person = writing.get_one(Registration, ticket.registration_id)
            registering.add_note(writing, person, "Bring to the speaker room", now=clock.now())
            writing.commit()
    assert doing.result() == "admitted"


@pytest.mark.parametrize(("by", "told"), [("code", "replaced"), ("name", "admitted")])
def test_a_scan_that_waited_for_a_new_badge_knows_it(
    app: Flask, client: FlaskClient, session: Session, event: Event, by: str, told: str
) -> None:
    desk, ticket, slug = make_desk(client, event), make_ticket(event), event.slug
    whose = {"code": ticket.code} if by == "code" else {"registration_id": ticket.registration_id}
    with transaction() as writing:
        person = writing.get_one(Registration, ticket.registration_id)
        registering.replace_ticket(writing, person, now=clock.now())
        writing.flush()
        with meanwhile(lambda: outcome(app, desk, slug, **whose)) as doing:
            writing.commit()
    assert doing.result() == told
