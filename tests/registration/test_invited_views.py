"""The doors of those who are called by somebody else, and of who calls them; nobody learns what is not theirs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, queries
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import Admission, Invitation, Registration, RegistrationSettings, State
from eventsys.registration.queries import invited as asked
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event, make_person
from tests.factories.registration import make_question, make_registration
from tests.forms import form_fields, post_form

HEAD = {
    "first_name": "Bo", "last_name": "Berg", "email": "bo@example.org", "organisation": "Harbour Police",
    "mode": "onsite", "privacy_accepted": "y",
}  # fmt: skip


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    """Ada's event of four seats, where groups of up to four more may come."""
    found = make_event(slug="called", onsite=4, owner=cast.ada)
    settle(found, group_most=4)
    return found


def settle(event: Event, **values: Any) -> None:
    with transaction() as session:
        settings = session.get_one(RegistrationSettings, event.id)
        for name, value in values.items():
            setattr(settings, name, value)


def invite(event: Event, name: str = "Cyd", **values: Any) -> str:
    """The personal page of somebody invited."""
    with transaction(actor="user:1") as session:
        person = actions.invite(
            session, session.get_one(Event, event.id), NewEntry(first_name=name, email=f"{name.lower()}@example.org"),
            until=clock.now() + timedelta(days=5), now=clock.now(), **values,
        )  # fmt: skip
        return f"/r/{queries.link_of(person)}"


def people(session: Session, **values: Any) -> list[Registration]:
    session.rollback()
    return list(session.scalars(select(Registration).filter_by(**values).order_by(Registration.id)))


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


# The person who is invited


def test_an_invitation_is_shown_and_accepted_with_own_details(
    session: Session, client: FlaskClient, event: Event
) -> None:
    make_question(event, "diet", is_required=True)
    page = invite(event)
    shown = text(client.get(page))
    assert ('data-state="invited"' in shown, "A seat on site is kept for you." in shown) == (True, True)
    form = text(client.get(f"{page}/accept"))
    assert ("cyd@example.org" in form, 'name="email"' in form) == (True, False)
    answer = post_form(
        client, f"{page}/accept", having="first_name", last_name="Doe", organisation="KEMEA", q_diet="vegan",
        privacy_accepted="y", email="evil@example.org",
    )  # fmt: skip
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    (cyd,) = people(session, first_name="Cyd")
    assert (cyd.state, cyd.organisation, cyd.email) == (State.CONFIRMED, "KEMEA", "cyd@example.org")
    assert [one.value for one in queries.answers_of(session, cyd.id)] == ["vegan"]
    assert 'data-state="confirmed"' in text(client.get(page))


def test_without_the_privacy_notice_and_needed_answers_nothing_is_accepted(
    session: Session, client: FlaskClient, event: Event
) -> None:
    make_question(event, "diet", is_required=True)
    page = invite(event)
    answer = post_form(client, f"{page}/accept", having="first_name")
    assert answer.status_code == 422
    assert "There are 2 problems" in text(answer)
    assert people(session, first_name="Cyd")[0].state == State.INVITED


def test_an_invitation_is_refused_by_a_button(session: Session, client: FlaskClient, event: Event) -> None:
    page = invite(event)
    assert post_form(client, page, action=f"{page}/offer", answer="refuse").status_code == 303
    assert people(session, first_name="Cyd")[0].state == State.CANCELLED
    assert client.get(f"{page}/accept").status_code == 409


def test_the_address_of_an_invitation_is_locked(client: FlaskClient, event: Event) -> None:
    page = invite(event)
    assert f'href="{page}/email"' not in text(client.get(page))
    assert client.get(f"{page}/email").status_code == 409


def test_who_was_not_invited_has_nothing_to_accept(client: FlaskClient, event: Event) -> None:
    page = f"/r/{queries.link_of(make_registration(event))}"
    assert client.get(f"{page}/accept").status_code == 409
    assert client.get("/r/no-such-link/accept").status_code == 404


# Organisers


def test_a_list_is_invited_with_a_report_by_line(session: Session, cast: Cast, event: Event) -> None:
    make_registration(event, email="ann@example.org")
    ada = cast.browser_of(cast.ada)
    lines = "Ann Ash; ann@example.org\nBen Bell; KEMEA; ben@example.org\nNo Address; KEMEA\nOdd; odd@example\n"
    answer = post_form(ada, "/manage/events/called/invitations/people", having="people", people=lines)
    shown = text(answer)
    assert answer.status_code == 200
    assert [one.name for one in people(session, state="invited")] == ["Ben Bell"]
    for said in ("registered already", "an e-mail address is missing", "1 person is invited."):
        assert said in shown
    # What is to be corrected stays in the form, and nothing else.
    left = form_fields(answer.data, having="people")["people"]
    assert left.split() == ["Ann", "Ash;", "ann@example.org", "No", "Address;", "KEMEA", "Odd;", "odd@example"]


def test_a_file_is_invited(session: Session, cast: Cast, event: Event) -> None:
    ada = cast.browser_of(cast.ada)
    table = b"first_name,last_name,email,organisation\nBen,Bell,ben@example.org,KEMEA\n"
    answer = post_form(
        ada, "/manage/events/called/invitations/people", having="people", type="press", file=(BytesIO(table), "p.csv")
    )
    assert answer.status_code == 303
    assert [(one.name, one.type) for one in people(session, state="invited")] == [("Ben Bell", "press")]
    bad = post_form(
        ada, "/manage/events/called/invitations/people", having="people",
        file=(BytesIO(b"first_name,colour\nBen,red\n"), "p.csv"),
    )  # fmt: skip
    assert (bad.status_code, "colour" in text(bad)) == (422, True)


def test_a_deadline_in_the_past_is_refused(cast: Cast, event: Event) -> None:
    answer = post_form(
        cast.browser_of(cast.ada), "/manage/events/called/invitations/people", having="people",
        people="Ben; ben@example.org", until="2020-01-01T10:00",
    )  # fmt: skip
    assert (answer.status_code, "The deadline must lie ahead" in text(answer)) == (422, True)


def test_invited_people_are_listed_sent_to_again_and_withdrawn(session: Session, cast: Cast, event: Event) -> None:
    invite(event)
    ada, index = cast.browser_of(cast.ada), "/manage/events/called/invitations"
    number = people(session, state="invited")[0].id
    assert "cyd@example.org" in text(ada.get(f"{index}?q=cyd"))
    assert "Nobody found" in text(ada.get(f"{index}?q=nobody"))
    post_form(ada, index, action=f"{index}/people/{number}/again")
    post_form(ada, index, action=f"{index}/people/{number}/withdraw")
    session.rollback()
    makers = session.scalars(select(OutboxMessage.maker).order_by(OutboxMessage.id)).all()
    assert makers == ["registration.invited", "registration.invited", "registration.invitation_withdrawn"]
    assert "Nobody is invited" in text(ada.get(index))


def test_the_list_of_invitations_costs_the_same_for_one_and_for_thirty(
    app: Flask, cast: Cast, session: Session
) -> None:
    counts = []
    for number in (1, 30):
        event = make_event(slug=f"of-{number}", owner=cast.ada)
        for one in range(number):
            invite(event, f"P{one}")
            _code(event, code=f"CODE-{one}")
        ada = cast.browser_of(cast.ada)
        ada.get(f"/manage/events/of-{number}/invitations")
        with statements() as seen:
            assert ada.get(f"/manage/events/of-{number}/invitations").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_people_of_the_programme_are_invited_in_one_act(session: Session, cast: Cast, event: Event) -> None:
    make_person(event, "Ioanna Papadaki", email="ioanna@example.org")
    make_person(event, "Of No Address")
    index = "/manage/events/called/invitations"
    ada = cast.browser_of(cast.ada)
    answer = post_form(ada, index, action=f"{index}/programme")
    assert answer.status_code == 303
    assert [(one.name, one.type) for one in people(session, state="invited")] == [("Ioanna Papadaki", "speaker")]
    assert "Of No Address" in text(ada.get(index))


def _code(event: Event, **values: Any) -> Invitation:
    with transaction() as session:
        return actions.add_invitation(session, session.get_one(Event, event.id), now=clock.now(), by="", **values)


def test_a_code_is_made_copied_changed_and_revoked(session: Session, cast: Cast, event: Event) -> None:
    ada, base = cast.browser_of(cast.ada), "/manage/events/called/invitations"
    made = post_form(ada, f"{base}/new", having="what", what="code", label="The press", type="press", uses="3")
    page = made.headers["Location"]
    session.rollback()
    code = session.scalars(select(Invitation)).one()
    assert f"http://127.0.0.1:8000/events/called/register?code={code.code}" in text(ada.get(page))
    picture = ada.get(f"{page}/qr.svg")
    assert (picture.status_code, picture.content_type) == (200, "image/svg+xml")
    assert post_form(ada, page, having="label", label="All press", uses="5").status_code == 303
    assert post_form(ada, page, action=f"{page}/revoke").status_code == 303
    session.rollback()
    code = session.scalars(select(Invitation)).one()
    assert (code.label, code.uses, code.type, code.revoked_at is not None) == ("All press", 5, "press", True)
    assert "revoked" in text(ada.get(base))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"what": "code", "code": "a b"}, "at least 4 letters"),
        ({"what": "domain", "domain": "nonsense"}, "This is no domain"),
        ({"what": "code", "code": "taken-1"}, "the same code or domain already"),
    ],
)
def test_a_code_that_cannot_be_says_why(cast: Cast, event: Event, values: dict[str, str], said: str) -> None:
    _code(event, code="TAKEN1")
    answer = post_form(cast.browser_of(cast.ada), "/manage/events/called/invitations/new", having="what", **values)
    assert (answer.status_code, said in text(answer)) == (422, True)


def test_codes_of_another_event_are_not_here(cast: Cast, event: Event) -> None:
    other = _code(make_event(slug="other"), code="OTHER")
    assert cast.browser_of(cast.ada).get(f"/manage/events/called/invitations/{other.id}").status_code == 404


# Codes on the form


def register(client: FlaskClient, path: str = "/events/called/register", **values: Any) -> Any:
    return post_form(client, path, having="email", **(HEAD | values))


def test_by_invitation_the_form_says_so_and_how_to_ask(session: Session, client: FlaskClient, event: Event) -> None:
    settle(event, admission=Admission.INVITED)
    with transaction() as writing:
        writing.get_one(Event, event.id).contact = "desk@example.org"
    shown = text(client.get("/events/called/register"))
    assert ("This event is by invitation." in shown, "mailto:desk@example.org" in shown) == (True, True)
    answer = register(client)
    assert (answer.status_code, "please give the code" in text(answer)) == (422, True)
    assert people(session) == []


def test_the_link_of_a_code_fills_it_in_and_lets_in(session: Session, client: FlaskClient, event: Event) -> None:
    settle(event, admission=Admission.INVITED)
    _code(event, code="PRESS-26", type="press", uses=1)
    answer = register(client, "/events/called/register?code=press26")
    assert answer.status_code == 303
    assert [one.type for one in people(session)] == ["press"]
    again = register(client, "/events/called/register?code=press26", email="dan@example.org")
    assert (again.status_code, "used as often as it may be" in text(again)) == (422, True)


def test_the_field_is_there_only_where_there_is_something_to_give(client: FlaskClient, event: Event) -> None:
    assert 'name="code"' not in text(client.get("/events/called/register"))
    _code(event, code="PRESS-26")
    assert 'name="code"' in text(client.get("/events/called/register"))


def test_nobody_guesses_codes_for_long(
    app: Flask, session: Session, client: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever guessed too often is not let in by the right one either, for a while."""
    codes = [*(f"WRONG-{number}" for number in range(40)), "RIGHT-ONE"]
    monkeypatch.setattr("eventsys.registration.forms.robots.LEAST_SECONDS", 0)
    settle(event, admission=Admission.INVITED)
    _code(event, code="RIGHT-ONE")
    fields = form_fields(client.get("/events/called/register").data, having="email") | HEAD
    app.config["SETTINGS"], before = _with_limits(app), app.config["SETTINGS"]
    try:
        answers = [text(client.post("/events/called/register", data=fields | {"code": code})) for code in codes]
    finally:
        app.config["SETTINGS"] = before
    assert [sum("not known" in one for one in answers), "Too many tries" in answers[-1]] == [40, True]
    assert people(session) == []


def _with_limits(app: Flask) -> Any:
    return replace(app.config["SETTINGS"], has_rate_limits=True)


def test_a_domain_gets_a_link_to_confirm_the_address(session: Session, client: FlaskClient, event: Event) -> None:
    settle(event, admission=Admission.INVITED)
    _code(event, domain="police.example")
    answer = register(client, email="bo@harbour.police.example")
    assert answer.headers["Location"] == "/events/called/register/sent"
    assert [one.state for one in people(session)] == [State.UNVERIFIED]


def test_the_code_of_a_private_event_brings_its_key_along(
    app: Flask, client: FlaskClient, cast: Cast, event: Event
) -> None:
    with transaction() as writing:
        known = writing.get_one(Event, event.id)
        known.is_private, known.private_nonce = True, "nonce"
    number = _code(event, code="PRESS-26").id
    page = text(cast.browser_of(cast.ada).get(f"/manage/events/called/invitations/{number}"))
    link = page.split('data-copy="http://127.0.0.1:8000', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    answer = client.get(link)
    assert answer.headers["Location"] == "/events/called/register?code=PRESS-26"
    assert 'value="PRESS-26"' in text(client.get(answer.headers["Location"]))


# Groups


def gather(client: FlaskClient, *names: str, **values: Any) -> Any:
    rows = {}
    for number, name in enumerate(names, 1):
        rows |= {f"name_{number}": f"{name} Doe", f"email_{number}": f"{name.lower()}@example.org"}
    return register(client, "/events/called/register/group", **rows, **values)


def test_a_group_is_registered_and_followed_on_the_heads_page(
    session: Session, client: FlaskClient, event: Event
) -> None:
    page = gather(client, "Cyd", "Dan").headers["Location"]
    shown = text(client.get(page))
    assert ("Cyd Doe" in shown, "0 of 2 people have confirmed." in shown, "cyd@example.org" in shown) == (
        True, True, False,
    )  # fmt: skip
    cyd, dan = people(session, state="invited")
    other = client.application.test_client()
    link = f"/r/{queries.link_of(cyd)}"
    post_form(other, f"{link}/accept", having="first_name", privacy_accepted="y", organisation="Secret Service")
    shown = text(client.get(page))
    assert ("1 of 2 people have confirmed." in shown, "Secret Service" in shown) == (True, False)
    # A member sees neither the others nor the head's group.
    assert [name in text(other.get(link)) for name in ("Dan", "Your group")] == [False, False]
    post_form(client, page, action=f"{page}/group/{dan.id}/remind")
    post_form(client, page, action=f"{page}/group/{dan.id}/withdraw")
    assert people(session, first_name="Dan")[0].state == State.CANCELLED


def test_too_few_seats_say_how_many_and_register_nobody(session: Session, client: FlaskClient, event: Event) -> None:
    for _number in range(2):
        make_registration(event)
    answer = gather(client, "Cyd", "Dan")
    assert (answer.status_code, "Only 2 seats are left, and your group needs 3." in text(answer)) == (422, True)
    assert len(people(session)) == 2
    assert gather(client, "Cyd", "Dan", waits="y").status_code == 303
    assert len(people(session, state="invited")) == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({}, "Please name at least one person."),
        ({"name_1": "Cyd"}, "not an e-mail address"),
        ({"email_1": "cyd@example.org"}, "Please give the name"),
        ({"name_1": "Cyd", "email_1": "BO@example.org"}, "there twice"),
        ({"name_1": "www.evil.example", "email_1": "cyd@example.org"}, "no web address"),
    ],
)
def test_a_row_that_is_not_whole_says_so(
    session: Session, client: FlaskClient, event: Event, rows: dict[str, str], said: str
) -> None:
    answer = register(client, "/events/called/register/group", **rows)
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert people(session) == []


def test_the_head_sees_the_same_whether_a_member_is_registered_already_or_not(
    session: Session, client: FlaskClient, event: Event
) -> None:
    make_registration(event, first_name="Dan", email="dan@example.org")
    page = gather(client, "Cyd", "Dan").headers["Location"]
    shown = text(client.get(page))
    assert shown.count("Has not answered yet") == 2
    for act in ("remind", "withdraw"):
        for person in people(session, state="invited"):
            client.get(page)
            post_form(client, page, action=f"{page}/group/{person.id}/{act}")
    assert [one.state for one in people(session, email="dan@example.org")] == [State.CONFIRMED]


def test_a_head_who_is_registered_already_learns_it_by_mail_alone(
    session: Session, client: FlaskClient, event: Event
) -> None:
    make_registration(event, email="bo@example.org")
    answer = gather(client, "Cyd")
    assert answer.headers["Location"] == "/events/called/register/sent"
    assert people(session, state="invited") == []


def test_who_is_registered_brings_a_group_along(session: Session, client: FlaskClient, event: Event) -> None:
    page = f"/r/{queries.link_of(make_registration(event))}"
    assert "Bring colleagues" in text(client.get(page))
    answer = post_form(client, f"{page}/group", having="name_1", name_1="Cyd Doe", email_1="cyd@example.org")
    assert answer.status_code == 303
    (cyd,) = people(session, state="invited")
    post_form(client, f"{page}/group/{cyd.id}", having="name", name="Fay Fox", email="fay@example.org")
    assert [one.name for one in people(session, state="invited")] == ["Fay Fox"]
    assert asked.has_kept_seat(session, people(session, state="invited")[0].id)


def test_nobody_acts_on_the_members_of_another_group(session: Session, client: FlaskClient, event: Event) -> None:
    gather(client, "Cyd")
    (cyd,) = people(session, state="invited")
    stranger = f"/r/{queries.link_of(make_registration(event))}"
    assert client.get(f"{stranger}/group/{cyd.id}").status_code == 404
    token = form_fields(client.get(stranger).data)["csrf_token"]
    assert client.post(f"{stranger}/group/{cyd.id}/withdraw", data={"csrf_token": token}).status_code == 404
    assert people(session, first_name="Cyd")[0].state == State.INVITED


def test_without_groups_there_is_no_such_page(client: FlaskClient, event: Event) -> None:
    settle(event, group_most=0)
    assert client.get("/events/called/register/group").status_code == 404
    assert "register/group" not in text(client.get("/events/called/register"))


def test_where_addresses_are_confirmed_the_head_registers_first(client: FlaskClient, event: Event) -> None:
    settle(event, confirms_address=True)
    assert client.get("/events/called/register/group").headers["Location"] == "/events/called/register"


# Seats handed on


def test_a_seat_is_handed_on_and_completed(session: Session, client: FlaskClient, event: Event) -> None:
    bo = make_registration(event)
    page = f"/r/{queries.link_of(bo)}"
    answer = post_form(client, f"{page}/hand-on", having="name", name="Dan Dove", email="dan@example.org")
    assert answer.headers["Location"] == page
    assert 'data-state="cancelled"' in text(client.get(page))
    (dan,) = people(session, first_name="Dan")
    link = f"/r/{queries.link_of(dan)}"
    other = client.application.test_client()
    assert "Complete your details" in text(other.get(link))
    post_form(other, f"{link}/accept", having="first_name", privacy_accepted="y", country="BE")
    shown = text(other.get(link))
    assert ("Complete your details" in shown, 'data-state="confirmed"' in shown) == (False, True)
    assert client.get(f"{page}/hand-on").status_code == 409


def test_to_who_hands_on_a_known_address_looks_like_a_new_one(session: Session, app: Flask, event: Event) -> None:
    make_registration(event, first_name="Dan", email="dan@example.org")
    answers = []
    for address in ("dan@example.org", "eli@example.org"):
        browser, page = app.test_client(), f"/r/{queries.link_of(make_registration(event, last_name='Berg'))}"
        answer = post_form(browser, f"{page}/hand-on", having="name", name="Someone", email=address)
        shown = text(browser.get(page))
        answers.append((answer.status_code, shown.replace(page, "…").split("<main")[1].split("What we keep")[0]))
    assert answers[0][0] == answers[1][0] == 303
    assert _without_tokens(answers[0][1]) == _without_tokens(answers[1][1])


def _without_tokens(page: str) -> str:
    return re.sub(r'value="[^"]{20,}"', "", page)


def test_an_organiser_hands_a_seat_on(session: Session, cast: Cast, event: Event) -> None:
    settle(event, may_substitute=False)
    bo = make_registration(event)
    assert cast.app.test_client().get(f"/r/{queries.link_of(bo)}/hand-on").status_code == 409
    ada, path = cast.browser_of(cast.ada), f"/manage/events/called/registrations/{bo.id}"
    answer = post_form(ada, f"{path}/hand-on", having="name", name="Dan Dove", email="dan@example.org")
    shown = text(ada.get(answer.headers["Location"]))
    assert ("Comes instead of" in shown, "Took over the seat of a colleague" in shown) == (True, True)
    assert "Handed the seat to" in text(ada.get(path))
