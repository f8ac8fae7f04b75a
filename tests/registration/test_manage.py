"""What organisers see and do with registrations, and who may not."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import event as sql_event
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from eventsys.kernel.database import db
from eventsys.registration import queries
from eventsys.registration.models import Mode, Registration, SeatPool
from tests.cast import Cast
from tests.factories import make_event, make_person
from tests.factories.registration import make_question, make_registration
from tests.forms import form_fields, post_form

pytestmark = pytest.mark.usefixtures("session")


def names(client: FlaskClient, address: str) -> list[str]:
    page = client.get(address)
    assert page.status_code == 200
    return [str(name) for name in html.fromstring(page.data).xpath("//tbody/tr/th/a/text()")]


def states(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Registration.state).order_by(Registration.id)))


def test_every_door_of_the_organisers_is_closed_to_others(app: Flask, cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, door=cast.dee)
    make_question(event)
    bo = make_registration(event, organisation="Secret Harbour")
    base = f"/manage/events/{event.slug}"
    pages = [
        "/registrations", "/registrations/add", "/registrations/list", f"/registrations/{bo.id}",
        "/registration-form", "/registration-form/questions", "/registration-form/questions/new",
        "/registration-form/questions/diet", "/badges",
        "/badges/badges.pdf", "/registrations.csv", "/registrations.xlsx",
    ]  # fmt: skip
    for page in pages:
        assert cast.browser_of(cast.ada).get(base + page).status_code == 200, page
        assert app.test_client().get(base + page).status_code == 303, page
        for other in (cast.al, cast.dee):
            answer = cast.browser_of(other).get(base + page)
            assert (answer.status_code, b"Secret" in answer.data) == (403, False), page
    ada = cast.browser_of(cast.ada)
    posts = [f"/registrations/{bo.id}/{act}" for act in ("cancel", "decline", "switch", "note", "resend", "restore")]
    posts += ["/registrations/programme", "/registrations/bulk", "/registration-form/questions/diet/retire"]
    for post in posts:
        for other in (cast.al, cast.dee):
            browser = cast.browser_of(other)
            token = form_fields(browser.get(f"/events/{event.slug}/register").data, having="email")["csrf_token"]
            answer = browser.post(base + post, data={"csrf_token": token, "act": "approve", "notes": "x"})
            assert answer.status_code == 403, post
    assert (states(session), bo.notes) == (["confirmed"], "")
    assert ada.get(f"{base}/registrations/{bo.id + 1}").status_code == 404


def test_a_registration_of_another_event_is_not_there(cast: Cast) -> None:
    mine, other = make_event(owner=cast.ada), make_event(owner=cast.al)
    bo = make_registration(other)
    assert cast.browser_of(cast.ada).get(f"/manage/events/{mine.slug}/registrations/{bo.id}").status_code == 404


def test_the_table_is_searched_filtered_and_sorted(cast: Cast) -> None:
    event = make_event(owner=cast.ada, onsite=2, online=None)
    make_registration(event, first_name="Zoë", last_name="Ångström", organisation="CERTH", sector="research")
    make_registration(event, first_name="Bo", last_name="Berg", type="press")
    make_registration(event, first_name="Cyd", last_name="%", email="cyd.x@example.org")
    make_registration(event, first_name="李", last_name="小龍", mode=Mode.ONLINE)
    client, base = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registrations"
    assert names(client, f"{base}?sort=name") == ["Cyd %", "Bo Berg", "Zoë Ångström", "李 小龍"]
    assert names(client, f"{base}?q=angstrom") == ["Zoë Ångström"]
    assert names(client, f"{base}?q=zoe+certh") == ["Zoë Ångström"]
    assert names(client, f"{base}?q=cyd.x@") == ["Cyd %"]
    assert names(client, f"{base}?q=%25") == []
    assert names(client, f"{base}?state=waiting") == ["Cyd %"]
    assert names(client, f"{base}?mode=online") == ["李 小龍"]
    assert names(client, f"{base}?type=press") == ["Bo Berg"]
    assert names(client, f"{base}?sector=research&state=confirmed") == ["Zoë Ångström"]
    assert names(client, f"{base}?sort=nonsense&page=nonsense")[0] == "李 小龍"


def test_the_table_costs_the_same_with_one_row_and_thirty(cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    client, base = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registrations"
    said: list[str] = []

    def listen(*heard: object) -> None:
        said.append(str(heard[2]))

    counts = []
    for number in (1, 29):
        for _ in range(number):
            make_registration(event)
        said.clear()
        sql_event.listen(db.engine, "before_cursor_execute", listen)
        client.get(base)
        sql_event.remove(db.engine, "before_cursor_execute", listen)
        counts.append(len(said))
    assert counts[0] > 0
    assert counts[0] == counts[1]


def test_the_acts_on_one_registration(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, onsite=1, online=1)
    bo = make_registration(event)
    client, base = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registrations/{bo.id}"
    post_form(client, base, having="notes", action=f"{base}/note", notes="Needs a ramp")
    for act, state, mode in (("switch", "confirmed", "online"), ("cancel", "cancelled", "online"),
                             ("restore", "confirmed", "online"), ("resend", "confirmed", "online")):  # fmt: skip
        post_form(client, base, action=f"{base}/{act}")
        session.expire_all()
        assert (bo.state, bo.mode) == (state, mode), act
    page = client.get(base).text
    for words in ("Registered, with a seat, by the person",
                  "Switched between on site and online: On site → Online, by Ada",
                  "Cancelled, by Ada", "Restored, by Ada", "Mail “You are in”: leaves"):  # fmt: skip
        assert words in page
    assert bo.notes == "Needs a ramp"


def test_restoring_beyond_the_seats_is_asked_for_and_counted(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, onsite=1, waiting_list="none")
    bo = make_registration(event)
    client, base = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registrations/{bo.id}"
    post_form(client, base, action=f"{base}/cancel")
    make_registration(event)
    post_form(client, base, action=f"{base}/restore")
    assert states(session) == ["confirmed", "confirmed"]
    assert session.scalars(select(SeatPool.overbooked).where(SeatPool.mode == "onsite")).one() == 1
    assert "(beyond the seats)" in client.get(base).text


def test_people_are_added_by_hand_by_list_and_from_the_programme(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    make_person(event, "Ioanna Papadaki")
    client, base = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registrations"
    post_form(client, f"{base}/add", having="first_name", first_name="Bo", mode="onsite", type="guest")
    lines = "Dee Door; Congress Services; dee@example.org\nPlato\n;;\nAnn Lee; ann@example.org"
    post_form(client, f"{base}/list", having="people", people=lines, type="staff")
    post_form(client, base, action=f"{base}/programme")
    rows = session.execute(
        select(Registration.first_name, Registration.last_name, Registration.organisation, Registration.email,
               Registration.type).order_by(Registration.id)
    ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        ("Bo", "", "", None, "guest"),
        ("Dee", "Door", "Congress Services", "dee@example.org", "staff"),
        ("Plato", "", "", None, "staff"),
        ("Ann", "Lee", "", "ann@example.org", "staff"),
        ("Ioanna", "Papadaki", "", None, "speaker"),
    ]
    refused = post_form(client, f"{base}/list", having="people", people="X; x@", type="staff")
    assert (refused.status_code, len(states(session))) == (422, 5)


def test_seats_dates_and_privacy_are_set(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, onsite=1)
    for _ in range(3):
        make_registration(event)
    client, seats = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/registration-form"
    address = f"{seats}/settings"
    post_form(
        client, address, having="opens_at", opens_at="2026-11-01T09:00",
        closes_at="2026-12-01T12:00", waiting_list="offers", offer_hours="24", privacy_controller="CERTH",
    )  # fmt: skip
    post_form(client, seats, having="onsite", onsite="2", online="")
    assert states(session) == ["confirmed", "offered", "waiting"]
    settings = queries.settings_of(session, event.id)
    session.refresh(settings)
    assert (settings.opens_at.isoformat(), settings.offer_hours) == ("2026-11-01T08:00:00+00:00", 24)
    assert queries.seats(session, event.id)[Mode.ONLINE].left is None
    refused = post_form(client, address, having="opens_at", closes_at="2026-10-01T12:00")
    assert refused.status_code == 422
    page = client.get(address)
    assert html.fromstring(page.data).xpath("//input[@name='opens_at']/@value") == ["2026-11-01T09:00"]


def test_the_second_of_two_clicks_is_told_that_it_is_done(
    cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KeyTaken(Exception):
        sqlstate = "23505"

    def collide(*_given: Any, **_named: Any) -> None:
        raise IntegrityError("INSERT INTO question", {}, KeyTaken())

    event = make_event(owner=cast.ada)
    path = f"/manage/events/{event.slug}/registration-form/questions/new"
    monkeypatch.setattr("eventsys.registration.actions.add_question", collide)
    answer = post_form(cast.browser_of(cast.ada), path, having="label", label="Diet", key="diet", type="text")
    assert (answer.status_code, "The same was done a moment ago" in answer.text) == (409, True)
