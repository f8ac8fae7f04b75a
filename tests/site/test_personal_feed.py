"""A person's own feed: the invitation's entry, kept up to date, for whoever holds the link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import vobject
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration import actions, queries, rules
from eventsys.registration.models import Registration
from tests.factories import STARTS_AT, make_event
from tests.factories.registration import make_registration


def feed_of(registration: Registration) -> str:
    return f"/r/{queries.link_of(registration)}/calendar.ics"


def entry_of(client: FlaskClient, registration: Registration) -> Any:
    answer = client.get(feed_of(registration))
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    [entry] = vobject.readOne(answer.text).vevent_list
    return entry


def test_a_place_is_one_entry_that_takes_time(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="one", title="Öffentliche Räume")
    bo = make_registration(event)
    entry = entry_of(client, bo)
    assert (entry.uid.value, entry.status.value) == (rules.calendar_uid(event, bo), "CONFIRMED")
    assert (entry.summary.value, entry.dtstart.value, entry.transp.value) == (event.title, STARTS_AT, "OPAQUE")
    assert entry.url.value.endswith(f"/r/{queries.link_of(bo)}")
    assert entry.location.value == "BAO Congress Centre, Brussels, Belgium"


def test_a_moved_event_moves_the_entry_and_nothing_else_sends_it_again(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="one")
    bo = make_registration(event)
    first, before = client.get(feed_of(bo)), entry_of(client, bo)
    known = {"If-None-Match": first.headers["ETag"]}
    make_registration(event)
    assert client.get(feed_of(bo), headers=known).status_code == 304
    assert client.get(feed_of(bo), headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    with transaction() as writing:
        moved = writing.get_one(Event, event.id)
        moved.starts_at += timedelta(hours=1)
        moved.venue_name = "Other house"
    assert client.get(feed_of(bo), headers=known).status_code == 200
    after = entry_of(client, bo)
    assert (after.uid.value, after.dtstart.value) == (before.uid.value, STARTS_AT + timedelta(hours=1))
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.location.value.startswith("Other house")


def test_a_cancelled_place_stays_and_says_so(client: FlaskClient, session: Session) -> None:
    bo = make_registration(make_event(slug="one"))
    before = entry_of(client, bo)
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, bo.id), now=clock.now())
    after = entry_of(client, bo)
    assert (after.uid.value, after.status.value, after.transp.value) == (before.uid.value, "CANCELLED", "TRANSPARENT")
    assert int(after.sequence.value) > int(before.sequence.value)


def test_who_waits_has_it_as_tentative_and_online_names_no_venue(client: FlaskClient, session: Session) -> None:
    event = make_event(slug="one", onsite=1, online=None)
    make_registration(event)
    assert entry_of(client, make_registration(event)).status.value == "TENTATIVE"
    assert entry_of(client, make_registration(event, mode="online")).location.value == "Online"


def test_the_feed_lets_nobody_in_and_an_unknown_link_has_none(client: FlaskClient, session: Session) -> None:
    bo = make_registration(make_event(slug="one"))
    answer = client.get(feed_of(bo))
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert client.get(feed_of(bo).replace("/r/", "/r/0")).status_code == 404
