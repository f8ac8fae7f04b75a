"""The desk as organisers see it: who is expected, whom somebody waits for, who was refused, who walked in."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, Person, SessionRole
from eventsys.checkin.models import ArrivalWatch, DeviceRole
from eventsys.checkin.queries.expected import Expected, expected_of
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event, make_person, make_session
from tests.factories.checkin import a_scan, make_desk, make_ticket
from tests.forms import csrf_token


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    """An event that goes on now, far from midnight."""
    noon = clock.now().replace(hour=11, minute=0, second=0, microsecond=0)
    return make_event(
        owner=cast.ada, door=cast.dee, starts_at=noon - timedelta(hours=9), ends_at=noon + timedelta(hours=9)
    )


def speaks(person: Person, entry: AgendaSession) -> None:
    with transaction() as session:
        session.add(SessionRole(session_id=entry.id, person_id=person.id, role="chair"))


def listed(session: Session, event: Event, **values: Any) -> list[Expected]:
    session.rollback()
    noon = event.starts_at + timedelta(hours=9)
    return expected_of(session, event, day=noon.astimezone(event.zone).date(), **({"now": noon} | values))


def test_speakers_are_known_by_key_address_or_a_name_of_their_own(tonight: Event, session: Session) -> None:
    entry = make_session(tonight, starts_at=tonight.starts_at + timedelta(hours=10))
    for name, values in (
        ("Ada One", {"key": "ada"}), ("Bo Two", {"email": "BO@example.org"}), ("Cyd Three", {}), ("Di Four", {}),
        ("Ed Five", {}),
    ):  # fmt: skip
        speaks(make_person(tonight, name, **values), entry)
    make_ticket(tonight, "Somebody Else", person_key="ada")
    make_ticket(tonight, "Other Name", email="bo@example.org", email_key="bo@example.org")
    make_ticket(tonight, "Three Cyd", first_name="Cyd", last_name="Three")
    make_ticket(tonight, "Di Four")
    make_ticket(tonight, "Di Four")
    found = {one.person.name: one.registration and one.registration.name for one in listed(session, tonight)}
    assert found == {
        "Ada One": "Somebody Else", "Bo Two": "Other Name", "Cyd Three": "Cyd Three", "Di Four": None, "Ed Five": None,
    }  # fmt: skip


def test_the_next_to_speak_come_first_and_who_is_through_is_expected_no_more(tonight: Event, session: Session) -> None:
    times = {"late": 12, "soon": 10, "over": 2, "tomorrow": 30}
    for name, hours in times.items():
        speaks(make_person(tonight, name), make_session(tonight, starts_at=tonight.starts_at + timedelta(hours=hours)))
    cancelled = make_session(tonight, starts_at=tonight.starts_at + timedelta(hours=10), status="cancelled")
    speaks(make_person(tonight, "cancelled"), cancelled)
    assert [one.person.name for one in listed(session, tonight)] == ["soon", "late"]


def test_who_has_come_is_here(tonight: Event, client: FlaskClient, session: Session) -> None:
    entry = make_session(tonight, starts_at=tonight.starts_at + timedelta(hours=10))
    speaks(make_person(tonight, "Bo Berg"), entry)
    ticket = make_ticket(tonight, "Bo Berg")
    assert listed(session, tonight)[0].came_at is None
    came = tonight.starts_at + timedelta(hours=8)
    make_desk(client, tonight).scan(a_scan(ticket, at=came))
    assert listed(session, tonight)[0].came_at == came


def test_many_cost_as_many_statements_as_one(tonight: Event, session: Session) -> None:
    entry = make_session(tonight, starts_at=tonight.starts_at + timedelta(hours=10))

    def add(number: int) -> None:
        speaks(make_person(tonight, f"Bo {number}"), entry)
        make_ticket(tonight, f"Bo {number}")

    add(0)
    with statements() as few:
        listed(session, tonight)
    for number in range(1, 15):
        add(number)
    with statements() as many:
        assert len(listed(session, tonight)) == 15
    assert len(few) == len(many)


def posted(app: Flask, cast: Cast, event: Event, **sent: str) -> Any:
    browser = cast.browser_of(cast.ada)
    address = f"/manage/events/{event.slug}/door/desk"
    token = csrf_token(browser)
    return browser.post(f"{address}/watches", data=sent | {"csrf_token": token}, follow_redirects=True)


def test_somebody_is_waited_for_by_name_or_code(app: Flask, cast: Cast, tonight: Event, session: Session) -> None:
    bo, cy = make_ticket(tonight, "Bo Berg"), make_ticket(tonight, "Cy Cole")
    assert "You get a mail as soon as Bo Berg is let in." in posted(app, cast, tonight, who="berg bo").text
    posted(app, cast, tonight, who=cy.short_code.lower(), words="The minister")
    session.rollback()
    rows = session.scalars(select(ArrivalWatch).order_by(ArrivalWatch.id)).all()
    assert [(row.registration_id, row.words, row.user_id) for row in rows] == [
        (bo.registration_id, "", cast.ada.id), (cy.registration_id, "The minister", cast.ada.id),
    ]  # fmt: skip


def test_whom_nobody_can_tell_apart_is_not_waited_for(app: Flask, cast: Cast, tonight: Event, session: Session) -> None:
    make_ticket(tonight, "Bo Berg")
    make_ticket(tonight, "Bo Berg")
    make_ticket(make_event(owner=cast.ada), "Cyd Elsewhere")
    assert "2 people are called so." in posted(app, cast, tonight, who="Bo Berg").text
    assert "Nobody of this event is called so" in posted(app, cast, tonight, who="Cyd Elsewhere").text
    assert session.scalars(select(ArrivalWatch)).all() == []


def test_the_page_shows_who_walked_in_and_who_was_refused(
    app: Flask, cast: Cast, client: FlaskClient, session: Session
) -> None:
    now = clock.now()
    event = make_event(owner=cast.ada, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=5))
    desk = make_desk(client, event, role=DeviceRole.DESK)
    form = desk.get("desk/form").json
    assert form is not None
    sent = {"id": str(uuid.uuid4()), "first_name": "Iva", "last_name": "Novak", "notice": form["notice_hash"]}
    assert desk.post("desk/walk-ins", sent).status_code == 200
    desk.scan(a_scan(make_ticket(event, "Léa Moreau", state="applied"), at=now))
    page = cast.browser_of(cast.ada).get(f"/manage/events/{event.slug}/door/desk").text
    walked_in = page.split("Walked in today</h2>")[1]
    assert "Iva Novak" in walked_in
    assert "Léa Moreau" in page.split("Refused, and not helped yet</h2>")[1].split("Walked in today</h2>")[0]


def test_why_somebody_was_refused_is_said_in_the_language_of_who_reads(
    cast: Cast, client: FlaskClient, session: Session
) -> None:
    now = clock.now()
    event = make_event(
        owner=cast.ada, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=5), online=None
    )
    make_desk(client, event).scan(a_scan(make_ticket(event, "Far Away", mode="online"), at=now))
    page = cast.browser_of(cast.ada).get(f"/manage/events/{event.slug}/door/desk", query_string={"lang": "de"}).text
    assert "Far Away" in page
    assert "Registered to take part online" not in page
    assert "Online angemeldet, nicht vor Ort" in page
