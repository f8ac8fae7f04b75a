"""An address is confirmed before a seat is taken: nothing is told to who does not read its mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing.actions import note_bounce
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, jobs, queries
from eventsys.registration.entries import NewEntry
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.letters import MAKERS
from eventsys.registration.models import Registration, RegistrationSettings, State
from tests.factories import make_event
from tests.factories.registration import make_registration
from tests.forms import post_form
from tests.registration.test_views import link, register, state_of

pytestmark = pytest.mark.usefixtures("session")


def confirming_event(**values: Any) -> Event:
    event = make_event(**values)
    with transaction() as session:
        session.execute(update(RegistrationSettings).values(confirms_address=True))
    return event


def the_person(session: Session) -> Registration:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Registration).order_by(Registration.id.desc()).limit(1)).one()


def letters(session: Session) -> list[str]:
    session.rollback()
    return [one.removeprefix("registration.") for one in session.scalars(
        select(OutboxMessage.maker).order_by(OutboxMessage.id))]  # fmt: skip


def letter(app: Flask, session: Session, what: str) -> Any:
    with app.test_request_context():
        return MAKERS[f"registration.{what}"](session, {"registration_id": the_person(session).id})


def confirmation(session: Session) -> str:
    return f"/r/confirm/{queries.confirmation_of(the_person(session))}"


def taken(session: Session, event: Event) -> int:
    session.rollback()
    session.expire_all()
    return queries.seats(session, event.id)["onsite"].taken  # type: ignore[index]


def test_no_seat_is_taken_before_the_address_is_confirmed(client: FlaskClient, app: Flask, session: Session) -> None:
    event = confirming_event(onsite=1)
    answer = register(client, event)
    assert (answer.status_code, answer.location) == (303, f"/events/{event.slug}/register/sent")
    bo = the_person(session)
    assert (bo.state, taken(session, event), letters(session)) == (State.UNVERIFIED, 0, ["unverified"])
    written = letter(app, session, "unverified")
    assert confirmation(session) in written.text
    assert queries.link_of(bo) not in written.text
    address = confirmation(session)
    client.get(address)
    assert (the_person(session).state, taken(session, event)) == (State.UNVERIFIED, 0)
    done = post_form(client, address, action="")
    assert (done.status_code, done.location) == (303, link(bo))
    assert (state_of(client, link(bo)), taken(session, event)) == ("confirmed", 1)
    assert the_person(session).address_confirmed_at is not None
    again = client.get(address)
    assert (again.status_code, html.fromstring(again.data).xpath("//form//button[contains(., 'Yes')]")) == (200, [])


def test_the_page_after_is_the_same_for_an_address_that_is_known(client: FlaskClient, session: Session) -> None:
    event = confirming_event()
    known = make_registration(event, email="bo@example.org", is_address_confirmed=True)
    answers = [register(client, event, email=email) for email in ("bo@example.org", "new@example.org")]
    assert [(one.status_code, one.location) for one in answers] == [(303, f"/events/{event.slug}/register/sent")] * 2
    pages = [client.get(one.location).data for one in answers]
    assert pages[0] == pages[1]
    assert letters(session) == ["confirmed", "link", "unverified"]
    assert known.state == "confirmed"


def test_who_asks_again_gets_the_link_that_confirms(client: FlaskClient, app: Flask, session: Session) -> None:
    event = confirming_event()
    for _once in range(2):
        register(client, event)
    assert letters(session) == ["unverified", "link"]
    written = letter(app, session, "link")
    assert (confirmation(session) in written.text, queries.link_of(the_person(session)) in written.text) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("values", "state", "told"),
    [
        ({"onsite": 0, "online": None}, "confirmed", "confirmed"),
        ({"onsite": 1}, "waiting", "waiting"),
        ({"has_approval": True}, "applied", "applied"),
    ],
)
def test_what_comes_of_it_is_decided_then(
    client: FlaskClient, session: Session, values: dict[str, Any], state: str, told: str
) -> None:
    event = confirming_event(**values)
    register(client, event, mode="online" if "online" in values else "onsite")
    address = confirmation(session)
    if state == "waiting":
        make_registration(event, by_organiser=True)
        bo = session.scalars(select(Registration).order_by(Registration.id)).first()
        assert bo is not None
        address = f"/r/confirm/{queries.confirmation_of(bo)}"
    post_form(client, address, action="")
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Registration.state).order_by(Registration.id)).first() == state
    assert letters(session)[-1] == told


def test_where_no_seat_is_left_the_button_says_so(client: FlaskClient, session: Session) -> None:
    event = confirming_event(onsite=1, waiting_list="none")
    register(client, event)
    address = confirmation(session)
    make_registration(event, by_organiser=True)
    post_form(client, address, action="")
    assert "No seat on site is left" in client.get(address).text
    assert session.scalars(select(Registration.state).order_by(Registration.id)).all() == ["unverified", "confirmed"]


def test_what_nobody_confirmed_goes_by_itself_and_is_told(client: FlaskClient, app: Flask, session: Session) -> None:
    event = confirming_event(onsite=1)
    register(client, event)
    address = confirmation(session)
    late = clock.now() + timedelta(days=2, minutes=1)
    assert (jobs.expire_offers(clock.now()), jobs.expire_offers(late), jobs.expire_offers(late)) == (0, 1, 0)
    assert (the_person(session).state, letters(session)) == ("cancelled", ["unverified", "never_verified"])
    written = letter(app, session, "never_verified")
    assert (f"/events/{event.slug}/" in written.text, queries.link_of(the_person(session)) in written.text) == (
        True,
        False,
    )
    assert "This link is too old" in client.get(address).text
    with pytest.raises(NotPossibleNow), transaction() as writing:
        actions.confirm_address(writing, writing.get_one(Registration, the_person(session).id), now=late)
    assert register(client, event).status_code == 303


def test_the_deadline_holds_before_the_worker_comes(client: FlaskClient, session: Session) -> None:
    event = confirming_event()
    register(client, event)
    late = clock.now() + timedelta(days=2, minutes=1)
    with pytest.raises(NotPossibleNow), transaction() as writing:
        actions.confirm_address(writing, writing.get_one(Registration, the_person(session).id), now=late)
    assert the_person(session).state == "unverified"


def test_made_up_links_confirm_nothing(client: FlaskClient, session: Session) -> None:
    event = confirming_event()
    register(client, event)
    bo = the_person(session)
    right = queries.confirmation_of(bo)
    secret = right.partition("-")[2]
    for wrong in (
        right[:-1] + ("A" if right[-1] != "A" else "B"), f"{bo.id}-", str(bo.id), f"{bo.id + 1}-{secret}",
        f"{bo.id}-{queries.link_of(bo)}", queries.link_of(bo), "²-x", f"{'9' * 30}-x", f"{bo.id}-é",
    ):  # fmt: skip
        assert client.get(f"/r/confirm/{wrong}").status_code == 404, wrong
    assert client.get(f"/r/{secret}").status_code == 404


@pytest.mark.parametrize(("is_refused", "status"), [(True, 422), (False, 303)])
def test_addresses_lent_for_minutes_are_refused_where_the_event_says_so(
    client: FlaskClient, session: Session, is_refused: bool, status: int
) -> None:
    event = make_event()
    with transaction() as writing:
        writing.execute(update(RegistrationSettings).values(refuses_disposable=is_refused))
    answer = register(client, event, email="bo@mailinator.com")
    assert (answer.status_code, "lent for some minutes" in answer.text) == (status, is_refused)
    if is_refused:
        assert html.fromstring(answer.data).xpath("//div[@data-takes-focus]//a/@href") == ["#email"]
    with transaction() as writing:
        known = writing.get_one(Event, event.id)
        entry = actions.register(
            writing, known, NewEntry(first_name="Eve", email="eve@mailinator.com"), now=clock.now(), by_organiser=True
        )
        assert entry.state == "confirmed"


def test_an_address_that_mail_did_not_reach_is_taken_and_said_to_be(client: FlaskClient, session: Session) -> None:
    event = make_event()
    with transaction() as writing:
        note_bounce(writing, "bo@example.org", status="5.1.1", reason="No such user", now=clock.now())
    address = register(client, event, email="Bo@Example.org").location
    page = client.get(address).text
    assert ("did not arrive before" in page, "/email" in page) == (True, True)
    other = register(client, event, email="2@example.org").location
    assert "did not arrive before" not in client.get(other).text


def test_an_organiser_need_not_wait_for_the_address(client: FlaskClient, session: Session) -> None:
    event = confirming_event()
    assert make_registration(event, by_organiser=True).state == "confirmed"
    register(client, event)
    with transaction() as writing:
        actions.approve(writing, writing.get_one(Registration, the_person(session).id), now=clock.now())
    assert the_person(session).state == "confirmed"
